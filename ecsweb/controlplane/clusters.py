"""CreateCluster, UpdateCluster, UpdateClusterSettings, DeleteCluster (`ecs-facts.md` 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import events
from ecsweb.controlplane.account_settings import effective_settings, root_arn
from ecsweb.controlplane.cluster_capacity import attached, name_instances
from ecsweb.controlplane.fargate import end_hosts
from ecsweb.controlplane.references import DEFAULT_CLUSTER
from ecsweb.domain.account_settings import CONTAINER_INSIGHTS, check_cluster_settings
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.clusters import check_cluster_configuration, check_deletable, check_no_update_in_progress
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.identifiers import NAME
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, ClusterStatus, ContainerInstanceStatus, ServiceStatus
from ecsweb.models import Account, Cluster, Service


def create_cluster(
    account: Account,
    region: str,
    *,
    name: str | None,
    tags: Sequence[dict[str, str]],
    settings: Sequence[dict[str, str]],
    now: datetime,
    configuration: Mapping[str, Any] | None = None,
    capacity: Mapping[str, Any] | None = None,
) -> Cluster:
    """Create an empty cluster, or return the ACTIVE one of that name; a deleted name may be used again.

    Raises InvalidParameterException for a bad name, setting or configuration.
    """
    name = name or DEFAULT_CLUSTER
    if not NAME.fullmatch(name):
        raise InvalidParameterException(r"ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$", field="clusterName")
    check_cluster_settings(list(settings))
    check_cluster_configuration(configuration or {})
    values = {
        "tags": list(tags),
        "settings": list(settings) or _default_settings(account, region),
        "configuration": dict(configuration or {}),
        "capacity_providers": [],
        "default_capacity_provider_strategy": [],
        **(capacity or {}),
    }
    with transaction.atomic():
        cluster, is_new = Cluster.objects.select_related("account").get_or_create(
            account=account, region=region, name=name, defaults=values
        )
        if is_new or _revive(cluster, values):
            Cluster.objects.filter(pk=cluster.pk).update(**attached(cluster, cluster.capacity_providers, now=now))
            cluster.refresh_from_db()
            name_instances(cluster)
            _record(cluster, now=now)
    return cluster


def _default_settings(account: Account, region: str) -> list[dict[str, str]]:
    """Return what the account settings of the root user make of a new cluster (`ecs-facts.md` 7)."""
    effective = effective_settings(account, region, principal_arn=root_arn(account))
    return [{"name": CONTAINER_INSIGHTS, "value": effective[CONTAINER_INSIGHTS]}]


def _revive(cluster: Cluster, values: Mapping[str, Any]) -> bool:
    values = {**values, "status": ClusterStatus.ACTIVE, "attachments": [], "attachments_ready_at": None}
    changed = Cluster.objects.filter(pk=cluster.pk, status=ClusterStatus.INACTIVE).update(**values)
    cluster.refresh_from_db()
    return changed == 1


def update_cluster(
    cluster: Cluster,
    *,
    settings: Sequence[dict[str, str]] | None = None,
    configuration: Mapping[str, Any] | None = None,
    now: datetime,
) -> Cluster:
    """Replace settings or configuration, whichever is given. Raises InvalidParameterException."""
    values: dict[str, Any] = {}
    if settings:
        check_cluster_settings(list(settings))
        values["settings"] = list(settings)
    if configuration is not None:
        check_cluster_configuration(configuration)
        values["configuration"] = dict(configuration)
    with transaction.atomic():
        if values:
            Cluster.objects.filter(pk=cluster.pk, status=ClusterStatus.ACTIVE).update(**values)
            cluster.refresh_from_db()
            _record(cluster, now=now)
    return cluster


def delete_cluster(cluster: Cluster, *, now: datetime) -> Cluster:
    """Make an empty cluster INACTIVE. Raises a typed exception naming what it still contains, in AWS's order."""
    with transaction.atomic():
        # The lock of placement: nothing comes into the cluster between the look and the end.
        Cluster.objects.filter(pk=cluster.pk).update(version=F("version") + 1)
        cluster.refresh_from_db()
        check_no_update_in_progress(cluster.attachments_ready_at, now=now)
        _check_empty(cluster)
        Cluster.objects.filter(pk=cluster.pk).update(status=ClusterStatus.INACTIVE)
        Service.objects.filter(cluster=cluster, status=ServiceStatus.DRAINING).update(status=ServiceStatus.INACTIVE)
        end_hosts(cluster)
        cluster.refresh_from_db()
        _record(cluster, now=now)
    return cluster


def _check_empty(cluster: Cluster) -> None:
    instances = cluster.container_instances.filter(is_purged=False).exclude(status=ContainerInstanceStatus.INACTIVE)
    check_deletable(
        has_active_services=cluster.services.filter(status=ServiceStatus.ACTIVE).exists(),
        has_tasks=cluster.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED, is_purged=False).exists(),
        has_instances=instances.exists(),
        capacity_provider=next((n for n in cluster.capacity_providers if n not in FARGATE_PROVIDERS), ""),
    )


def _record(cluster: Cluster, *, now: datetime) -> None:
    events.ours(
        cluster,
        detail_type="Cluster State Change",
        detail={"clusterArn": cluster.arn, "status": cluster.status},
        topics=["clusters", f"cluster-{cluster.pk}"],
        at=now,
    )
