"""What one account of a class may have and how fast it may ask (`reliability.md` 7.3, T33); `solo` has no limits.

The figures are ours: they let 40 learners share one machine of 2 cores and 24 GiB.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ecsweb.domain.errors import LimitExceededException

# The operation that makes a thing, what the thing is called, and how many an account may have of it.
CLASS_LIMITS: Mapping[str, tuple[str, int]] = {
    "CreateCluster": ("clusters", 5),
    "RegisterContainerInstance": ("container instances", 8),
    "CreateAutoScalingGroup": ("Auto Scaling groups", 5),
    "CreateCapacityProvider": ("capacity providers", 5),
    "CreateService": ("services", 10),
    "RegisterTaskDefinition": ("active revisions", 200),
}

# How the detail of a failure begins that is the account's quota: AWS's reason alone would be that of FARGATE's, too.
QUOTA_FULL = "The account of a class runs no more at once"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket as it was left: `tokens` at the moment `at` (`ecs-facts.md` 11: AWS throttles per account too)."""

    tokens: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Rate:
    """How many calls may come at once, and how many tokens a second come back."""

    burst: int
    refill: float

    def take(self, bucket: Bucket | None, *, now: datetime) -> Bucket | None:
        """Return the bucket after one call, or None when it holds no whole token: the call is to be throttled.

        A clock that went back refills nothing and takes nothing away. Example: burst 2, refill 1 → two calls at once,
        the third a second later.
        """
        passed = max(0.0, (now - bucket.at).total_seconds()) if bucket else 0.0
        tokens = min(float(self.burst), bucket.tokens + passed * self.refill) if bucket else float(self.burst)
        return Bucket(tokens - 1, now) if tokens >= 1 else None


CLASS_RATE = Rate(burst=50, refill=20)


def quota_detail(containers: int, memory: int) -> str:
    """Return what stands beside AWS's reason where a class account's quota, not a machine, kept a task from running."""
    return f"{QUOTA_FULL}: {containers} containers, {memory} MiB of memory limits."


def check_count(operation: str, present: int) -> None:
    """Raise LimitExceededException when the account has more of the thing, `present`, than it may have."""
    what, most = CLASS_LIMITS[operation]
    if present > most:
        raise LimitExceededException(f"The limit of {most} {what} of this account is reached.")
