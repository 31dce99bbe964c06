"""Read the lessons' files, once; what is wrong in one is told with its file and place."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ecsweb.learn.files import read_file
from ecsweb.learn.lessons.schema import Lesson, problems

CONTENT = Path(__file__).parent.parent / "content"


class BadLesson(ValueError):
    """A lesson's file is not what the schema asks for."""


def read_lesson(path: Path) -> Lesson:
    """Read one file. Raises BadLesson, naming the file and what is wrong with it."""
    return read_file(path, Lesson, problems, BadLesson)


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return all labs in their order, then all incidents. Raises BadLesson."""
    files = [*sorted((CONTENT / "labs").glob("*.yaml")), *sorted((CONTENT / "incidents").glob("*.yaml"))]
    found = sorted((read_lesson(path) for path in files), key=lambda one: (one.kind != "lab", one.number))
    ids = [one.id for one in found]
    if doubles := {one for one in ids if ids.count(one) > 1}:
        raise BadLesson(f"ids stand twice: {sorted(doubles)}")
    return tuple(found)


def lesson_of(lesson_id: str) -> Lesson | None:
    """Return the lesson of that id, or None."""
    return next((one for one in lessons() if one.id == lesson_id), None)
