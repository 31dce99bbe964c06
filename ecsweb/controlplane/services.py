"""CreateService, UpdateService, DeleteService (`ecs-facts.md` 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from ecsweb.controlplane import announcements, events, rollout_records, task_sets
from ecsweb.controlplane.fargate import ensure_hosts
from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.references import find_service
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.breakers import circuit_breaker_of
from ecsweb.domain.capacity.fargate import PLATFORM_VERSION, check_fargate, not_with_fargate
from ecsweb.domain.capacity.strategies import StrategyItem, as_stored, check_of_daemon, strategy_of
from ecsweb.domain.errors import InvalidParameterException, ServiceNotActiveException
from ecsweb.domain.identifiers import NAME, new_deployment_id
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.strategies import strategies_of
from ecsweb.domain.service_scheduler.rebalancing import check_rebalancing
from ecsweb.domain.services import (
    DeploymentConfiguration,
    check_grace_period,
)
from ecsweb.domain.statuses import (
    DeploymentController,
    DeploymentStatus,
    LaunchType,
    RolloutState,
    SchedulingStrategy,
    ServiceStatus,
)
from ecsweb.models import Cluster, Deployment, Service, TaskDefinition


@dataclass(frozen=True, slots=True)
class ServiceOrder:
    """What a CreateService call asks for."""

    name: str
    # None with the controller EXTERNAL: its task sets have each their own.
    task_definition: TaskDefinition | None
    scheduling_strategy: SchedulingStrategy
    desired_count: int
    configuration: DeploymentConfiguration
    created_by: str
    client_token: str = ""
    tags: Sequence[dict[str, str]] = field(default=())
    propagate_tags: str = "NONE"
    enable_ecs_managed_tags: bool = False
    placement_constraints: Sequence[dict[str, str]] = field(default=())
    placement_strategy: Sequence[dict[str, str]] = field(default=())
    circuit_breaker: Mapping[str, Any] = field(default_factory=dict)
    launch_type: LaunchType = LaunchType.EC2
    network_configuration: Mapping[str, Any] = field(default_factory=dict)
    health_check_grace_period_seconds: int | None = None
    rebalances_zones: bool = False
    provider_strategy: Sequence[StrategyItem] = ()
    deployment_controller: DeploymentController = DeploymentController.ECS


def create_service(cluster: Cluster, order: ServiceOrder, *, now: datetime) -> Service:
    """Create a service with its first deployment; the same call again returns the service that is there.

    Raises InvalidParameterException for a bad name, one still draining, or an ACTIVE one made by another call.
    """
    if not NAME.fullmatch(order.name):
        raise InvalidParameterException(
            rf"ServiceName must match ^[a-zA-Z0-9\\-_]{{1,255}}$, but was {order.name[:255]}", field="serviceName"
        )
    is_daemon = order.scheduling_strategy is SchedulingStrategy.DAEMON
    circuit_breaker_of(order.circuit_breaker)
    check_grace_period(order.health_check_grace_period_seconds)
    check_placement(order.placement_constraints, order.placement_strategy, is_daemon=is_daemon)
    if order.launch_type is LaunchType.FARGATE:
        _check_on_fargate(order)
    else:
        check_of_daemon(order.provider_strategy, order.scheduling_strategy)
    if order.rebalances_zones:
        check_rebalancing(
            order.scheduling_strategy,
            strategies_of(order.placement_strategy),
            maximum_percent=order.configuration.maximum_percent,
            launch_type=order.launch_type,
        )
    with transaction.atomic():
        existing = find_service(cluster, order.name, statuses=(ServiceStatus.ACTIVE, ServiceStatus.DRAINING))
        if existing is not None:
            return _existing(existing, order)
        service = Service.objects.create(
            cluster=cluster,
            name=order.name,
            scheduling_strategy=order.scheduling_strategy,
            launch_type=order.launch_type,
            network_configuration=dict(order.network_configuration),
            capacity_provider_strategy=as_stored(order.provider_strategy),
            deployment_controller=order.deployment_controller,
            task_definition=order.task_definition,
            desired_count=order.desired_count,
            minimum_healthy_percent=order.configuration.minimum_healthy_percent,
            maximum_percent=order.configuration.maximum_percent,
            client_token=order.client_token,
            tags=list(order.tags),
            propagate_tags=order.propagate_tags,
            enable_ecs_managed_tags=order.enable_ecs_managed_tags,
            deployment_circuit_breaker=dict(order.circuit_breaker),
            health_check_grace_period_seconds=order.health_check_grace_period_seconds,
            rebalances_zones=order.rebalances_zones,
            placement_constraints=list(order.placement_constraints),
            placement_strategy=list(order.placement_strategy),
            created_by=order.created_by,
            created_at=now,
        )
        hold_providers(cluster, as_stored(order.provider_strategy))
        if order.launch_type is LaunchType.FARGATE:
            lock_placement(cluster)
            ensure_hosts(cluster, now=now)
        if order.task_definition is not None:
            deploy(service, order.task_definition, now=now)
        announcements.wake_cluster(cluster.pk)
    return service


def hold_providers(cluster: Cluster, strategy: Sequence[Mapping[str, Any]]) -> None:
    """Check a strategy against the providers that the cluster has now, and let nobody take one away meanwhile.

    To be called in the transaction that writes the strategy. Raises InvalidParameterException.
    """
    if strategy:
        lock_placement(cluster)
        cluster.refresh_from_db(fields=["capacity_providers"])
        strategy_of(strategy, associated=cluster.capacity_providers)


def _check_on_fargate(order: ServiceOrder) -> None:
    """Raise for what a service on FARGATE cannot be or have (`ecs-facts.md` 6.1); see `check_fargate`."""
    if order.scheduling_strategy is SchedulingStrategy.DAEMON:
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support the launch type FARGATE.", field="launchType"
        )
    if order.placement_constraints or order.placement_strategy:
        raise not_with_fargate(has_constraints=bool(order.placement_constraints))
    if order.task_definition is not None:
        check_fargate(order.task_definition.document, order.task_definition.requires_attributes)


def check_placement(
    constraints: Sequence[dict[str, str]], strategy: Sequence[dict[str, str]], *, is_daemon: bool
) -> None:
    """Raise InvalidParameterException for constraints or a strategy that a service may not have (6.1, 5.3, 5.4)."""
    constraints_of(constraints, matches)
    strategies_of(strategy)
    if is_daemon and any(constraint.get("type") == "distinctInstance" for constraint in constraints):
        raise InvalidParameterException(
            "The daemon scheduling strategy supports placement constraints of the type memberOf only.",
            field="placementConstraints",
        )
    if is_daemon and strategy:
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and "
            "try again",
            field="placementStrategy",
        )


def _existing(service: Service, order: ServiceOrder) -> Service:
    if service.status == ServiceStatus.DRAINING:
        raise InvalidParameterException("Unable to Start a service that is still Draining.", field="serviceName")
    same: list[object] = [service.scheduling_strategy, service.client_token, service.deployment_controller]
    wanted: list[object] = [order.scheduling_strategy, order.client_token, order.deployment_controller]
    same += [service.minimum_healthy_percent, service.maximum_percent]
    wanted += [order.configuration.minimum_healthy_percent, order.configuration.maximum_percent]
    same += [list(service.placement_constraints), list(service.placement_strategy)]
    wanted += [list(order.placement_constraints), list(order.placement_strategy)]
    # A PRIMARY task set changes both for a service that was made without them.
    if order.task_definition is not None:
        same += [service.task_definition_id, service.launch_type]
        wanted += [order.task_definition.pk, order.launch_type]
    is_same_count = (
        order.scheduling_strategy is SchedulingStrategy.DAEMON or service.desired_count == order.desired_count
    )
    if same != wanted or not is_same_count:
        raise InvalidParameterException("Creation of service was not idempotent.", field="serviceName")
    return service


def deploy(service: Service, definition: TaskDefinition, *, now: datetime) -> Deployment:
    """Begin a roll-out of the service's task definition; the former PRIMARY becomes ACTIVE and drains."""
    service.deployments.filter(status=DeploymentStatus.PRIMARY).update(status=DeploymentStatus.ACTIVE, updated_at=now)
    deployment_id = new_deployment_id()
    reason = f"ECS deployment {deployment_id} in progress."
    deployment = Deployment.objects.create(
        service=service,
        deployment_id=deployment_id,
        status=DeploymentStatus.PRIMARY,
        task_definition=definition,
        rollout_state=RolloutState.IN_PROGRESS,
        rollout_state_reason=reason,
        workload=_workload(service),
        created_at=now,
        updated_at=now,
    )
    rollout_records.begin(deployment, now=now)
    events.deployment_state_change(deployment, event_name="SERVICE_DEPLOYMENT_IN_PROGRESS", reason=reason, at=now)
    return deployment


def _workload(service: Service) -> dict[str, Any]:
    """Return the settings of a service revision, in AWS's shape, beside its task definition."""
    found: dict[str, Any] = {"networkConfiguration": service.network_configuration}
    if service.capacity_provider_strategy:
        found["capacityProviderStrategy"] = service.capacity_provider_strategy
    else:
        found["launchType"] = service.launch_type
    if service.launch_type == LaunchType.FARGATE:
        found |= {"platformVersion": PLATFORM_VERSION, "platformFamily": "Linux"}
    return {name: value for name, value in found.items() if value}


def delete_service(service: Service, *, is_forced: bool, now: datetime) -> Service:
    """Make a service DRAINING; it becomes INACTIVE with its last task. Raises InvalidParameterException above 0 tasks.

    A service that is on its way out already comes back as it is.
    """
    if service.status == ServiceStatus.INACTIVE:
        raise ServiceNotActiveException("Service was not ACTIVE.", field="service")
    is_replica = service.scheduling_strategy == SchedulingStrategy.REPLICA
    if is_replica and service.desired_count > 0 and not is_forced and service.status == ServiceStatus.ACTIVE:
        raise InvalidParameterException("The service cannot be stopped while it is scaled above 0.", field="service")
    if not is_forced:
        task_sets.check_none(service)
    with transaction.atomic():
        Service.objects.filter(pk=service.pk, status=ServiceStatus.ACTIVE).update(
            status=ServiceStatus.DRAINING, desired_count=0, is_steady=False, deleted_at=now
        )
        rollout_records.end_open(service, rollout_records.SERVICE_DELETED, now=now)
        service.refresh_from_db()
        task_sets.drain_all(service, now=now)
        record_change(service, now=now)
    return service


def record_change(service: Service, *, now: datetime) -> None:
    """Append what is wanted of the service now, and let the scheduler look at it."""
    events.ours(
        service.cluster,
        detail_type="Service State Change",
        detail={
            "serviceArn": service.arn,
            "status": service.status,
            "desiredCount": service.desired_count,
            "taskDefinition": service.task_definition.arn if service.task_definition else "",
        },
        topics=events.service_topics(service),
        at=now,
    )
    announcements.wake_cluster(service.cluster_id)
