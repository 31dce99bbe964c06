"""DAEMON services: one task on each ACTIVE container instance (`ecs-facts.md` 6.1).

A roll-out stops the old task of an instance first and starts the new one when it is gone; on a draining instance the
daemon's task is the last of the services' tasks to leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ecsweb.domain.placement.constraints import violated
from ecsweb.domain.placement.filters import has_attributes, is_active
from ecsweb.domain.placement.scheduler import Decision, after, choose_given, planned_task
from ecsweb.domain.service_scheduler.deployments import may_start, minimum_healthy, next_rollouts, start_moments
from ecsweb.domain.service_scheduler.healthy import grace_ends, has_arrived, is_healthy, is_unhealthy
from ecsweb.domain.service_scheduler.plan import Pace, ServicePlan, Start, Stop
from ecsweb.domain.service_scheduler.replica import stop_of
from ecsweb.domain.snapshots import ClusterSnapshot, DeploymentSnapshot, InstanceSnapshot, ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus, RolloutState, SchedulingStrategy


@dataclass(frozen=True, slots=True)
class _View:
    service: ServiceSnapshot
    primary: DeploymentSnapshot
    cluster: ClusterSnapshot
    instances: tuple[InstanceSnapshot, ...]

    def tasks_on(self, instance_pk: int) -> list[TaskSnapshot]:
        return [task for task in self.service.tasks if task.instance_pk == instance_pk]


def plan_daemon(
    service: ServiceSnapshot, primary: DeploymentSnapshot, cluster: ClusterSnapshot, *, now: datetime, pace: Pace
) -> tuple[ServicePlan, ClusterSnapshot]:
    """Plan one pass for a DAEMON service; return the plan and the cluster as it will be for the next service.

    The desired count is computed: the number of ACTIVE instances that have the attributes the task requires.
    """
    instances = tuple(i for i in cluster.instances if _may_carry(i, service, primary, cluster))
    view = _View(service, primary, cluster, instances)
    desired = len(instances)
    starts, unplaced, cluster_after = _starts(view, now=now, pace=pace)
    stops = _stops(view, desired, now=now, pace=pace)
    kept = [t for t in service.tasks if has_arrived(t) and t.deployment_pk == primary.pk]
    is_rolled_out = len(kept) == desired == len(service.tasks)
    is_steady = is_rolled_out and not (starts or stops)
    plan = ServicePlan(
        service_pk=service.pk,
        starts=starts,
        stops=stops,
        rollouts=next_rollouts(service, is_rolled_out=is_rolled_out),
        unplaced=unplaced,
        placement_failure=_failure(service, unplaced, starts, is_rolled_out=is_rolled_out),
        is_steady=is_steady if is_steady != service.is_steady else None,
        desired_count=desired if desired != service.desired_count else None,
        next_look_at=_next_look_at(view, now=now, pace=pace),
    )
    return plan, cluster_after


def _may_carry(
    instance: InstanceSnapshot, service: ServiceSnapshot, primary: DeploymentSnapshot, cluster: ClusterSnapshot
) -> bool:
    if is_active(primary.demand, instance) is not None or has_attributes(primary.demand, instance) is not None:
        return False
    return not violated(primary.constraints, instance, cluster, group=service.group)


def _starts(view: _View, *, now: datetime, pace: Pace) -> tuple[tuple[Start, ...], Decision | None, ClusterSnapshot]:
    """Return the starts, where none was possible, and the cluster without what the daemon needs.

    Resources are set aside also while a back-off or the spacing lasts: a replica would take the daemon's place.
    """
    cluster, starts, unplaced = view.cluster, [], None
    if view.primary.rollout_state is RolloutState.FAILED:
        return (), None, cluster
    for instance in view.instances:
        if view.tasks_on(instance.pk):
            continue
        decision = choose_given(
            cluster, view.primary.demand, instance_pk=instance.pk, group=view.service.group, rule="daemon"
        )
        if decision.chosen is None:
            unplaced = decision
            continue
        planned = planned_task(instance.pk, group=view.service.group, now=now, deployment_pk=view.primary.pk)
        cluster = after(cluster, planned, view.primary.demand)
        starts.append(Start(view.primary.pk, decision))
    if not may_start(view.service, view.primary, now=now, pace=pace):
        return (), None, cluster
    return tuple(starts), unplaced, cluster


def _stops(view: _View, desired: int, *, now: datetime, pace: Pace) -> tuple[Stop, ...]:
    carrying = {instance.pk for instance in view.instances}
    live = [task for task in view.service.tasks if task.is_wanted]
    homeless = [t for t in live if t.instance_pk not in carrying and _may_leave(view, t)]
    ill = [t for t in live if is_unhealthy(t, view.service, now=now)]
    old = [t for t in live if t.instance_pk in carrying and (t.deployment_pk != view.primary.pk or t in ill)]
    double = [t for pk in carrying for t in sorted((t for t in live if t.instance_pk == pk), key=lambda t: t.pk)[1:]]
    healthy = sum(1 for task in live if _counts(task, now=now, pace=pace) and task.instance_pk in carrying)
    spare = max(0, healthy - minimum_healthy(desired, view.service.minimum_healthy_percent))
    waiting = [t for t in old if not t.is_running]
    # Those that failed their checks are not among the healthy, so that stopping them takes nothing from the minimum.
    loose = [t for t in old if t.is_running and t not in ill and not t.is_protected(now)]
    running = sorted(loose, key=lambda t: t.pk)[:spare]
    going = [*homeless, *waiting, *(t for t in ill if t in old), *running]
    ordered = [*going, *(t for t in double if t not in going)]
    return tuple(
        stop_of(task, is_unhealthy=task in ill, breaks_constraint=task in homeless and _breaks_constraint(view, task))
        for task in ordered
    )


def _counts(task: TaskSnapshot, *, now: datetime, pace: Pace) -> bool:
    return is_healthy(task, now=now, pace=pace) if task.has_health_check else task.is_running


def _may_leave(view: _View, task: TaskSnapshot) -> bool:
    """Tell whether a task goes now: at once where the constraints no longer hold, last of all when draining."""
    instance = view.cluster.instance(task.instance_pk)
    is_active = instance is not None and instance.status is ContainerInstanceStatus.ACTIVE
    return is_active or _is_last_of_services(view, task)


def _breaks_constraint(view: _View, task: TaskSnapshot) -> bool:
    instance = view.cluster.instance(task.instance_pk)
    if instance is None or instance.status is not ContainerInstanceStatus.ACTIVE:
        return False
    return bool(violated(view.primary.constraints, instance, view.cluster, group=view.service.group))


def _is_last_of_services(view: _View, task: TaskSnapshot) -> bool:
    # Only REPLICA services: two daemons that waited for each other would both stay for ever.
    others = [
        t
        for service in view.cluster.services
        if service.scheduling_strategy is SchedulingStrategy.REPLICA
        for t in service.tasks
        if t.instance_pk == task.instance_pk
    ]
    return not others


def _failure(
    service: ServiceSnapshot, unplaced: Decision | None, starts: Sequence[Start], *, is_rolled_out: bool
) -> str | None:
    if unplaced is not None:
        code = unplaced.reason
    elif starts or is_rolled_out:
        code = ""
    else:
        return None
    return code if code != service.placement_failure else None


def _next_look_at(view: _View, *, now: datetime, pace: Pace) -> datetime | None:
    moments = grace_ends(view.service, now=now)
    if not all(view.tasks_on(instance.pk) for instance in view.instances):
        moments += start_moments(view.service, view.primary, pace=pace)
    return min((moment for moment in moments if moment > now), default=None)
