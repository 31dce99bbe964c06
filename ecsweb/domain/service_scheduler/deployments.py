"""Arithmetic and roll-out of deployments (`ecs-facts.md` 6.1, 6.5, 6.7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecsweb.domain.service_scheduler.plan import Pace, Rollout
from ecsweb.domain.snapshots import DeploymentSnapshot, ServiceSnapshot
from ecsweb.domain.statuses import DeploymentStatus, RolloutState

FIRST_RETRY = timedelta(seconds=10)
LONGEST_RETRY = timedelta(minutes=27)


def minimum_healthy(desired_count: int, minimum_healthy_percent: int) -> int:
    """Return how many healthy tasks must stay: rounded up. Example: 3 at 50 % → 2."""
    return -(-desired_count * minimum_healthy_percent // 100)


def maximum_tasks(desired_count: int, maximum_percent: int) -> int:
    """Return how many tasks there may be at once: rounded down. Example: 3 at 150 % → 4."""
    return desired_count * maximum_percent // 100


def retry_delay(failed_tasks: int, speed: float) -> timedelta:
    """Return how long to wait after `failed_tasks` consecutive tasks never reached RUNNING.

    SIMPLIFIED: AWS publishes only the ceiling of 27 minutes; we double from 10 s. `speed` divides all of it.
    Example: 3 failures at speed 1 → 40 s.
    """
    if failed_tasks <= 0:
        return timedelta(0)
    return min(FIRST_RETRY * float(2 ** min(failed_tasks - 1, 20)), LONGEST_RETRY) / speed


def is_impaired(failed_tasks: int) -> bool:
    """Tell whether ECS would now say that it is "unable to consistently start tasks" (`ecs-facts.md` 6.7)."""
    return failed_tasks >= 3


def next_rollouts(service: ServiceSnapshot, *, is_rolled_out: bool) -> tuple[Rollout, ...]:
    """Return what changes about the deployments: old ones without tasks end, the newest completes with them gone."""
    busy = {task.deployment_pk for task in service.tasks}
    old = [d for d in service.deployments if d.status is DeploymentStatus.ACTIVE]
    rollouts = [
        Rollout(d.pk, d.deployment_id, DeploymentStatus.INACTIVE, d.rollout_state) for d in old if d.pk not in busy
    ]
    primary = service.primary
    if primary and _completes(primary, is_rolled_out=is_rolled_out and len(rollouts) == len(old)):
        rollouts.append(Rollout(primary.pk, primary.deployment_id, DeploymentStatus.PRIMARY, RolloutState.COMPLETED))
    return tuple(rollouts)


def _completes(primary: DeploymentSnapshot, *, is_rolled_out: bool) -> bool:
    return primary.rollout_state is RolloutState.IN_PROGRESS and is_rolled_out


def start_moments(service: ServiceSnapshot, primary: DeploymentSnapshot, *, pace: Pace) -> list[datetime]:
    """Return the moments before which no task of the deployment may start: end of back-off, end of spacing."""
    moments = [primary.retry_at] if primary.retry_at else []
    if service.last_started_at is not None:
        moments.append(service.last_started_at + pace.start_spacing)
    return moments


def may_start(service: ServiceSnapshot, primary: DeploymentSnapshot, *, now: datetime, pace: Pace) -> bool:
    """Tell whether the deployment may launch tasks now: not when FAILED, nor before back-off and spacing are over."""
    if primary.rollout_state is RolloutState.FAILED:
        return False
    return all(moment <= now for moment in start_moments(service, primary, pace=pace))
