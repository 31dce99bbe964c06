"""Rules between the containers of a definition, and between it and what it is to run on (`ecs-facts.md` 2.2–2.8)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ecsweb.domain.capacity.definitions import is_fargate_size
from ecsweb.domain.container_ordering import has_cycle
from ecsweb.domain.errors import ClientException

Document = Mapping[str, Any]

LARGEST_DEFINITION = 64 * 1024
FARGATE_DRIVERS = ("awslogs", "splunk", "awsfirelens")


def check_size(document: Document) -> None:
    """A whole definition has at most 64 KiB (`ecs-facts.md` 2.2)."""
    if len(json.dumps(document, ensure_ascii=False).encode()) > LARGEST_DEFINITION:
        raise ClientException("The task definition is larger than 64 KiB.", field="containerDefinitions")


def check_links(document: Document) -> None:
    """Links are of bridge mode only, to containers of the same definition, and never in a circle."""
    names = [container["name"] for container in document["containerDefinitions"]]
    graph: dict[str, list[str]] = {name: [] for name in names}
    for index, container in enumerate(document["containerDefinitions"]):
        field = f"containerDefinitions.{index}.links"
        for link in container.get("links") or ():
            if document.get("networkMode", "bridge") != "bridge":
                raise ClientException(
                    f"Links are not supported when networkMode={document['networkMode']}", field=field
                )
            target = str(link).split(":", maxsplit=1)[0]
            if target not in names:
                raise ClientException(f"Unknown link '{target[:100]}'.", field=field)
            graph[container["name"]].append(target)
        # Both say who starts first: a circle of one of each would wait for ever.
        graph[container["name"]] += [one["containerName"] for one in container.get("dependsOn") or ()]
    if any(name in targets for name, targets in graph.items()) or has_cycle(graph):
        raise ClientException("Links between containers must not form a circle.", field="containerDefinitions")


def check_awsvpc(document: Document) -> None:
    """Names and networks belong to the task in awsvpc mode, not to its containers (`ecs-facts.md` 2.5, 2.8)."""
    if document.get("networkMode") != "awsvpc":
        return
    for index, container in enumerate(document["containerDefinitions"]):
        field = f"containerDefinitions.{index}"
        if container.get("hostname"):
            raise ClientException(
                "hostname is not supported on container when networkMode=awsvpc.", field=f"{field}.hostname"
            )
        if container.get("disableNetworking"):
            raise ClientException(
                "Disable Networking is not supported on container when networkMode=awsvpc",
                field=f"{field}.disableNetworking",
            )


def check_ephemeral_storage(document: Document) -> None:
    """Ephemeral storage is FARGATE's, from 21 to 200 GiB (`ecs-facts.md` 2.2)."""
    storage = document.get("ephemeralStorage")
    if not storage:
        return
    if "FARGATE" not in (document.get("requiresCompatibilities") or ()):
        raise ClientException(
            "ephemeralStorage is only supported for task definitions that require FARGATE.", field="ephemeralStorage"
        )
    if not 21 <= int(storage.get("sizeInGiB") or 0) <= 200:
        raise ClientException("ephemeralStorage.sizeInGiB must be from 21 to 200.", field="ephemeralStorage")


def check_volumes_from(document: Document) -> None:
    """`volumesFrom` names other containers of the same definition, and never in a circle."""
    names = [container["name"] for container in document["containerDefinitions"]]
    graph: dict[str, list[str]] = {name: [] for name in names}
    for index, container in enumerate(document["containerDefinitions"]):
        for source in container.get("volumesFrom") or ():
            target = source.get("sourceContainer")
            if target not in names:
                raise ClientException(
                    f"Unknown container '{str(target)[:100]}'.", field=f"containerDefinitions.{index}.volumesFrom"
                )
            graph[container["name"]].append(target)
    if any(name in targets for name, targets in graph.items()) or has_cycle(graph):
        raise ClientException("volumesFrom between containers must not form a circle.", field="containerDefinitions")


def check_port_names(document: Document) -> None:
    """A port's name is used once in a definition."""
    names = [
        mapping["name"]
        for container in document["containerDefinitions"]
        for mapping in container.get("portMappings") or ()
        if mapping.get("name")
    ]
    if len(set(names)) != len(names):
        mode = document.get("networkMode", "bridge")
        raise ClientException(f"When networkMode={mode}, port mapping name is already used", field="portMappings")


def check_volume_definitions(document: Document) -> None:
    """Volumes have names of their own, and options of a driver are never passed on (`reliability.md` 5.2)."""
    names = [volume.get("name") for volume in document.get("volumes") or ()]
    if len(set(names)) != len(names):
        raise ClientException("Volume names must be unique within a task definition", field="volumes")
    for index, volume in enumerate(document.get("volumes") or ()):
        docker = volume.get("dockerVolumeConfiguration") or {}
        if docker.get("driverOpts") or docker.get("driver") not in {None, "local"}:
            raise ClientException(
                "Only Docker volumes of the driver local, without options, are allowed here.", field=f"volumes.{index}"
            )
        if docker.get("autoprovision") and docker.get("scope", "task") != "shared":
            raise ClientException("autoprovision is for volumes of the scope shared.", field=f"volumes.{index}")


def check_fargate(document: Document) -> None:
    """What a definition for FARGATE must and must not have (`ecs-facts.md` 2.8)."""
    if "FARGATE" not in (document.get("requiresCompatibilities") or ()):
        return
    if document.get("networkMode") != "awsvpc":
        raise ClientException("Fargate only supports network mode 'awsvpc'.", field="networkMode")
    for name in ("cpu", "memory"):
        if not document.get(name):
            raise ClientException(f"Fargate requires that '{name}' be defined at the task level.", field=name)
    _check_fargate_placement(document)
    if document.get("pidMode") == "host":
        raise ClientException(
            "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is "
            "'task'.",
            field="pidMode",
        )
    for index, container in enumerate(document["containerDefinitions"]):
        _check_fargate_container(document, container, f"containerDefinitions.{index}")


def _check_fargate_placement(document: Document) -> None:
    if document.get("placementConstraints"):
        raise _unsupported("constraints", "placementConstraints")
    for index, volume in enumerate(document.get("volumes") or ()):
        for name, found in (
            ("dockerVolumeConfiguration", volume.get("dockerVolumeConfiguration")),
            ("sourcePath", (volume.get("host") or {}).get("sourcePath")),
        ):
            if found:
                raise _unsupported(name, f"volumes.{index}")


def _unsupported(what: str, field: str) -> ClientException:
    return ClientException(f"Fargate compatible task definitions do not support {what}", field=field)


def _check_fargate_container(document: Document, container: Document, field: str) -> None:
    if container.get("resourceRequirements"):
        raise ClientException(
            "Tasks using the Fargate launch type do not support GPU resource requirements",
            field=f"{field}.resourceRequirements",
        )
    driver = (container.get("logConfiguration") or {}).get("logDriver")
    if driver and driver not in FARGATE_DRIVERS:
        raise ClientException(
            f"{driver} is not a valid log driver. Must be one of [{','.join(FARGATE_DRIVERS)}]",
            field=f"{field}.logConfiguration",
        )
    if driver == "awslogs" and not document.get("executionRoleArn"):
        raise ClientException(
            "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
            field="executionRoleArn",
        )
    if ".dkr.ecr." in container["image"] and not document.get("executionRoleArn"):
        raise ClientException(
            "Fargate requires task definition to have execution role ARN to support ECR images.",
            field="executionRoleArn",
        )


def check_fargate_size(document: Document, cpu: int | None, memory: int | None) -> None:
    """A task for FARGATE has one of the pairs of CPU and memory (`ecs-facts.md` 2.3)."""
    if "FARGATE" in (document.get("requiresCompatibilities") or ()) and not is_fargate_size(cpu, memory):
        raise ClientException(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory", field="cpu"
        )


RELATION_RULES: Sequence[Callable[[Document], None]] = (
    check_size,
    check_links,
    check_awsvpc,
    check_ephemeral_storage,
    check_volumes_from,
    check_port_names,
    check_volume_definitions,
    check_fargate,
)
