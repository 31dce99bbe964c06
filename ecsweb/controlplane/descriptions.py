"""Rows in AWS's shapes: what Describe* answers, and what the log keeps. Times are datetimes made ISO by the caller.

Shapes are botocore's; an optional member that has no value is left out, never null (`ecs-facts.md` 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ecsweb.domain.statuses import BEFORE_RUNNING, STATUSES_BEFORE_STOPPED, DeploymentStatus, TaskStatus
from ecsweb.models import (
    Cluster,
    Container,
    ContainerInstance,
    Deployment,
    Service,
    Task,
    TaskDefinition,
)

Shape = dict[str, Any]


def _present(shape: Mapping[str, Any]) -> Shape:
    """Drop members without a value and make times seconds since the epoch, as JSON 1.1 wants them."""
    return {
        key: value.timestamp() if isinstance(value, datetime) else value
        for key, value in shape.items()
        if value is not None and value != ""
    }


def describe_cluster(cluster: Cluster, include: Iterable[str] = ()) -> Shape:
    """Return a cluster with its counts (`ecs-facts.md` 7)."""
    tasks = list(cluster.tasks.exclude(last_status=TaskStatus.STOPPED).values_list("last_status", flat=True))
    running = sum(1 for status in tasks if status == TaskStatus.RUNNING)
    pending = sum(1 for status in tasks if status in BEFORE_RUNNING)
    services = cluster.services.filter(status="ACTIVE").count()
    shape = _present(
        {
            "clusterArn": cluster.arn,
            "clusterName": cluster.name,
            "status": cluster.status,
            "registeredContainerInstancesCount": cluster.container_instances.exclude(status="INACTIVE").count(),
            "runningTasksCount": running,
            "pendingTasksCount": pending,
            "activeServicesCount": services,
            "capacityProviders": [],
            "defaultCapacityProviderStrategy": [],
        }
    )
    wanted = set(include)
    shape["tags"] = cluster.tags if "TAGS" in wanted else []
    shape["settings"] = cluster.settings if "SETTINGS" in wanted else []
    shape["statistics"] = []
    if "STATISTICS" in wanted:
        counts = {
            "runningEC2TasksCount": running,
            "runningFargateTasksCount": 0,
            "pendingEC2TasksCount": pending,
            "pendingFargateTasksCount": 0,
            "activeEC2ServiceCount": services,
            "activeFargateServiceCount": 0,
            "drainingEC2ServiceCount": cluster.services.filter(status="DRAINING").count(),
            "drainingFargateServiceCount": 0,
        }
        shape["statistics"] = [{"name": name, "value": str(value)} for name, value in counts.items()]
    return shape


def _resource(name: str, value: int | Iterable[str]) -> Shape:
    """Return a Resource, which always carries every member (`ecs-facts.md` 3.1)."""
    is_number = isinstance(value, int)
    shape: Shape = {
        "name": name,
        "type": "INTEGER" if is_number else "STRINGSET",
        "doubleValue": 0.0,
        "longValue": 0,
        "integerValue": value if isinstance(value, int) else 0,
    }
    if not isinstance(value, int):
        shape["stringSetValue"] = list(value)
    return shape


def describe_container_instance(instance: ContainerInstance) -> Shape:
    """Return a container instance with registered and remaining resources (`ecs-facts.md` 3.1)."""
    tasks = list(instance.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED))
    used_tcp = sorted({*instance.reserved_tcp_ports, *(port for t in tasks for port in t.tcp_ports)})
    used_udp = sorted({*instance.reserved_udp_ports, *(port for t in tasks for port in t.udp_ports)})
    return _present(
        {
            "containerInstanceArn": instance.arn,
            "ec2InstanceId": instance.ec2_instance_id,
            "version": instance.version,
            "versionInfo": instance.version_info,
            "registeredResources": [
                _resource("CPU", instance.registered_cpu),
                _resource("MEMORY", instance.registered_memory),
                _resource("PORTS", [str(port) for port in instance.reserved_tcp_ports]),
                _resource("PORTS_UDP", [str(port) for port in instance.reserved_udp_ports]),
            ],
            "remainingResources": [
                _resource("CPU", instance.registered_cpu - sum(t.cpu for t in tasks)),
                _resource("MEMORY", instance.registered_memory - sum(t.memory for t in tasks)),
                _resource("PORTS", [str(port) for port in used_tcp]),
                _resource("PORTS_UDP", [str(port) for port in used_udp]),
            ],
            "status": instance.status,
            "agentConnected": instance.agent_connected,
            "runningTasksCount": sum(1 for t in tasks if t.last_status == TaskStatus.RUNNING),
            "pendingTasksCount": sum(1 for t in tasks if t.last_status in BEFORE_RUNNING),
            "attributes": instance.attributes,
            "registeredAt": instance.registered_at,
            "attachments": [],
            "tags": instance.tags,
        }
    )


def describe_task_definition(row: TaskDefinition) -> Shape:
    """Return a revision: the document as registered, and what ECS judged of it."""
    return _present(
        {
            **row.document,
            "taskDefinitionArn": row.arn,
            "family": row.family,
            "revision": row.revision,
            "status": row.status,
            "requiresAttributes": [{"name": name} for name in row.requires_attributes],
            "compatibilities": row.compatibilities,
            "registeredAt": row.registered_at,
            "registeredBy": row.registered_by,
            "deregisteredAt": row.deregistered_at,
        }
    )


def describe_container(container: Container, definition: Mapping[str, Any]) -> Shape:
    """Return a container of a task (`ecs-facts.md` 4.4): numbers of its definition are strings here."""
    memory, reservation = definition.get("memory"), definition.get("memoryReservation")
    return _present(
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
    return _present(
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


def describe_deployment(deployment: Deployment, counts: Mapping[int, tuple[int, int, int]]) -> Shape:
    """Return a deployment; `counts` maps a deployment's key to (desired, pending, running)."""
    desired, pending, running = counts.get(deployment.pk, (0, 0, 0))
    return _present(
        {
            "id": deployment.deployment_id,
            "status": deployment.status,
            "taskDefinition": deployment.task_definition.arn,
            "desiredCount": desired,
            "pendingCount": pending,
            "runningCount": running,
            "failedTasks": deployment.failed_tasks,
            "createdAt": deployment.created_at,
            "updatedAt": deployment.updated_at,
            "launchType": "EC2",
            "rolloutState": deployment.rollout_state,
            "rolloutStateReason": deployment.rollout_state_reason,
        }
    )


def describe_service(service: Service) -> Shape:
    """Return a service with its deployments and events, newest first (`ecs-facts.md` 6.2)."""
    counts = deployment_counts(service)
    deployments = service.deployments.exclude(status=DeploymentStatus.INACTIVE).select_related(
        "task_definition__account"
    )
    return _present(
        {
            "serviceArn": service.arn,
            "serviceName": service.name,
            "clusterArn": service.cluster.arn,
            "loadBalancers": [],
            "serviceRegistries": [],
            "status": service.status,
            "desiredCount": service.desired_count,
            "runningCount": sum(running for _, _, running in counts.values()),
            "pendingCount": sum(pending for _, pending, _ in counts.values()),
            "launchType": "EC2",
            "taskDefinition": service.task_definition.arn,
            "deploymentConfiguration": {
                "maximumPercent": service.maximum_percent,
                "minimumHealthyPercent": service.minimum_healthy_percent,
            },
            "deploymentController": {"type": "ECS"},
            "deployments": [describe_deployment(d, counts) for d in deployments],
            "events": [
                _present({"id": e.event_id, "createdAt": e.created_at, "message": e.message})
                for e in service.events.all()[:100]
            ],
            "createdAt": service.created_at,
            "createdBy": service.created_by,
            "placementConstraints": service.placement_constraints,
            "placementStrategy": service.placement_strategy,
            "schedulingStrategy": service.scheduling_strategy,
            "enableECSManagedTags": service.enable_ecs_managed_tags,
            "propagateTags": service.propagate_tags,
            "enableExecuteCommand": False,
            "tags": service.tags,
        }
    )


def deployment_counts(service: Service) -> dict[int, tuple[int, int, int]]:
    """Return (desired, pending, running) of each deployment that has tasks, and of the PRIMARY one."""
    counts: dict[int, tuple[int, int, int]] = {}
    for deployment in service.deployments.exclude(status=DeploymentStatus.INACTIVE):
        is_primary = deployment.status == DeploymentStatus.PRIMARY
        counts[deployment.pk] = (service.desired_count if is_primary else 0, 0, 0)
    tasks = service.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED)
    for deployment_pk, status in tasks.exclude(deployment=None).values_list("deployment_id", "last_status"):
        desired, pending, running = counts.get(deployment_pk, (0, 0, 0))
        counts[deployment_pk] = (
            desired,
            pending + (status in BEFORE_RUNNING),
            running + (status == TaskStatus.RUNNING),
        )
    return counts
