"""AZ rebalancing: start a task in the emptier zone first, then stop one in the fuller (`ecs-facts.md` 6.9)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.placement.scheduler import Decision, choose_for_service
from ecsweb.domain.placement.strategies import ZONE, Strategy
from ecsweb.domain.snapshots import ClusterSnapshot, DeploymentSnapshot, ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus, SchedulingStrategy

FIELD = "availabilityZoneRebalancing"


@dataclass(frozen=True, slots=True)
class Rebalancing:
    """One step of it: tasks by zone as they were (zone, number), and the zone that gets one or gives one up."""

    counts: tuple[tuple[str, int], ...]
    into: str = ""
    out_of: str = ""


def check_rebalancing(
    kind: SchedulingStrategy, strategies: Sequence[Strategy], *, maximum_percent: int, launch_type: str
) -> None:
    """Raise InvalidParameterException for a service that cannot be rebalanced (`ecs-facts.md` 6.9).

    SIMPLIFIED: the full list of what excludes it is not published.
    """
    if kind is SchedulingStrategy.DAEMON:
        why = "the daemon scheduling strategy"
    elif strategies and strategies[0] != Strategy("spread", ZONE):
        why = "a first placement strategy other than spread over attribute:ecs.availability-zone"
    elif maximum_percent == 100:
        why = "a maximumPercent of 100"
    elif launch_type != "EC2":
        # SIMPLIFIED: on AWS it moves FARGATE tasks, too.
        why = f"the launch type {launch_type}"
    else:
        return
    raise InvalidParameterException(f"Availability Zone rebalancing does not support {why}.", field=FIELD)


def zone_counts(tasks: Sequence[TaskSnapshot], cluster: ClusterSnapshot) -> dict[str, int]:
    """Return how many of the tasks stand in each zone that has an instance to take one."""
    zones = {one.pk: one.availability_zone for one in cluster.instances}
    active = {
        one.availability_zone: 0
        for one in cluster.instances
        if one.status is ContainerInstanceStatus.ACTIVE and one.agent_connected
    }
    found = Counter(zones[task.instance_pk] for task in tasks if task.instance_pk in zones)
    return dict(sorted({**active, **found}.items()))


def is_balanced(counts: Mapping[str, int]) -> bool:
    """Tell whether no zone has more than one task more than another."""
    return max(counts.values(), default=0) - min(counts.values(), default=0) <= 1


def start_elsewhere(
    service: ServiceSnapshot, primary: DeploymentSnapshot, kept: Sequence[TaskSnapshot], cluster: ClusterSnapshot
) -> tuple[Decision, Rebalancing] | None:
    """Return where one more task would even the zones, or None where they are even or none of the emptiest has room."""
    counts = zone_counts(kept, cluster)
    if is_balanced(counts):
        return None
    emptiest = {zone for zone, count in counts.items() if count == min(counts.values())}
    names = {item.provider for item in service.providers}
    there = cluster.with_instances(
        one
        for one in cluster.instances
        if one.availability_zone in emptiest and (not names or one.capacity_provider in names)
    )
    decision = choose_for_service(
        there, primary.demand, group=service.group, strategies=service.strategies, constraints=primary.constraints
    )
    if decision.chosen is None:
        return None
    return decision, Rebalancing(tuple(counts.items()), into=decision.chosen.availability_zone)


def gives_up(
    service: ServiceSnapshot, kept: Sequence[TaskSnapshot], surplus: Sequence[TaskSnapshot], cluster: ClusterSnapshot
) -> Rebalancing | None:
    """Return the second half of a step: the one task too many goes, from the fuller zone."""
    if not service.is_rebalancing or len(surplus) != 1:
        return None
    zones: dict[int | None, str] = {one.pk: one.availability_zone for one in cluster.instances}
    left = [task for task in kept if task not in surplus]
    return Rebalancing(tuple(zone_counts(left, cluster).items()), out_of=zones.get(surplus[0].instance_pk, ""))


def waits_for_the_new_one(service: ServiceSnapshot, kept: Sequence[TaskSnapshot]) -> bool:
    """Tell whether a step is half done: the task in the emptier zone is started and does not run yet."""
    one_more = len(kept) == service.desired_count + 1
    return service.is_rebalancing and one_more and any(task.is_starting for task in kept)


def as_parameter(params: Mapping[str, Any]) -> bool | None:
    """Return what a call asks for: True, False, or None where it says nothing."""
    asked = params.get(FIELD)
    return None if asked is None else asked == "ENABLED"
