"""Predict first: what can be predicted of a change, what was said, and reality laid over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.controlplane.guesses import came_of, events_after
from ecsweb.domain.guesses import ELSEWHERE, WATCHED, Grade, Guess, Reality, graded
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.models import ChangeGuess, Cluster, ContainerInstance, Task
from ecsweb.web.pictures import instance_names
from ecsweb.web.sentences import event_sentence

# Changes of a task or its container, of an instance, and of a service.
OF_TASKS = ("KillContainer", "StopTask")
OF_INSTANCES = ("LoseInstance", "StopInstance", "DisconnectAgent", "KillAgent", "Drain")
OF_SERVICES = ("Scale", "Deploy")
CHANGES = (*OF_TASKS, *OF_INSTANCES, *OF_SERVICES)
MOST_TOLD = 40


def subject_of(change: str, key: str, names: Mapping[str, str]) -> str:
    """Return what a change is done to, by name; `names` gives each container instance its name by id."""
    if change in OF_SERVICES:
        return _("the service %(name)s") % {"name": key}
    if change in OF_INSTANCES:
        return _("the container instance %(name)s") % {"name": names.get(key, key[:8])}
    task, _tilde, container = key.partition("~")
    if container:
        return _("the container %(container)s of the task %(name)s") % {"container": container, "name": task[:6]}
    return _("the task %(name)s") % {"name": task[:6]}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task on the board: was it said to end, and did it?"""

    task_id: str
    family_revision: str
    owner: str
    status: str
    said: bool = False
    came: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A container instance on the board: its tasks, and how many new ones were said and came."""

    key: str
    name: str
    tasks: tuple[TaskLine, ...]
    said: int = 0
    came: int = 0


def board(cluster: Cluster) -> tuple[Column, ...]:
    """Return the cluster as it is now, a column for each place where tasks can stand."""
    names = instance_names(cluster)
    live = ContainerInstance.objects.filter(cluster=cluster, is_purged=False).exclude(status="INACTIVE")
    places = {row.instance_id: names[row.instance_id] for row in live.order_by("pk")}
    tasks = _tasks(cluster)
    if any(_place(task) == ELSEWHERE for task in tasks):
        places[ELSEWHERE] = ELSEWHERE
    return tuple(
        Column(key, name, tuple(_line(task) for task in tasks if _place(task) == key)) for key, name in places.items()
    )


def _tasks(cluster: Cluster) -> list[Task]:
    rows = Task.objects.filter(cluster=cluster, is_purged=False, last_status__in=STATUSES_BEFORE_STOPPED)
    return list(rows.select_related("container_instance", "task_definition", "service").order_by("pk"))


def _place(task: Task) -> str:
    if task.launch_type == ELSEWHERE:
        return ELSEWHERE
    return task.container_instance.instance_id if task.container_instance else ""


def _line(task: Task) -> TaskLine:
    owner = task.service.name if task.service else ""
    return TaskLine(task.task_id, task.task_definition.family_revision, owner, task.last_status)


def before_of(columns: Sequence[Column]) -> dict[str, dict[str, str]]:
    """Return the board's tasks as a prediction keeps them."""
    return {
        task.task_id: {
            "instance": column.key,
            "status": task.status,
            "revision": task.family_revision,
            "owner": task.owner,
        }
        for column in columns
        for task in column.tasks
    }


@dataclass(frozen=True, slots=True)
class Told:
    """A prediction with what came: the board with both, the three numbers, and whether it is time to grade."""

    row: ChangeGuess
    columns: tuple[Column, ...]
    guess: Guess
    real: Reality
    grade: Grade
    seconds_left: int
    events: tuple[tuple[float, str], ...]
    foretold: tuple[str, ...]
    # The last event that came of it: with what came before it is the stretch that can be looked at again.
    until: int

    @property
    def subject(self) -> str:
        """Return what the change was done to, by name."""
        return subject_of(self.row.change, self.row.key, self.row.names)

    @property
    def is_over(self) -> bool:
        """Tell whether the ten seconds are over."""
        return self.seconds_left == 0

    @property
    def said_places(self) -> str:
        """Where new tasks were said to come, with how many."""
        return ", ".join(f"{column.said} × {column.name}" for column in self.columns if column.said)

    @property
    def places(self) -> str:
        """Where new tasks came, with how many."""
        return ", ".join(f"{column.came} × {column.name}" for column in self.columns if column.came)

    @property
    def is_explained(self) -> bool:
        """Tell whether somebody said what they saw: then it is explained to them."""
        return bool(self.row.saw)


def told(row: ChangeGuess, *, now: datetime, language: str) -> Told:
    """Return a prediction with what came of it until now, or until its ten seconds were over."""
    events = events_after(row)
    said = Guess(
        frozenset(row.guess.get("ending", ())), dict(row.guess.get("placed", {})), int(row.guess.get("running", 0))
    )
    real = came_of(row, events)
    return Told(
        row=row,
        columns=_columns(row, said, real),
        guess=said,
        real=real,
        grade=graded(said, real),
        seconds_left=0 if row.came else max(0, round((row.began_at + WATCHED - now).total_seconds())),
        events=tuple(
            ((event.time - row.began_at).total_seconds(), event_sentence(event, row.names))
            for event in events
            if event.detail_type not in ("Engine Call", "Decision", "Checkpoint")
        )[:MOST_TOLD],
        foretold=tuple(row.foretold.get("ko" if language.startswith("ko") else "en", ())),
        until=events[-1].sequence if events else row.began_sequence,
    )


def _columns(row: ChangeGuess, said: Guess, real: Reality) -> tuple[Column, ...]:
    keys = [*row.names, *(key for key in real.placed if key not in row.names)]
    names: Mapping[str, Any] = row.names
    return tuple(
        Column(
            key,
            str(names.get(key, _("a new instance"))),
            tuple(
                TaskLine(task, one["revision"], one["owner"], one["status"], task in said.ending, task in real.ending)
                for task, one in row.before.items()
                if one["instance"] == key
            ),
            said=int(said.placed.get(key, 0)),
            came=int(real.placed.get(key, 0)),
        )
        for key in keys
    )
