"""Rules of the EXTERNAL deployment controller and of task sets (`ecs-facts.md` 6.2, 6.10).

SIMPLIFIED: ECS's words are not published for most of these refusals; where they are known they are ECS's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ecsweb.domain.errors import InvalidParameterException, UnsupportedFeatureException
from ecsweb.domain.statuses import SchedulingStrategy

MOST_TASK_SETS = 5
NOT_EXTERNAL = (
    "Amazon ECS only supports task set management on services configured to use external deployment controllers."
)
# What each task set has for itself, so that the service may not have it.
OF_TASK_SETS: Mapping[str, str] = {
    "taskDefinition": "TaskDefinition",
    "launchType": "LaunchType",
    "capacityProviderStrategy": "CapacityProviderStrategy",
    "platformVersion": "PlatformVersion",
    "networkConfiguration": "NetworkConfiguration",
    "loadBalancers": "LoadBalancers",
    "serviceRegistries": "ServiceRegistries",
}
NOT_UPDATED = (*OF_TASK_SETS, "forceNewDeployment")


def computed_desired_count(desired_count: int, scale: float) -> int:
    """Return how many tasks a task set wants: its percent of the service's, rounded up. Example: 4 at 30 % → 2."""
    return math.ceil(Decimal(desired_count) * Decimal(repr(scale)) / 100)


def checked_scale(scale: Mapping[str, Any]) -> float:
    """Return the percentage of a `scale`. Raises InvalidParameterException for one that is not from 0 to 100."""
    value = scale.get("value")
    if value is None or not 0 <= value <= 100:
        raise InvalidParameterException("The scale of a task set must be from 0 to 100 PERCENT.", field="scale")
    return float(value)


def check_external_service(params: Mapping[str, Any]) -> None:
    """Check what CreateService says of a service with the EXTERNAL controller.

    Only what is not a matter of task sets may be said. Raises InvalidParameterException.
    """
    for name, words in OF_TASK_SETS.items():
        if params.get(name):
            raise InvalidParameterException(f"{words} must be blank", field=name)
    if params.get("schedulingStrategy", SchedulingStrategy.REPLICA) != SchedulingStrategy.REPLICA:
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support the deployment controller EXTERNAL.",
            field="schedulingStrategy",
        )
    _check_common(params)


def check_external_update(params: Mapping[str, Any]) -> None:
    """Check what UpdateService changes of a service with the EXTERNAL controller: what needs a new task set it may
    not. Raises InvalidParameterException."""
    for name in NOT_UPDATED:
        if params.get(name):
            raise InvalidParameterException(
                f"Unable to update {name} on services with an EXTERNAL deployment controller. Create a new task set.",
                field=name,
            )
    _check_common(params)


def _check_common(params: Mapping[str, Any]) -> None:
    if params.get("deploymentConfiguration", {}).get("deploymentCircuitBreaker", {}).get("enable"):
        raise InvalidParameterException(
            "The deployment circuit breaker is only supported with the deployment controller ECS.",
            field="deploymentConfiguration.deploymentCircuitBreaker",
        )
    if params.get("availabilityZoneRebalancing") == "ENABLED":
        raise InvalidParameterException(
            "Availability Zone rebalancing is only supported with the deployment controller ECS.",
            field="availabilityZoneRebalancing",
        )


def check_controller(asked: str | None, current: str) -> None:
    """Raise UnsupportedFeatureException for UpdateService with another deployment controller than the service has.

    SIMPLIFIED: ECS moves some services from one controller to another.
    """
    if asked and asked != current:
        raise UnsupportedFeatureException(
            f"Moving a service from the deployment controller {current} to {asked} is not simulated here. Create "
            "another service.",
            field="deploymentController",
        )


def check_room(task_sets: int) -> None:
    """Raise InvalidParameterException where a service has as many task sets as it may have."""
    if task_sets >= MOST_TASK_SETS:
        raise InvalidParameterException(
            f"{task_sets} deployments exist on the service. Unable to create new TaskSet since this exceeds the "
            "maximum limit.",
            field="service",
        )


def check_deletable(*, is_primary: bool, computed: int, is_forced: bool) -> None:
    """Raise InvalidParameterException for a task set that DeleteTaskSet takes only with `force`."""
    if is_forced:
        return
    if is_primary:
        raise InvalidParameterException("Primary TaskSet cannot be deleted", field="taskSet")
    if computed > 0:
        raise InvalidParameterException("The task set cannot be deleted while it is scaled above 0.", field="taskSet")


def check_client_token(token: str) -> None:
    """Raise InvalidParameterException for a `clientToken` that is not up to 36 ASCII characters from 33 to 126."""
    if len(token) > 36 or not all(33 <= ord(character) <= 126 for character in token):
        raise InvalidParameterException(
            "clientToken can have up to 36 ASCII characters from 33 to 126.", field="clientToken"
        )
