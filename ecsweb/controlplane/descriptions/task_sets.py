"""Task sets in AWS's shape."""

from __future__ import annotations

from collections.abc import Mapping

from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.domain.capacity.fargate import PLATFORM_VERSION
from ecsweb.domain.statuses import BEFORE_RUNNING, STATUSES_BEFORE_STOPPED, LaunchType, TaskSetStatus, TaskStatus
from ecsweb.domain.task_sets import computed_desired_count
from ecsweb.models import Service, TaskSet


def describe_task_sets_of(service: Service, counts: Mapping[int, tuple[int, int, int]]) -> list[Shape]:
    """Return the service's task sets, newest first; `counts` maps a deployment's key to (desired, pending, running)."""
    rows = service.task_sets.exclude(status=TaskSetStatus.INACTIVE).select_related(
        "service__cluster__account", "deployment__task_definition__account"
    )
    return [_shape(row, *counts.get(row.deployment_id, (0, 0, 0))[1:]) for row in rows]


def describe_task_set(row: TaskSet) -> Shape:
    """Return a task set with its counts (`ecs-facts.md` 6.10)."""
    tasks = row.deployment.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED)
    statuses = list(tasks.values_list("last_status", flat=True))
    return _shape(row, sum(status in BEFORE_RUNNING for status in statuses), statuses.count(TaskStatus.RUNNING))


def _shape(row: TaskSet, pending: int, running: int) -> Shape:
    is_fargate = row.launch_type == LaunchType.FARGATE
    is_draining = row.status == TaskSetStatus.DRAINING
    strategy = row.capacity_provider_strategy
    return present(
        {
            "id": row.task_set_id,
            "taskSetArn": row.arn,
            "serviceArn": row.service.arn,
            "clusterArn": row.service.cluster.arn,
            "externalId": row.external_id,
            "status": row.status,
            "taskDefinition": row.task_definition.arn,
            "computedDesiredCount": 0 if is_draining else computed_desired_count(row.service.desired_count, row.scale),
            "pendingCount": pending,
            "runningCount": running,
            "createdAt": row.created_at,
            "updatedAt": row.updated_at,
            **({"capacityProviderStrategy": strategy} if strategy else {"launchType": row.launch_type}),
            **({"platformVersion": PLATFORM_VERSION, "platformFamily": "Linux"} if is_fargate else {}),
            "networkConfiguration": row.network_configuration or None,
            "loadBalancers": [],
            "serviceRegistries": [],
            "scale": {"value": row.scale, "unit": "PERCENT"},
            "stabilityStatus": row.stability_status,
            "stabilityStatusAt": row.stability_status_at,
            "tags": row.tags,
        }
    )
