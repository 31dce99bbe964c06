"""The end of a task that somebody wants: StopTask, the service scheduler's stops, and a real `docker kill`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import announcements, events, waiting_tasks
from ecsweb.controlplane.references import tasks_of
from ecsweb.domain.errors import ClientException, InvalidParameterException
from ecsweb.domain.statuses import DesiredStatus, StopCode, TaskStatus
from ecsweb.models import Container, Task

STOPPED_BY_USER = "Task stopped by user"


def stop_task(task: Task, *, reason: str, now: datetime) -> Task:
    """Want the task STOPPED; a task that is over already comes back as it is (`ecs-facts.md` 4.5)."""
    if len(reason) > 1024:
        raise InvalidParameterException("Reason must be at most 1024 characters long.", field="reason")
    with transaction.atomic():
        want_stopped(task, code=StopCode.USER_INITIATED, reason=reason or STOPPED_BY_USER, now=now)
    return tasks_of(task.cluster).get(pk=task.pk)


def want_stopped(task: Task, *, code: StopCode, reason: str, now: datetime, cause: str = "") -> bool:
    """Move the desired status to STOPPED if it is not yet; False when somebody was first, and theirs is the reason.

    SIMPLIFIED: on AWS the task is RUNNING until its agent has heard of it; here it shows at once that it is stopping.
    """
    changed = Task.objects.filter(pk=task.pk, desired_status=DesiredStatus.RUNNING).update(
        desired_status=DesiredStatus.STOPPED,
        stop_code=code,
        stopped_reason=reason[:1024],
        stop_cause=cause,
        stopping_at=now,
        version=F("version") + 1,
    )
    if changed != 1:
        return False
    stopping = TaskStatus.DEACTIVATING if task.network_interface else TaskStatus.STOPPING
    Task.objects.filter(pk=task.pk, last_status=TaskStatus.RUNNING).update(last_status=stopping)
    task.refresh_from_db()
    events.task_state_change(task, at=now)
    if task.container_instance_id is None:
        waiting_tasks.end(task.pk, now=now)
    else:
        announcements.wake_instance(task.container_instance_id)
    announcements.wake_cluster(task.cluster_id)
    return True


def request_kill(task: Task, container_name: str, *, now: datetime) -> Container:
    """Ask the agent for a real `docker kill` of a running container. Raises ClientException when it does not run."""
    container = Container.objects.filter(task=task, name=container_name).first()
    if container is None:
        raise InvalidParameterException(f"The task has no container named {container_name[:255]}.", field="container")
    with transaction.atomic():
        running = Container.objects.filter(pk=container.pk, last_status="RUNNING")
        if running.update(kill_requested_at=now) != 1:
            raise ClientException(f"Container {container_name} is not running.", field="container")
        events.ours(
            task.cluster,
            detail_type="Chaos",
            detail={
                "operation": "KillContainer",
                "clusterArn": task.cluster.arn,
                "taskArn": task.arn,
                "container": container_name,
            },
            topics=events.task_topics(task),
            at=now,
        )
        announcements.wake_instance(task.host.pk)
    container.refresh_from_db()
    return container
