"""Services and their deployments in AWS's shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.controlplane.descriptions.service_deployments import current_of
from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.controlplane.descriptions.task_sets import describe_task_sets_of
from ecsweb.domain.capacity.fargate import PLATFORM_VERSION
from ecsweb.domain.statuses import BEFORE_RUNNING, STATUSES_BEFORE_STOPPED, DeploymentStatus, LaunchType, TaskStatus
from ecsweb.models import Deployment, Service


def _launch(service: Service) -> dict[str, Any]:
    """Return the launch type, or the capacity provider strategy in its place."""
    if service.capacity_provider_strategy:
        return {"capacityProviderStrategy": service.capacity_provider_strategy}
    return {"launchType": service.launch_type}


def _platform(service: Service) -> dict[str, str]:
    """Return platform version and family, which belong to FARGATE."""
    if service.launch_type != LaunchType.FARGATE:
        return {}
    return {"platformVersion": PLATFORM_VERSION, "platformFamily": "Linux"}


def describe_deployment(deployment: Deployment, counts: Mapping[int, tuple[int, int, int]]) -> Shape:
    """Return a deployment; `counts` maps a deployment's key to (desired, pending, running)."""
    desired, pending, running = counts.get(deployment.pk, (0, 0, 0))
    return present(
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
            **_launch(deployment.service),
            **_platform(deployment.service),
            "rolloutState": deployment.rollout_state,
            "rolloutStateReason": deployment.rollout_state_reason,
        }
    )


def describe_service(service: Service) -> Shape:
    """Return a service with its deployments and events, newest first (`ecs-facts.md` 6.2)."""
    counts = deployment_counts(service)
    deployments = (
        service.deployments.filter(task_set=None)
        .exclude(status=DeploymentStatus.INACTIVE)
        .select_related("task_definition__account")
    )
    return present(
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
            **_launch(service),
            **_platform(service),
            "networkConfiguration": service.network_configuration or None,
            "taskDefinition": service.task_definition.arn if service.task_definition else None,
            "deploymentConfiguration": {
                "maximumPercent": service.maximum_percent,
                "minimumHealthyPercent": service.minimum_healthy_percent,
                "deploymentCircuitBreaker": {"enable": False, "rollback": False, **service.deployment_circuit_breaker},
                "strategy": "ROLLING",
            },
            "deploymentController": {"type": service.deployment_controller},
            "deployments": [describe_deployment(d, counts) for d in deployments],
            "taskSets": describe_task_sets_of(service, counts),
            "events": [
                present({"id": e.event_id, "createdAt": e.created_at, "message": e.message})
                for e in service.events.all()[:100]
            ],
            **current_of(service),
            "healthCheckGracePeriodSeconds": service.health_check_grace_period_seconds,
            "createdAt": service.created_at,
            "createdBy": service.created_by,
            "placementConstraints": service.placement_constraints,
            "placementStrategy": service.placement_strategy,
            "availabilityZoneRebalancing": "ENABLED" if service.rebalances_zones else "DISABLED",
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
