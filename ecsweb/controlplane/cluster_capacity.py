"""Which capacity providers a cluster has, and its default strategy (`ecs-facts.md` 6.11, 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.capacity_providers import find_provider
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS, strategy_of
from ecsweb.domain.clusters import check_no_update_in_progress
from ecsweb.domain.errors import InvalidParameterException, ResourceInUseException
from ecsweb.domain.identifiers import new_uuid
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.models import Account, CapacityProvider, Cluster, ContainerInstance, Service, TaskSet

DEFAULT_STRATEGY = "defaultCapacityProviderStrategy"
# SIMPLIFIED: how long ECS makes scaling policies for a provider is not published; this is ours.
ATTACHING = timedelta(seconds=20)


def checked(
    account: Account,
    region: str,
    providers: Sequence[str],
    default_strategy: Sequence[Mapping[str, Any]],
    *,
    cluster_name: str,
) -> dict[str, Any]:
    """Return the values of a cluster's columns for what a call asks. Raises InvalidParameterException.

    SIMPLIFIED: the machines of a group join one cluster; ECS would associate its provider with another one, too.
    """
    names: list[str] = []
    for reference in providers:
        name = reference.rsplit("/", 1)[-1]
        if name not in FARGATE_PROVIDERS:
            name = _provider_for(account, region, reference, cluster_name=cluster_name).name
        names += [name] if name not in names else []
    strategy_of(default_strategy, associated=names, field=DEFAULT_STRATEGY)
    default = [{"weight": 0, "base": 0, **item} for item in default_strategy]
    return {"capacity_providers": names, "default_capacity_provider_strategy": default}


def _provider_for(account: Account, region: str, reference: str, *, cluster_name: str) -> CapacityProvider:
    row = find_provider(account, region, reference)
    if row is None:
        raise InvalidParameterException(
            f"The specified capacity provider {reference[:255]} was not found.", field="capacityProviders"
        )
    if row.group is not None and row.group.cluster.name != cluster_name:
        raise InvalidParameterException(
            f"The machines of the Auto Scaling group {row.group.name} join the cluster {row.group.cluster.name}, so "
            f"that the capacity provider {row.name} would bring this cluster nothing.",
            field="capacityProviders",
        )
    return row


def attached(cluster: Cluster, names: Sequence[str], *, now: datetime) -> dict[str, Any]:
    """Return the columns for what ECS makes for each provider of a group: a scaling policy, and managed draining."""
    wanted = [name for name in names if name not in FARGATE_PROVIDERS]
    kept = [one for one in cluster.attachments if one["capacityProvider"] in wanted]
    known = {one["capacityProvider"] for one in kept}
    new = [
        {"id": new_uuid(), "type": kind, "capacityProvider": name}
        for name in wanted
        if name not in known
        for kind in ("as_policy", "managed_draining")
    ]
    if not new and len(kept) == len(cluster.attachments):
        return {}
    return {"attachments": [*kept, *new], "attachments_ready_at": now + ATTACHING / settings.ECSWEB_SPEED}


def put_cluster_capacity_providers(
    cluster: Cluster, providers: Sequence[str], default_strategy: Sequence[Mapping[str, Any]], *, now: datetime
) -> Cluster:
    """Replace the cluster's providers and default strategy; what runs stays, what starts later goes by them.

    Raises InvalidParameterException, ResourceInUseException for one that a task or service still uses,
    UpdateInProgressException while the former change is being carried out.
    """
    values = checked(cluster.account, cluster.region, providers, default_strategy, cluster_name=cluster.name)
    with transaction.atomic():
        lock_placement(cluster)
        cluster.refresh_from_db()
        check_no_update_in_progress(cluster.attachments_ready_at, now=now)
        if missing := sorted(_in_use(cluster) - set(values["capacity_providers"])):
            raise ResourceInUseException(
                f"The specified capacity provider is in use and cannot be removed: {missing[0]}",
                field="capacityProviders",
            )
        values |= attached(cluster, values["capacity_providers"], now=now)
        Cluster.objects.filter(pk=cluster.pk).update(**values)
        cluster.refresh_from_db()
        name_instances(cluster)
        _record(cluster, now=now)
    return cluster


def name_instances(cluster: Cluster) -> None:
    """Let the instances of each group say which of the cluster's providers makes use of them."""
    rows = ContainerInstance.objects.filter(cluster=cluster).exclude(auto_scaling_group=None)
    rows.update(capacity_provider="")
    used = CapacityProvider.objects.filter(group__cluster=cluster, name__in=cluster.capacity_providers)
    for provider in used.exclude(status="INACTIVE"):
        rows.filter(auto_scaling_group=provider.group_id).update(capacity_provider=provider.name)


def _record(cluster: Cluster, *, now: datetime) -> None:
    events.ours(
        cluster,
        detail_type="Cluster State Change",
        detail={
            "clusterArn": cluster.arn,
            "status": cluster.status,
            "capacityProviders": cluster.capacity_providers,
        },
        topics=["clusters", f"cluster-{cluster.pk}"],
        at=now,
    )
    announcements.wake_cluster(cluster.pk)


def _in_use(cluster: Cluster) -> set[str]:
    tasks = cluster.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).exclude(capacity_provider="")
    services = Service.objects.filter(cluster=cluster).exclude(status="INACTIVE")
    strategies = list(services.values_list("capacity_provider_strategy", flat=True))
    of_task_sets = TaskSet.objects.filter(service__cluster=cluster).exclude(status="INACTIVE")
    strategies += of_task_sets.values_list("capacity_provider_strategy", flat=True)
    asked = {item["capacityProvider"] for strategy in strategies for item in strategy}
    return asked | set(tasks.values_list("capacity_provider", flat=True))
