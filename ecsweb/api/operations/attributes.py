from __future__ import annotations

from typing import Any

from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.attributes import delete_attributes, put_attributes
from ecsweb.controlplane.references import get_cluster
from ecsweb.domain.statuses import ContainerInstanceStatus
from ecsweb.models import ContainerInstance


@operation("PutAttributes")
def put(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    return {"attributes": put_attributes(cluster, request.params["attributes"], now=request.now)}


@operation("DeleteAttributes")
def delete(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    return {"attributes": delete_attributes(cluster, request.params["attributes"], now=request.now)}


@operation("ListAttributes")
def list_attributes(request: Request) -> dict[str, Any]:
    """The attributes of all instances of the cluster, of one name or value where those are given."""
    params = request.params
    cluster = get_cluster(request.account, request.region, params.get("cluster"))
    rows = ContainerInstance.objects.select_related("cluster__account").filter(cluster=cluster, is_purged=False)
    found = [
        {**attribute, "targetType": "container-instance", "targetId": row.arn}
        for row in rows.exclude(status=ContainerInstanceStatus.INACTIVE)
        for attribute in row.attributes
        if params.get("attributeName") in {None, attribute["name"]}
        and params.get("attributeValue") in {None, attribute.get("value")}
    ]
    return page(found, params, key="attributes")
