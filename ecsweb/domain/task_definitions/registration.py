"""Registration of a task definition: ECS's rules and literal messages, defaults, and what an instance must offer.

SIMPLIFIED: of the rules of `ecs-facts.md` 2.8 those are here that concern what can be run today; what a definition
asks for beyond that is stored, and named in `requiresAttributes`, which no instance offers: placement says ATTRIBUTE.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ecsweb.domain.container_health import check_health_check
from ecsweb.domain.container_ordering import has_cycle
from ecsweb.domain.errors import ClientException
from ecsweb.domain.identifiers import FAMILY
from ecsweb.domain.resources import RESERVED_TCP_PORTS
from ecsweb.domain.task_definitions.fields import FIELD_RULES
from ecsweb.domain.task_definitions.images import check_image
from ecsweb.domain.task_definitions.options import OPTION_RULES
from ecsweb.domain.task_definitions.relations import RELATION_RULES, check_fargate_size

Document = Mapping[str, Any]

MOST_CONTAINERS = 10
LEAST_MEMORY = 6
# At most nine digits a part: hundreds of them would make a float that is infinite.
MEMORY_TEXT = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*(gb|mb|mib)?\s*", re.IGNORECASE)
CPU_TEXT = re.compile(r"\s*(\d{0,9}\.?\d{1,9})\s*(vcpu)?\s*", re.IGNORECASE)


def normalised(params: Document) -> dict[str, Any]:
    """Check a RegisterTaskDefinition call and return the document to store, defaults filled in as AWS does.

    Raises ClientException with ECS's literal message and the `field` it is about; nothing is stored then.
    """
    document = {key: value for key, value in params.items() if key != "tags"}
    _check_family(document)
    for rule in TASK_RULES:
        rule(document)
    for index, container in enumerate(document["containerDefinitions"]):
        for container_rule in CONTAINER_RULES:
            container_rule(container, f"containerDefinitions.{index}")
    check_fargate_size(document, task_cpu_units(document), task_memory_mib(document))
    return _with_defaults(document)


def _check_family(document: Document) -> None:
    if not FAMILY.fullmatch(document["family"]):
        raise ClientException("Family contains invalid characters.", field="family")


def _check_containers(document: Document) -> None:
    containers = document["containerDefinitions"]
    if not containers:
        raise ClientException("Container list cannot be empty", field="containerDefinitions")
    if len(containers) > MOST_CONTAINERS:
        raise ClientException(
            f"Container list cannot have more than {MOST_CONTAINERS} containers.", field="containerDefinitions"
        )
    for index, container in enumerate(containers):
        for key in ("name", "image"):
            if not str(container.get(key) or "").strip():
                raise ClientException(
                    f"Container.{key} should not be null or empty.", field=f"containerDefinitions.{index}.{key}"
                )


def _check_names(document: Document) -> None:
    names = [container["name"] for container in document["containerDefinitions"]]
    for index, name in enumerate(names):
        if not FAMILY.fullmatch(name):
            raise ClientException(
                "Container name contains invalid characters.", field=f"containerDefinitions.{index}.name"
            )
        if name in names[:index]:
            raise ClientException(
                "Container names must be unique within a task definition", field=f"containerDefinitions.{index}.name"
            )


def _check_essential(document: Document) -> None:
    if not any(container.get("essential", True) for container in document["containerDefinitions"]):
        raise ClientException(
            "Task definition doesn't have any essential container", field="containerDefinitions.0.essential"
        )


def _check_task_size(document: Document) -> None:
    containers = document["containerDefinitions"]
    for index, container in enumerate(containers):
        check_container_memory(container, task_memory_mib(document), f"containerDefinitions.{index}.memory")
    check_sums(document)


def check_sums(document: Document) -> None:
    """Check what the containers reserve together against the task's cpu and memory (`ecs-facts.md` 2.4, 2.8).

    Raises ClientException. SIMPLIFIED: that memory may not exceed the task's is the model's rule, its words are ours.
    """
    containers = document["containerDefinitions"]
    task_cpu, task_memory = task_cpu_units(document), task_memory_mib(document)
    if task_cpu is not None and sum(int(c.get("cpu") or 0) for c in containers) > task_cpu:
        raise ClientException(
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.", field="cpu"
        )
    reserved = sum(int(c.get("memoryReservation") or c.get("memory") or 0) for c in containers)
    if task_memory is not None and reserved > task_memory:
        raise ClientException(
            "The sum of the memory reserved for all containers cannot be greater than the value of the task 'memory'.",
            field="memory",
        )


def check_container_memory(container: Document, task_memory: int | None, field: str) -> None:
    """Check a container's hard and soft limit, in MiB, against each other and the task's (`ecs-facts.md` 2.4, 2.8).

    Raises ClientException.
    """
    hard, soft, name = container.get("memory"), container.get("memoryReservation"), container["name"]
    if task_memory is None and hard is None and soft is None:
        raise ClientException(
            f"Invalid setting for container '{name}'. "
            "At least one of 'memory' or 'memoryReservation' must be specified.",
            field=field,
        )
    if hard is not None and soft is not None and soft > hard:
        raise ClientException("'memory' must be greater than or equal to 'memoryReservation'", field=field)
    if task_memory is not None and (hard or 0) > task_memory:
        raise ClientException(f"The 'memory' setting for container '{name}' is greater than for the task", field=field)
    for value in (hard, soft):
        if value is not None and value < LEAST_MEMORY:
            raise ClientException(
                f"Invalid setting for container '{name}'. 'memory' must be at least {LEAST_MEMORY} MiB.", field=field
            )


def task_cpu_units(document: Document) -> int | None:
    """Return the task's CPU units from `"256"` or `"1 vCPU"`, None when not given. Raises ClientException."""
    if not document.get("cpu"):
        return None
    found = CPU_TEXT.fullmatch(document["cpu"])
    units = round(float(found[1]) * (1024 if found[2] else 1)) if found else 0
    if not 128 <= units <= 196608:
        raise ClientException("Invalid 'cpu' setting for task.", field="cpu")
    return units


def task_memory_mib(document: Document) -> int | None:
    """Return the task's MiB from `"512"` or `"1 GB"`, None when not given. Raises ClientException."""
    if not document.get("memory"):
        return None
    found = MEMORY_TEXT.fullmatch(document["memory"])
    is_gb = bool(found and (found[2] or "").lower() == "gb")
    mib = round(float(found[1]) * (1024 if is_gb else 1)) if found else 0
    if not LEAST_MEMORY <= mib <= 10**7:
        raise ClientException("Invalid 'memory' setting for task.", field="memory")
    return mib


def _check_depends_on(document: Document) -> None:
    containers = {c["name"]: c for c in document["containerDefinitions"]}
    for index, container in enumerate(document["containerDefinitions"]):
        for dependency in container.get("dependsOn", []):
            field = f"containerDefinitions.{index}.dependsOn"
            _check_dependency(dependency, containers, field)
    graph = {n: [d["containerName"] for d in c.get("dependsOn", [])] for n, c in containers.items()}
    if has_cycle(graph):
        raise ClientException("Dependency cycle found in container dependencies.", field="containerDefinitions")


def _check_dependency(dependency: Document, containers: Mapping[str, Document], field: str) -> None:
    name, condition = dependency["containerName"], dependency["condition"]
    if name not in containers:
        raise ClientException(f"Cannot depend on container + '{name}' because it does not exist", field=field)
    if condition in {"SUCCESS", "COMPLETE"} and containers[name].get("essential", True):
        raise ClientException(
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container", field=field
        )
    if condition == "HEALTHY" and not containers[name].get("healthCheck"):
        raise ClientException(
            "A dependency container with HEALTHY condition must have health check configured", field=field
        )


def _check_volumes(document: Document) -> None:
    volumes = {volume.get("name") for volume in document.get("volumes", [])}
    for index, container in enumerate(document["containerDefinitions"]):
        for mount in container.get("mountPoints", []):
            if mount.get("sourceVolume") not in volumes:
                raise ClientException(
                    f"Unknown volume '{mount.get('sourceVolume')}'.",
                    field=f"containerDefinitions.{index}.mountPoints",
                )


def _check_ports(document: Document) -> None:
    mode = document.get("networkMode", "bridge")
    taken: set[tuple[str, int]] = set()
    for index, mapping in _port_mappings(document):
        field = f"containerDefinitions.{index}.portMappings"
        _check_port(mapping, mode, field)
        port = (mapping.get("protocol", "tcp"), mapping.get("hostPort") or 0)
        if port[1] and port in taken:
            raise ClientException(f"Host port {port[1]} is used more than once in the task definition.", field=field)
        taken.add(port)


def _port_mappings(document: Document) -> Iterator[tuple[int, Document]]:
    for index, container in enumerate(document["containerDefinitions"]):
        for mapping in container.get("portMappings", []):
            yield index, mapping


def _check_port(mapping: Document, mode: str, field: str) -> None:
    container_port, host_port = mapping.get("containerPort"), mapping.get("hostPort") or 0
    if mode == "none":
        raise ClientException("Port mappings are not supported when networkMode=none.", field=field)
    if mapping.get("containerPortRange"):
        _check_range(mapping, mode, field)
        return
    if container_port is None or not 1 <= container_port <= 65535:
        raise ClientException("Invalid 'containerPort' setting for container: it must be from 1 to 65535.", field=field)
    if not 0 <= host_port <= 65535:
        raise ClientException("Invalid 'hostPort' setting for container: it must be from 0 to 65535.", field=field)
    if mode in {"awsvpc", "host"} and host_port not in {0, container_port}:
        raise ClientException(
            f"When networkMode={mode}, the host ports and container ports in port mappings must match.", field=field
        )
    is_tcp = mapping.get("protocol", "tcp") == "tcp"
    if mode == "bridge" and is_tcp and host_port in RESERVED_TCP_PORTS:
        raise ClientException(f"Host port {host_port} is reserved by the container instance.", field=field)


def _check_range(mapping: Document, mode: str, field: str) -> None:
    if mode == "host":
        raise ClientException("containerPortRange is not supported when networkMode=host.", field=field)
    if mapping.get("containerPort") is not None:
        raise ClientException("cannot specify both single port and port range", field=field)
    if mapping.get("hostPort"):
        raise ClientException("Invalid 'hostPort' setting for container: a range has no hostPort.", field=field)


def _check_container_shape(container: Document, path: str) -> None:
    for variable in container.get("environment", []):
        name = variable.get("name") or ""
        if not name or "=" in name or "\0" in name or "\0" in (variable.get("value") or ""):
            raise ClientException(
                "Environment variable names must be non-empty and without '='.", field=f"{path}.environment"
            )


def _check_secrets(document: Document) -> None:
    has_secrets = any(container.get("secrets") for container in document["containerDefinitions"])
    if has_secrets and not document.get("executionRoleArn"):
        raise ClientException(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'",
            field="executionRoleArn",
        )


TASK_RULES: Sequence[Callable[[Document], None]] = (
    _check_containers,
    _check_names,
    _check_essential,
    _check_task_size,
    _check_depends_on,
    _check_volumes,
    _check_ports,
    _check_secrets,
    *RELATION_RULES,
)
CONTAINER_RULES: Sequence[Callable[[Document, str], None]] = (
    check_image,
    _check_container_shape,
    check_health_check,
    *FIELD_RULES,
    *OPTION_RULES,
)


def _with_defaults(document: dict[str, Any]) -> dict[str, Any]:
    """Fill in what AWS answers for what was left out: cpu 0, essential true, empty lists, tcp."""
    filled = {"volumes": [], "placementConstraints": [], **document}
    if (cpu := task_cpu_units(document)) is not None:
        filled["cpu"] = str(cpu)
    if (memory := task_memory_mib(document)) is not None:
        filled["memory"] = str(memory)
    filled["containerDefinitions"] = [_container_with_defaults(c) for c in document["containerDefinitions"]]
    return filled


def _container_with_defaults(container: Document) -> dict[str, Any]:
    ports = [{"protocol": "tcp", "hostPort": 0, **mapping} for mapping in container.get("portMappings", [])]
    empty: dict[str, Any] = {"environment": [], "mountPoints": [], "volumesFrom": [], "systemControls": []}
    return {"cpu": 0, "essential": True, **empty, **container, "portMappings": ports}
