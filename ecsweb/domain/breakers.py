"""How a service wants its deployment circuit breaker (`ecs-facts.md` 6.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.errors import InvalidParameterException

COUNT, BOUNDED, UNBOUNDED = "COUNT", "BOUNDED_PERCENT", "UNBOUNDED_PERCENT"
LEAST_FAILURES, MOST_FAILURES = 3, 200


@dataclass(frozen=True, slots=True)
class CircuitBreaker:
    """How a service wants its breaker. `value` is a count of tasks or percent of the desired count, by `threshold`."""

    enable: bool = False
    rollback: bool = False
    resets_on_healthy_task: bool = True
    threshold: str = BOUNDED
    value: int = 50

    def failures_allowed(self, desired_count: int) -> int:
        """Return how many failed tasks make the deployment a failed one.

        Example: 50 % bounded at desired 1 → 3, at 10 → 5, at 25 → 13, at 800 → 200.
        """
        if self.threshold == COUNT:
            return max(1, self.value)
        share = -(-desired_count * self.value // 100)
        return max(1, share) if self.threshold == UNBOUNDED else min(MOST_FAILURES, max(LEAST_FAILURES, share))


def circuit_breaker_of(asked: Mapping[str, Any] | None) -> CircuitBreaker:
    """Return the breaker of a `deploymentCircuitBreaker`. Raises InvalidParameterException for a value that is none."""
    if not asked:
        return CircuitBreaker()
    configuration = asked.get("thresholdConfiguration") or {}
    found = CircuitBreaker(
        enable=bool(asked.get("enable")),
        rollback=bool(asked.get("rollback")),
        resets_on_healthy_task=bool(asked.get("resetOnHealthyTask", True)),
        threshold=configuration.get("type", BOUNDED),
        value=configuration.get("value", 50),
    )
    most = 5000 if found.threshold == COUNT else 100
    if not 1 <= found.value <= most:
        raise InvalidParameterException(
            f"The value of the circuit breaker's threshold must be from 1 to {most}.",
            field="deploymentConfiguration.deploymentCircuitBreaker",
        )
    return found
