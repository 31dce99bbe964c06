"""Service deployments: statuses that only move along their way, what starts one (`ecs-facts.md` 6.3, 6.10)."""

from __future__ import annotations

import pytest

from ecsweb.api.model import ecs_model
from ecsweb.domain.breakers import CircuitBreaker
from ecsweb.domain.service_deployments import (
    FOLLOWING,
    KEEPS_DEPLOYMENT,
    STARTS_DEPLOYMENT,
    BreakerStatus,
    ServiceDeploymentStatus,
    breaker_status,
)

S = ServiceDeploymentStatus


def test_the_statuses_are_those_of_aws_and_none_leads_back() -> None:
    assert set(ecs_model().shape_for("ServiceDeploymentStatus").enum) == set(S)
    seen: set[S] = set()
    front = {S.PENDING}
    while front:
        assert not front & seen
        seen |= front
        front = {after for before in front for after in FOLLOWING.get(before, frozenset())} - seen
    assert {status for status in S if status.is_over} == {
        S.SUCCESSFUL,
        S.STOPPED,
        S.ROLLBACK_SUCCESSFUL,
        S.ROLLBACK_FAILED,
    }


@pytest.mark.parametrize(
    ("is_enabled", "status", "failures", "found"),
    [
        (False, S.IN_PROGRESS, 9, BreakerStatus.DISABLED),
        (True, S.IN_PROGRESS, 2, BreakerStatus.MONITORING),
        (True, S.SUCCESSFUL, 0, BreakerStatus.MONITORING_COMPLETE),
        (True, S.ROLLBACK_IN_PROGRESS, 3, BreakerStatus.TRIGGERED),
    ],
)
def test_the_circuit_breaker_of_a_service_deployment_says_what_it_does(
    is_enabled: bool, status: S, failures: int, found: BreakerStatus
) -> None:
    assert breaker_status(CircuitBreaker(enable=is_enabled), status, failures=failures, desired_count=1) is found


def test_every_field_of_update_service_starts_a_deployment_or_does_not() -> None:
    members = set(ecs_model().operation_model("UpdateService").input_shape.members) - {"cluster", "service"}
    # What is refused here and is not in the list of `ecs-facts.md` 6.3.
    refused = {"deploymentController", "gatewayConnectors", "monitoring"}

    assert members - refused == STARTS_DEPLOYMENT | KEEPS_DEPLOYMENT
    assert not STARTS_DEPLOYMENT & KEEPS_DEPLOYMENT
