"""CreateCluster, DeleteCluster (`ecs-facts.md` 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ecsweb.controlplane import events
from ecsweb.controlplane.references import DEFAULT_CLUSTER
from ecsweb.domain.errors import (
    ClusterContainsContainerInstancesException,
    ClusterContainsServicesException,
    ClusterContainsTasksException,
    InvalidParameterException,
)
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
) -> Cluster:
    """Create an empty cluster, or return the ACTIVE one of that name; a deleted name may be used again.

    Raises InvalidParameterException for a bad name.
    """
    name = name or DEFAULT_CLUSTER
    if not NAME.fullmatch(name):
        raise InvalidParameterException(r"ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$", field="clusterName")
    with transaction.atomic():
        cluster, is_new = Cluster.objects.select_related("account").get_or_create(
            account=account, region=region, name=name, defaults={"tags": list(tags), "settings": list(settings)}
        )
        if is_new or _revive(cluster, tags=tags, settings=settings):
            _record(cluster, now=now)
    return cluster


def _revive(cluster: Cluster, *, tags: Sequence[dict[str, str]], settings: Sequence[dict[str, str]]) -> bool:
    values = {"status": ClusterStatus.ACTIVE, "tags": list(tags), "settings": list(settings)}
    changed = Cluster.objects.filter(pk=cluster.pk, status=ClusterStatus.INACTIVE).update(**values)
    cluster.refresh_from_db()
    return changed == 1


def delete_cluster(cluster: Cluster, *, now: datetime) -> Cluster:
    """Make an empty cluster INACTIVE. Raises a typed exception naming what it still contains, in AWS's order."""
    with transaction.atomic():
        _check_empty(cluster)
        Cluster.objects.filter(pk=cluster.pk).update(status=ClusterStatus.INACTIVE)
        Service.objects.filter(cluster=cluster, status=ServiceStatus.DRAINING).update(status=ServiceStatus.INACTIVE)
        cluster.refresh_from_db()
        _record(cluster, now=now)
    return cluster


def _check_empty(cluster: Cluster) -> None:
    if cluster.services.filter(status=ServiceStatus.ACTIVE).exists():
        raise ClusterContainsServicesException("The Cluster cannot be deleted while Services are active.")
    if cluster.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).exists():
        raise ClusterContainsTasksException("The Cluster cannot be deleted while Tasks are active.")
    if cluster.container_instances.exclude(status=ContainerInstanceStatus.INACTIVE).exists():
        raise ClusterContainsContainerInstancesException(
            "The Cluster cannot be deleted while Container Instances are active or draining."
        )


def _record(cluster: Cluster, *, now: datetime) -> None:
    events.ours(
        cluster,
        detail_type="Cluster State Change",
        detail={"clusterArn": cluster.arn, "status": cluster.status},
        topics=["clusters", f"cluster-{cluster.pk}"],
        at=now,
    )
