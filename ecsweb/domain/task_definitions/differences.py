"""What differs between two revisions: containers and what they list are matched by name, not by place."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CONTAINERS = "containerDefinitions"
# Which members name one of a list. Where one list names something twice, it is compared as a whole.
NAMED_BY: Mapping[str, tuple[str, ...]] = {
    CONTAINERS: ("name",),
    "environment": ("name",),
    "secrets": ("name",),
    "environmentFiles": ("value",),
    "portMappings": ("containerPort", "containerPortRange", "protocol"),
    "mountPoints": ("containerPath",),
    "volumesFrom": ("sourceContainer",),
    "dependsOn": ("containerName",),
    "ulimits": ("name",),
    "systemControls": ("namespace",),
    "extraHosts": ("hostname",),
    "volumes": ("name",),
    "placementConstraints": ("type", "expression"),
}
CONTEXT_LINES = 3


class Kind(StrEnum):
    """What became of a member."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One member that differs: of which container ("" for the task), its path there, and both values."""

    container: str
    path: str
    kind: Kind
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the comparison of the texts; `kind` is None for one that both have, `is_gap` for a jump."""

    kind: Kind | None
    text: str
    is_gap: bool = False


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Return what differs in meaning, the task's members first, then each container's; order alone is no difference.

    Example: environment COLOR blue → green is one change of `environment[COLOR].value` of its container.
    """
    had, has = dict(before), dict(after)
    containers_before = _named(CONTAINERS, had.pop(CONTAINERS, []))
    containers_after = _named(CONTAINERS, has.pop(CONTAINERS, []))
    found = list(_of_members("", "", had, has))
    for name in dict.fromkeys([*containers_before, *containers_after]):
        found += _of_container(name, containers_before.get(name), containers_after.get(name))
    return tuple(found)


def _of_container(name: str, before: Any, after: Any) -> Iterator[Difference]:
    if before is None or after is None:
        yield Difference(name, "", Kind.ADDED if before is None else Kind.REMOVED, before, after)
    else:
        yield from _of_members(name, "", before, after)


def _of_members(container: str, path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys([*before, *after]):
        inner = f"{path}.{key}" if path else str(key)
        yield from _of_value(container, inner, str(key), before.get(key), after.get(key))


def _of_value(container: str, path: str, key: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after or (_is_nothing(before) and _is_nothing(after)):
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _of_members(container, path, before, after)
    elif key in NAMED_BY and _can_be_named(key, before, after):
        yield from _of_list(container, path, _named(key, before or []), _named(key, after or []))
    else:
        yield _difference(container, path, before, after)


def _of_list(container: str, path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        had, has, inner = before.get(name), after.get(name), f"{path}[{name}]"
        if had is None or has is None:
            yield _difference(container, inner, had, has)
        else:
            yield from _of_members(container, inner, had, has)


def _difference(container: str, path: str, before: Any, after: Any) -> Difference:
    kind = Kind.ADDED if _is_nothing(before) else Kind.REMOVED if _is_nothing(after) else Kind.CHANGED
    return Difference(container, path, kind, before, after)


def _is_nothing(value: Any) -> bool:
    return value is None or value in ([], {})


def _name_of(key: str, one: Mapping[str, Any]) -> str:
    return " ".join(str(one[member]) for member in NAMED_BY[key] if one.get(member) is not None)


def _named(key: str, values: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {_name_of(key, one): one for one in values}


def _can_be_named(key: str, *lists: Any) -> bool:
    """Tell whether each of the lists names each of what is in it once."""
    for values in lists:
        if values is None:
            continue
        if not isinstance(values, list) or not all(isinstance(one, Mapping) for one in values):
            return False
        if len(_named(key, values)) != len(values):
            return False
    return True


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Line, ...]:
    """Return the two as text, line by line, with what stands around each change; nothing where they are the same."""
    had, has = (json.dumps(one, indent=2, ensure_ascii=False).splitlines() for one in (before, after))
    found = difflib.unified_diff(had, has, n=CONTEXT_LINES, lineterm="")
    # The first two lines name files, which there are none of.
    return tuple(_line(text) for text in list(found)[2:])


def _line(text: str) -> Line:
    kinds = {"+": Kind.ADDED, "-": Kind.REMOVED}
    if text.startswith("@@"):
        return Line(None, text, is_gap=True)
    return Line(kinds.get(text[:1]), text[1:])
