from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from ecsweb.api.batches import described, limited, with_tags_as_asked
from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.api.validation import parsed_json
from ecsweb.controlplane.container_instances import (
    Registration,
    deregister_container_instance,
    register_again,
    register_container_instance,
    update_container_instance_state,
)
from ecsweb.controlplane.descriptions import describe_container_instance
from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.references import (
    arn_for_failure,
    find_container_instance,
    get_cluster,
    get_container_instance,
)
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.domain.attributes import check_attribute
from ecsweb.domain.container_instances import AGENTS_OWN, check_settable_status
from ecsweb.domain.errors import ClientException, EcsError, InvalidParameterException
from ecsweb.domain.placement.constraints import facts_of
from ecsweb.domain.placement.expressions import parse
from ecsweb.domain.resources import INSTANCE_TYPES, RESERVED_TCP_PORTS
from ecsweb.domain.statuses import ContainerInstanceStatus
from ecsweb.models import Cluster, ContainerInstance

DOCUMENT = "instanceIdentityDocument"
ZONE = re.compile(r"[a-z0-9-]{1,64}")


@operation("RegisterContainerInstance")
def register(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    registration = _registration(request)
    if arn := request.params.get("containerInstanceArn"):
        instance = get_container_instance(cluster, arn)
        if instance.status == ContainerInstanceStatus.INACTIVE:
            raise ClientException("The referenced container instance is inactive.", field="containerInstanceArn")
        instance = register_again(instance, registration, now=request.now)
    else:
        instance = register_container_instance(cluster, registration, now=request.now)
    return {"containerInstance": describe_container_instance(instance)}


def _registration(request: Request) -> Registration:
    """Take CPU and memory from `totalResources`, or where it is absent from the identity document's type."""
    params = request.params
    document = _identity_document(params.get(DOCUMENT))
    resources = {r["name"]: r for r in params.get("totalResources", []) if "name" in r}
    instance_type = str(document.get("instanceType") or "")
    cpu, memory = _size(resources, instance_type)
    zone = str(document.get("availabilityZone") or f"{request.region}a")
    if not ZONE.fullmatch(zone):
        raise InvalidParameterException("availabilityZone is not a zone's name.", field=f"{DOCUMENT}.availabilityZone")
    return Registration(
        cpu=cpu,
        memory=memory,
        availability_zone=zone,
        instance_type=instance_type,
        ec2_instance_id=str(document.get("instanceId") or "")[:32],
        attributes=_attributes(params.get("attributes", [])),
        tags=params.get("tags", []),
        reserved_tcp_ports=_ports(resources.get("PORTS"), RESERVED_TCP_PORTS),
        reserved_udp_ports=_ports(resources.get("PORTS_UDP"), ()),
        version_info=params.get("versionInfo", {}),
    )


def _identity_document(text: str | None) -> Mapping[str, Any]:
    if not text:
        return {}
    try:
        document = parsed_json(text)
    except EcsError as error:
        raise InvalidParameterException(f"{DOCUMENT} is not valid JSON.", field=DOCUMENT) from error
    if not isinstance(document, Mapping):
        raise InvalidParameterException(f"{DOCUMENT} must be a JSON object.", field=DOCUMENT)
    return document


def _size(resources: Mapping[str, Mapping[str, Any]], instance_type: str) -> tuple[int, int]:
    if "CPU" in resources and "MEMORY" in resources:
        cpu, memory = (int(resources[name].get("integerValue") or 0) for name in ("CPU", "MEMORY"))
        if cpu < 0 or memory < 0:
            raise InvalidParameterException("totalResources must not be negative.", field="totalResources")
        return cpu, memory
    if not instance_type:
        raise ClientException(
            f"Either totalResources with CPU and MEMORY or an instanceType in {DOCUMENT} must be given.", field=DOCUMENT
        )
    if instance_type not in INSTANCE_TYPES:
        raise ClientException(
            f"Unknown instance type {instance_type[:64]}. Known here: {', '.join(INSTANCE_TYPES)}.",
            field=f"{DOCUMENT}.instanceType",
        )
    found = INSTANCE_TYPES[instance_type]
    return found.registered_cpu, found.registered_memory


def _ports(resource: Mapping[str, Any] | None, default: Sequence[int]) -> Sequence[int]:
    if resource is None:
        return default
    texts = resource.get("stringSetValue", [])
    if not all(text.isascii() and text.isdigit() and 1 <= int(text) <= 65535 for text in texts):
        raise InvalidParameterException("PORTS must be port numbers.", field="totalResources")
    return [int(text) for text in texts]


def _attributes(attributes: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the attributes an agent registers; of its own kind it may say what it wants."""
    for attribute in attributes:
        if not attribute["name"].startswith(AGENTS_OWN):
            check_attribute(attribute)
    return attributes


@operation("DeregisterContainerInstance")
def deregister(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    instance = get_container_instance(cluster, request.params["containerInstance"])
    if instance.status == ContainerInstanceStatus.INACTIVE:
        raise InvalidParameterException("Referenced container instance not found.", field="containerInstance")
    forced = request.params.get("force", False)
    instance = deregister_container_instance(instance, is_forced=forced, now=request.now)
    return {"containerInstance": describe_container_instance(instance)}


@operation("DescribeContainerInstances")
def describe(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    references = _some_instances(request, most=100)
    include = request.params.get("include", ())
    found, failures = described(
        references,
        find=lambda reference: find_container_instance(cluster, reference),
        describe=with_tags_as_asked(partial(describe_container_instance, include=include), include),
        arn=lambda reference: arn_for_failure(reference, resource_type="container-instance", cluster=cluster),
    )
    return {"containerInstances": found, "failures": failures}


def _some_instances(request: Request, *, most: int) -> Sequence[str]:
    references = limited(request.params["containerInstances"], most=most, field="containerInstances")
    if not references:
        raise ClientException("Container Instances cannot be empty.", field="containerInstances")
    return references


@operation("ListContainerInstances")
def list_instances(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    rows = ContainerInstance.objects.select_related("cluster__account").filter(cluster=cluster, is_purged=False)
    status = request.params.get("status")
    rows = rows.filter(status=status) if status else rows.exclude(status=ContainerInstanceStatus.INACTIVE)
    found = _filtered(rows, cluster, request.params.get("filter"))
    return page([instance.arn for instance in found], request.params, key="containerInstanceArns")


def _filtered(
    rows: Iterable[ContainerInstance], cluster: Cluster, expression: str | None
) -> Iterable[ContainerInstance]:
    """Return the instances for which the expression of the cluster query language holds (`ecs-facts.md` 5.5)."""
    if not expression:
        return rows
    try:
        holds = parse(expression, matches)
    except InvalidParameterException as error:
        raise InvalidParameterException(error.message, field="filter") from error
    snapshot = snapshot_of(cluster)
    fitting = {one.pk for one in snapshot.instances if holds(facts_of(one, snapshot))}
    return [row for row in rows if row.pk in fitting]


@operation("UpdateContainerInstancesState")
def update_state(request: Request) -> dict[str, Any]:
    cluster = get_cluster(request.account, request.region, request.params.get("cluster"))
    references = _some_instances(request, most=10)
    check_settable_status(request.params["status"])
    changed, failures = [], []
    for reference in references:
        instance = find_container_instance(cluster, reference)
        if instance is None or instance.status == ContainerInstanceStatus.INACTIVE:
            arn = arn_for_failure(reference, resource_type="container-instance", cluster=cluster)
            failures.append({"arn": arn, "reason": "INACTIVE" if instance else "MISSING"})
            continue
        instance = update_container_instance_state(instance, status=request.params["status"], now=request.now)
        changed.append(describe_container_instance(instance))
    return {"containerInstances": changed, "failures": failures}
