"""The calls that buttons make: a view makes them and a panel shows them as commands, from the same words."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Call(NamedTuple):
    """An operation and its parameters, as the one door takes them."""

    operation: str
    params: dict[str, Any]


def launch(cluster: str, region: str, *, instance_type: str, zone: str) -> Call:
    """Launch a container instance; `zone` is the letter of a zone of the region."""
    document = json.dumps({"instanceType": instance_type, "availabilityZone": f"{region}{zone}"})
    return Call("RegisterContainerInstance", {"cluster": cluster, "instanceIdentityDocument": document})


def set_instance_status(cluster: str, instance_id: str, status: str) -> Call:
    """Drain an instance, or make it ACTIVE again."""
    params = {"cluster": cluster, "containerInstances": [instance_id], "status": status}
    return Call("UpdateContainerInstancesState", params)


def put_attribute(cluster: str, instance_id: str, name: str, value: str) -> Call:
    """Put a custom attribute on an instance; an empty value is none."""
    given = {"name": name, "targetId": instance_id, **({"value": value} if value else {})}
    return Call("PutAttributes", {"cluster": cluster, "attributes": [given]})


def on_host(operation: str, cluster: str, instance_id: str) -> Call:
    """Do one of our operations to an instance's agent or machine."""
    return Call(operation, {"cluster": cluster, "containerInstance": instance_id})


def on_container(operation: str, cluster: str, task_id: str, container: str) -> Call:
    """Do one of our operations to a container: kill it, fill its memory, flood the CPU from it."""
    return Call(operation, {"cluster": cluster, "task": task_id, "container": container})


def on_image(operation: str, image: str) -> Call:
    """Break an image, or mend it."""
    return Call(operation, {"image": image})


def stop_task(cluster: str, task_id: str, reason: str = "") -> Call:
    """Stop a task; without a reason ECS writes its own."""
    return Call("StopTask", {"cluster": cluster, "task": task_id, **({"reason": reason} if reason else {})})


def scale_service(cluster: str, service: str, desired: int | str) -> Call:
    """Give a service another desired count; what is no number is for the door to refuse."""
    return Call("UpdateService", {"cluster": cluster, "service": service, "desiredCount": desired})


def redeploy_service(cluster: str, service: str) -> Call:
    """Replace all tasks of a service by new ones of the same revision."""
    return Call("UpdateService", {"cluster": cluster, "service": service, "forceNewDeployment": True})


def deregister_definition(name: str) -> Call:
    """Make a revision INACTIVE."""
    return Call("DeregisterTaskDefinition", {"taskDefinition": name})


def put_revision(cluster: str, definition: str, onto: str) -> Call | None:
    """Return what a revision put onto something means: `onto` is cluster, instance:ID or service:NAME; else None."""
    kind, _colon, key = onto.partition(":")
    here = {"cluster": cluster, "taskDefinition": definition}
    match kind:
        case "service":
            return Call("UpdateService", {**here, "service": key})
        case "instance":
            return Call("StartTask", {**here, "containerInstances": [key]})
        case "cluster":
            return Call("RunTask", here)
        case _:
            return None
