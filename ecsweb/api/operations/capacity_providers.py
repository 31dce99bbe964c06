from __future__ import annotations

from typing import Any

from ecsweb.api.batches import described, limited
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.capacity_providers import (
    describe_capacity_provider,
    provider_arn,
    put_cluster_capacity_providers,
)
from ecsweb.controlplane.descriptions import describe_cluster
from ecsweb.controlplane.references import get_cluster
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS


@operation("DescribeCapacityProviders")
def describe(request: Request) -> dict[str, Any]:
    references = request.params.get("capacityProviders") or FARGATE_PROVIDERS
    found, failures = described(
        limited(references, most=100, field="capacityProviders"),
        find=lambda reference: _named(request, reference),
        describe=lambda name: describe_capacity_provider(request.account, request.region, name),
        arn=lambda reference: (
            reference if ":" in reference else provider_arn(request.account, request.region, reference)
        ),
    )
    return {"capacityProviders": found, "failures": failures}


def _named(request: Request, reference: str) -> str | None:
    """Return the provider's name for its name or ARN."""
    known = {provider_arn(request.account, request.region, name): name for name in FARGATE_PROVIDERS}
    return reference if reference in FARGATE_PROVIDERS else known.get(reference)


@operation("PutClusterCapacityProviders")
def put(request: Request) -> dict[str, Any]:
    params = request.params
    cluster = get_cluster(request.account, request.region, params["cluster"])
    cluster = put_cluster_capacity_providers(
        cluster, params["capacityProviders"], params["defaultCapacityProviderStrategy"], now=request.now
    )
    return {"cluster": describe_cluster(cluster, ("ATTACHMENTS", "SETTINGS", "TAGS"))}
