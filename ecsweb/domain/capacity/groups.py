"""An Auto Scaling group keeps its size: it launches machines that are missing and ends those that are too many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ecsweb.domain.capacity.managed_scaling import Group, GroupInstance, Measurement, measure
from ecsweb.domain.resources import Demand

# SIMPLIFIED: AWS says "each minute" and 15 minutes below the target; how long a machine takes to start up is ours.
MEASURED_EVERY = timedelta(minutes=1)
IN_AFTER = timedelta(minutes=15)
BOOTS_IN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ScalingPace:
    """The waits of managed scaling, already divided by `ECSWEB_SPEED`."""

    measured_every: timedelta = MEASURED_EVERY
    in_after: timedelta = IN_AFTER
    boots_in: timedelta = BOOTS_IN


def scaling_pace(*, speed: float) -> ScalingPace:
    """Return the waits at a speed."""
    return ScalingPace(MEASURED_EVERY / speed, IN_AFTER / speed, BOOTS_IN / speed)


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What to do with a group: `register` names the zone of each machine that is up now, `booting` replaces the list.

    `drain` and `end` are instances by key: those to be made DRAINING first, and those whose machine goes now.
    """

    group_pk: int
    desired: int
    booting: tuple[datetime, ...] = ()
    register: tuple[str, ...] = ()
    drain: tuple[int, ...] = ()
    end: tuple[int, ...] = ()
    measurement: Measurement | None = None
    next_look_at: datetime | None = None

    def changes(self, group: Group) -> bool:
        """Tell whether there is something to write."""
        is_same = self.desired == group.desired and self.booting == group.booting
        return bool(self.register or self.drain or self.end or self.measurement) or not is_same


def plan_group(group: Group, waiting: Sequence[Demand], *, now: datetime, pace: ScalingPace) -> GroupPlan:
    """Return the group's next step. `waiting` are the demands of the tasks that wait for this group's provider.

    Example: desired 2, one instance, none starting up → one machine that registers `boots_in` from now.
    """
    measurement = _measurement(group, waiting, now=now, pace=pace)
    desired = measurement.desired if measurement else group.desired
    up = [moment for moment in group.booting if moment <= now]
    coming = sorted(moment for moment in group.booting if moment > now)
    missing = desired - len(group.staying) - len(up) - len(coming)
    if missing < 0:
        # What has not started up yet costs nobody anything.
        spared = min(-missing, len(coming))
        coming, missing = coming[: len(coming) - spared], missing + spared
    coming += [now + pace.boots_in] * max(0, missing)
    surplus = _surplus(group, max(0, -missing), now=now)
    empty = tuple(one.instance.pk for one in group.instances if one.is_ending and not one.is_occupied)
    at_once = tuple(one.instance.pk for one in surplus if not (one.is_occupied and group.drains))
    return GroupPlan(
        group_pk=group.pk,
        desired=desired,
        booting=tuple(coming),
        register=_zones(group, len(up)),
        drain=tuple(one.instance.pk for one in surplus if one.instance.pk not in at_once),
        end=(*empty, *at_once),
        measurement=measurement,
        next_look_at=_next_look_at(group, coming, now=now, pace=pace),
    )


def _measurement(group: Group, waiting: Sequence[Demand], *, now: datetime, pace: ScalingPace) -> Measurement | None:
    if group.settings is None or (group.measured_at and group.measured_at + pace.measured_every > now):
        return None
    return measure(waiting, group, group.settings, now=now, in_after=pace.in_after)


def _surplus(group: Group, count: int, *, now: datetime) -> list[GroupInstance]:
    """Return the instances to end: empty ones first, of the fullest zone, the oldest; never one still warming up.

    With managed termination protection only empty ones go. SIMPLIFIED: EC2 Auto Scaling has more rules of choice.
    """
    zones = Counter(one.instance.availability_zone for one in group.staying)
    warmup = group.settings.warmup if group.settings else timedelta(0)
    ready = [one for one in group.staying if one.launched_at + warmup <= now]
    found = [one for one in ready if not (group.protects_tasks and one.is_occupied)]
    chosen: list[GroupInstance] = []
    for _ in range(min(count, len(found))):
        one = min(
            found, key=lambda i: (i.is_occupied, -zones[i.instance.availability_zone], i.launched_at, i.instance.pk)
        )
        found.remove(one)
        zones[one.instance.availability_zone] -= 1
        chosen.append(one)
    return chosen


def _zones(group: Group, count: int) -> tuple[str, ...]:
    """Return a zone for each machine that registers: the one with the fewest of the group's."""
    taken = Counter(one.instance.availability_zone for one in group.staying)
    found: list[str] = []
    for _ in range(count):
        zone = min(group.zones, key=lambda name: (taken[name], name))
        taken[zone] += 1
        found.append(zone)
    return tuple(found)


def _next_look_at(group: Group, coming: Sequence[datetime], *, now: datetime, pace: ScalingPace) -> datetime | None:
    moments = list(coming)
    if group.settings is not None:
        measured_at = group.measured_at or now
        moments.append(max(measured_at, now) + pace.measured_every if measured_at <= now else measured_at)
    return min(moments, default=None)
