"""Container health checks: their numbers, and how containers' health makes a task's (`ecs-facts.md` 2.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.errors import ClientException
from ecsweb.domain.statuses import HealthStatus

# Field of `healthCheck` → default, least and greatest value; times in seconds. No start period is the default.
NUMBERS: Mapping[str, tuple[int, int, int]] = {
    "interval": (30, 5, 300),
    "timeout": (5, 2, 60),
    "retries": (3, 1, 10),
    "startPeriod": (0, 0, 300),
}
WORDS = {
    "interval": "Health check interval",
    "timeout": "Health check timeout",
    "retries": "Health check retries",
    "startPeriod": "Health check startPeriod",
}
SHELL, EXEC = "CMD-SHELL", "CMD"


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A check as it is run: the command with its kind in front, times in seconds."""

    command: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int


def health_check_of(container: Mapping[str, Any]) -> HealthCheck | None:
    """Return the check of a container definition with AWS's defaults, or None: an image's own one is ignored."""
    asked = container.get("healthCheck")
    if not asked or not asked.get("command"):
        return None
    interval, timeout, retries, start = (
        default if asked.get(name) is None else int(asked[name]) for name, (default, _, _) in NUMBERS.items()
    )
    words = tuple(str(word) for word in asked["command"])
    command = words if words[0] in {SHELL, EXEC} else (SHELL, " ".join(words))
    return HealthCheck(command, interval, timeout, retries, start)


def check_health_check(container: Mapping[str, Any], field: str) -> None:
    """Raise ClientException for a `healthCheck` without a command or with a number out of its range."""
    asked = container.get("healthCheck")
    if asked is None:
        return
    if not asked.get("command") or (asked["command"][0] in {SHELL, EXEC, "NONE"} and len(asked["command"]) < 2):
        raise ClientException(
            f"Health check command must be specified for container '{container['name']}'", field=f"{field}.healthCheck"
        )
    for name, (_, least, most) in NUMBERS.items():
        value = asked.get(name)
        if value is None or least <= value <= most:
            continue
        bound = "less than or equal to the maximum" if value > most else "greater than or equal to the minimum"
        raise ClientException(
            f"{WORDS[name]} must be {bound} allowed value {most if value > most else least} for container "
            f"'{container['name']}'",
            field=f"{field}.healthCheck.{name}",
        )


def task_health(containers: Iterable[tuple[bool, HealthStatus]]) -> HealthStatus:
    """Return a task's health from (essential, health) of its containers; only essential ones count.

    Any UNHEALTHY makes UNHEALTHY, else any UNKNOWN makes UNKNOWN, else HEALTHY.
    """
    found = {health for essential, health in containers if essential}
    for health in (HealthStatus.UNHEALTHY, HealthStatus.UNKNOWN):
        if health in found:
            return health
    return HealthStatus.HEALTHY if found else HealthStatus.UNKNOWN


def has_health_check(document: Mapping[str, Any]) -> bool:
    """Tell whether the health of a task of this definition is known at all: an essential container has a check."""
    return any(
        container.get("essential", True) and health_check_of(container) is not None
        for container in document["containerDefinitions"]
    )
