"""Tasks without a container instance: how one gets its place, and how one ends that never got any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import F

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.decisions import decision_as_json, record_decision
from ecsweb.controlplane.state_changes import count_start
from ecsweb.domain.capacity.waiting import GIVEN_UP
from ecsweb.domain.networks import detached
from ecsweb.domain.placement.scheduler import Decision
from ecsweb.domain.statuses import ContainerStatus, DesiredStatus, StopCode, TaskStatus
from ecsweb.models import Container, Task


def place(task_pk: int, decision: Decision, *, now: datetime) -> bool:
    """Give a waiting task the instance that was chosen; False where it has been stopped meanwhile.

    To be called in a transaction that holds the cluster's placement lock.
    """
    if decision.chosen is None:
        return False
    rows = Task.objects.filter(pk=task_pk, container_instance=None, desired_status=DesiredStatus.RUNNING)
    changed = rows.update(
        container_instance=decision.chosen.pk, decision=decision_as_json(decision, at=now), version=F("version") + 1
    )
    if changed != 1:
        return False
    # An awsvpc task stays PROVISIONING: it gets its network interface next.
    Task.objects.filter(pk=task_pk, network_interface={}).update(last_status=TaskStatus.PENDING)
    task = _task(task_pk)
    record_decision(task, at=now)
    events.task_state_change(task, at=now)
    announcements.wake_instance(decision.chosen.pk)
    return True


def keep_reasons_fresh(decisions: Mapping[int, Decision], *, now: datetime) -> None:
    """Let the amounts that waiting tasks lack follow what is free now; nothing is done, so nothing is logged."""
    rows = Task.objects.filter(pk__in=decisions, container_instance=None).select_related("cluster")
    for task in rows:
        fresh = decision_as_json(decisions[task.pk], at=now)
        if task.decision.get("candidates") != fresh["candidates"]:
            Task.objects.filter(pk=task.pk, container_instance=None).update(decision=fresh)
            announcements.publish_on_commit(task.cluster.account_id, topics=[f"task-{task.task_id}"])


def give_up(task_pk: int, reason: str, *, now: datetime) -> None:
    """Stop a task that has waited too long: TaskFailedToStart, with what kept it from being placed (4.3)."""
    changed = Task.objects.filter(pk=task_pk, container_instance=None, desired_status=DesiredStatus.RUNNING).update(
        desired_status=DesiredStatus.STOPPED,
        stop_code=StopCode.TASK_FAILED_TO_START,
        stopped_reason=f"{GIVEN_UP}{reason}",
        stopping_at=now,
    )
    if changed == 1:
        end(task_pk, now=now)


def end(task_pk: int, *, now: datetime) -> None:
    """Record a task STOPPED that is wanted so and never had an instance: no agent has anything to stop."""
    rows = Task.objects.filter(pk=task_pk, container_instance=None, desired_status=DesiredStatus.STOPPED)
    if (
        rows.exclude(last_status=TaskStatus.STOPPED).update(
            last_status=TaskStatus.STOPPED, stopped_at=now, version=F("version") + 1
        )
        != 1
    ):
        return
    Container.everything.filter(task=task_pk).update(last_status=ContainerStatus.STOPPED)
    task = _task(task_pk)
    if task.network_interface:
        Task.objects.filter(pk=task_pk).update(network_interface=detached(task.network_interface))
        task.refresh_from_db(fields=["network_interface"])
    events.task_state_change(task, at=now)
    count_start(task, {"last_status": TaskStatus.STOPPED}, at=now)
    announcements.wake_cluster(task.cluster_id)


def _task(task_pk: int) -> Task:
    return Task.objects.select_related(
        "cluster__account", "container_instance__cluster__account", "task_definition__account", "deployment"
    ).get(pk=task_pk)
