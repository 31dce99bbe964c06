"""What a capacity provider of an Auto Scaling group may be called and set to (`ecs-facts.md` 1.2, 6.11)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ecsweb.domain.capacity.managed_scaling import ScalingSettings
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.resources import INSTANCE_TYPES

_NAME = re.compile(r"(?!(?:aws|ecs|fargate))[A-Za-z0-9_-]{1,255}", re.IGNORECASE)
_GROUP_NAME = re.compile(r"[A-Za-z0-9_.-]{1,255}")
MOST_MACHINES = 100
DEFAULTS: Mapping[str, Any] = {
    "status": "DISABLED",
    "targetCapacity": 100,
    "minimumScalingStepSize": 1,
    "maximumScalingStepSize": 10_000,
    "instanceWarmupPeriod": 300,
}
_BOUNDS = {
    "targetCapacity": (1, 100),
    "minimumScalingStepSize": (1, 10_000),
    "maximumScalingStepSize": (1, 10_000),
    "instanceWarmupPeriod": (0, 10_000),
}


def check_provider_name(name: str) -> None:
    """Raise InvalidParameterException for a name that is too long, has other characters, or begins as AWS's own do."""
    if not _NAME.fullmatch(name):
        raise InvalidParameterException(
            "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters "
            "(upper and lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "
            '"aws", "ecs", or "fargate". Specify a valid name and try again.',
            field="name",
        )


def managed_scaling_of(asked: Mapping[str, Any] | None, *, before: Mapping[str, Any] = DEFAULTS) -> dict[str, Any]:
    """Return `managedScaling` with every value said: the call's, else those before, else ECS's defaults.

    Managed scaling that is given without a status is ENABLED. Raises InvalidParameterException for values out of
    bounds, or a minimum step above the maximum.
    """
    field = "autoScalingGroupProvider.managedScaling"
    given = {key: value for key, value in (asked or {}).items() if value is not None}
    found = {**DEFAULTS, **before, **({"status": "ENABLED"} if asked is not None else {}), **given}
    for name, (least, most) in _BOUNDS.items():
        if not least <= found[name] <= most:
            raise InvalidParameterException(f"{name} must be from {least} to {most}.", field=f"{field}.{name}")
    if found["minimumScalingStepSize"] > found["maximumScalingStepSize"]:
        raise InvalidParameterException(
            "minimumScalingStepSize must not be above maximumScalingStepSize.", field=f"{field}.minimumScalingStepSize"
        )
    return found


def check_protection(protection: str, managed_scaling: Mapping[str, Any]) -> None:
    """Raise InvalidParameterException for termination protection without managed scaling, which would do nothing."""
    if protection == "ENABLED" and managed_scaling["status"] != "ENABLED":
        raise InvalidParameterException(
            "The managed termination protection setting for the capacity provider is invalid. To enable managed "
            "termination protection for a capacity provider, enable managed scaling.",
            field="autoScalingGroupProvider.managedTerminationProtection",
        )


def scaling_settings(managed_scaling: Mapping[str, Any], *, speed: float) -> ScalingSettings | None:
    """Return the settings that managed scaling goes by, waits divided by `speed`; None where it is off."""
    if managed_scaling["status"] != "ENABLED":
        return None
    return ScalingSettings(
        target_capacity=managed_scaling["targetCapacity"],
        minimum_step=managed_scaling["minimumScalingStepSize"],
        maximum_step=managed_scaling["maximumScalingStepSize"],
        warmup=timedelta(seconds=managed_scaling["instanceWarmupPeriod"] / speed),
    )


def check_auto_scaling_group(name: str, instance_type: str, sizes: tuple[int, int, int]) -> None:
    """Check a group's name, its instance type and (minimum, desired, maximum). Raises InvalidParameterException."""
    if not _GROUP_NAME.fullmatch(name):
        raise InvalidParameterException(
            "AutoScalingGroupName: up to 255 letters, digits, dots, underscores and hyphens.",
            field="AutoScalingGroupName",
        )
    if instance_type not in INSTANCE_TYPES:
        raise InvalidParameterException(
            f"Unknown instance type {instance_type[:64]}. Known here: {', '.join(INSTANCE_TYPES)}.",
            field="InstanceType",
        )
    check_sizes(*sizes)


def check_sizes(minimum: int, desired: int, maximum: int) -> None:
    """Check a group's sizes, in machines. Raises InvalidParameterException."""
    if not 0 <= minimum <= maximum <= MOST_MACHINES:
        raise InvalidParameterException(
            f"MinSize is from 0 to MaxSize, MaxSize at most {MOST_MACHINES} here.", field="MinSize"
        )
    if not minimum <= desired <= maximum:
        raise InvalidParameterException("DesiredCapacity is from MinSize to MaxSize.", field="DesiredCapacity")
