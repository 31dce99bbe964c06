"""Hold an account of a class to its quotas: counts when something was made, a token bucket before every call."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import F

from ecsweb.domain.errors import ThrottlingException
from ecsweb.domain.quotas import CLASS_LIMITS, CLASS_RATE, Bucket, check_count
from ecsweb.models import (
    Account,
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    ContainerInstance,
    Service,
    TaskDefinition,
)

# More than anybody asks for.
ENOUGH = 1_000_000
COUNTS: Mapping[str, Callable[[Account], int]] = {
    "CreateCluster": lambda account: Cluster.objects.filter(account=account).exclude(status="INACTIVE").count(),
    "RegisterContainerInstance": lambda account: (
        ContainerInstance.objects.filter(cluster__account=account).exclude(status="INACTIVE").count()
    ),
    "CreateAutoScalingGroup": lambda account: AutoScalingGroup.objects.filter(account=account).count(),
    "CreateCapacityProvider": lambda account: (
        CapacityProvider.objects.filter(account=account).exclude(status="INACTIVE").count()
    ),
    "CreateService": lambda account: (
        Service.objects.filter(cluster__account=account).exclude(status="INACTIVE").count()
    ),
    "RegisterTaskDefinition": lambda account: TaskDefinition.objects.filter(account=account, status="ACTIVE").count(),
}


def check(account: Account, operation: str) -> None:
    """Raise LimitExceededException when the operation just made more than an account may have; `solo` has no limit.

    To be called in the operation's transaction, after it: a call that made nothing new is never refused.
    """
    if settings.ECSWEB_MODE == "class" and operation in CLASS_LIMITS:
        check_count(operation, COUNTS[operation](account))


def left(account: Account, operation: str) -> int:
    """Return how many more of the operation's things the account may have."""
    if settings.ECSWEB_MODE != "class":
        return ENOUGH
    return max(0, CLASS_LIMITS[operation][1] - COUNTS[operation](account))


def throttle(account: Account, *, now: datetime) -> None:
    """Take a token of the account's bucket. Raises ThrottlingException when there is none; `solo` is not throttled.

    Compare-and-swap: two calls at once never spend the same token; whoever comes second looks again.
    """
    while settings.ECSWEB_MODE == "class":
        row = Account.objects.values("rate_tokens", "rate_at", "rate_version").get(pk=account.pk)
        kept = Bucket(row["rate_tokens"], row["rate_at"]) if row["rate_at"] else None
        left = CLASS_RATE.take(kept, now=now)
        if left is None:
            raise ThrottlingException("Rate exceeded")
        rows = Account.objects.filter(pk=account.pk, rate_version=row["rate_version"])
        if rows.update(rate_tokens=left.tokens, rate_at=left.at, rate_version=F("rate_version") + 1) == 1:
            return
