"""UpdateTaskProtection, GetTaskProtection (`ecs-facts.md` 6.9)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from ecsweb.controlplane import announcements, events
from ecsweb.domain.statuses import DesiredStatus
from ecsweb.models import Task

NOT_OF_A_SERVICE = "TASK_NOT_VALID"


def why_not_protectable(task: Task) -> str:
    """Return the failure's reason for a task that cannot be protected: not a service's, or on its way out."""
    is_valid = task.service_id is not None and task.desired_status == DesiredStatus.RUNNING
    return "" if is_valid else NOT_OF_A_SERVICE


def protect(task: Task, *, minutes: int | None, now: datetime) -> None:
    """Protect the task for so many minutes from now on, or end its protection (None)."""
    until = None if minutes is None else now + timedelta(minutes=minutes)
    with transaction.atomic():
        Task.objects.filter(pk=task.pk).update(protected_until=until)
        task.protected_until = until
        events.ours(
            task.cluster,
            detail_type="Task Protection",
            detail={"taskArn": task.arn, "protectedUntil": until.isoformat() if until else None},
            topics=events.task_topics(task),
            at=now,
        )
        announcements.wake_cluster(task.cluster_id)


def describe_protection(task: Task, *, now: datetime) -> dict[str, Any]:
    """Return a `ProtectedTask`: the expiration only while it is protected."""
    if task.protected_until is None or task.protected_until <= now:
        return {"taskArn": task.arn, "protectionEnabled": False}
    return {"taskArn": task.arn, "protectionEnabled": True, "expirationDate": task.protected_until.timestamp()}
