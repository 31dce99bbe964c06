from __future__ import annotations

from typing import Any

from ecsweb.api.batches import described, limited, with_tags_as_asked
from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.capacity_providers import (
    create_capacity_provider,
    delete_capacity_provider,
    describe_capacity_provider,
    describe_fargate_provider,
    find_provider,
    get_provider,
    provider_arn,
    update_capacity_provider,
)
from ecsweb.controlplane.cluster_capacity import put_cluster_capacity_providers
from ecsweb.controlplane.descriptions import describe_cluster
from ecsweb.controlplane.references import get_cluster
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.errors import InvalidParameterException, UnsupportedFeatureException
from ecsweb.models import CapacityProvider

GROUP = "autoScalingGroupProvider"


def _group_provider(request: Request) -> dict[str, Any]:
    """Return what the call says of the group. Raises for Managed Instances, and where nothing is said."""
    if "managedInstancesProvider" in request.params:
        raise UnsupportedFeatureException("Managed Instances are not simulated here.", field="managedInstancesProvider")
    if GROUP not in request.params:
        raise InvalidParameterException(f"{GROUP} should not be null or empty.", field=GROUP)
    return dict(request.params[GROUP])


@operation("CreateCapacityProvider")
def create(request: Request) -> dict[str, Any]:
    row = create_capacity_provider(
        request.account,
        request.region,
        request.params["name"],
        _group_provider(request),
        tags=request.params.get("tags", ()),
        now=request.now,
    )
    return {"capacityProvider": describe_capacity_provider(row)}


@operation("UpdateCapacityProvider")
def update(request: Request) -> dict[str, Any]:
    row = get_provider(request.account, request.region, request.params["name"], field="name")
    row = update_capacity_provider(row, _group_provider(request), now=request.now)
    return {"capacityProvider": describe_capacity_provider(row)}


@operation("DeleteCapacityProvider")
def delete(request: Request) -> dict[str, Any]:
    row = get_provider(request.account, request.region, request.params["capacityProvider"], field="capacityProvider")
    return {"capacityProvider": describe_capacity_provider(delete_capacity_provider(row, now=request.now))}


@operation("DescribeCapacityProviders")
def describe(request: Request) -> dict[str, Any]:
    asked = request.params.get("capacityProviders")
    known = CapacityProvider.objects.filter(account=request.account, region=request.region).exclude(status="INACTIVE")
    references = asked or [*FARGATE_PROVIDERS, *known.values_list("name", flat=True)]
    found, failures = described(
        limited(references, most=100, field="capacityProviders"),
        find=lambda reference: _found(request, reference),
        describe=with_tags_as_asked(lambda shape: shape, request.params.get("include", ())),
        arn=lambda reference: (
            reference if ":" in reference else provider_arn(request.account, request.region, reference)
        ),
    )
    answer = page(found, request.params, key="capacityProviders")
    return {**answer, "failures": failures}


def _found(request: Request, reference: str) -> dict[str, Any] | None:
    """Return the shape of the provider of that name or ARN, AWS's own or one of a group."""
    known = {provider_arn(request.account, request.region, name): name for name in FARGATE_PROVIDERS}
    if reference in FARGATE_PROVIDERS or reference in known:
        return describe_fargate_provider(request.account, request.region, known.get(reference, reference))
    row = find_provider(request.account, request.region, reference)
    return describe_capacity_provider(row) if row else None


@operation("PutClusterCapacityProviders")
def put(request: Request) -> dict[str, Any]:
    params = request.params
    cluster = get_cluster(request.account, request.region, params["cluster"])
    cluster = put_cluster_capacity_providers(
        cluster, params["capacityProviders"], params["defaultCapacityProviderStrategy"], now=request.now
    )
    return {"cluster": describe_cluster(cluster, ("ATTACHMENTS", "SETTINGS", "TAGS"))}
