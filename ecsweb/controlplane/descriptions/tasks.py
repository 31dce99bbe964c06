"""Tasks and their containers in AWS's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.domain.capacity.fargate import fargate_facts
from ecsweb.domain.networks import describe_interface
from ecsweb.domain.statuses import LaunchType
from ecsweb.models import Container, ContainerInstance, Task


def describe_container(container: Container, definition: Mapping[str, Any]) -> Shape:
    """Return a container of a task (`ecs-facts.md` 4.4): numbers of its definition are strings here."""
    memory, reservation = definition.get("memory"), definition.get("memoryReservation")
    return present(
        {
            "containerArn": container.arn,
            "taskArn": container.task.arn,
            "name": container.name,
            "image": container.image,
            "imageDigest": container.image_digest,
            "runtimeId": _runtime_id(container),
            "lastStatus": container.last_status,
            "exitCode": container.exit_code,
            "reason": container.reason,
            "networkBindings": container.network_bindings,
            "networkInterfaces": _interfaces(container),
            "healthStatus": container.health_status,
            "cpu": str(definition.get("cpu") or 0),
            "memory": str(memory) if memory else None,
            "memoryReservation": str(reservation) if reservation else None,
        }
    )


def _interfaces(container: Container) -> list[Shape]:
    """Return the interface that all containers of an awsvpc task share, once it has an address."""
    interface = container.task.network_interface
    if not interface.get("privateIPv4Address"):
        return []
    return [{"attachmentId": interface["id"], "privateIpv4Address": interface["privateIPv4Address"]}]


def _runtime_id(container: Container) -> str:
    """Return Docker's id; on FARGATE, where no Docker shows, the task's id with digits (`ecs-facts.md` 1.1)."""
    if container.task.launch_type != LaunchType.FARGATE or not container.runtime_id:
        return container.runtime_id
    return f"{container.task.task_id}-{int(container.container_uuid[:8], 16):010d}"


def _connectivity(instance: ContainerInstance | None) -> Shape:
    """Return whether the task's agent is heard; a task that waits for capacity has none yet."""
    if instance is None:
        return {}
    connectivity = "CONNECTED" if instance.agent_connected else "DISCONNECTED"
    return {"connectivity": connectivity, "connectivityAt": instance.agent_connection_changed_at}


def describe_task(task: Task) -> Shape:
    """Return a task with its containers (`ecs-facts.md` 4)."""
    definitions = {c["name"]: c for c in task.task_definition.document["containerDefinitions"]}
    is_fargate = task.launch_type == LaunchType.FARGATE
    instance = task.container_instance
    return present(
        {
            "taskArn": task.arn,
            "clusterArn": task.cluster.arn,
            "taskDefinitionArn": task.task_definition.arn,
            "containerInstanceArn": None if is_fargate or instance is None else instance.arn,
            "attachments": [describe_interface(task.network_interface)] if task.network_interface else [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": instance.availability_zone if instance else None,
            "containers": [describe_container(c, definitions.get(c.name, {})) for c in task.visible_containers],
            "cpu": str(task.cpu),
            "memory": str(task.memory),
            **_connectivity(instance),
            "createdAt": task.created_at,
            "pullStartedAt": task.pull_started_at,
            "pullStoppedAt": task.pull_stopped_at,
            "startedAt": task.started_at,
            "stoppingAt": task.stopping_at,
            "executionStoppedAt": task.execution_stopped_at,
            "stoppedAt": task.stopped_at,
            "desiredStatus": task.desired_status,
            "lastStatus": task.last_status,
            "healthStatus": task.health_status,
            "enableExecuteCommand": False,
            "group": task.group,
            "startedBy": task.started_by,
            "launchType": task.launch_type,
            "capacityProviderName": task.capacity_provider or None,
            **(fargate_facts(task.task_definition.document, task.overrides) if is_fargate else {}),
            "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": [], **task.overrides},
            "stopCode": task.stop_code,
            "stoppedReason": task.stopped_reason,
            "tags": task.tags,
            "version": task.version,
        }
    )
