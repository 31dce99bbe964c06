"""What a cluster's configuration may say, and when a cluster can be deleted (`ecs-facts.md` 7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecsweb.domain.errors import (
    ClusterContainsCapacityProviderException,
    ClusterContainsContainerInstancesException,
    ClusterContainsServicesException,
    ClusterContainsTasksException,
    InvalidParameterException,
    UpdateInProgressException,
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


UPDATE_IN_PROGRESS = "UPDATE_IN_PROGRESS"
UPDATE_COMPLETE = "UPDATE_COMPLETE"


def attachments_status(ready_at: datetime | None, *, now: datetime) -> str:
    """Return how far ECS is with what it makes for a cluster's capacity providers; nothing where it makes nothing.

    SIMPLIFIED: it never fails, and the cluster stays ACTIVE meanwhile; ECS also knows PROVISIONING, DEPROVISIONING and
    FAILED.
    """
    if ready_at is None:
        return ""
    return UPDATE_IN_PROGRESS if ready_at > now else UPDATE_COMPLETE


def check_no_update_in_progress(ready_at: datetime | None, *, now: datetime) -> None:
    """Raise UpdateInProgressException while the former change of capacity providers is being carried out."""
    if attachments_status(ready_at, now=now) == UPDATE_IN_PROGRESS:
        raise UpdateInProgressException(
            "The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED "
            "state before they can be updated. Wait and try again.",
            field="cluster",
        )


def check_deletable(
    *, has_active_services: bool, has_tasks: bool, has_instances: bool, capacity_provider: str = ""
) -> None:
    """Raise the typed exception that names what the cluster still contains, in AWS's literal words and order.

    Tasks are those that are not STOPPED, instances those that are not INACTIVE; a DRAINING service does not count.
    `capacity_provider` is one of an Auto Scaling group that the cluster has (AWS's own do not count).
    """
    if has_active_services:
        raise ClusterContainsServicesException("The Cluster cannot be deleted while Services are active.")
    if has_tasks:
        raise ClusterContainsTasksException("The Cluster cannot be deleted while Tasks are active.")
    if has_instances:
        raise ClusterContainsContainerInstancesException(
            "The Cluster cannot be deleted while Container Instances are active or draining."
        )
    if capacity_provider:
        # SIMPLIFIED: ECS's words for it are not published.
        raise ClusterContainsCapacityProviderException(
            f"The Cluster cannot be deleted while the capacity provider {capacity_provider} is associated with it."
        )
