"""The deployment circuit breaker: when a roll-out has failed, and what it goes back to (`ecs-facts.md` 6.5)."""

from __future__ import annotations

from ecsweb.domain.service_scheduler.plan import Rollout
from ecsweb.domain.snapshots import DeploymentSnapshot, ServiceSnapshot
from ecsweb.domain.statuses import DeploymentStatus, RolloutState

FAILED_TO_START = "ECS deployment circuit breaker: tasks failed to start."


def is_triggered(service: ServiceSnapshot, primary: DeploymentSnapshot) -> bool:
    """Tell whether the newest deployment has failed: only while it is rolled out, and only with the breaker on."""
    breaker = service.circuit_breaker
    if not breaker.enable or primary.rollout_state is not RolloutState.IN_PROGRESS:
        return False
    failures = primary.failed_tasks if breaker.resets_on_healthy_task else primary.failed_tasks_ever
    return failures >= breaker.failures_allowed(service.desired_count)


def trip(service: ServiceSnapshot, primary: DeploymentSnapshot) -> tuple[Rollout, ...]:
    """Return what a tripped breaker does to the deployments: the newest fails, and where it is to roll back and a
    completed one is known, that becomes PRIMARY again; else the service just stops launching tasks."""
    target = service.rollback_target if service.circuit_breaker.rollback else None
    if target is None:
        return (
            Rollout(
                primary.pk, primary.deployment_id, DeploymentStatus.PRIMARY, RolloutState.FAILED, reason=FAILED_TO_START
            ),
        )
    # The failed one first: there is one PRIMARY at any time.
    return (
        Rollout(
            primary.pk, primary.deployment_id, DeploymentStatus.ACTIVE, RolloutState.FAILED, reason=FAILED_TO_START
        ),
        Rollout(
            target.pk,
            target.deployment_id,
            DeploymentStatus.PRIMARY,
            RolloutState.IN_PROGRESS,
            reason=f"ECS deployment circuit breaker: rolling back to deploymentId {target.deployment_id}.",
        ),
    )
