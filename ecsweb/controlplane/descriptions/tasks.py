"""Tasks and their containers in AWS's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.models import Container, Task


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
            "runtimeId": container.runtime_id,
            "lastStatus": container.last_status,
            "exitCode": container.exit_code,
            "reason": container.reason,
            "networkBindings": container.network_bindings,
            "networkInterfaces": [],
            "healthStatus": container.health_status,
            "cpu": str(definition.get("cpu") or 0),
            "memory": str(memory) if memory else None,
            "memoryReservation": str(reservation) if reservation else None,
        }
    )


def describe_task(task: Task) -> Shape:
    """Return a task with its containers (`ecs-facts.md` 4)."""
    definitions = {c["name"]: c for c in task.task_definition.document["containerDefinitions"]}
    return present(
        {
            "taskArn": task.arn,
            "clusterArn": task.cluster.arn,
            "taskDefinitionArn": task.task_definition.arn,
            "containerInstanceArn": task.container_instance.arn,
            "attachments": [],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": task.container_instance.availability_zone,
            "containers": [describe_container(c, definitions.get(c.name, {})) for c in task.containers.all()],
            "cpu": str(task.cpu),
            "memory": str(task.memory),
            "connectivity": "CONNECTED" if task.container_instance.agent_connected else "DISCONNECTED",
            "connectivityAt": task.container_instance.agent_connection_changed_at,
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
            "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": [], **task.overrides},
            "stopCode": task.stop_code,
            "stoppedReason": task.stopped_reason,
            "tags": task.tags,
            "version": task.version,
        }
    )
