"""Write a plan: every row by compare-and-swap under the lease's token, events and reasons in the same transaction.

A plan was made from a snapshot; the world may have moved. Each placement is checked again against what is free now,
and what no longer holds is left for the next pass (`reliability.md` A7, F39).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import announcements, events, leases, rollout_records, rollouts, task_sets
from ecsweb.controlplane.decisions import decision_as_json
from ecsweb.controlplane.leases import LeaseLost
from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.controlplane.stopping import want_stopped
from ecsweb.controlplane.task_rows import TaskOrder, create_task, lock_placement
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.scheduler import Decision, after, exclusions_of, planned_task
from ecsweb.domain.resources import Demand, demand_of
from ecsweb.domain.service_scheduler import messages
from ecsweb.domain.service_scheduler.plan import ClusterPlan, ServicePlan, Stop
from ecsweb.domain.service_scheduler.rebalancing import Rebalancing, is_balanced
from ecsweb.domain.service_scheduler.replica import PROTECTED
from ecsweb.domain.snapshots import ClusterSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus, DeploymentStatus, ServiceStatus, StopCause, StopCode
from ecsweb.models import Cluster, Deployment, Service, Task

UNHEALTHY = "Task failed container health checks"
CONSTRAINT_VIOLATED = "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED"
SERVICE_SCHEDULER = StopCode.SERVICE_SCHEDULER_INITIATED


def apply_plan(cluster: Cluster, plan: ClusterPlan, *, held: leases.Held, now: datetime) -> None:
    """Write the plan in one transaction. Raises LeaseLost, and then nothing of the plan is written."""
    for service_plan in plan.services:
        if service_plan.unplaced is not None:
            _keep_reason_fresh(cluster, service_plan.service_pk, service_plan.unplaced, now=now)
    if plan.is_empty:
        return
    with transaction.atomic():
        if not leases.renew(held, now=now):
            raise LeaseLost(held.key)
        lock_placement(cluster)
        fresh = snapshot_of(cluster)
        for service_plan in plan.services:
            if not service_plan.is_empty:
                fresh = _apply_service(cluster, service_plan, fresh, now=now)


def _keep_reason_fresh(cluster: Cluster, service_pk: int, unplaced: Decision, *, now: datetime) -> None:
    """Let the amounts of a task that waits for room follow what is free now; nothing is done, so nothing is logged."""
    fresh = decision_as_json(unplaced, at=now)
    kept = Service.objects.values_list("last_decision", flat=True).get(pk=service_pk)
    if kept.get("candidates") != fresh["candidates"] or kept.get("chosen") is not None:
        Service.objects.filter(pk=service_pk).update(last_decision=fresh)
        announcements.publish_on_commit(cluster.account_id, topics=[f"cluster-{cluster.pk}", f"service-{service_pk}"])


def _apply_service(cluster: Cluster, plan: ServicePlan, fresh: ClusterSnapshot, *, now: datetime) -> ClusterSnapshot:
    service = Service.objects.select_related("cluster__account", "task_definition__account").get(pk=plan.service_pk)
    rollout_records.look(service, now=now)
    if plan.task_set is None:
        _write_service(service, plan, now=now)
    else:
        task_sets.write(service, plan, plan.task_set, now=now)
    _stop(service, plan, now=now)
    fresh = _start(service, plan, fresh, now=now)
    _say_placement_failure(service, plan, now=now)
    rollouts.write(service, plan.rollouts, now=now)
    if (plan.is_steady or (plan.repeats and service.is_steady)) and not task_sets.speak_for(service, plan):
        _say(service, messages.steady(service.name), "SERVICE_STEADY_STATE", now=now)
    if plan.is_steady is False or (plan.is_steady and task_sets.speak_for(service, plan)):
        events.service_state_change(service, at=now)
    return fresh


def _write_service(service: Service, plan: ServicePlan, *, now: datetime) -> None:
    values: dict[str, object] = {}
    if plan.desired_count is not None:
        values["desired_count"] = plan.desired_count
    if plan.is_steady is not None:
        values["is_steady"] = plan.is_steady
    if plan.placement_failure is not None:
        values["placement_failure"] = plan.placement_failure
    if plan.placement_failure or plan.is_steady or plan.repeats:
        values["condition_said_at"] = now
    if values:
        Service.objects.filter(pk=service.pk).update(**values)
    if plan.desired_count is not None:
        events.service_action(service, event_name="SERVICE_DESIRED_COUNT_UPDATED", at=now)
    if plan.status is not None:
        _end(service, plan.status, now=now)


def _end(service: Service, status: ServiceStatus, *, now: datetime) -> None:
    if Service.objects.filter(pk=service.pk, status=ServiceStatus.DRAINING).update(status=status) == 1:
        service.deployments.exclude(status=DeploymentStatus.INACTIVE).update(
            status=DeploymentStatus.INACTIVE, updated_at=now
        )
        task_sets.end_all(service, now=now)
        events.ours(
            service.cluster,
            detail_type="Service State Change",
            detail={"serviceArn": service.arn, "status": status},
            topics=events.service_topics(service),
            at=now,
        )


def _stop(service: Service, plan: ServicePlan, *, now: datetime) -> None:
    stops = plan.stops
    stopped: list[Stop] = []
    tasks = Task.objects.select_related(
        "cluster__account", "container_instance__cluster__account", "task_definition__account", "deployment"
    ).in_bulk([stop.task_pk for stop in stops])
    for stop in stops:
        task = tasks.get(stop.task_pk)
        if task is None:
            continue
        scaling = f"Scaling activity initiated by (deployment {task.started_by})"
        reason = UNHEALTHY if stop.is_unhealthy else scaling
        cause = "" if service.status != ServiceStatus.ACTIVE else _cause(task, stop, plan)
        if want_stopped(task, code=SERVICE_SCHEDULER, reason=reason, now=now, cause=cause):
            stopped.append(stop)
    _say_stopped(service, plan, stopped, now=now)


def _cause(task: Task, stop: Stop, plan: ServicePlan) -> str:
    """Return why it was this task, as a StopCause; empty where only the number or the revision is why."""
    host = task.container_instance
    if stop.is_unhealthy:
        return StopCause.UNHEALTHY
    if stop.breaks_constraint:
        return StopCause.CONSTRAINT
    if host is not None and host.status == ContainerInstanceStatus.DRAINING:
        return StopCause.DRAINING
    return StopCause.REBALANCING if plan.rebalancing is not None and plan.rebalancing.out_of else ""


def _say_stopped(service: Service, plan: ServicePlan, stopped: Sequence[Stop], *, now: datetime) -> None:
    for stop in stopped:
        if stop.is_unhealthy:
            _note_unhealthy(service, plan, stop, now=now)
        if stop.breaks_constraint:
            message = messages.constraint_violated(service.name, stop.task_id)
            events.service_event(service, message, event_name=CONSTRAINT_VIOLATED, kind="ERROR", at=now)
    ids = [stop.task_id for stop in stopped if stop.was_running]
    name = _subject(service, plan)
    if plan.rebalancing is not None and plan.rebalancing.out_of:
        _say_moved(service, plan.rebalancing, ids, now=now)
    elif ids:
        _say(service, messages.stopped(name, ids), "TASKS_STOPPED", now=now)
    if pending := len(stopped) - len(ids):
        _say(service, messages.stopped_pending(name, pending), "TASKS_STOPPED", now=now)


def _say_moved(service: Service, rebalancing: Rebalancing, ids: Sequence[str], *, now: datetime) -> None:
    """End a step of AZ rebalancing: the task too many is on its way out of the fuller zone."""
    Service.objects.filter(pk=service.pk).update(is_rebalancing=False)
    for task_id in ids:
        message = messages.stopped_to_rebalance(service.name, rebalancing.out_of, task_id)
        _say(service, message, "SERVICE_AZ_REBALANCING", now=now)
    if ids and is_balanced(dict(rebalancing.counts)):
        _say(service, messages.balanced(service.name, rebalancing.counts), "SERVICE_AZ_BALANCED", now=now)


def _subject(service: Service, plan: ServicePlan) -> str:
    return messages.subject(service.name, plan.task_set.task_set_id if plan.task_set else "")


def _note_unhealthy(service: Service, plan: ServicePlan, stop: Stop, *, now: datetime) -> None:
    """Say it, and count it: the circuit breaker's second stage (`ecs-facts.md` 6.5)."""
    rows = Deployment.objects.filter(pk=stop.deployment_pk or 0)
    rows.update(failed_tasks=F("failed_tasks") + 1, failed_tasks_ever=F("failed_tasks_ever") + 1)
    _say(
        service, messages.failed_health_checks(_subject(service, plan), stop.task_id), "SERVICE_TASK_UNHEALTHY", now=now
    )


def _start(service: Service, plan: ServicePlan, fresh: ClusterSnapshot, *, now: datetime) -> ClusterSnapshot:
    starts = plan.starts
    started: list[Task] = []
    deployments = Deployment.objects.select_related("task_definition__account", "task_set").in_bulk(
        [s.deployment_pk for s in starts]
    )
    for start in starts:
        deployment, chosen = deployments.get(start.deployment_pk), start.decision.chosen
        if deployment is None or not task_sets.takes_tasks(deployment):
            continue
        demand = _demand(deployment)
        if not start.waits and not (chosen and _still_fits(fresh, chosen.pk, demand, service, deployment)):
            continue
        instance_pk = chosen.pk if chosen else None
        decision = decision_as_json(start.decision, at=now)
        order = TaskOrder(
            deployment.task_definition,
            group=f"service:{service.name}",
            started_by=deployment.deployment_id,
            network=task_sets.network_of(service, deployment),
            propagate_tags=service.propagate_tags,
            enable_ecs_managed_tags=service.enable_ecs_managed_tags,
            launch_type=task_sets.launch_type_of(service, deployment),
            capacity_provider=start.capacity_provider,
            constraints=service.placement_constraints,
            strategies=service.placement_strategy,
        )
        started.append(
            create_task(
                service.cluster,
                order,
                instance_pk=instance_pk,
                decision=decision,
                now=now,
                service=service,
                deployment=deployment,
            )
        )
        planned = planned_task(instance_pk, group=order.effective_group, now=now, deployment_pk=deployment.pk)
        fresh = after(fresh, planned, demand)
        Service.objects.filter(pk=service.pk).update(last_decision=decision, last_started_at=now)
    if started:
        _say_started(service, plan, started, now=now)
    return fresh


def _say_started(service: Service, plan: ServicePlan, started: Sequence[Task], *, now: datetime) -> None:
    rebalancing = plan.rebalancing
    if rebalancing is not None and rebalancing.into:
        Service.objects.filter(pk=service.pk).update(is_rebalancing=True)
        _say(service, messages.not_balanced(service.name, rebalancing.counts), "SERVICE_AZ_REBALANCING", now=now)
        message = messages.started_to_rebalance(service.name, rebalancing.into, started[0].task_id)
    else:
        replaced = min(plan.replaced, len(started))
        message = messages.started(_subject(service, plan), [task.task_id for task in started], replaced=replaced)
    _say(service, message, "TASKS_STARTED", now=now)


def _demand(deployment: Deployment) -> Demand:
    row = deployment.task_definition
    return demand_of(row.document, row.requires_attributes)


def _still_fits(
    fresh: ClusterSnapshot, instance_pk: int, demand: Demand, service: Service, deployment: Deployment
) -> bool:
    instance = fresh.instance(instance_pk)
    if instance is None or (fresh.room is not None and not fresh.room.holds(demand)):
        return False
    asked = [*service.placement_constraints, *deployment.task_definition.document.get("placementConstraints", [])]
    constraints = constraints_of(asked, matches)
    return not exclusions_of(fresh, instance, demand, group=f"service:{service.name}", constraints=constraints)


def _say_placement_failure(service: Service, plan: ServicePlan, *, now: datetime) -> None:
    """Say what keeps a task from being placed: once, and again when the cause has changed or has lasted long."""
    code = task_sets.failure_to_say(service, plan)
    if not code:
        return
    if code == PROTECTED:
        held = plan.task_set.task_set_id if plan.task_set else _primary_id(service)
        _say(service, messages.protected(service.name, held, plan.protected), "TASKS_PROTECTED", now=now)
        return
    message = messages.placement_failure(_subject(service, plan), code, plan.unplaced)
    if message:
        name = "SERVICE_TASK_PLACEMENT_FAILURE"
        reason = messages.placement_reason(code)
        events.service_event(service, message, event_name=name, kind="ERROR", at=now, reason=reason)


def _primary_id(service: Service) -> str:
    return service.deployments.get(status=DeploymentStatus.PRIMARY).deployment_id


def _say(service: Service, message: str, event_name: str, *, now: datetime) -> None:
    events.service_event(service, message, event_name=event_name, at=now)
