"""Managed scaling of the Auto Scaling group behind a capacity provider (`ecs-facts.md` 6.11).

Each minute ECS compares M, the instances that the tasks need, with N, those that the group has, and moves N so that
`CapacityProviderReservation` = M / N × 100 comes to the target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecsweb.domain.placement.filters import exclusions
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import InstanceSnapshot


@dataclass(frozen=True, slots=True)
class ScalingSettings:
    """`managedScaling` of a capacity provider, AWS's defaults."""

    target_capacity: int = 100
    minimum_step: int = 1
    maximum_step: int = 10_000
    warmup: timedelta = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class GroupInstance:
    """An instance of the group; `is_occupied` says whether a task that is no DAEMON's is on it."""

    instance: InstanceSnapshot
    is_occupied: bool
    launched_at: datetime
    is_ending: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """An Auto Scaling group: the bounds of its size, its instances, and what a fresh one offers.

    `booting` are the moments at which launched machines will register. `settings` is None without managed scaling.
    """

    pk: int
    minimum: int
    maximum: int
    desired: int
    fresh: InstanceSnapshot
    zones: tuple[str, ...]
    provider: str = ""
    instances: tuple[GroupInstance, ...] = ()
    booting: tuple[datetime, ...] = ()
    settings: ScalingSettings | None = None
    protects_tasks: bool = False
    drains: bool = True
    measured_at: datetime | None = None
    below_since: datetime | None = None

    @property
    def staying(self) -> tuple[GroupInstance, ...]:
        """Return the instances that the group counts: those that it does not end."""
        return tuple(one for one in self.instances if not one.is_ending)

    @property
    def size(self) -> int:
        """Return N: how many machines it has, those that are starting up included."""
        return len(self.staying) + len(self.booting)


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was measured, and the desired capacity that follows from it."""

    needed: int
    present: int
    desired: int
    below_since: datetime | None = None

    @property
    def reservation(self) -> float:
        """Return `CapacityProviderReservation` in percent."""
        return reservation(self.needed, self.present)


def instances_needed(waiting: Sequence[Demand], group: Group) -> int:
    """Return M: the occupied instances, and those that the waiting tasks would take beside them, largest tasks first.

    A task too large for a fresh instance counts for none: no number of them would help it.
    """
    rooms = [one.instance for one in group.staying if one.is_occupied]
    empty = [one.instance for one in group.staying if not one.is_occupied]
    for demand in sorted(waiting, key=lambda one: (one.cpu, one.memory), reverse=True):
        index = next((i for i, room in enumerate(rooms) if not exclusions(demand, room)), len(rooms))
        if index == len(rooms):
            # An empty instance may have less than a fresh one: its DAEMON tasks are on it.
            found = next((room for room in empty if not exclusions(demand, room)), group.fresh)
            if exclusions(demand, found):
                continue
            if found is not group.fresh:
                empty.remove(found)
            rooms.append(found)
        rooms[index] = rooms[index].minus(demand)
    return len(rooms)


def reservation(needed: int, present: int) -> float:
    """Return `CapacityProviderReservation` in percent: 100 for nothing of both, 200 for a need and no instance."""
    if present:
        return needed / present * 100
    return 200.0 if needed else 100.0


def wanted_instances(needed: int, group: Group, settings: ScalingSettings) -> int:
    """Return the fewest instances whose reservation is not above the target, within the group's bounds.

    Example: 3 needed at a target of 75 % → 4.
    """
    wanted = -(-needed * 100 // settings.target_capacity)
    return max(group.minimum, min(group.maximum, wanted))


def measure(
    waiting: Sequence[Demand], group: Group, settings: ScalingSettings, *, now: datetime, in_after: timedelta
) -> Measurement:
    """Measure once and return the desired capacity that follows.

    Out goes at once, by steps of the settings, never above the group's maximum. In goes when the reservation has been
    below the target for `in_after` (AWS: 15 minutes), never while tasks wait: an empty instance may be the one that
    takes them.
    """
    needed, present = instances_needed(waiting, group), group.size
    wanted = wanted_instances(needed, group, settings)
    if wanted > present:
        step = min(max(wanted - present, settings.minimum_step), settings.maximum_step)
        return Measurement(needed, present, min(present + step, group.maximum))
    if wanted == present or waiting:
        return Measurement(needed, present, group.desired)
    since = group.below_since or now
    if since + in_after > now:
        return Measurement(needed, present, group.desired, below_since=since)
    return Measurement(needed, present, wanted, below_since=since)
