"""Write what a plan changes about deployments: completed, failed, rolled back, ended (`ecs-facts.md` 6.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet

from ecsweb.controlplane import announcements, events, rollout_records
from ecsweb.domain.service_scheduler import messages
from ecsweb.domain.service_scheduler.plan import Rollout
from ecsweb.domain.statuses import DeploymentStatus, RolloutState
from ecsweb.models import Deployment, Service


def write(service: Service, planned: Sequence[Rollout], *, now: datetime) -> None:
    """Write the changes in their order; stop where a newer deployment has come meanwhile: the next pass sees it."""
    for rollout in planned:
        if not _write_one(service, rollout, now=now):
            return


def _write_one(service: Service, rollout: Rollout, *, now: datetime) -> bool:
    rows = Deployment.objects.filter(pk=rollout.deployment_pk, service=service)
    if rollout.rollout_state is RolloutState.FAILED and rollout.reason:
        return _fail(service, rows.filter(status=DeploymentStatus.PRIMARY), rollout, now=now)
    if rollout.status is DeploymentStatus.PRIMARY and rollout.rollout_state is RolloutState.IN_PROGRESS:
        return _roll_back(service, rollout, now=now)
    is_completed = rollout.rollout_state is RolloutState.COMPLETED and rollout.status is DeploymentStatus.PRIMARY
    values: dict[str, object] = {"status": rollout.status, "rollout_state": rollout.rollout_state, "updated_at": now}
    reason = f"ECS deployment {rollout.deployment_id} completed."
    if is_completed:
        values["rollout_state_reason"] = reason
    changed = rows.exclude(status=DeploymentStatus.INACTIVE).update(**values) == 1
    if is_completed and changed:
        rollout_records.completed(rows.get(), now=now)
        _tell(service, rollout, messages.deployment_completed(service.name, rollout.deployment_id), reason, now=now)
    elif changed:
        events.service_state_change(service, at=now)
    return True


def _fail(service: Service, rows: QuerySet[Deployment], rollout: Rollout, *, now: datetime) -> bool:
    changed = rows.update(
        status=rollout.status,
        rollout_state=RolloutState.FAILED,
        rollout_state_reason=rollout.reason,
        updated_at=now,
    )
    if changed != 1:
        return False
    failed = Deployment.objects.get(pk=rollout.deployment_pk)
    rolls_back = rollout.status is not DeploymentStatus.PRIMARY
    rollout_records.failed(failed, rollout.reason, rolls_back=rolls_back, is_requested=rollout.is_requested, now=now)
    words = messages.deployment_stopped if rollout.is_requested else messages.deployment_failed
    _tell(service, rollout, words(service.name, rollout.deployment_id), rollout.reason, now=now)
    return True


def _roll_back(service: Service, rollout: Rollout, *, now: datetime) -> bool:
    """Make an earlier deployment PRIMARY again, and its revision the service's."""
    if service.deployments.filter(status=DeploymentStatus.PRIMARY).exists():
        return False
    target = service.deployments.get(pk=rollout.deployment_pk)
    Deployment.objects.filter(pk=target.pk).update(
        status=DeploymentStatus.PRIMARY,
        rollout_state=RolloutState.IN_PROGRESS,
        rollout_state_reason=rollout.reason,
        failed_tasks=0,
        failed_tasks_ever=0,
        retry_at=None,
        updated_at=now,
    )
    Service.objects.filter(pk=service.pk).update(
        task_definition=target.task_definition, is_steady=False, **_settings_of(target)
    )
    rollout_records.rolling_back(service, target, rollout.reason, now=now)
    _tell(service, rollout, messages.rolling_back(service.name, rollout.deployment_id), rollout.reason, now=now)
    announcements.wake_cluster(service.cluster_id)
    return True


def _settings_of(target: Deployment) -> dict[str, object]:
    """Return the service's columns as the revision has them that it goes back to; a row of before has none kept."""
    if not target.workload:
        return {}
    return {
        "network_configuration": target.workload.get("networkConfiguration", {}),
        "capacity_provider_strategy": target.workload.get("capacityProviderStrategy", []),
    }


EVENT_NAMES = {
    RolloutState.COMPLETED: ("SERVICE_DEPLOYMENT_COMPLETED", "INFO"),
    RolloutState.FAILED: ("SERVICE_DEPLOYMENT_FAILED", "ERROR"),
    RolloutState.IN_PROGRESS: ("SERVICE_DEPLOYMENT_IN_PROGRESS", "INFO"),
}


def _tell(service: Service, rollout: Rollout, message: str, reason: str, *, now: datetime) -> None:
    rows = Deployment.objects.select_related("task_definition__account", "service__cluster__account")
    name, kind = EVENT_NAMES[rollout.rollout_state]
    deployment = rows.get(pk=rollout.deployment_pk)
    events.deployment_state_change(deployment, event_name=name, reason=reason, at=now, kind=kind)
    events.service_event(service, message, event_name=name, kind=kind, at=now)
