"""Read the tasks that wait for capacity, and which of a cluster's providers may bring it."""

from __future__ import annotations

from collections.abc import Iterable

from ecsweb.controlplane.patterns import matches
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.capacity.waiting import WaitingTask
from ecsweb.domain.overrides import overridden
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.strategies import strategies_of
from ecsweb.domain.resources import demand_of
from ecsweb.domain.statuses import DesiredStatus
from ecsweb.models import CapacityProvider, Cluster, Task


def waiting_tasks(tasks: Iterable[Task]) -> tuple[WaitingTask, ...]:
    """Return those of the tasks that wait for a container instance and are still wanted."""
    return tuple(
        _waiting(task)
        for task in tasks
        if task.container_instance_id is None and task.desired_status == DesiredStatus.RUNNING
    )


def _waiting(task: Task) -> WaitingTask:
    document = overridden(task.task_definition.document, task.overrides)
    return WaitingTask(
        pk=task.pk,
        group=task.group,
        provider=task.capacity_provider,
        demand=demand_of(document, task.task_definition.requires_attributes),
        created_at=task.created_at,
        constraints=constraints_of(task.placement.get("constraints", []), matches),
        strategies=strategies_of(task.placement.get("strategies", [])),
        is_of_service=task.service_id is not None,
    )


def scaled_providers(cluster: Cluster) -> frozenset[str]:
    """Return the cluster's providers with managed scaling: those for whose capacity a task may wait."""
    names = set(cluster.capacity_providers) - set(FARGATE_PROVIDERS)
    if not names:
        return frozenset()
    rows = CapacityProvider.objects.filter(account=cluster.account_id, region=cluster.region, name__in=names)
    live = rows.exclude(status="INACTIVE").values_list("name", "managed_scaling")
    return frozenset(name for name, scaling in live if scaling["status"] == "ENABLED")
