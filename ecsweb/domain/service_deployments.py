"""Service deployments: the record of one roll-out, from its request to its end (`ecs-facts.md` 6.10)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ecsweb.domain.breakers import CircuitBreaker


class ServiceDeploymentStatus(StrEnum):
    """A service deployment's status; it only ever moves along `FOLLOWING`."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    STOP_REQUESTED = "STOP_REQUESTED"
    ROLLBACK_REQUESTED = "ROLLBACK_REQUESTED"
    ROLLBACK_IN_PROGRESS = "ROLLBACK_IN_PROGRESS"
    SUCCESSFUL = "SUCCESSFUL"
    STOPPED = "STOPPED"
    ROLLBACK_SUCCESSFUL = "ROLLBACK_SUCCESSFUL"
    ROLLBACK_FAILED = "ROLLBACK_FAILED"

    @property
    def is_over(self) -> bool:
        """Tell whether nothing follows any more."""
        return self not in FOLLOWING

    def may_become(self, other: ServiceDeploymentStatus) -> bool:
        """Tell whether `other` may follow."""
        return other in FOLLOWING.get(self, frozenset())


_S = ServiceDeploymentStatus
FOLLOWING: Mapping[ServiceDeploymentStatus, frozenset[ServiceDeploymentStatus]] = {
    _S.PENDING: frozenset({_S.IN_PROGRESS, _S.STOP_REQUESTED, _S.ROLLBACK_REQUESTED, _S.STOPPED}),
    _S.IN_PROGRESS: frozenset({_S.SUCCESSFUL, _S.STOP_REQUESTED, _S.ROLLBACK_REQUESTED, _S.STOPPED}),
    _S.STOP_REQUESTED: frozenset({_S.STOPPED}),
    _S.ROLLBACK_REQUESTED: frozenset({_S.ROLLBACK_IN_PROGRESS, _S.ROLLBACK_FAILED, _S.STOPPED}),
    _S.ROLLBACK_IN_PROGRESS: frozenset({_S.ROLLBACK_SUCCESSFUL, _S.ROLLBACK_FAILED, _S.STOPPED}),
}
NOT_OVER = tuple(FOLLOWING)


class BreakerStatus(StrEnum):
    """What a deployment's circuit breaker does."""

    DISABLED = "DISABLED"
    MONITORING = "MONITORING"
    MONITORING_COMPLETE = "MONITORING_COMPLETE"
    TRIGGERED = "TRIGGERED"


def breaker_status(
    breaker: CircuitBreaker, status: ServiceDeploymentStatus, *, failures: int, desired_count: int
) -> BreakerStatus:
    """Return what the circuit breaker of a service deployment does, or did.

    Example: enabled, IN_PROGRESS, 1 of 3 failures → MONITORING; SUCCESSFUL → MONITORING_COMPLETE.
    """
    if not breaker.enable:
        return BreakerStatus.DISABLED
    if failures >= breaker.failures_allowed(desired_count):
        return BreakerStatus.TRIGGERED
    return BreakerStatus.MONITORING_COMPLETE if status.is_over else BreakerStatus.MONITORING


# What UpdateService can change (`ecs-facts.md` 6.3): these start a new deployment, whatever they change to …
STARTS_DEPLOYMENT = frozenset(
    {
        "taskDefinition",
        "networkConfiguration",
        "platformVersion",
        "loadBalancers",
        "serviceRegistries",
        "serviceConnectConfiguration",
        "volumeConfigurations",
        "vpcLatticeConfigurations",
        "forceNewDeployment",
    }
)
# … and these reach tasks that start later.
KEEPS_DEPLOYMENT = frozenset(
    {
        "desiredCount",
        "capacityProviderStrategy",
        "deploymentConfiguration",
        "availabilityZoneRebalancing",
        "placementConstraints",
        "placementStrategy",
        "healthCheckGracePeriodSeconds",
        "enableExecuteCommand",
        "enableECSManagedTags",
        "propagateTags",
    }
)
