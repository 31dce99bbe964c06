"""Rules of a container instance's record: its ports, the statuses it may be given, what it can do (facts 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ecsweb.domain.errors import ClientException, InvalidParameterException
from ecsweb.domain.resources import INSTANCE_TYPES
from ecsweb.domain.statuses import ContainerInstanceStatus

# ECS's literal `stoppedReason` of a task whose instance was deregistered by force (`ecs-facts.md` 3.5).
FORCED = "Container instance deregistration forced by user"
MOST_RESERVED_PORTS = 100
SETTABLE = (ContainerInstanceStatus.ACTIVE, ContainerInstanceStatus.DRAINING)
CAPABILITY_STEMS = ("com.amazonaws.ecs.capability.", "ecs.capability.", "ecsweb.capability.")
AGENTS_OWN = ("ecs.", "com.amazonaws.", "ecsweb.")

Attribute = Mapping[str, Any]


def check_settable_status(status: str) -> None:
    """Raise InvalidParameterException for a status that UpdateContainerInstancesState cannot set (`ecs-facts.md` 3.3).

    SIMPLIFIED: AWS's documentation says that only an ACTIVE instance can be set to DRAINING; here doing it twice
    changes nothing and is no error.
    """
    if status not in SETTABLE:
        raise InvalidParameterException("Container instance status should be one of [ACTIVE, DRAINING]", field="status")


def check_reserved_ports(tcp: Sequence[int], udp: Sequence[int]) -> None:
    """Raise InvalidParameterException above 100 reserved ports, TCP and UDP together (`ecs-facts.md` 3.1)."""
    if len({*tcp}) + len({*udp}) > MOST_RESERVED_PORTS:
        raise InvalidParameterException(
            f"At most {MOST_RESERVED_PORTS} ports can be reserved on a container instance.", field="totalResources"
        )


def check_same_type(registered: str, again: str) -> None:
    """Raise ClientException when an instance registers again as another type of machine."""
    if again and registered and again != registered:
        raise ClientException("Container instance type changes are not supported.", field="containerInstanceArn")


def check_room_for_tasks(*, cpu: int, memory: int, reserved_cpu: int, reserved_memory: int) -> None:
    """Raise ClientException when an instance registers again with less than its tasks have reserved.

    SIMPLIFIED: what AWS does then is not published; remaining resources are never negative here.
    """
    if cpu < reserved_cpu or memory < reserved_memory:
        raise ClientException(
            f"The container instance cannot register {cpu} CPU units and {memory} MiB: its tasks have reserved "
            f"{reserved_cpu} and {reserved_memory}.",
            field="totalResources",
        )


def memory_to_register(instance_type: str, reserved: int) -> int:
    """Return the MiB an agent registers: what the type has, less ECS_RESERVED_MEMORY (`ecs-facts.md` 3.1).

    Raises InvalidParameterException where nothing would be left. Example: t3.small with 256 reserved → 1966 - 256.
    """
    offered = INSTANCE_TYPES[instance_type].registered_memory
    if not 0 <= reserved < offered:
        raise InvalidParameterException(
            f"ECS_RESERVED_MEMORY must be from 0 to {offered - 1} MiB on a {instance_type}.", field="totalResources"
        )
    return offered - reserved


def kept_attributes(attributes: Iterable[Attribute]) -> list[Attribute]:
    """Return the custom attributes of a record: they stay as they are when the agent registers again (facts 3.6)."""
    return [attribute for attribute in attributes if not str(attribute["name"]).startswith(AGENTS_OWN)]


def with_capabilities(attributes: Sequence[Attribute], advertised: Iterable[str]) -> list[Attribute] | None:
    """Return the record's attributes with the capabilities that the agent has now, or None where nothing changed.

    An agent that was updated registers its new capabilities by itself (`ecs-facts.md` 3.1, 3.6).
    """
    has = {str(attribute["name"]) for attribute in attributes if attribute["name"].startswith(CAPABILITY_STEMS)}
    if has == set(advertised):
        return None
    others = [attribute for attribute in attributes if attribute["name"] not in has]
    return [*others, *({"name": name} for name in sorted(advertised))]
