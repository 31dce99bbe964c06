"""Which tasks of a service count as healthy, and which are to be replaced (`ecs-facts.md` 6.1, 6.5)."""

from __future__ import annotations

from datetime import datetime

from ecsweb.domain.service_scheduler.plan import Pace
from ecsweb.domain.snapshots import ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import HealthStatus


def is_healthy(task: TaskSnapshot, *, now: datetime, pace: Pace) -> bool:
    """Tell whether a task counts toward the minimum: HEALTHY where it has a check, else RUNNING for long enough."""
    if task.has_health_check:
        return task.is_running and task.health_status is HealthStatus.HEALTHY
    return task.is_running and task.started_at is not None and task.started_at + pace.healthy_after <= now


def has_arrived(task: TaskSnapshot) -> bool:
    """Tell whether a task is where its deployment wants it: RUNNING, and HEALTHY where it has a check."""
    return task.is_running and (not task.has_health_check or task.health_status is HealthStatus.HEALTHY)


def is_unhealthy(task: TaskSnapshot, service: ServiceSnapshot, *, now: datetime) -> bool:
    """Tell whether a running task failed its health checks; within the grace period after its start it is forgiven."""
    if not task.is_running or task.health_status is not HealthStatus.UNHEALTHY or task.started_at is None:
        return False
    return task.started_at + service.health_check_grace_period <= now


def grace_ends(service: ServiceSnapshot, *, now: datetime) -> list[datetime]:
    """Return when tasks that are UNHEALTHY now lose their grace."""
    moments = [
        task.started_at + service.health_check_grace_period
        for task in service.tasks
        if task.is_running and task.health_status is HealthStatus.UNHEALTHY and task.started_at
    ]
    return [moment for moment in moments if moment > now]
