"""What a cluster's configuration may say, and when a cluster can be deleted (`ecs-facts.md` 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.domain.errors import (
    ClusterContainsContainerInstancesException,
    ClusterContainsServicesException,
    ClusterContainsTasksException,
    InvalidParameterException,
)


def check_cluster_configuration(configuration: Mapping[str, Any]) -> None:
    """Raise InvalidParameterException where ECS Exec is to log elsewhere and it is not said where, or the reverse.

    SIMPLIFIED: the configuration is kept and shown; ECS Exec and managed storage are not there to act on it.
    """
    command = configuration.get("executeCommandConfiguration", {})
    has_target = bool(command.get("logConfiguration"))
    if command.get("logging") == "OVERRIDE" and not has_target:
        raise InvalidParameterException(
            "logConfiguration must be provided when logging is OVERRIDE.",
            field="configuration.executeCommandConfiguration.logConfiguration",
        )
    if has_target and command.get("logging") != "OVERRIDE":
        raise InvalidParameterException(
            "logConfiguration can be provided only when logging is OVERRIDE.",
            field="configuration.executeCommandConfiguration.logging",
        )


def check_deletable(*, has_active_services: bool, has_tasks: bool, has_instances: bool) -> None:
    """Raise the typed exception that names what the cluster still contains, in AWS's literal words and order.

    Tasks are those that are not STOPPED, instances those that are not INACTIVE; a DRAINING service does not count.
    """
    if has_active_services:
        raise ClusterContainsServicesException("The Cluster cannot be deleted while Services are active.")
    if has_tasks:
        raise ClusterContainsTasksException("The Cluster cannot be deleted while Tasks are active.")
    if has_instances:
        raise ClusterContainsContainerInstancesException(
            "The Cluster cannot be deleted while Container Instances are active or draining."
        )
