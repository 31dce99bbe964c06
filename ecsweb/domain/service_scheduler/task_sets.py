"""Plan the task sets of a service with the EXTERNAL controller: each keeps its own count (`ecs-facts.md` 6.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ecsweb.domain.service_scheduler.healthy import has_arrived
from ecsweb.domain.service_scheduler.plan import Pace, ServicePlan, TaskSetPart
from ecsweb.domain.service_scheduler.repeats import with_repeat
from ecsweb.domain.service_scheduler.replica import plan_replica, stop_of
from ecsweb.domain.snapshots import ClusterSnapshot, ServiceSnapshot, TaskSetSnapshot, TaskSnapshot
from ecsweb.domain.statuses import (
    ContainerInstanceStatus,
    DeploymentStatus,
    LaunchType,
    StabilityStatus,
    TaskSetStatus,
)
from ecsweb.domain.task_sets import computed_desired_count

# ECS leaves a service's percentages aside here: nothing is rolled out, and what leaves a draining container instance
# leaves when its replacement is healthy.
MINIMUM_PERCENT = 100
MAXIMUM_PERCENT = 10_000

Plans = tuple[ServicePlan, ...]


def plan_task_sets(
    service: ServiceSnapshot, cluster: ClusterSnapshot, *, now: datetime, pace: Pace
) -> tuple[Plans, ClusterSnapshot]:
    """Plan one pass for every task set of a service, then for the service as a whole, which only follows them.

    Example: desired 4, blue at 100 %, green at 25 % and empty → one start for green, nothing for blue.
    """
    plans: list[ServicePlan] = []
    for task_set in service.task_sets:
        if task_set.status is TaskSetStatus.DRAINING:
            plans.append(_ending(service, task_set))
        else:
            made, cluster = _plan_one(service, task_set, cluster, now=now, pace=pace)
            plans.append(made)
    return (*plans, _whole(service, plans)), cluster


def _plan_one(
    service: ServiceSnapshot, task_set: TaskSetSnapshot, cluster: ClusterSnapshot, *, now: datetime, pace: Pace
) -> tuple[ServicePlan, ClusterSnapshot]:
    """Plan a task set as if it were a REPLICA service of its own with nothing but this revision."""
    primary = replace(task_set.deployment, status=DeploymentStatus.PRIMARY)
    alone = replace(
        service,
        deployments=(primary,),
        tasks=_tasks(service, task_set),
        desired_count=computed_desired_count(service.desired_count, task_set.scale),
        minimum_healthy_percent=MINIMUM_PERCENT,
        maximum_percent=MAXIMUM_PERCENT,
        placement_failure=task_set.placement_failure,
        is_steady=task_set.stability_status is StabilityStatus.STEADY_STATE,
        condition_said_at=task_set.condition_said_at,
        launch_type=task_set.launch_type,
        providers=task_set.providers,
        rebalances_zones=False,
    )
    seen = cluster
    if task_set.launch_type is LaunchType.FARGATE:
        seen = replace(cluster, instances=cluster.fargate_hosts)
    made, seen = plan_replica(alone, primary, seen, now=now, pace=pace)
    is_steady = is_stable(alone, cluster)
    made = replace(
        made, rollouts=(), is_steady=is_steady if is_steady != alone.is_steady else None, task_set=_part(task_set)
    )
    made = with_repeat(made, alone, now=now, pace=pace)
    return made, replace(seen, instances=cluster.instances) if task_set.launch_type is LaunchType.FARGATE else seen


def is_stable(alone: ServiceSnapshot, cluster: ClusterSnapshot) -> bool:
    """Tell whether a task set, seen as a service, is in STEADY_STATE: running what it wants, none pending, none on a
    draining container instance, all well (`ecs-facts.md` 6.10)."""
    wanted = [task for task in alone.tasks if task.is_wanted]
    draining = {i.pk for i in cluster.instances if i.status is not ContainerInstanceStatus.ACTIVE}
    is_well = all(has_arrived(task) and task.instance_pk not in draining for task in wanted)
    return is_well and len(wanted) == alone.desired_count


def _ending(service: ServiceSnapshot, task_set: TaskSetSnapshot) -> ServicePlan:
    tasks = _tasks(service, task_set)
    stops = tuple(stop_of(task) for task in tasks if task.is_wanted)
    return ServicePlan(service.pk, stops=stops, task_set=replace(_part(task_set), is_over=not tasks))


def _whole(service: ServiceSnapshot, plans: Sequence[ServicePlan]) -> ServicePlan:
    """Let the service be steady when every task set is and together they come to its desired count (without one they
    come to nothing), and wait for a place when one of them does."""
    pairs = list(zip(service.task_sets, plans, strict=True))
    live = [(task_set, made) for task_set, made in pairs if task_set.status is not TaskSetStatus.DRAINING]
    steady = all(
        made.is_steady if made.is_steady is not None else task_set.stability_status is StabilityStatus.STEADY_STATE
        for task_set, made in live
    )
    wanted = sum(computed_desired_count(service.desired_count, task_set.scale) for task_set, _made in live)
    is_steady = steady and len(live) == len(pairs) and wanted >= service.desired_count
    failures = [s.placement_failure if m.placement_failure is None else m.placement_failure for s, m in live]
    failure = next(filter(None, failures), "")
    return ServicePlan(
        service.pk,
        is_steady=is_steady if is_steady != service.is_steady else None,
        placement_failure=failure if failure != service.placement_failure else None,
    )


def _tasks(service: ServiceSnapshot, task_set: TaskSetSnapshot) -> tuple[TaskSnapshot, ...]:
    return tuple(task for task in service.tasks if task.deployment_pk == task_set.deployment.pk)


def _part(task_set: TaskSetSnapshot) -> TaskSetPart:
    return TaskSetPart(task_set.pk, task_set.deployment.deployment_id)
