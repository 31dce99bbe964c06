"""Snapshots with sensible defaults, so that a scheduler test is three lines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from ecsweb.domain.lifecycle import ContainerView, Observed, ObservedStatus, TaskView
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.plan import Pace
from ecsweb.domain.snapshots import (
    ClusterSnapshot,
    DeploymentSnapshot,
    InstanceSnapshot,
    ServiceSnapshot,
    TaskSnapshot,
)
from ecsweb.domain.statuses import (
    ContainerInstanceStatus,
    ContainerStatus,
    DeploymentStatus,
    DesiredStatus,
    RolloutState,
    SchedulingStrategy,
    ServiceStatus,
    TaskStatus,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)
PACE = Pace(healthy_after=timedelta(seconds=4), start_spacing=timedelta(seconds=1))
_numbers = count(1)


def instance(pk: int = 1, zone: str = "a", **fields: Any) -> InstanceSnapshot:
    values: dict[str, Any] = {
        "instance_id": f"i{pk}",
        "status": ContainerInstanceStatus.ACTIVE,
        "agent_connected": True,
        "remaining_cpu": 2048,
        "remaining_memory": 1966,
    }
    return InstanceSnapshot(pk=pk, availability_zone=zone, **{**values, **fields})


def task(on: int = 1, deployment: int = 1, *, status: TaskStatus = TaskStatus.RUNNING, **fields: Any) -> TaskSnapshot:
    number = next(_numbers)
    values: dict[str, Any] = {
        "task_id": f"t{number}",
        "group": "service:web",
        "desired_status": DesiredStatus.RUNNING,
        "created_at": LONG_AGO,
        "started_at": LONG_AGO if status is TaskStatus.RUNNING else None,
    }
    return TaskSnapshot(pk=number, instance_pk=on, deployment_pk=deployment, last_status=status, **{**values, **fields})


def deployment(
    pk: int = 1, *, status: DeploymentStatus = DeploymentStatus.PRIMARY, **fields: Any
) -> DeploymentSnapshot:
    values: dict[str, Any] = {
        "rollout_state": RolloutState.COMPLETED,
        "demand": Demand(cpu=128, memory=64),
        "created_at": LONG_AGO,
    }
    return DeploymentSnapshot(pk=pk, deployment_id=f"ecs-svc/{pk}", status=status, **{**values, **fields})


def service(*tasks: TaskSnapshot, desired: int = 3, **fields: Any) -> ServiceSnapshot:
    values: dict[str, Any] = {
        "pk": 1,
        "name": "web",
        "status": ServiceStatus.ACTIVE,
        "scheduling_strategy": SchedulingStrategy.REPLICA,
        "minimum_healthy_percent": 100,
        "maximum_percent": 200,
        "deployments": (deployment(),),
    }
    return ServiceSnapshot(desired_count=desired, tasks=tasks, **{**values, **fields})


def cluster(*services: ServiceSnapshot, instances: tuple[InstanceSnapshot, ...] | None = None) -> ClusterSnapshot:
    found = (instance(1, "a"), instance(2, "b")) if instances is None else instances
    return ClusterSnapshot(pk=1, instances=found, tasks=tuple(t for s in services for t in s.tasks), services=services)


def container(name: str = "app", **fields: Any) -> ContainerView:
    values: dict[str, Any] = {"pk": next(_numbers), "essential": True, "last_status": ContainerStatus.PENDING}
    return ContainerView(name=name, **{**values, **fields})


def observed(status: ObservedStatus, **fields: Any) -> Observed:
    return Observed(runtime_id="abc", status=status, **fields)


def view(*containers: ContainerView, wanted: bool = True, status: TaskStatus = TaskStatus.PENDING) -> TaskView:
    desired = DesiredStatus.RUNNING if wanted else DesiredStatus.STOPPED
    return TaskView(pk=1, desired_status=desired, last_status=status, containers=containers)
