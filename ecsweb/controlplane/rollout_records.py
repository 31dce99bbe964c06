"""Keep the record of each roll-out of a service: begun, rolled out, stopped, rolled back (`ecs-facts.md` 6.10).

Deployments say what runs; these rows say what was asked for and how it ended. Each change is a compare-and-swap along
`FOLLOWING`, so that two that meet leave one end.

SIMPLIFIED: AWS keeps them for 90 days, here they live as long as the service's row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ecsweb.domain.breakers import circuit_breaker_of
from ecsweb.domain.identifiers import new_service_deployment_id
from ecsweb.domain.service_deployments import FOLLOWING, NOT_OVER, BreakerStatus, ServiceDeploymentStatus
from ecsweb.domain.statuses import DeploymentStatus
from ecsweb.models import Deployment, Service, ServiceDeployment

S = ServiceDeploymentStatus
SUPERSEDED = "A newer service deployment began."
SERVICE_DELETED = "The service was deleted."


def begin(deployment: Deployment, *, now: datetime) -> ServiceDeployment:
    """Record a roll-out that begins; one that is under way ends here, as its deployment no longer is PRIMARY."""
    service = deployment.service
    end_open(service, SUPERSEDED, now=now)
    running = service.deployments.filter(status=DeploymentStatus.ACTIVE)
    return ServiceDeployment.objects.create(
        service=service,
        service_deployment_id=new_service_deployment_id(),
        target=deployment,
        source_revisions=[row.revision_arn for row in running.select_related("service__cluster__account")],
        deployment_configuration={
            "maximumPercent": service.maximum_percent,
            "minimumHealthyPercent": service.minimum_healthy_percent,
            "deploymentCircuitBreaker": {"enable": False, "rollback": False, **service.deployment_circuit_breaker},
            "strategy": "ROLLING",
        },
        created_at=now,
        updated_at=now,
    )


def end_open(service: Service, reason: str, *, now: datetime) -> None:
    """Stop the records of roll-outs that are not over."""
    for row in service.service_deployments.filter(status__in=NOT_OVER):
        ended = {"status_reason": reason, "stopped_at": now, "finished_at": now}
        _move(row, S.STOPPED, now=now, **ended, **_breaker(row, is_triggered=False))


def look(service: Service, *, now: datetime) -> None:
    """Note that the scheduler has begun with the roll-out."""
    for row in service.service_deployments.filter(status=S.PENDING):
        _move(row, S.IN_PROGRESS, now=now, started_at=now)


def completed(deployment: Deployment, *, now: datetime) -> None:
    """Note that a deployment is rolled out: its own roll-out, or the way back to it, has succeeded."""
    for row in ServiceDeployment.objects.filter(target=deployment, status__in=(S.PENDING, S.IN_PROGRESS)):
        if row.status == S.PENDING:
            _move(row, S.IN_PROGRESS, now=now, started_at=now)
        _move(row, S.SUCCESSFUL, now=now, finished_at=now, **_breaker(row, is_triggered=False))
    for row in ServiceDeployment.objects.filter(rollback_target=deployment, status=S.ROLLBACK_IN_PROGRESS):
        _move(row, S.ROLLBACK_SUCCESSFUL, now=now, finished_at=now)


def failed(deployment: Deployment, reason: str, *, rolls_back: bool, is_requested: bool, now: datetime) -> None:
    """Note that a deployment launches no more tasks, and whether an earlier one takes its place."""
    for row in ServiceDeployment.objects.filter(target=deployment, status__in=NOT_OVER):
        kept = {"status_reason": reason, **_breaker(row, is_triggered=not is_requested)}
        if rolls_back:
            _move(row, S.ROLLBACK_REQUESTED, now=now, **kept)
        else:
            _move(row, S.STOP_REQUESTED, now=now, **kept)
            _move(row, S.STOPPED, now=now, stopped_at=now, finished_at=now)


def rolling_back(service: Service, target: Deployment, reason: str, *, now: datetime) -> None:
    """Note that the service goes back to an earlier deployment."""
    for row in service.service_deployments.filter(status=S.ROLLBACK_REQUESTED):
        kept = {"rollback_reason": reason, "rollback_started_at": now, "rollback_target": target}
        _move(row, S.ROLLBACK_IN_PROGRESS, now=now, **kept)


def _breaker(row: ServiceDeployment, *, is_triggered: bool) -> dict[str, Any]:
    """Return what the breaker has come to: it does not change any more, whatever becomes of the service."""
    breaker = circuit_breaker_of(row.deployment_configuration.get("deploymentCircuitBreaker"))
    target = Deployment.objects.get(pk=row.target_id)
    ended = BreakerStatus.TRIGGERED if is_triggered else BreakerStatus.MONITORING_COMPLETE
    return {
        "failure_count": target.failed_tasks if breaker.resets_on_healthy_task else target.failed_tasks_ever,
        "breaker_status": ended if breaker.enable else BreakerStatus.DISABLED,
        "failure_threshold": breaker.failures_allowed(row.service.desired_count),
    }


def _move(row: ServiceDeployment, status: ServiceDeploymentStatus, *, now: datetime, **values: Any) -> bool:
    before = [one for one, following in FOLLOWING.items() if status in following]
    rows = ServiceDeployment.objects.filter(pk=row.pk, status__in=before)
    return rows.update(status=status, updated_at=now, **values) == 1
