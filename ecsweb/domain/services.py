"""Rules for what may be asked of a service (`ecs-facts.md` 6.1, 6.2).

SIMPLIFIED: nothing scales a service by metrics, and nothing listens to a container that asks for its own protection.
"""

from __future__ import annotations

from dataclasses import dataclass

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.statuses import SchedulingStrategy

MOST_TASKS = 5000


@dataclass(frozen=True, slots=True)
class DeploymentConfiguration:
    """The percentages between which a roll-out moves."""

    minimum_healthy_percent: int
    maximum_percent: int


def deployment_configuration(
    strategy: SchedulingStrategy, *, minimum_healthy_percent: int | None, maximum_percent: int | None
) -> DeploymentConfiguration:
    """Return the percentages with the strategy's defaults (REPLICA 100/200, DAEMON 0/100). Raises on bad ones."""
    is_daemon = strategy is SchedulingStrategy.DAEMON
    minimum = (0 if is_daemon else 100) if minimum_healthy_percent is None else minimum_healthy_percent
    maximum = (100 if is_daemon else 200) if maximum_percent is None else maximum_percent
    field = "deploymentConfiguration"
    if is_daemon and maximum > 100:
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment "
            "configuration. Change the maximumPercent value to 100, and try again",
            field=f"{field}.maximumPercent",
        )
    if not 0 <= minimum <= 100:
        raise InvalidParameterException(
            "minimumHealthyPercent must be at most 100", field=f"{field}.minimumHealthyPercent"
        )
    if not 100 <= maximum <= 10_000:
        raise InvalidParameterException("maximumPercent must be at least 100", field=f"{field}.maximumPercent")
    if minimum == maximum == 100:
        raise InvalidParameterException(
            "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
            field=f"{field}.maximumPercent",
        )
    return DeploymentConfiguration(minimum, maximum)


def desired_count(strategy: SchedulingStrategy, asked: int | None, *, has_placement_strategy: bool) -> int:
    """Return the desired count to begin with: given for REPLICA, computed later for DAEMON. Raises AWS's texts."""
    if strategy is SchedulingStrategy.DAEMON:
        if asked is not None:
            raise InvalidParameterException(
                "The daemon scheduling strategy does not support a desired count for services. Remove the desired "
                "count value and try again",
                field="desiredCount",
            )
        if has_placement_strategy:
            raise InvalidParameterException(
                "The daemon scheduling strategy does not support placement strategies. Remove the placement strategy "
                "and try again",
                field="placementStrategy",
            )
        return 0
    if asked is None:
        raise InvalidParameterException("Desired count can not be null.", field="desiredCount")
    check_desired_count(asked)
    return asked


def check_desired_count(asked: int) -> None:
    """Raise InvalidParameterException for a negative count or one above a service's quota (`ecs-facts.md` 11)."""
    if not 0 <= asked <= MOST_TASKS:
        raise InvalidParameterException(f"desiredCount must be from 0 to {MOST_TASKS}.", field="desiredCount")


def check_grace_period(seconds: int | None) -> None:
    """Raise InvalidParameterException for a `healthCheckGracePeriodSeconds` out of AWS's range (`ecs-facts.md` 6.5)."""
    if seconds is not None and not 0 <= seconds <= 2_147_483_647:
        raise InvalidParameterException(
            "healthCheckGracePeriodSeconds must be from 0 to 2147483647.", field="healthCheckGracePeriodSeconds"
        )
