"""Two clusters or services side by side: what differs between them, and what one action made of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ecsweb.domain.statuses import BEFORE_RUNNING, TaskStatus

# How often each thing is there, in the order of names: (("web:1", 2), ("web:2", 1)).
Counts = tuple[tuple[str, int], ...]


class SharedAction(StrEnum):
    """What can be done to both sides with one press."""

    KILL = "kill"
    FILL_MEMORY = "fill-memory"
    STOP_TASK = "stop-task"
    LOSE_INSTANCE = "lose-instance"
    STOP_INSTANCE = "stop-instance"
    DISCONNECT_AGENT = "disconnect-agent"
    MEND = "mend"
    DRAIN = "drain"
    ACTIVATE = "activate"
    LAUNCH = "launch"
    SCALE = "scale"
    REDEPLOY = "redeploy"
    DEPLOY = "deploy"
    BREAK_IMAGE = "break-image"


class Aspect(StrEnum):
    """What two sides are compared by, in the order of the table."""

    STRATEGY = "strategy"
    PLACEMENT = "placement"
    DESIRED = "desired"
    RUNNING = "running"
    PENDING = "pending"
    REVISIONS = "revisions"
    PER_INSTANCE = "per-instance"
    INSTANCES = "instances"
    CONTAINERS = "containers"
    CALLS = "calls"
    ENDED = "ended"
    FATES = "fates"


# Aspects that mean something only once both sides were told to do the same.
OF_AN_ACTION = frozenset({Aspect.CALLS, Aspect.ENDED, Aspect.FATES})


class Fate(StrEnum):
    """What became of the place of a task that ended."""

    REPLACED = "replaced"
    MISSING = "missing"
    RELEASED = "released"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class TwinService:
    """A service of a side."""

    name: str
    strategy: str
    desired: int
    placement: str = ""


@dataclass(frozen=True, slots=True)
class TwinInstance:
    """A container instance of a side: its name in the picture, and how it is, in ECS's words."""

    name: str
    condition: str


@dataclass(frozen=True, slots=True)
class TwinTask:
    """A task that is not over. `owner` is its service, empty for one that was run directly."""

    owner: str
    revision: str
    instance: str
    status: str
    containers_running: int = 1
    containers_ended: int = 0


@dataclass(frozen=True, slots=True)
class EndedTask:
    """A task that has ended since the action, with ECS's stop code."""

    owner: str
    stop_code: str


@dataclass(frozen=True, slots=True)
class Told:
    """A call of the action and what it came to: `Success`, or the code of the refusal."""

    operation: str
    result: str


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two. What stands in `ended`, `begun` and `told` counts from the last action on."""

    services: tuple[TwinService, ...] = ()
    instances: tuple[TwinInstance, ...] = ()
    tasks: tuple[TwinTask, ...] = ()
    ended: tuple[EndedTask, ...] = ()
    # The services for which tasks began, one entry a task.
    begun: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()

    @property
    def desired(self) -> int | None:
        """Return how many tasks its services want; None where no service wants anything."""
        return sum(one.desired for one in self.services) if self.services else None

    @property
    def running(self) -> int:
        """Return how many tasks run."""
        return sum(task.status == TaskStatus.RUNNING for task in self.tasks)

    @property
    def pending(self) -> int:
        """Return how many tasks are on their way."""
        return sum(task.status in BEFORE_RUNNING for task in self.tasks)

    @property
    def per_instance(self) -> Counts:
        """Return how many tasks stand on each of its instances, in their order, none left out."""
        found = Counter(task.instance for task in self.tasks)
        return tuple((one.name, found[one.name]) for one in self.instances)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the table: an aspect, how it is on each side, and whether that differs."""

    aspect: Aspect
    left: int | Counts | None
    right: int | Counts | None
    is_different: bool


def differences(left: Side, right: Side, *, is_after_action: bool) -> tuple[Difference, ...]:
    """Compare two sides aspect by aspect; what an action made of them only where there was one."""
    aspects = [aspect for aspect in Aspect if is_after_action or aspect not in OF_AN_ACTION]
    return tuple(_difference(aspect, left, right) for aspect in aspects)


def _difference(aspect: Aspect, left: Side, right: Side) -> Difference:
    one, other = value_of(left, aspect), value_of(right, aspect)
    if aspect is Aspect.PER_INSTANCE:
        # Which instance holds most is chance; how evenly the tasks stand is not.
        return Difference(aspect, one, other, _shape(left) != _shape(right))
    return Difference(aspect, one, other, one != other)


def _shape(side: Side) -> list[int]:
    return sorted((count for _name, count in side.per_instance), reverse=True)


def value_of(side: Side, aspect: Aspect) -> int | Counts | None:
    """Return how the side is in one aspect."""
    match aspect:
        case Aspect.DESIRED:
            return side.desired
        case Aspect.RUNNING:
            return side.running
        case Aspect.PENDING:
            return side.pending
        case Aspect.PER_INSTANCE:
            return side.per_instance
        case Aspect.FATES:
            return fates(side)
        case _:
            return _counted(side, aspect)


def _counted(side: Side, aspect: Aspect) -> Counts:
    found: dict[Aspect, Iterable[str]] = {
        Aspect.STRATEGY: (one.strategy for one in side.services),
        Aspect.PLACEMENT: (one.placement for one in side.services if one.placement),
        Aspect.REVISIONS: (task.revision for task in side.tasks),
        Aspect.INSTANCES: (one.condition for one in side.instances),
        Aspect.CONTAINERS: _containers(side),
        Aspect.ENDED: (task.stop_code for task in side.ended),
        Aspect.CALLS: (f"{one.operation} {one.result}" for one in side.told),
    }
    return _counts(found[aspect])


def _containers(side: Side) -> Iterable[str]:
    for task in side.tasks:
        yield from ["running"] * task.containers_running
        yield from ["ended"] * task.containers_ended


def _counts(names: Iterable[str]) -> Counts:
    return tuple(sorted(Counter(names).items()))


def fates(side: Side) -> Counts:
    """Return what became of the places of the tasks that ended since the action.

    A service replaces its own, is still short of them, or no longer wants them; a task that was run directly is
    nobody's.
    """
    begun, found = Counter(side.begun), Counter[str]()
    for owner, ended in Counter(task.owner for task in side.ended).items():
        if not owner:
            found[Fate.ALONE] += ended
            continue
        replaced = min(ended, begun[owner])
        rest = ended - replaced
        found[Fate.REPLACED] += replaced
        found[Fate.MISSING if _is_short(side, owner) else Fate.RELEASED] += rest
    return tuple((str(fate), found[fate]) for fate in Fate if found[fate])


def _is_short(side: Side, owner: str) -> bool:
    wanted = next((one.desired for one in side.services if one.name == owner), 0)
    return sum(task.owner == owner for task in side.tasks) < wanted


def differing_instances(left: Side, right: Side) -> frozenset[str]:
    """Return the names of the instances that hold another number of tasks than the other side's of the same name.

    Nothing differs where both sides spread their tasks alike, whichever instance holds the most.
    """
    if _shape(left) == _shape(right):
        return frozenset()
    one, other = dict(left.per_instance), dict(right.per_instance)
    return frozenset(name for name in {*one, *other} if one.get(name) != other.get(name))
