"""Container restart policies: the agent starts an exited container again, in place (`ecs-facts.md` 2.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

DEFAULT_ATTEMPT_PERIOD = timedelta(seconds=300)


@dataclass(frozen=True, slots=True)
class RestartPolicy:
    """When a container that exited is started again: not for these exit codes, not sooner than the period."""

    ignored_exit_codes: frozenset[int] = frozenset()
    attempt_period: timedelta = DEFAULT_ATTEMPT_PERIOD

    def restarts(self, *, exit_code: int | None, started_at: datetime | None, finished_at: datetime | None) -> bool:
        """Tell whether the agent starts it again: it ran at least the period since its start or last restart.

        Example: period 60 s, ran from 10:00:00 to 10:00:59 → False, to 10:01:00 → True.
        """
        if started_at is None or finished_at is None or exit_code in self.ignored_exit_codes:
            return False
        return finished_at - started_at >= self.attempt_period


def restart_policy_of(container_definition: Mapping[str, Any], *, speed: float) -> RestartPolicy | None:
    """Return the policy of a container definition, None where there is none or it is not enabled.

    The period is 300 s where nothing is said. SIMPLIFIED: `speed` divides it, as all of ECS's long waits here.
    """
    policy = container_definition.get("restartPolicy") or {}
    if not policy.get("enabled"):
        return None
    seconds = policy.get("restartAttemptPeriod")
    period = timedelta(seconds=seconds) if seconds else DEFAULT_ATTEMPT_PERIOD
    return RestartPolicy(frozenset(policy.get("ignoredExitCodes") or ()), period / speed)
