"""The path: labs are numbered as they stand on it, and what comes next follows what was done last."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.units import in_order, next_of, path_of
from ecsweb.models import LessonRun, LessonStatus

FIRST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LABS = [lesson.id for lesson in in_order() if lesson.kind == "lab"]
INCIDENTS = [lesson.id for lesson in in_order() if lesson.kind == "incident"]


def passed(ids: Iterable[str]) -> dict[str, LessonRun]:
    """Return runs of lessons that were passed one after the other."""
    return {
        one: LessonRun(lesson=one, status=LessonStatus.PASSED, first_passed_at=FIRST + timedelta(minutes=minute))
        for minute, one in enumerate(ids)
    }


def next_id(ids: Iterable[str], after: str = "") -> str | None:
    following = next_of(passed(ids), after=lesson_of(after))
    return following.id if following else None


def test_labs_are_numbered_in_the_order_of_the_path() -> None:
    numbers = [mark.lesson.number for unit in path_of({}) for mark in unit.labs]

    assert numbers == list(range(1, len(LABS) + 1))


def test_the_first_lab_comes_first() -> None:
    assert next_id([]) == LABS[0]


def test_what_follows_the_one_that_was_passed_last_comes_next() -> None:
    assert next_id([LABS[0], LABS[10]]) == LABS[11]
    assert next_id([LABS[10], LABS[0]]) == LABS[1]
    assert next_id([LABS[0], LABS[10]], after=LABS[4]) == LABS[5]


def test_what_was_passed_is_passed_over_and_earlier_ones_come_only_then() -> None:
    later = LABS[5:]

    assert next_id([LABS[6], LABS[5]]) == LABS[7]
    assert next_id(later) == LABS[0]


def test_incidents_follow_the_labs_and_labs_the_incidents() -> None:
    assert next_id(LABS) == INCIDENTS[0]
    assert next_id([INCIDENTS[3]]) == INCIDENTS[4]
    assert next_id(INCIDENTS) == LABS[0]
    assert next_id([*LABS, *INCIDENTS]) is None


def test_what_is_open_comes_before_all() -> None:
    runs = passed([LABS[0]]) | {LABS[9]: LessonRun(lesson=LABS[9], status=LessonStatus.OPEN)}

    following = next_of(runs)

    assert following is not None
    assert following.id == LABS[9]
