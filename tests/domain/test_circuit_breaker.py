"""The deployment circuit breaker (`ecs-facts.md` 6.5): its threshold, when it trips, and what it goes back to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.breakers import CircuitBreaker, circuit_breaker_of
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.service_scheduler.circuit_breaker import is_triggered
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import RollbackTarget, ServiceSnapshot
from ecsweb.domain.statuses import DeploymentStatus, RolloutState
from tests.domain.made import NOW, PACE, cluster, deployment, service, task

ON = CircuitBreaker(enable=True)
ROLLING_BACK = CircuitBreaker(enable=True, rollback=True)


def rolling_out(breaker: CircuitBreaker, failed: int, **fields: Any) -> ServiceSnapshot:
    """Return a service whose second deployment has failed that often, with a task of the first still running."""
    new = deployment(2, rollout_state=RolloutState.IN_PROGRESS, failed_tasks=failed, failed_tasks_ever=failed)
    old = deployment(1, status=DeploymentStatus.ACTIVE)
    return service(task(1, 1), deployments=(new, old), circuit_breaker=breaker, **fields)


@pytest.mark.parametrize(("desired", "threshold"), [(1, 3), (4, 3), (10, 5), (25, 13), (400, 200), (800, 200)])
def test_default_threshold_is_half_of_desired_from_3_to_200(desired: int, threshold: int) -> None:
    assert ON.failures_allowed(desired) == threshold


def test_threshold_by_count_and_unbounded_percent() -> None:
    assert CircuitBreaker(True, threshold="COUNT", value=7).failures_allowed(100) == 7
    assert CircuitBreaker(True, threshold="UNBOUNDED_PERCENT", value=50).failures_allowed(2) == 1
    assert CircuitBreaker(True, threshold="UNBOUNDED_PERCENT", value=100).failures_allowed(800) == 800


@pytest.mark.parametrize(("kind", "value"), [("COUNT", 0), ("COUNT", 5001), ("BOUNDED_PERCENT", 101)])
def test_threshold_out_of_range_is_refused(kind: str, value: int) -> None:
    with pytest.raises(InvalidParameterException):
        circuit_breaker_of({"enable": True, "thresholdConfiguration": {"type": kind, "value": value}})


def test_breaker_is_off_unless_enabled_and_only_watches_a_rollout() -> None:
    failing = rolling_out(CircuitBreaker(), 50)
    assert failing.primary is not None
    assert not is_triggered(failing, failing.primary)
    watched = rolling_out(ON, 50)
    assert watched.primary is not None
    assert is_triggered(watched, watched.primary)
    assert not is_triggered(watched, replace(watched.primary, rollout_state=RolloutState.COMPLETED))


def test_failures_count_from_the_last_healthy_task_unless_told_otherwise() -> None:
    recovered = deployment(2, rollout_state=RolloutState.IN_PROGRESS, failed_tasks=0, failed_tasks_ever=5)

    assert not is_triggered(service(deployments=(recovered,), circuit_breaker=ON), recovered)
    keeps = replace(ON, resets_on_healthy_task=False)
    assert is_triggered(service(deployments=(recovered,), circuit_breaker=keeps), recovered)


def test_a_tripped_breaker_fails_the_deployment_which_launches_no_more_tasks() -> None:
    failing = rolling_out(ON, 3)
    made = plan(cluster(failing), now=NOW, pace=PACE).services[0]

    assert [(r.deployment_pk, r.status, r.rollout_state) for r in made.rollouts] == [(2, "PRIMARY", "FAILED")]
    assert made.rollouts[0].reason == "ECS deployment circuit breaker: tasks failed to start."
    assert not made.starts
    assert failing.primary is not None
    failed = replace(failing, deployments=(replace(failing.primary, rollout_state=RolloutState.FAILED),))
    assert not plan(cluster(failed), now=NOW, pace=PACE).services[0].starts


def test_a_rollback_makes_the_newest_completed_deployment_primary_again() -> None:
    failing = rolling_out(ROLLING_BACK, 3, rollback_target=RollbackTarget(1, "ecs-svc/1"))
    made = plan(cluster(failing), now=NOW, pace=PACE).services[0]

    assert [(r.deployment_pk, r.status, r.rollout_state) for r in made.rollouts] == [
        (2, "ACTIVE", "FAILED"),
        (1, "PRIMARY", "IN_PROGRESS"),
    ]
    assert made.rollouts[1].reason == "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1."


def test_a_first_deployment_has_nothing_to_roll_back_to_and_just_stops() -> None:
    made = plan(cluster(rolling_out(ROLLING_BACK, 3)), now=NOW, pace=PACE).services[0]

    assert [(r.status, r.rollout_state) for r in made.rollouts] == [("PRIMARY", "FAILED")]


@given(st.integers(0, 5000), st.sampled_from(["COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT"]), st.integers(1, 100))
def test_a_deployment_without_failures_never_trips(desired: int, threshold: str, value: int) -> None:
    assert CircuitBreaker(True, threshold=threshold, value=value).failures_allowed(desired) >= 1
