"""How many tasks of a service ran and how many were wanted, over time: folded from the log. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

RUNNING = "RUNNING"


@dataclass(frozen=True, slots=True)
class TaskWord:
    """What the log says of a task at a moment: its status, and since when it has run."""

    at: datetime
    task_id: str
    status: str
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class DesiredWord:
    """What the log says of the service at a moment: how many tasks it wants."""

    at: datetime
    count: int


@dataclass(frozen=True, slots=True)
class Counted:
    """So many tasks ran, or were wanted, from `at` on."""

    at: datetime
    count: int


@dataclass(slots=True)
class _Changes:
    """By how much the number changed at which moment."""

    by: dict[datetime, int] = field(default_factory=dict)

    def add(self, at: datetime, change: int) -> None:
        self.by[at] = self.by.get(at, 0) + change


def running_steps(
    words: Iterable[TaskWord], *, running_now: Mapping[str, datetime | None], since: datetime
) -> list[Counted]:
    """Return how many tasks ran from `since` on, a step for each change.

    `words` are the log's, oldest first, those before `since` too where they are known. `running_now` are the tasks that
    run, with their starts: one of which the log's part says nothing has run all the time.
    """
    known: set[str] = set()
    running: set[str] = set()
    changes = _Changes()
    changes.add(since, 0)
    for word in words:
        if word.task_id not in known and word.started_at is not None and word.started_at < word.at:
            # It ran before the part of the log that is known.
            running.add(word.task_id)
            changes.add(max(since, word.started_at), +1)
        known.add(word.task_id)
        if (word.status == RUNNING) == (word.task_id in running):
            continue
        is_start = word.status == RUNNING
        (running.add if is_start else running.discard)(word.task_id)
        changes.add(max(since, word.at), +1 if is_start else -1)
    for task_id, started_at in running_now.items():
        if task_id not in known:
            changes.add(max(since, started_at or since), +1)
    return _steps(changes)


def _steps(changes: _Changes) -> list[Counted]:
    steps: list[Counted] = []
    count = 0
    for at, change in sorted(changes.by.items()):
        count += change
        if not steps or change:
            steps.append(Counted(at, count))
    return steps


def desired_steps(words: Iterable[DesiredWord], *, desired_now: int, since: datetime) -> list[Counted]:
    """Return how many tasks were wanted from `since` on; `desired_now` where the log's part says nothing."""
    steps: list[Counted] = []
    for word in words:
        at = max(since, word.at)
        if steps and steps[-1].at == at:
            steps.pop()
        if not steps or steps[-1].count != word.count:
            steps.append(Counted(at, word.count))
    if not steps:
        return [Counted(since, desired_now)]
    if steps[0].at > since:
        steps.insert(0, Counted(since, steps[0].count))
    return steps
