"""Every rule that `docs/rules/` lists is held by a test that exists, or is a departure that the learner can read."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.structure.sources import ROOT, functions, text_of

RULES = sorted((ROOT / "docs" / "rules").glob("*.md"))
DIFFERS = Path("docs/differs-from-aws.md")
ROW = re.compile(r"^\| *(\d[\d.]*) *\|(.+)\|([^|]+)\|$", re.MULTILINE)
# `tests/domain/test_x.py::test_y`, with `[id]` the case of a parametrised test, or the words of a line of
# differs-from-aws.md: `differs: registered memory`.
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(\[[^`]+\])?`")
DEPARTURE = re.compile(r"differs: (.+)")


@cache
def names_in(path: str) -> frozenset[str]:
    return frozenset(name for name, _size in functions(Path(path))) if (ROOT / path).is_file() else frozenset()


@cache
def cases() -> frozenset[str]:
    """Return the node ids that pytest collects from the files of which a row names a case."""
    files = sorted({path for _place, _rule, held in rows() for path, _name, case in TEST.findall(held) if case})
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        *files,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return frozenset(done.stdout.splitlines())


def rows() -> list[tuple[str, str, str]]:
    """Return (file and section, rule, what holds it) of every row."""
    return [
        (f"{path.name} {section}", rule.strip(), held_by.strip())
        for path in RULES
        for section, rule, held_by in ROW.findall(path.read_text(encoding="utf-8"))
    ]


def is_held(held_by: str) -> bool:
    tests, departure = TEST.findall(held_by), DEPARTURE.fullmatch(held_by)
    if departure:
        return f"| {departure[1]} |" in text_of(DIFFERS)
    return bool(tests) and all(
        f"{path}::{name}{case}" in cases() if case else name in names_in(path) for path, name, case in tests
    )


def test_every_rule_is_held_by_a_test_or_named_as_a_departure() -> None:
    assert [row for row in rows() if not is_held(row[2])] == []


def test_no_rule_is_listed_twice() -> None:
    listed = [(place, rule) for place, rule, _held in rows()]

    assert sorted(set(listed)) == sorted(listed)
