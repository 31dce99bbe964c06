from __future__ import annotations

from typing import Any

from ecsweb.api.batches import described, limited
from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.cluster_capacity import checked
from ecsweb.controlplane.clusters import create_cluster, delete_cluster, update_cluster
from ecsweb.controlplane.descriptions import describe_cluster
from ecsweb.controlplane.references import DEFAULT_CLUSTER, find_cluster, get_cluster
from ecsweb.domain.errors import InvalidParameterException, UnsupportedFeatureException
from ecsweb.domain.statuses import ClusterStatus
from ecsweb.models import Cluster

EVERYTHING = ("ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "TAGS")


@operation("CreateCluster")
def create(request: Request) -> dict[str, Any]:
    params = request.params
    _refuse_not_built(request)
    cluster = create_cluster(
        request.account,
        request.region,
        name=params.get("clusterName"),
        tags=params.get("tags", []),
        settings=params.get("settings", []),
        configuration=params.get("configuration"),
        capacity=checked(
            request.account,
            request.region,
            params.get("capacityProviders", ()),
            params.get("defaultCapacityProviderStrategy", ()),
            cluster_name=params.get("clusterName") or DEFAULT_CLUSTER,
        ),
        now=request.now,
    )
    return {"cluster": describe_cluster(cluster, EVERYTHING)}


def _refuse_not_built(request: Request) -> None:
    if request.params.get("serviceConnectDefaults"):
        raise UnsupportedFeatureException("Service Connect is not offered here.", field="serviceConnectDefaults")


@operation("UpdateCluster")
def update(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params["cluster"])
    _refuse_not_built(request)
    settings, configuration = request.params.get("settings"), request.params.get("configuration")
    cluster = update_cluster(cluster, settings=settings, configuration=configuration, now=request.now)
    return {"cluster": describe_cluster(cluster, EVERYTHING)}


@operation("UpdateClusterSettings")
def update_settings(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params["cluster"])
    if not request.params["settings"]:
        raise InvalidParameterException("settings should not be null or empty.", field="settings")
    cluster = update_cluster(cluster, settings=request.params["settings"], now=request.now)
    return {"cluster": describe_cluster(cluster, EVERYTHING)}


@operation("DeleteCluster")
def delete(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params["cluster"])
    return {"cluster": describe_cluster(delete_cluster(cluster, now=request.now))}


@operation("DescribeClusters")
def describe(request: Request) -> dict[str, Any]:
    references = limited(request.params.get("clusters") or [DEFAULT_CLUSTER], most=100, field="clusters")
    include = request.params.get("include", ())
    found, failures = described(
        references,
        find=lambda reference: find_cluster(request.account, request.region, reference),
        describe=lambda cluster: describe_cluster(cluster, include),
        arn=lambda reference: _arn(request, reference),
    )
    return {"clusters": found, "failures": failures}


def _arn(request: Request, reference: str) -> str:
    if reference.startswith("arn:"):
        return reference
    return f"arn:aws:ecs:{request.region}:{request.account.account_id}:cluster/{reference}"


@operation("ListClusters")
def list_clusters(request: Request) -> dict[str, Any]:
    rows = Cluster.objects.select_related("account").filter(
        account=request.account, region=request.region, status=ClusterStatus.ACTIVE
    )
    return page([cluster.arn for cluster in rows], request.params, key="clusterArns")
