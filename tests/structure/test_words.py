"""Words and calls that have one place, or none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.structure.sources import PRODUCT_FILES, tree_of

# "node", "pod" and "server" have ECS words in their place; "state" is "status", but for ECS's own names with it.
STRANGE_WORDS = {"node", "nodes", "pod", "pods", "server", "servers", "state", "states"}
ECS_STATE = re.compile(r"rollout_state|state_change|state_reason|instances?_state|_state_changes?$|^STEADY_STATE$")
NAMED_PACKAGES = ("domain", "models", "controlplane")
WITHOUT_A_MEANING = {"utils", "helpers", "common", "manager", "misc"}


def names_in(path: Path) -> Iterator[str]:
    """Yield the names that a file gives to things."""
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case _:
                pass


def calls_in(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr


def test_identifiers_are_the_words_of_ecs() -> None:
    found = {
        f"{path}: {name}"
        for path in PRODUCT_FILES
        if path.parts[1] in NAMED_PACKAGES
        for name in names_in(path)
        if STRANGE_WORDS & set(name.lower().split("_")) and not ECS_STATE.search(name)
    }

    assert found == set()


def test_modules_are_named_for_what_they_do() -> None:
    assert [path for path in PRODUCT_FILES if path.stem in WITHOUT_A_MEANING] == []


def test_rows_are_saved_by_models_and_the_control_plane_only() -> None:
    allowed = {"models", "controlplane"}

    assert [path for path in PRODUCT_FILES if path.parts[1] not in allowed and "save" in calls_in(path)] == []


def test_nothing_locks_rows() -> None:
    assert [path for path in PRODUCT_FILES if "select_for_update" in calls_in(path)] == []
