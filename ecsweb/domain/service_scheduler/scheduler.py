"""One pass over a cluster's services: DAEMON services first, as they set their resources aside (`ecs-facts.md` 6.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ecsweb.domain.service_scheduler.circuit_breaker import is_triggered, trip
from ecsweb.domain.service_scheduler.daemon import plan_daemon
from ecsweb.domain.service_scheduler.plan import ClusterPlan, Pace, ServicePlan
from ecsweb.domain.service_scheduler.repeats import with_repeat
from ecsweb.domain.service_scheduler.replica import plan_replica, stop_of
from ecsweb.domain.service_scheduler.task_sets import plan_task_sets
from ecsweb.domain.snapshots import ClusterSnapshot, ServiceSnapshot
from ecsweb.domain.statuses import LaunchType, SchedulingStrategy, ServiceStatus


def plan(cluster: ClusterSnapshot, *, now: datetime, pace: Pace) -> ClusterPlan:
    """Return what is to be done so that every service of the cluster comes nearer to what is wanted of it."""
    plans: list[ServicePlan] = []
    ordered = sorted(cluster.services, key=lambda s: (s.scheduling_strategy is not SchedulingStrategy.DAEMON, s.pk))
    for service in ordered:
        if service.is_external and service.status is ServiceStatus.ACTIVE:
            of_task_sets, cluster = plan_task_sets(service, cluster, now=now, pace=pace)
            plans.extend(of_task_sets)
            continue
        service_plan, cluster = plan_service(service, cluster, now=now, pace=pace)
        plans.append(with_repeat(service_plan, service, now=now, pace=pace))
    return ClusterPlan(services=tuple(plans))


def plan_service(
    service: ServiceSnapshot, cluster: ClusterSnapshot, *, now: datetime, pace: Pace
) -> tuple[ServicePlan, ClusterSnapshot]:
    """Plan one service; a DRAINING one only loses its tasks and becomes INACTIVE with the last of them."""
    primary = service.primary
    if service.status is not ServiceStatus.ACTIVE or primary is None:
        return _plan_ending(service), cluster
    if is_triggered(service, primary):
        return ServicePlan(service.pk, rollouts=trip(service, primary)), cluster
    if service.scheduling_strategy is SchedulingStrategy.DAEMON:
        return plan_daemon(service, primary, cluster, now=now, pace=pace)
    if service.launch_type is LaunchType.FARGATE:
        # Its tasks stand on no instance and take nothing from anybody: the others see the cluster as it was.
        on_fargate = replace(cluster, instances=cluster.fargate_hosts)
        return plan_replica(service, primary, on_fargate, now=now, pace=pace)[0], cluster
    return plan_replica(service, primary, cluster, now=now, pace=pace)


def _plan_ending(service: ServiceSnapshot) -> ServicePlan:
    stops = tuple(stop_of(task) for task in service.tasks if task.is_wanted)
    is_over = service.status is ServiceStatus.DRAINING and not service.tasks
    return ServicePlan(service.pk, stops=stops, status=ServiceStatus.INACTIVE if is_over else None)
