"""Read a cluster into the frozen values that decisions are made from, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ecsweb.controlplane.capacity_snapshots import scaled_providers, waiting_tasks
from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.quotas import room_of
from ecsweb.domain.breakers import circuit_breaker_of
from ecsweb.domain.capacity.fargate import OFFERED
from ecsweb.domain.capacity.strategies import StrategyItem
from ecsweb.domain.container_health import has_health_check
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.strategies import strategies_of
from ecsweb.domain.resources import Demand, demand_of, task_enis
from ecsweb.domain.snapshots import (
    ClusterSnapshot,
    DeploymentSnapshot,
    InstanceSnapshot,
    RollbackTarget,
    ServiceSnapshot,
    TaskSetSnapshot,
    TaskSnapshot,
)
from ecsweb.domain.statuses import (
    STATUSES_BEFORE_STOPPED,
    ContainerInstanceStatus,
    DeploymentController,
    DeploymentStatus,
    DesiredStatus,
    HealthStatus,
    LaunchType,
    RolloutState,
    SchedulingStrategy,
    ServiceStatus,
    StabilityStatus,
    TaskSetStatus,
    TaskStatus,
)
from ecsweb.models import Cluster, ContainerInstance, Deployment, Service, Task, TaskSet

# No machine of the account's is behind FARGATE, which never runs out of them.
UNLIMITED_ENIS = 1_000_000
LIVE_INSTANCES = (ContainerInstanceStatus.ACTIVE, ContainerInstanceStatus.DRAINING)
LIVE_SERVICES = (ServiceStatus.ACTIVE, ServiceStatus.DRAINING)
LIVE_DEPLOYMENTS = (DeploymentStatus.PRIMARY, DeploymentStatus.ACTIVE)


def snapshot_of(cluster: Cluster) -> ClusterSnapshot:
    """Return the cluster as it stands in the database now."""
    rows = Task.objects.filter(cluster=cluster, last_status__in=STATUSES_BEFORE_STOPPED)
    tasks = list(rows.select_related("task_definition"))
    instances = _instances(cluster, tasks)
    return ClusterSnapshot(
        pk=cluster.pk,
        instances=tuple(snapshot for row, snapshot in instances if row.launch_type != LaunchType.FARGATE),
        fargate_hosts=tuple(
            replace(snapshot, attributes=dict.fromkeys(OFFERED, ""))
            for row, snapshot in instances
            if row.launch_type == LaunchType.FARGATE
        ),
        tasks=tuple(_task(task) for task in tasks),
        services=_services(cluster, tasks),
        room=room_of(cluster.account_id),
        waiting=waiting_tasks(tasks),
        scaled_providers=scaled_providers(cluster),
    )


def _instances(cluster: Cluster, tasks: Iterable[Task]) -> list[tuple[ContainerInstance, InstanceSnapshot]]:
    by_instance: dict[int | None, list[Task]] = defaultdict(list)
    for task in tasks:
        by_instance[task.container_instance_id].append(task)
    rows = ContainerInstance.everything.filter(cluster=cluster, status__in=LIVE_INSTANCES, is_purged=False)
    return [(row, _instance(row, by_instance[row.pk])) for row in rows]


def _instance(row: ContainerInstance, tasks: list[Task]) -> InstanceSnapshot:
    """Subtract what the tasks reserve: a stopping task holds its share until it is STOPPED."""
    return InstanceSnapshot(
        pk=row.pk,
        instance_id=row.instance_id,
        status=ContainerInstanceStatus(row.status),
        agent_connected=row.agent_connected,
        availability_zone=row.availability_zone,
        remaining_cpu=row.registered_cpu - sum(task.cpu for task in tasks),
        remaining_memory=row.registered_memory - sum(task.memory for task in tasks),
        used_tcp_ports=frozenset({*row.reserved_tcp_ports, *(p for task in tasks for p in task.tcp_ports)}),
        used_udp_ports=frozenset({*row.reserved_udp_ports, *(p for task in tasks for p in task.udp_ports)}),
        remaining_enis=_remaining_enis(row, tasks),
        attributes={attribute["name"]: attribute.get("value", "") for attribute in row.attributes},
        ec2_instance_id=row.ec2_instance_id,
        agent_version=row.version_info.get("agentVersion", ""),
        registered_at=row.registered_at,
        capacity_provider=row.capacity_provider,
        group_pk=row.auto_scaling_group_id,
        is_ending=row.is_ending,
    )


def _remaining_enis(row: ContainerInstance, tasks: list[Task]) -> int:
    if row.launch_type == LaunchType.FARGATE:
        return UNLIMITED_ENIS
    types = [one.get("value", "") for one in row.attributes if one["name"] == "ecs.instance-type"]
    return task_enis(types[0] if types else "") - sum(bool(task.network_interface) for task in tasks)


def _task(row: Task) -> TaskSnapshot:
    return TaskSnapshot(
        pk=row.pk,
        task_id=row.task_id,
        group=row.group,
        instance_pk=row.container_instance_id,
        last_status=TaskStatus(row.last_status),
        desired_status=DesiredStatus(row.desired_status),
        created_at=row.created_at,
        started_at=row.started_at,
        deployment_pk=row.deployment_id,
        protected_until=row.protected_until,
        has_health_check=has_health_check(row.task_definition.document),
        health_status=HealthStatus(row.health_status),
        capacity_provider=row.capacity_provider,
        reserved=Demand(
            cpu=row.cpu,
            memory=row.memory,
            tcp_ports=frozenset(row.tcp_ports),
            udp_ports=frozenset(row.udp_ports),
            enis=int(bool(row.network_interface)),
        ),
    )


def _services(cluster: Cluster, tasks: Iterable[Task]) -> tuple[ServiceSnapshot, ...]:
    by_service: dict[int, list[TaskSnapshot]] = defaultdict(list)
    for task in tasks:
        if task.service_id:
            by_service[task.service_id].append(_task(task))
    deployments: dict[int, list[DeploymentSnapshot]] = defaultdict(list)
    rows = Deployment.objects.filter(service__cluster=cluster, service__status__in=LIVE_SERVICES)
    for row in rows.filter(status__in=LIVE_DEPLOYMENTS).select_related("task_definition", "service"):
        deployments[row.service_id].append(_deployment(row))
    services = Service.objects.filter(cluster=cluster, status__in=LIVE_SERVICES)
    task_sets = _task_sets(cluster, deployments)
    return tuple(
        replace(_service(row, deployments[row.pk], by_service[row.pk]), task_sets=task_sets.get(row.pk, ()))
        for row in services
    )


def _task_sets(
    cluster: Cluster, deployments: Mapping[int, list[DeploymentSnapshot]]
) -> dict[int, tuple[TaskSetSnapshot, ...]]:
    """Return the task sets by the key of their service, the oldest first."""
    by_pk = {deployment.pk: deployment for found in deployments.values() for deployment in found}
    rows = TaskSet.objects.filter(service__cluster=cluster, service__status__in=LIVE_SERVICES)
    by_service: dict[int, list[TaskSetSnapshot]] = defaultdict(list)
    for row in rows.exclude(status=TaskSetStatus.INACTIVE).order_by("pk"):
        by_service[row.service_id].append(_task_set(row, by_pk[row.deployment_id]))
    return {service_pk: tuple(found) for service_pk, found in by_service.items()}


def _task_set(row: TaskSet, deployment: DeploymentSnapshot) -> TaskSetSnapshot:
    return TaskSetSnapshot(
        pk=row.pk,
        status=TaskSetStatus(row.status),
        scale=row.scale,
        deployment=deployment,
        stability_status=StabilityStatus(row.stability_status),
        placement_failure=row.placement_failure,
        condition_said_at=row.condition_said_at,
        launch_type=LaunchType(row.launch_type),
        providers=_providers(row.capacity_provider_strategy),
    )


def _providers(strategy: Iterable[Mapping[str, Any]]) -> tuple[StrategyItem, ...]:
    return tuple(StrategyItem(item["capacityProvider"], item["base"], item["weight"]) for item in strategy)


def _deployment(row: Deployment) -> DeploymentSnapshot:
    return DeploymentSnapshot(
        pk=row.pk,
        deployment_id=row.deployment_id,
        status=DeploymentStatus(row.status),
        rollout_state=RolloutState(row.rollout_state),
        demand=demand_of(row.task_definition.document, row.task_definition.requires_attributes),
        created_at=row.created_at,
        failed_tasks=row.failed_tasks,
        failed_tasks_ever=row.failed_tasks_ever,
        retry_at=row.retry_at,
        constraints=constraints_of(
            [*row.service.placement_constraints, *row.task_definition.document.get("placementConstraints", [])], matches
        ),
    )


def _service(row: Service, deployments: list[DeploymentSnapshot], tasks: list[TaskSnapshot]) -> ServiceSnapshot:
    return ServiceSnapshot(
        pk=row.pk,
        name=row.name,
        status=ServiceStatus(row.status),
        scheduling_strategy=SchedulingStrategy(row.scheduling_strategy),
        desired_count=row.desired_count,
        minimum_healthy_percent=row.minimum_healthy_percent,
        maximum_percent=row.maximum_percent,
        deployments=tuple(sorted(deployments, key=lambda d: (d.status is not DeploymentStatus.PRIMARY, -d.pk))),
        tasks=tuple(tasks),
        is_steady=row.is_steady,
        placement_failure=row.placement_failure,
        condition_said_at=row.condition_said_at,
        last_started_at=row.last_started_at,
        strategies=strategies_of(row.placement_strategy),
        launch_type=LaunchType(row.launch_type),
        providers=_providers(row.capacity_provider_strategy),
        circuit_breaker=circuit_breaker_of(row.deployment_circuit_breaker),
        rollback_target=_rollback_target(row),
        rebalances_zones=row.rebalances_zones,
        is_rebalancing=row.is_rebalancing,
        health_check_grace_period=timedelta(seconds=row.health_check_grace_period_seconds or 0),
        is_external=row.deployment_controller == DeploymentController.EXTERNAL,
    )


def _rollback_target(row: Service) -> RollbackTarget | None:
    """Return the newest deployment that was COMPLETED, apart from the one that is rolled out now."""
    if not row.deployment_circuit_breaker.get("rollback"):
        return None
    rows = Deployment.objects.filter(service=row, rollout_state=RolloutState.COMPLETED)
    found = rows.exclude(status=DeploymentStatus.PRIMARY).order_by("-created_at", "-pk").first()
    return RollbackTarget(found.pk, found.deployment_id) if found else None
