"""Predict, observe: what somebody said would happen, beside what the log says did happen, and how far both agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ecsweb.domain.timeline.past import LoggedEvent

TASK_EVENT = "ECS Task State Change"
# The moment that a guess is about: this long after the deed.
WATCHED = timedelta(seconds=10)
# Where tasks stand that no container instance carries.
ELSEWHERE = "FARGATE"


@dataclass(frozen=True, slots=True)
class Before:
    """A task as it was when somebody guessed: where it stood, by the id of its container instance, and its status."""

    instance: str
    status: str


@dataclass(frozen=True, slots=True)
class Guess:
    """What will be so after ten seconds: which tasks end, how many new ones stand where, how many are RUNNING."""

    ending: frozenset[str]
    placed: Mapping[str, int] = field(default_factory=dict)
    running: int = 0


@dataclass(frozen=True, slots=True)
class Reality:
    """What was so: the same three things, from the stream of events. `born` are the new tasks, by instance."""

    ending: frozenset[str]
    placed: Mapping[str, int]
    running: int
    born: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grade:
    """Which of the three came as they were said."""

    ending: bool
    placed: bool
    running: bool

    @property
    def right(self) -> int:
        """Return how many of the three were right."""
        return self.ending + self.placed + self.running


def reality(before: Mapping[str, Before], events: Iterable[LoggedEvent], *, until: datetime) -> Reality:
    """Fold the task events up to a moment over what was there before; events of other kinds are passed over."""
    status = {task: one.status for task, one in before.items()}
    ending: set[str] = set()
    born: dict[str, str] = {}
    for event in events:
        if event.detail_type != TASK_EVENT or event.time > until:
            continue
        task = _id(event.detail["taskArn"])
        status[task] = str(event.detail["lastStatus"])
        if event.detail.get("desiredStatus") == "STOPPED" or status[task] == "STOPPED":
            ending.add(task)
        place = _place(event)
        if task not in before and place:
            born[task] = place
    return Reality(
        ending=frozenset(ending & set(before)),
        placed=dict(Counter(born.values())),
        running=sum(one == "RUNNING" for one in status.values()),
        born=born,
    )


def _id(arn: object) -> str:
    return str(arn).rsplit("/", 1)[-1]


def _place(event: LoggedEvent) -> str:
    if event.detail.get("launchType") == "FARGATE":
        return ELSEWHERE
    arn = event.detail.get("containerInstanceArn")
    return _id(arn) if arn else ""


def graded(guess: Guess, real: Reality) -> Grade:
    """Compare; a place that nobody said anything about counts as none."""
    said = {place: count for place, count in guess.placed.items() if count}
    return Grade(
        ending=guess.ending == real.ending,
        placed=said == dict(real.placed),
        running=guess.running == real.running,
    )
