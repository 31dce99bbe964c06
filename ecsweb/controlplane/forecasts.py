"""What a deployment of a revision would do to the services and direct tasks of its family; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.resources import demand_of
from ecsweb.domain.service_scheduler.forecast import NEW, Forecast, forecast
from ecsweb.domain.snapshots import ClusterSnapshot, DeploymentSnapshot
from ecsweb.domain.statuses import (
    STATUSES_BEFORE_STOPPED,
    DeploymentController,
    DeploymentStatus,
    RolloutState,
    ServiceStatus,
)
from ecsweb.models import Service, Task, TaskDefinition

# As many services as are looked at: each is planned round by round.
MOST_SERVICES = 20


@dataclass(frozen=True, slots=True)
class ServiceForecast:
    """A service of the family, and what would become of it; None where it runs the revision already."""

    service: Service
    forecast: Forecast | None


def forecasts_of(definition: TaskDefinition, *, now: datetime) -> Iterator[ServiceForecast]:
    """Yield a forecast for each service that runs a revision of the family; task sets are somebody else's to deploy."""
    rows = Service.objects.filter(
        cluster__account=definition.account_id,
        cluster__region=definition.region,
        task_definition__family=definition.family,
        status=ServiceStatus.ACTIVE,
    ).exclude(deployment_controller=DeploymentController.EXTERNAL)
    clusters: dict[int, ClusterSnapshot] = {}
    for service in rows.select_related("cluster__account", "task_definition").order_by("cluster__name", "name")[
        :MOST_SERVICES
    ]:
        if service.cluster_id not in clusters:
            clusters[service.cluster_id] = snapshot_of(service.cluster)
        yield ServiceForecast(service, _forecast(service, definition, clusters[service.cluster_id], now=now))


def _forecast(
    service: Service, definition: TaskDefinition, cluster: ClusterSnapshot, *, now: datetime
) -> Forecast | None:
    found = next((one for one in cluster.services if one.pk == service.pk), None)
    if found is None or service.task_definition_id == definition.pk:
        return None
    return forecast(found, _deployment(service, definition, now=now), cluster, now=now)


def _deployment(service: Service, definition: TaskDefinition, *, now: datetime) -> DeploymentSnapshot:
    """Return the deployment that UpdateService would make."""
    asked = [*service.placement_constraints, *definition.document.get("placementConstraints", [])]
    return DeploymentSnapshot(
        pk=NEW,
        deployment_id="",
        status=DeploymentStatus.PRIMARY,
        rollout_state=RolloutState.IN_PROGRESS,
        demand=demand_of(definition.document, definition.requires_attributes),
        created_at=now,
        constraints=constraints_of(asked, matches),
    )


def direct_tasks_of(definition: TaskDefinition) -> list[Task]:
    """Return the tasks of the family that no service looks after and that run another revision: they stay so."""
    rows = Task.objects.filter(
        cluster__account=definition.account_id,
        cluster__region=definition.region,
        task_definition__family=definition.family,
        service=None,
        last_status__in=STATUSES_BEFORE_STOPPED,
    ).exclude(task_definition=definition)
    return list(rows.select_related("cluster__account", "task_definition").order_by("-created_at")[:50])
