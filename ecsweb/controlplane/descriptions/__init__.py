"""Rows in AWS's shapes: what Describe* answers, and what the log keeps. Times are datetimes made ISO by the caller.

Shapes are botocore's; an optional member that has no value is left out, never null (`ecs-facts.md` 13).
"""

from __future__ import annotations

from ecsweb.controlplane.descriptions.clusters import describe_cluster
from ecsweb.controlplane.descriptions.container_instances import describe_container_instance
from ecsweb.controlplane.descriptions.services import deployment_counts, describe_deployment, describe_service
from ecsweb.controlplane.descriptions.task_definitions import describe_task_definition
from ecsweb.controlplane.descriptions.task_sets import describe_task_set
from ecsweb.controlplane.descriptions.tasks import describe_container, describe_task

__all__ = [
    "deployment_counts",
    "describe_cluster",
    "describe_container",
    "describe_container_instance",
    "describe_deployment",
    "describe_service",
    "describe_task",
    "describe_task_definition",
    "describe_task_set",
]
