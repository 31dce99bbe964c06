"""Hold an account of a class to its quotas: counts when something was made, a token bucket before every call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime

from django.conf import settings
from django.db.models import F

from ecsweb.domain.errors import ThrottlingException
from ecsweb.domain.overrides import overridden
from ecsweb.domain.placement.scheduler import ACCOUNT_LIMIT
from ecsweb.domain.quotas import CLASS_LIMITS, CLASS_RATE, Bucket, check_count, quota_detail
from ecsweb.domain.resources import Demand, Room, demand_of
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, ServiceStatus
from ecsweb.models import (
    Account,
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    ContainerInstance,
    Service,
    Task,
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


def running(account_pk: int) -> Iterator[tuple[str, Demand]]:
    """Yield what counts against the quota of containers and memory: each task's cluster, and what it takes."""
    rows = Task.objects.filter(cluster__account=account_pk, last_status__in=STATUSES_BEFORE_STOPPED)
    for task in rows.select_related("task_definition", "cluster").order_by("cluster__name", "pk"):
        document = overridden(task.task_definition.document, task.overrides)
        yield task.cluster.name, demand_of(document, task.task_definition.requires_attributes)


def room_of(account_pk: int) -> Room | None:
    """Return what is left to the account of a learner in a class, whichever of its clusters it uses; None in `solo`."""
    if settings.ECSWEB_MODE != "class":
        return None
    room = Room(settings.ECSWEB_CLASS_CONTAINERS, settings.ECSWEB_CLASS_MEMORY)
    for _cluster, demand in running(account_pk):
        room = room.minus(demand)
    return room


def is_full_for(account: Account, clusters: Collection[str]) -> bool:
    """Tell whether the quota is what keeps a service of these clusters from running what it wants."""
    rows = Service.objects.filter(cluster__account=account, cluster__name__in=clusters, status=ServiceStatus.ACTIVE)
    return rows.filter(placement_failure=ACCOUNT_LIMIT).exists()


def full() -> str:
    """Return the detail of a failure that is the account's quota of containers and memory."""
    return quota_detail(settings.ECSWEB_CLASS_CONTAINERS, settings.ECSWEB_CLASS_MEMORY)


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
