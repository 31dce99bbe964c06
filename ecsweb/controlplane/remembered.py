"""What an event keeps of its object beside AWS's members, under `ecsweb`, to draw the past from the log."""

from __future__ import annotations

from typing import Any

from ecsweb.controlplane.descriptions.shapes import present
from ecsweb.domain.statuses import DeploymentStatus
from ecsweb.models import Cluster, ContainerInstance, Deployment, Service, Task


def task_facts(task: Task) -> dict[str, Any]:
    """Return what DescribeTasks does not tell of a task's containers: which is essential, when it ended, restarts."""
    return {
        "containers": [
            present(
                {
                    "name": container.name,
                    "essential": container.essential,
                    "finishedAt": container.finished_at,
                    "restartCount": container.restart_count,
                }
            )
            for container in task.visible_containers
        ]
    }


def instance_facts(instance: ContainerInstance) -> dict[str, Any]:
    """Return what DescribeContainerInstances does not tell: type, zone, and what chaos did to the agent."""
    return {
        "instanceType": instance.instance_type,
        "availabilityZone": instance.availability_zone,
        "agentCondition": instance.agent_condition,
        "agentConnectionReason": instance.agent_connection_reason,
    }


def service_facts(service_pk: int) -> dict[str, Any]:
    """Return how the service stands in the database now; whoever holds a row may hold an old one."""
    service = Service.objects.select_related("cluster__account", "task_definition__account").get(pk=service_pk)
    live = service.deployments.exclude(status=DeploymentStatus.INACTIVE).select_related("task_definition__account")
    return {
        **_wanted(service),
        "status": service.status,
        "isSteady": service.is_steady,
        "placementFailure": service.placement_failure,
        # A decision names every instance: only one that still tells something goes into the log.
        "lastDecision": service.last_decision if service.placement_failure else {},
        "deployments": [_deployment(row) for row in live],
    }


def _wanted(service: Service) -> dict[str, Any]:
    return {
        "serviceArn": service.arn,
        "serviceName": service.name,
        # Tells it from another one that has its name, and so its ARN, later.
        "createdAt": service.created_at.timestamp(),
        "deletedAt": service.deleted_at.timestamp() if service.deleted_at else None,
        "clusterArn": service.cluster.arn,
        "schedulingStrategy": service.scheduling_strategy,
        "deploymentController": service.deployment_controller,
        "launchType": service.launch_type,
        "capacityProviderStrategy": service.capacity_provider_strategy,
        "networkConfiguration": service.network_configuration,
        "placementConstraints": service.placement_constraints,
        "placementStrategy": service.placement_strategy,
        "taskDefinition": service.task_definition.arn if service.task_definition else "",
        "desiredCount": service.desired_count,
        "minimumHealthyPercent": service.minimum_healthy_percent,
        "maximumPercent": service.maximum_percent,
    }


def _deployment(row: Deployment) -> dict[str, Any]:
    return {
        "id": row.deployment_id,
        "status": row.status,
        "taskDefinition": row.task_definition.arn,
        "rolloutState": row.rollout_state,
        "failedTasks": row.failed_tasks,
        "createdAt": row.created_at.timestamp(),
    }


def service_of(cluster: Cluster, arn: str) -> Service | None:
    """Return the newest service that the ARN names, in whatever status."""
    return Service.objects.filter(cluster=cluster, name=arn.rsplit("/", 1)[-1]).order_by("-pk").first()
