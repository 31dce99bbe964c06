"""awsvpc: a task's own network interface, and the container that holds its network (`ecs-facts.md` 2.5, 4.1, 5.1)."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.statuses import LaunchType

# The ECS agent's name for the container whose network namespace the others of an awsvpc task join.
PAUSE = "~internal~ecs~pause"
PAUSE_IMAGE = "ecsweb/pause:1"
PAUSE_MEMORY = 16
MOST_SUBNETS, MOST_SECURITY_GROUPS = 16, 5

NetworkInterface = dict[str, str]


def is_awsvpc(document: Mapping[str, Any]) -> bool:
    """Tell whether tasks of the definition have a network interface of their own."""
    return document.get("networkMode") == "awsvpc"


def check_network(
    document: Mapping[str, Any], configuration: Mapping[str, Any] | None, launch_type: LaunchType
) -> None:
    """Check `networkConfiguration` against the network mode: awsvpc needs one, the others take none (5.1, 11).

    Raises InvalidParameterException with AWS's literal text where it is known.
    """
    if not is_awsvpc(document):
        if configuration:
            raise _refused("Network Configuration is not valid for the given networkMode of this task definition.")
        return
    asked = (configuration or {}).get("awsvpcConfiguration")
    if not asked:
        raise _refused("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    _check_items(asked.get("subnets") or (), "subnets", most=MOST_SUBNETS, least=1)
    _check_items(asked.get("securityGroups") or (), "securityGroups", most=MOST_SECURITY_GROUPS)
    if asked.get("assignPublicIp") == "ENABLED" and launch_type is not LaunchType.FARGATE:
        raise _refused("Assign public IP is not supported for this launch type.")


def _check_items(items: Sequence[str], name: str, *, most: int, least: int = 0) -> None:
    if len(items) < least:
        raise _refused(f"{name} can not be empty.")
    if len(items) > most:
        raise _refused(f"{name} can have at most {most} items.")
    if not all(str(item).strip() for item in items):
        raise _refused(f"{name} can not hold an empty name.")


def _refused(message: str) -> InvalidParameterException:
    return InvalidParameterException(message, field="networkConfiguration")


def new_interface(configuration: Mapping[str, Any]) -> NetworkInterface:
    """Return the interface of a new task, which has no address yet.

    SIMPLIFIED: the first subnet of the call is its subnet; subnets are names only and keep a task from no zone.
    """
    subnets = (configuration.get("awsvpcConfiguration") or {}).get("subnets") or ["subnet-default"]
    return {
        "id": str(uuid.uuid4()),
        "networkInterfaceId": f"eni-{uuid.uuid4().hex[:17]}",
        "subnetId": str(subnets[0]),
        "status": "PRECREATED",
    }


def attached(interface: NetworkInterface, *, address: str, mac: str) -> NetworkInterface:
    """Return the interface once the task's network is up."""
    return {**interface, "status": "ATTACHED", "privateIPv4Address": address, "macAddress": mac}


def detached(interface: NetworkInterface) -> NetworkInterface:
    """Return the interface of a task that is over."""
    return {**interface, "status": "DELETED"}


def describe_interface(interface: NetworkInterface) -> dict[str, Any]:
    """Return the task's attachment in AWS's shape."""
    names = ("subnetId", "networkInterfaceId", "macAddress", "privateIPv4Address")
    details = [{"name": name, "value": interface[name]} for name in names if interface.get(name)]
    return {
        "id": interface["id"],
        "type": "ElasticNetworkInterface",
        "status": interface["status"],
        "details": details,
    }
