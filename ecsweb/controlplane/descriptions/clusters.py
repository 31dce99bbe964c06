"""Clusters in AWS's shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from django.utils import timezone

from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.domain.clusters import UPDATE_COMPLETE, attachments_status
from ecsweb.domain.statuses import BEFORE_RUNNING, LaunchType, TaskStatus
from ecsweb.models import Cluster


def _attachment(one: Mapping[str, str], *, is_made: bool) -> Shape:
    """Return what ECS made, or is making, for a capacity provider."""
    details = [{"name": "capacityProviderName", "value": one["capacityProvider"]}]
    if one["type"] == "as_policy":
        details.append({"name": "scalingPolicyName", "value": f"ECSManagedAutoScalingPolicy-{one['id']}"})
    return {"id": one["id"], "type": one["type"], "status": "CREATED" if is_made else "PRECREATED", "details": details}


def describe_cluster(cluster: Cluster, include: Iterable[str] = ()) -> Shape:
    """Return a cluster with its counts (`ecs-facts.md` 7)."""
    now = timezone.now()
    tasks = Counter(cluster.tasks.exclude(last_status=TaskStatus.STOPPED).values_list("launch_type", "last_status"))
    on_fargate = Counter({status: count for (kind, status), count in tasks.items() if kind == LaunchType.FARGATE})
    running_fargate = on_fargate[TaskStatus.RUNNING]
    pending_fargate = sum(on_fargate[status] for status in BEFORE_RUNNING)
    running = sum(count for (_kind, status), count in tasks.items() if status == TaskStatus.RUNNING)
    pending = sum(count for (_kind, status), count in tasks.items() if status in BEFORE_RUNNING)
    by_type = Counter(cluster.services.values_list("launch_type", "status"))
    services = by_type["EC2", "ACTIVE"] + by_type["FARGATE", "ACTIVE"]
    shape = present(
        {
            "clusterArn": cluster.arn,
            "clusterName": cluster.name,
            "status": cluster.status,
            "registeredContainerInstancesCount": cluster.container_instances.filter(is_purged=False)
            .exclude(status="INACTIVE")
            .count(),
            "runningTasksCount": running,
            "pendingTasksCount": pending,
            "activeServicesCount": services,
            "capacityProviders": cluster.capacity_providers,
            "defaultCapacityProviderStrategy": cluster.default_capacity_provider_strategy,
            "attachmentsStatus": attachments_status(cluster.attachments_ready_at, now=now),
        }
    )
    wanted = set(include)
    is_made = attachments_status(cluster.attachments_ready_at, now=now) == UPDATE_COMPLETE
    shape["tags"] = cluster.tags if "TAGS" in wanted else []
    shape["settings"] = cluster.settings if "SETTINGS" in wanted else []
    if "CONFIGURATIONS" in wanted and cluster.configuration:
        shape["configuration"] = cluster.configuration
    if "ATTACHMENTS" in wanted:
        shape["attachments"] = [_attachment(one, is_made=is_made) for one in cluster.attachments]
    shape["statistics"] = []
    if "STATISTICS" in wanted:
        counts = {
            "runningEC2TasksCount": running - running_fargate,
            "runningFargateTasksCount": running_fargate,
            "pendingEC2TasksCount": pending - pending_fargate,
            "pendingFargateTasksCount": pending_fargate,
            "activeEC2ServiceCount": by_type["EC2", "ACTIVE"],
            "activeFargateServiceCount": by_type["FARGATE", "ACTIVE"],
            "drainingEC2ServiceCount": by_type["EC2", "DRAINING"],
            "drainingFargateServiceCount": by_type["FARGATE", "DRAINING"],
        }
        shape["statistics"] = [{"name": name, "value": str(value)} for name, value in counts.items()]
    return shape
