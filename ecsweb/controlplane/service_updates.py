"""UpdateService (`ecs-facts.md` 6.3): what is given changes, all else stays as it is now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import task_sets
from ecsweb.controlplane.services import check_placement, deploy, hold_providers, record_change
from ecsweb.domain.breakers import circuit_breaker_of
from ecsweb.domain.capacity.fargate import check_fargate, not_with_fargate
from ecsweb.domain.capacity.strategies import as_stored, check_of_daemon, strategy_after_update
from ecsweb.domain.errors import InvalidParameterException, ServiceNotActiveException
from ecsweb.domain.networks import check_network, is_awsvpc
from ecsweb.domain.placement.strategies import strategies_of
from ecsweb.domain.service_scheduler.rebalancing import check_rebalancing
from ecsweb.domain.services import check_desired_count, check_grace_period, deployment_configuration
from ecsweb.domain.statuses import LaunchType, SchedulingStrategy, ServiceStatus
from ecsweb.models import Service, TaskDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceChange:
    """What an UpdateService call gives; None is what it does not mention.

    Constraints and both kinds of strategy reach tasks that start later; an empty list removes them.
    """

    task_definition: TaskDefinition | None = None
    network_configuration: Mapping[str, Any] | None = None
    desired_count: int | None = None
    minimum_healthy_percent: int | None = None
    maximum_percent: int | None = None
    is_new_deployment_forced: bool = False
    placement_constraints: Sequence[dict[str, str]] | None = None
    placement_strategy: Sequence[dict[str, str]] | None = None
    circuit_breaker: Mapping[str, Any] | None = None
    health_check_grace_period_seconds: int | None = None
    rebalances_zones: bool | None = None
    propagate_tags: str | None = None
    enable_ecs_managed_tags: bool | None = None
    # As the call words it, not checked yet.
    provider_strategy: Sequence[Mapping[str, Any]] | None = None


def update_service(service: Service, change: ServiceChange, *, now: datetime) -> Service:
    """Change what is wanted of a service; a task definition or a forced deployment starts a roll-out (6.3).

    Raises ServiceNotActiveException, InvalidParameterException, UnsupportedFeatureException; then nothing is changed.
    """
    with transaction.atomic():
        if change.provider_strategy:
            hold_providers(service.cluster, change.provider_strategy)
        # The row's write lock: of two calls at once the second is checked against what the first has made of it.
        rows = Service.objects.filter(pk=service.pk, status=ServiceStatus.ACTIVE)
        if rows.update(desired_count=F("desired_count")) != 1:
            raise ServiceNotActiveException("Service was not ACTIVE.", field="service")
        service.refresh_from_db()
        is_new = change.task_definition is not None and change.task_definition.pk != service.task_definition_id
        values = {**_counts(service, change), **_placement(service, change), **_rest(service, change)}
        rows.update(is_steady=False, is_rebalancing=False, placement_failure="", **values)
        service.refresh_from_db()
        # The same revision again is no change and starts no roll-out.
        is_asked = is_new or bool(change.network_configuration) or change.is_new_deployment_forced
        if service.task_definition and is_asked:
            deploy(service, service.task_definition, now=now)
        record_change(service, now=now)
    return service


def _counts(service: Service, change: ServiceChange) -> dict[str, Any]:
    """Check desired count and percentages, and return their columns."""
    strategy = SchedulingStrategy(service.scheduling_strategy)
    if change.desired_count is not None:
        if strategy is SchedulingStrategy.DAEMON:
            raise InvalidParameterException(
                "The daemon scheduling strategy does not support a desired count for services. Remove the desired "
                "count value and try again",
                field="desiredCount",
            )
        check_desired_count(change.desired_count)
    minimum, maximum = change.minimum_healthy_percent, change.maximum_percent
    found = deployment_configuration(
        strategy,
        minimum_healthy_percent=service.minimum_healthy_percent if minimum is None else minimum,
        maximum_percent=service.maximum_percent if maximum is None else maximum,
    )
    return {
        "desired_count": service.desired_count if change.desired_count is None else change.desired_count,
        "minimum_healthy_percent": found.minimum_healthy_percent,
        "maximum_percent": found.maximum_percent,
    }


def _placement(service: Service, change: ServiceChange) -> dict[str, Any]:
    """Check constraints, strategies and rebalancing, and return their columns."""
    constraints, strategy = change.placement_constraints, change.placement_strategy
    is_daemon = service.scheduling_strategy == SchedulingStrategy.DAEMON
    check_placement(constraints or (), strategy or (), is_daemon=is_daemon)
    if service.launch_type == LaunchType.FARGATE or task_sets.has_fargate(service):
        _check_on_fargate(service, change)
    if service.rebalances_zones if change.rebalances_zones is None else change.rebalances_zones:
        maximum = service.maximum_percent if change.maximum_percent is None else change.maximum_percent
        check_rebalancing(
            SchedulingStrategy(service.scheduling_strategy),
            strategies_of(service.placement_strategy if strategy is None else strategy),
            maximum_percent=maximum,
            launch_type=service.launch_type,
        )
    return _given(
        placement_constraints=None if constraints is None else list(constraints),
        placement_strategy=None if strategy is None else list(strategy),
        rebalances_zones=change.rebalances_zones,
    )


def _check_on_fargate(service: Service, change: ServiceChange) -> None:
    if change.placement_constraints or change.placement_strategy:
        raise not_with_fargate(has_constraints=bool(change.placement_constraints))
    definition = change.task_definition or service.task_definition
    if definition is not None:
        check_fargate(definition.document, definition.requires_attributes)


def _rest(service: Service, change: ServiceChange) -> dict[str, Any]:
    """Check what is left, and return its columns."""
    circuit_breaker_of(change.circuit_breaker)
    check_grace_period(change.health_check_grace_period_seconds)
    strategy = None
    if change.provider_strategy is not None:
        check_of_daemon(change.provider_strategy, SchedulingStrategy(service.scheduling_strategy))
        associated, launch_type = service.cluster.capacity_providers, LaunchType(service.launch_type)
        items = strategy_after_update(change.provider_strategy, associated=associated, launch_type=launch_type)
        strategy = as_stored(items)
    return _given(
        task_definition=change.task_definition,
        network_configuration=_network_after(service, change),
        deployment_circuit_breaker=None if change.circuit_breaker is None else dict(change.circuit_breaker),
        health_check_grace_period_seconds=change.health_check_grace_period_seconds,
        propagate_tags=change.propagate_tags,
        enable_ecs_managed_tags=change.enable_ecs_managed_tags,
        capacity_provider_strategy=strategy,
    )


def _given(**columns: Any) -> dict[str, Any]:
    return {name: value for name, value in columns.items() if value is not None}


def _network_after(service: Service, change: ServiceChange) -> dict[str, Any]:
    """Return the network configuration after an update: what is asked for, else what it has.

    One of awsvpc goes with a revision of another network mode. Raises InvalidParameterException (`check_network`).
    """
    rolled_out = change.task_definition or service.task_definition
    if rolled_out is None:
        return {}
    kept = service.network_configuration if is_awsvpc(rolled_out.document) else {}
    network = change.network_configuration or kept
    check_network(rolled_out.document, network, LaunchType(service.launch_type))
    return dict(network)
