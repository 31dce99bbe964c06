"""The path: units in the order of the notes, and how far somebody is in each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ecsweb.learn.lessons.loading import lessons
from ecsweb.learn.lessons.schema import Lesson, Unit
from ecsweb.learn.lessons.texts import Text
from ecsweb.models import LessonRun, LessonStatus

UNITS: Mapping[Unit, Text] = {
    "cluster": Text(en="Cluster: a logical place", ko="클러스터: 논리적인 공간"),
    "instance": Text(en="Container instance and agent", ko="컨테이너 인스턴스와 에이전트"),
    "capacity": Text(en="Capacity and placement", ko="용량과 배치"),
    "definition": Text(en="Task definition and revisions", ko="태스크 디피니션과 리비전"),
    "task": Text(en="Task: one essential container and n more", ko="태스크: 필수 컨테이너 하나와 n개의 추가 컨테이너"),
    "replica": Text(en="Service: REPLICA", ko="서비스: 리플리카 타입"),
    "daemon": Text(en="Service: DAEMON", ko="서비스: 데몬 타입"),
    "deployment": Text(en="Deployments, circuit breaker, roll-back", ko="배포, 서킷 브레이커, 롤백"),
    "failure": Text(en="Draining and failures", ko="드레이닝과 장애"),
    "image": Text(en="What an image and a Dockerfile are", ko="이미지와 Dockerfile"),
    "capstone": Text(en="All together", ko="종합"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A lesson on somebody's path."""

    lesson: Lesson
    run: LessonRun | None
    is_next: bool

    @property
    def is_done(self) -> bool:
        """Tell whether it was passed once; that stays, however often it is begun again."""
        return self.run is not None and self.run.first_passed_at is not None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody is in the middle of it."""
        return self.run is not None and self.run.status in (
            LessonStatus.STARTING,
            LessonStatus.OPEN,
            LessonStatus.EMPTYING,
        )


@dataclass(frozen=True, slots=True)
class UnitMarks:
    """A unit and its lessons."""

    unit: Unit
    title: Text
    labs: tuple[Mark, ...]
    incidents: tuple[Mark, ...]


def path_of(runs: Mapping[str, LessonRun]) -> tuple[UnitMarks, ...]:
    """Return all units with somebody's marks, and with what comes next. Nothing is locked."""
    following = next_of(runs)
    marks = [Mark(lesson, runs.get(lesson.id), is_next=lesson is following) for lesson in lessons()]
    return tuple(
        UnitMarks(
            unit,
            title,
            tuple(mark for mark in marks if mark.lesson.unit == unit and mark.lesson.kind == "lab"),
            tuple(mark for mark in marks if mark.lesson.unit == unit and mark.lesson.kind == "incident"),
        )
        for unit, title in UNITS.items()
        if any(mark.lesson.unit == unit for mark in marks)
    )


def next_of(runs: Mapping[str, LessonRun], after: Lesson | None = None) -> Lesson | None:
    """Return what comes next: what is open, else what follows `after` on the path and was never passed.

    Only then come earlier ones, and only then the other kind. Without `after` it is what was passed last.
    """
    marks = [Mark(lesson, runs.get(lesson.id), is_next=False) for lesson in in_order()]
    opened = next((mark.lesson for mark in marks if mark.is_open), None)
    if opened is not None:
        return opened
    at = after or _passed_last(marks)
    left = [mark.lesson for mark in marks if not mark.is_done]
    if at is None:
        return next(iter(left), None)
    place = _place(at)
    return min(left, key=lambda one: (one.kind != at.kind, _place(one) <= place), default=None)


def in_order() -> list[Lesson]:
    """Return all labs, then all incidents, each in the order of the path."""
    return sorted(lessons(), key=_place)


def _place(lesson: Lesson) -> tuple[bool, int, int]:
    return lesson.kind != "lab", list(UNITS).index(lesson.unit), lesson.number


def _passed_last(marks: Iterable[Mark]) -> Lesson | None:
    passed = [(mark.run.first_passed_at, mark.lesson) for mark in marks if mark.run and mark.run.first_passed_at]
    return max(passed, key=lambda one: one[0])[1] if passed else None
