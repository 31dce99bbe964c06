"""Finished lessons as a sheet to look things up in: before, after, and what was called on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecsweb.api.model import is_of_aws
from ecsweb.api.renderers import cli_command
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.schema import Lesson
from ecsweb.models import LessonRun


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A lesson that was passed; `before` and `after` are moments of the log."""

    lesson: Lesson
    title: str
    ends_belief: str
    passed_at: datetime
    explanations: tuple[str, ...]
    commands: tuple[str, ...]
    own_calls: int
    cluster: str
    before: int
    after: int


def entries_of(runs: Iterable[LessonRun], looked_for: str = "") -> list[SheetEntry]:
    """Return what was passed, in the order of the path; of `looked_for` only what has it somewhere in its words."""
    found = sorted(_entries(runs), key=lambda entry: (entry.lesson.kind != "lab", entry.lesson.number))
    return [entry for entry in found if looked_for.lower() in _words(entry)] if looked_for else found


def _entries(runs: Iterable[LessonRun]) -> Iterator[SheetEntry]:
    for run in runs:
        lesson = lesson_of(run.lesson)
        if lesson is None or run.first_passed_at is None:
            continue
        yield SheetEntry(
            lesson=lesson,
            title=lesson.title.here(run.values),
            ends_belief=lesson.ends_belief.here(run.values),
            passed_at=run.first_passed_at,
            explanations=tuple(step.explain.here(run.values) for step in lesson.steps),
            commands=tuple(_commands(run.record.get("calls", []))),
            own_calls=int(run.record.get("own_calls", 0)),
            cluster=str(next(iter(run.belongings.get("clusters", ())), "")),
            before=int(run.record.get("began", 0)),
            after=int(run.record.get("ended", 0)),
        )


def _commands(calls: Iterable[dict[str, Any]]) -> Iterator[str]:
    for one in calls:
        params = {key: value for key, value in one["parameters"].items() if key != "clientToken"}
        if is_of_aws(one["operation"]):
            yield cli_command(one["operation"], params)


def _words(entry: SheetEntry) -> str:
    return "\n".join((entry.title, entry.ends_belief, *entry.explanations, *entry.commands)).lower()
