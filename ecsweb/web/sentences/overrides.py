"""What one run changed of its revision, beside what the revision says."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.models import Task


@dataclass(frozen=True, slots=True)
class Override:
    """One member of a call's `overrides`; `where` is the container, empty for the task."""

    where: str
    member: str
    revision: str
    run: str


def overrides(task: Task) -> list[Override]:
    """Return what the task's own call changed, in the order of the call."""
    document = task.task_definition.document
    own = {one["name"]: one for one in document["containerDefinitions"]}
    found = list(_of("", document, {k: v for k, v in task.overrides.items() if not k.endswith("Overrides")}))
    for entry in task.overrides.get("containerOverrides") or ():
        rest = {key: value for key, value in entry.items() if key != "name"}
        found += _of(entry["name"], own.get(entry["name"], {}), rest)
    return found


def _of(where: str, said: Mapping[str, Any], changed: Mapping[str, Any]) -> Iterator[Override]:
    for member, value in changed.items():
        if member != "environment":
            yield Override(where, member, _text(said.get(member)), _text(value))
            continue
        had = {one["name"]: one.get("value", "") for one in said.get(member) or ()}
        for one in value:
            name, now = one.get("name", ""), one.get("value", "")
            yield Override(where, f"{member} {name}", _text(had.get(name)), _text(now))


def _text(value: Any) -> str:
    if value in (None, "", []):
        return _("nothing")
    if isinstance(value, str | int):
        return str(value)
    is_command = all(isinstance(word, str) for word in value)
    return shlex.join(value) if is_command else json.dumps(value, ensure_ascii=False)
