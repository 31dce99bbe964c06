"""Capacity providers of clusters (`ecs-facts.md` 6.11): FARGATE and FARGATE_SPOT, which every account has.

SIMPLIFIED: there are no providers of Auto Scaling groups, and nobody takes FARGATE_SPOT's capacity back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ecsweb.controlplane import events
from ecsweb.controlplane.tasks import lock_placement
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS, strategy_of
from ecsweb.domain.errors import InvalidParameterException, ResourceInUseException
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.models import Account, Cluster, Service, TaskSet

DEFAULT_STRATEGY = "defaultCapacityProviderStrategy"


def provider_arn(account: Account, region: str, name: str) -> str:
    """Return the ARN of the capacity provider of that name."""
    return f"arn:aws:ecs:{region}:{account.account_id}:capacity-provider/{name}"


def describe_capacity_provider(account: Account, region: str, name: str) -> dict[str, Any]:
    """Return one of AWS's own capacity providers in AWS's shape."""
    return {
        "capacityProviderArn": provider_arn(account, region, name),
        "name": name,
        "status": "ACTIVE",
        "tags": [],
    }


def checked(providers: Sequence[str], default_strategy: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the values of a cluster's columns for what a call asks. Raises InvalidParameterException."""
    names = list(dict.fromkeys(name.rsplit("/", 1)[-1] for name in providers))
    if unknown := sorted(set(names) - set(FARGATE_PROVIDERS)):
        raise InvalidParameterException(
            f"The specified capacity provider {unknown[0][:255]} was not found.", field="capacityProviders"
        )
    strategy_of(default_strategy, associated=names, field=DEFAULT_STRATEGY)
    default = [{"weight": 0, "base": 0, **item} for item in default_strategy]
    return {"capacity_providers": names, "default_capacity_provider_strategy": default}


def put_cluster_capacity_providers(
    cluster: Cluster, providers: Sequence[str], default_strategy: Sequence[Mapping[str, Any]], *, now: datetime
) -> Cluster:
    """Replace the cluster's providers and default strategy; what runs stays, what starts later goes by them.

    Raises InvalidParameterException, ResourceInUseException for one that a task or service still uses.
    """
    values = checked(providers, default_strategy)
    with transaction.atomic():
        lock_placement(cluster)
        if missing := sorted(_in_use(cluster) - set(values["capacity_providers"])):
            raise ResourceInUseException(
                f"The specified capacity provider is in use and cannot be removed: {missing[0]}",
                field="capacityProviders",
            )
        Cluster.objects.filter(pk=cluster.pk).update(**values)
        cluster.refresh_from_db()
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
    return cluster


def _in_use(cluster: Cluster) -> set[str]:
    tasks = cluster.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).exclude(capacity_provider="")
    services = Service.objects.filter(cluster=cluster).exclude(status="INACTIVE")
    strategies = list(services.values_list("capacity_provider_strategy", flat=True))
    of_task_sets = TaskSet.objects.filter(service__cluster=cluster).exclude(status="INACTIVE")
    strategies += of_task_sets.values_list("capacity_provider_strategy", flat=True)
    asked = {item["capacityProvider"] for strategy in strategies for item in strategy}
    return asked | set(tasks.values_list("capacity_provider", flat=True))
