"""What of many tasks is drawn one by one, and how they stand in the frames of their services. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ecsweb.web.diagrams.cluster_picture import FargateGroup, Fold, TaskBox

# Nobody reads more of them one by one.
DRAWN = 12


@dataclass(frozen=True, slots=True)
class Frame:
    """What one service has in one place; without a service, what was run directly and nobody owns.

    Its tint is that of its newest task, so that a frame changes only with what stands in it.
    """

    service: str
    letter: str
    strategy: str
    tint: str
    tasks: tuple[TaskBox, ...]
    folded: tuple[Fold, ...] = ()
    # Tells it from an earlier service of the same name, of which a task may still be drawn.
    service_id: str = ""

    @property
    def key(self) -> str:
        """Return what its element is called after; no two frames in one place have the same."""
        return f"{self.service}-{self.service_id}"


def needs_attention(task: TaskBox) -> bool:
    """Tell whether something is going on with a task: it does not run yet or any more, it leaves, it is unhealthy."""
    return task.last_status != "RUNNING" or task.is_leaving or task.is_unhealthy


def fold(tasks: Sequence[TaskBox], *, is_open: bool) -> tuple[tuple[TaskBox, ...], tuple[Fold, ...]]:
    """Return the tasks to draw, by their owners, and counts of the rest. `tasks` are in the order of their ages.

    Up to 12 are all drawn. Of more those that need attention and then the newest, so that with a 13th task one box
    makes place for it, and everything else stays where it is.
    """
    if is_open or len(tasks) <= DRAWN:
        return by_owner(tasks), ()
    order = sorted(range(len(tasks)), key=lambda place: (not needs_attention(tasks[place]), -place))
    drawn = set(order[:DRAWN])
    counts = Counter(_kind(task) for place, task in enumerate(tasks) if place not in drawn)
    folded = [replace(kind, count=count) for kind, count in counts.items()]
    shown = [task for place, task in enumerate(tasks) if place in drawn]
    return by_owner(shown), tuple(sorted(folded, key=lambda one: (*_rank(one), one.family_revision, one.last_status)))


def by_owner(tasks: Iterable[TaskBox]) -> tuple[TaskBox, ...]:
    """Return the tasks service by service, in the order of their names, and last what was run directly."""
    return tuple(sorted(tasks, key=_rank))


def frames(tasks: Sequence[TaskBox], folded: Sequence[Fold] = ()) -> tuple[Frame, ...]:
    """Put the tasks and counts of each service in a frame of its own, in the order of `by_owner`."""
    everything: list[TaskBox | Fold] = [*tasks, *folded]
    # One of each service tells of it; which service it is, its name alone does not say.
    owners = {_rank(one): one for one in everything}
    return tuple(_frame(owners[rank], tasks, folded) for rank in sorted(owners))


def _frame(one_of: TaskBox | Fold, tasks: Sequence[TaskBox], folded: Sequence[Fold]) -> Frame:
    mine = tuple(task for task in tasks if _rank(task) == _rank(one_of))
    rest = tuple(one for one in folded if _rank(one) == _rank(one_of))
    living = [task.tint for task in mine if not task.is_stopped]
    counted = [one.tint for one in rest]
    tint = (living or counted or [mine[-1].tint])[-1]
    return Frame(one_of.owner, one_of.letter, one_of.strategy, tint, mine, rest, service_id=one_of.owner_id)


def _rank(one: TaskBox | Fold) -> tuple[bool, str, str]:
    return not one.owner, one.owner, one.owner_id


def _kind(task: TaskBox) -> Fold:
    return Fold(
        task.family_revision, task.tint, task.last_status, task.owner, task.letter, task.strategy, 0, task.owner_id
    )


def fargate_group(tasks: Sequence[tuple[str, TaskBox]], *, is_open: bool) -> FargateGroup | None:
    """Group (zone, task) by zone in the order of names, many folded into counts; None without such a task."""
    if not tasks:
        return None
    boxes, folded = fold([task for _zone, task in tasks], is_open=is_open)
    zone_of = {task.task_id: zone for zone, task in tasks}
    zones: dict[str, list[TaskBox]] = {}
    for task in boxes:
        zones.setdefault(zone_of[task.task_id], []).append(task)
    return FargateGroup(tuple((zone, tuple(found)) for zone, found in sorted(zones.items())), folded)
