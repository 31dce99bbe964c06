"""One of the two: a cluster or a service, named in the address, read from the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from ecsweb.domain.agents import AgentCondition
from ecsweb.domain.statuses import (
    STATUSES_BEFORE_STOPPED,
    ContainerInstanceStatus,
    DeploymentController,
    ServiceStatus,
    TaskStatus,
)
from ecsweb.domain.twins import EndedTask, Side, Told, TwinInstance, TwinService, TwinTask
from ecsweb.models import Cluster, Container, ContainerInstance, Service, Task
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, clusters_of, service_of

LEFT, RIGHT = "left", "right"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What stands on a side: a cluster, or one service of it."""

    place: str
    ref: str
    cluster: Cluster
    service: Service | None = None

    @property
    def name(self) -> str:
        """Return what it is called."""
        return f"{self.cluster.name} / {self.service.name}" if self.service else self.cluster.name

    def tasks(self) -> QuerySet[Task]:
        """Return its tasks, those that are over too, the oldest first."""
        rows = Task.objects.filter(cluster=self.cluster, is_purged=False)
        return rows.filter(service=self.service) if self.service else rows

    def services(self) -> list[Service]:
        """Return its services, the oldest first; those with task sets are moved by somebody else."""
        if self.service:
            return [self.service]
        rows = Service.objects.filter(cluster=self.cluster, status=ServiceStatus.ACTIVE)
        rows = rows.exclude(deployment_controller=DeploymentController.EXTERNAL)
        return list(rows.select_related("task_definition", "cluster__account").order_by("pk"))

    def instances(self) -> list[ContainerInstance]:
        """Return the cluster's container instances, the oldest first."""
        rows = ContainerInstance.objects.filter(cluster=self.cluster, is_purged=False)
        return list(rows.exclude(status=ContainerInstanceStatus.INACTIVE).order_by("pk"))


def chosen(request: PageRequest, place: str, given: Mapping[str, str]) -> Chosen | None:
    """Return what the address puts on the side, `cluster:NAME` or `service:CLUSTER/NAME`; None where it says nothing.

    Raises Vanished where there is no such thing (any more).
    """
    ref = given.get(place, "")
    kind, _colon, name = ref.partition(":")
    if kind == "cluster" and name:
        return Chosen(place, ref, cluster_of(request, name))
    cluster_name, _slash, service_name = name.partition("/")
    if kind == "service" and cluster_name and service_name:
        cluster = cluster_of(request, cluster_name)
        return Chosen(place, ref, cluster, service_of(request, cluster, service_name))
    return None


def choices(request: PageRequest) -> list[tuple[str, list[str]]]:
    """Return what can stand on a side, cluster by cluster: the cluster, and its services."""
    clusters = clusters_of(request)
    services = Service.objects.filter(cluster__in=clusters, status=ServiceStatus.ACTIVE).order_by("name")
    names: dict[int, list[str]] = {}
    for cluster_pk, name in services.values_list("cluster_id", "name"):
        names.setdefault(cluster_pk, []).append(name)
    return [(cluster.name, names.get(cluster.pk, [])) for cluster in clusters]


def live_tasks(side: Chosen) -> list[Task]:
    """Return the tasks that are not over, with their containers, the oldest first."""
    containers = Prefetch("containers", Container.objects.order_by("index"), to_attr="fetched_containers")
    rows = side.tasks().filter(last_status__in=STATUSES_BEFORE_STOPPED).prefetch_related(containers)
    return list(rows.select_related("task_definition", "service", "container_instance").order_by("created_at", "pk"))


def side_of(side: Chosen, *, since: datetime | None, told: Sequence[Told]) -> Side:
    """Return the side as the values that are compared; what ended and began counts from `since` on."""
    names = instance_names(side.cluster)
    return Side(
        services=tuple(_service(row) for row in side.services()),
        instances=tuple(TwinInstance(names[row.instance_id], condition_of(row)) for row in side.instances()),
        tasks=tuple(_task(row, names) for row in live_tasks(side)),
        ended=_ended(side, since) if since else (),
        begun=_begun(side, since) if since else (),
        told=tuple(told),
    )


def _service(row: Service) -> TwinService:
    strategies = [f"{one.get('type', '')}({one.get('field', '')})" for one in row.placement_strategy]
    return TwinService(row.name, row.scheduling_strategy, row.desired_count, ", ".join(strategies))


def condition_of(row: ContainerInstance) -> str:
    """Return in a word how the instance is: its status, or why its agent is silent."""
    return str(row.status) if row.agent_condition == AgentCondition.RUNNING else str(row.agent_condition)


def _task(row: Task, names: Mapping[str, str]) -> TwinTask:
    statuses = [container.last_status for container in row.visible_containers]
    instance = row.container_instance
    return TwinTask(
        owner=row.service.name if row.service else "",
        revision=row.task_definition.family_revision,
        instance=names.get(instance.instance_id, "") if instance else "",
        status=row.last_status,
        containers_running=statuses.count("RUNNING"),
        containers_ended=statuses.count("STOPPED"),
    )


def _ended(side: Chosen, since: datetime) -> tuple[EndedTask, ...]:
    rows = side.tasks().filter(last_status=TaskStatus.STOPPED, stopped_at__gte=since)
    return tuple(EndedTask(owner or "", code) for owner, code in rows.values_list("service__name", "stop_code"))


def _begun(side: Chosen, since: datetime) -> tuple[str, ...]:
    rows = side.tasks().filter(created_at__gte=since).exclude(service=None)
    return tuple(rows.values_list("service__name", flat=True))
