"""Task sets of services with the EXTERNAL deployment controller (`ecs-facts.md` 6.10)."""

from __future__ import annotations

from typing import Any

from ecsweb.api.batches import described, with_tags_as_asked
from ecsweb.api.operations.tasks import launch_of, refuse_not_built
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.descriptions import describe_task_set
from ecsweb.controlplane.references import (
    arn_for_failure,
    find_task_set,
    get_cluster,
    get_runnable_task_definition,
    get_service,
    get_task_set,
)
from ecsweb.controlplane.task_sets import (
    TaskSetOrder,
    check_external,
    create_task_set,
    delete_task_set,
    make_primary,
    scale_task_set,
)
from ecsweb.domain.networks import check_network
from ecsweb.domain.statuses import LaunchType
from ecsweb.domain.task_sets import checked_scale
from ecsweb.models import Service

NOT_BUILT = {"loadBalancers": "Load balancers", "serviceRegistries": "Service registries"}


def _service(request: Request) -> Service:
    """Return the service that the call names. Raises where it can have no task sets."""
    cluster = get_cluster(request.account, request.region, request.params["cluster"])
    service = get_service(cluster, request.params["service"])
    check_external(service)
    return service


@operation("CreateTaskSet")
def create(request: Request) -> dict[str, Any]:
    params = request.params
    service = _service(request)
    refuse_not_built(request, NOT_BUILT, launch_types=tuple(LaunchType))
    definition = get_runnable_task_definition(request.account, request.region, params["taskDefinition"])
    (launch_type, providers), network = launch_of(request, service.cluster), params.get("networkConfiguration", {})
    check_network(definition.document, network, launch_type)
    order = TaskSetOrder(
        definition,
        # SIMPLIFIED: what ECS takes where no scale is given is not published; here all of the desired count.
        scale=checked_scale(params.get("scale", {"value": 100})),
        launch_type=launch_type,
        provider_strategy=providers,
        network_configuration=network,
        external_id=params.get("externalId", ""),
        client_token=params.get("clientToken", ""),
        tags=params.get("tags", ()),
    )
    return {"taskSet": describe_task_set(create_task_set(service, order, now=request.now))}


@operation("UpdateTaskSet")
def update(request: Request) -> dict[str, Any]:
    task_set = get_task_set(_service(request), request.params["taskSet"])
    scale = checked_scale(request.params["scale"])
    return {"taskSet": describe_task_set(scale_task_set(task_set, scale=scale, now=request.now))}


@operation("UpdateServicePrimaryTaskSet")
def update_primary(request: Request) -> dict[str, Any]:
    task_set = get_task_set(_service(request), request.params["primaryTaskSet"], field="primaryTaskSet")
    return {"taskSet": describe_task_set(make_primary(task_set, now=request.now))}


@operation("DeleteTaskSet")
def delete(request: Request) -> dict[str, Any]:
    task_set = get_task_set(_service(request), request.params["taskSet"])
    is_forced = request.params.get("force", False)
    return {"taskSet": describe_task_set(delete_task_set(task_set, is_forced=is_forced, now=request.now))}


@operation("DescribeTaskSets")
def describe(request: Request) -> dict[str, Any]:
    service = _service(request)
    rows = service.task_sets.exclude(status="INACTIVE")
    asked = request.params.get("taskSets") or [row.task_set_id for row in rows.select_related("deployment")]
    found, failures = described(
        asked,
        find=lambda reference: find_task_set(service, reference),
        describe=with_tags_as_asked(describe_task_set, request.params.get("include", ())),
        arn=lambda reference: arn_for_failure(
            f"{service.name}/{reference}" if not reference.startswith("arn:") else reference,
            resource_type="task-set",
            cluster=service.cluster,
        ),
    )
    return {"taskSets": found, "failures": failures}
