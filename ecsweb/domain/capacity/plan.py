"""One pass over a cluster's capacity: place what waits, then let each group follow what still waits (6.11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ecsweb.domain.capacity.groups import GroupPlan, ScalingPace, plan_group
from ecsweb.domain.capacity.managed_scaling import Group, GroupInstance
from ecsweb.domain.capacity.waiting import WaitingPlan, plan_waiting
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot
from ecsweb.domain.statuses import SchedulingStrategy


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """What becomes of the tasks that wait, and of each group (with the group as it was seen)."""

    waiting: WaitingPlan
    groups: tuple[tuple[Group, GroupPlan], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        return not (self.waiting.placed or self.waiting.given_up or any(p.changes(g) for g, p in self.groups))

    @property
    def next_look_at(self) -> datetime | None:
        """Return the earliest moment at which time alone changes the plan."""
        moments = [self.waiting.next_look_at, *(plan.next_look_at for _group, plan in self.groups)]
        return min((moment for moment in moments if moment is not None), default=None)


def plan_capacity(
    cluster: ClusterSnapshot, groups: Sequence[Group], *, now: datetime, pace: ScalingPace, waits_for: timedelta
) -> CapacityPlan:
    """Return what is to be done; `groups` come without their instances, which are those of the cluster."""
    waiting, cluster = plan_waiting(cluster, cluster.waiting, now=now, waits_for=waits_for)
    plans = []
    for group in (with_instances(group, cluster) for group in groups):
        mine = [task for task, _decision in waiting.left if group.provider and task.provider == group.provider]
        demands = [task.demand for task in mine]
        plans.append((group, plan_group(group, demands, now=now, pace=pace)))
    return CapacityPlan(waiting, tuple(plans))


def with_instances(group: Group, cluster: ClusterSnapshot) -> Group:
    """Return the group with its instances; those with no task but a DAEMON's are not occupied (they run one each)."""
    daemons = [s for s in cluster.services if s.scheduling_strategy is SchedulingStrategy.DAEMON]
    everywhere = {task.pk for service in daemons for task in service.tasks}
    occupied = {task.instance_pk for task in cluster.tasks if not task.pk or task.pk not in everywhere}
    return replace(
        group,
        instances=tuple(
            _member(instance, is_occupied=instance.pk in occupied)
            for instance in cluster.instances
            if instance.group_pk == group.pk
        ),
    )


def _member(instance: InstanceSnapshot, *, is_occupied: bool) -> GroupInstance:
    if instance.registered_at is None:
        raise ValueError(f"instance {instance.instance_id} of a group never registered")
    return GroupInstance(instance, is_occupied, instance.registered_at, is_ending=instance.is_ending)
