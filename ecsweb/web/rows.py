"""Find the row that a page is about, in the account and region of whoever asks; or say what became of it."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext_noop

from ecsweb.api.learning import about_learning
from ecsweb.controlplane.references import find_container_instance, find_service, find_task_definition, tasks_of
from ecsweb.domain.errors import EcsError
from ecsweb.domain.statuses import (
    STATUSES_BEFORE_STOPPED,
    ClusterStatus,
    ContainerInstanceStatus,
    ServiceStatus,
    TaskDefinitionStatus,
)
from ecsweb.models import Cluster, ContainerInstance, Event, Recording, Service, Task, TaskDefinition
from ecsweb.web.requests import PageRequest

DELETES = "DeleteRecording"


class Vanished(Http404):
    """The object is gone; `events` are the last that the log says about it."""

    def __init__(self, what: str, name: str, events: list[Event]) -> None:
        super().__init__(f"{what} {name}")
        self.what, self.name, self.events = what, name, events


def vanished(request: PageRequest, what: str, name: str) -> Vanished:
    """Return what is raised for something that is not there, with what the log knows of it."""
    # Whole names only, alone or at the end of an ARN: part of a name is another thing's.
    named = Q(detail__icontains=f'"{name}"') | Q(detail__icontains=f'/{name}"')
    rows = Event.objects.filter(named, account=request.account).exclude(detail_type="Engine Call")
    rows = rows.exclude(about_learning())
    return Vanished(what, name, list(rows.select_related("cluster").order_by("-sequence")[:5]) if name else [])


def clusters_of(request: PageRequest) -> list[Cluster]:
    """Return the ACTIVE clusters of the account in the region."""
    rows = Cluster.objects.select_related("account").filter(account=request.account, status=ClusterStatus.ACTIVE)
    return list(rows.filter(region=request.principal.region))


def cluster_of(request: PageRequest, name: str) -> Cluster:
    """Return the ACTIVE cluster of that name. Raises Vanished."""
    rows = Cluster.objects.select_related("account").filter(account=request.account, region=request.principal.region)
    found = rows.filter(name=name, status=ClusterStatus.ACTIVE).first()
    if found is None:
        raise vanished(request, "cluster", name)
    return found


def contents_of(cluster: Cluster) -> dict[str, int]:
    """Count what a cluster must not hold to be deleted: services, tasks, instances."""
    tasks = cluster.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED, is_purged=False)
    instances = cluster.container_instances.filter(is_purged=False).exclude(status=ContainerInstanceStatus.INACTIVE)
    services = cluster.services.filter(status=ServiceStatus.ACTIVE)
    return {"services": services.count(), "tasks": tasks.count(), "instances": instances.count()}


def instance_of(request: PageRequest, cluster: Cluster, instance_id: str) -> ContainerInstance:
    """Return the container instance of that id. Raises Vanished."""
    found = find_container_instance(cluster, instance_id)
    if found is None:
        raise vanished(request, "container instance", instance_id)
    return found


def service_of(request: PageRequest, cluster: Cluster, name: str) -> Service:
    """Return the newest service of that name. Raises Vanished."""
    found = find_service(cluster, name)
    if found is None:
        raise vanished(request, "service", name)
    return found


def task_of(request: PageRequest, cluster: Cluster, task_id: str) -> Task:
    """Return the task of that id. Raises Vanished."""
    found = tasks_of(cluster).select_related("service", "deployment").filter(task_id=task_id).first()
    if found is None:
        raise vanished(request, "task", task_id)
    return found


def definition_of(request: PageRequest, reference: str) -> TaskDefinition:
    """Return the revision. Raises Vanished."""
    try:
        found = find_task_definition(request.account, request.principal.region, reference)
    except EcsError:  # an address with something like an ARN in it
        found = None
    if found is None:
        raise vanished(request, gettext_noop("task definition"), reference)
    return found


def containers_of_revision(request: PageRequest, reference: str) -> list[dict[str, Any]]:
    """Return the container definitions of a revision, none where there is no such revision."""
    try:
        return list(definition_of(request, reference).document["containerDefinitions"])
    except Vanished:
        return []


def recording_of(request: PageRequest, number: int) -> Recording:
    """Return the recording of that number. Raises Vanished."""
    row = Recording.objects.filter(account=request.account, pk=number).first() if number < 2**53 else None
    if row is None:
        calls = Event.objects.filter(account=request.account, detail_type="API Call", detail__operation=DELETES)
        rows = calls.filter(detail__parameters__recording=number) if number < 2**53 else calls.none()
        raise Vanished(gettext_noop("recording"), str(number), list(rows.order_by("-sequence")[:1]))
    return row


def revisions_of(request: PageRequest, family: str) -> list[TaskDefinition]:
    """Return the family's revisions that are not deleted, the newest first."""
    rows = TaskDefinition.objects.filter(account=request.account, region=request.principal.region, family=family)
    return list(rows.exclude(status=TaskDefinitionStatus.DELETED).order_by("-revision"))


def awsvpc_revisions(request: PageRequest) -> frozenset[str]:
    """Return the revisions whose tasks have a network interface of their own."""
    rows = TaskDefinition.objects.filter(account=request.account, region=request.principal.region)
    return frozenset(row.family_revision for row in rows.filter(document__networkMode="awsvpc"))


def active_revisions(request: PageRequest) -> list[str]:
    """Return the ACTIVE revisions as `family:revision`, the newest registration first."""
    rows = TaskDefinition.objects.filter(account=request.account, region=request.principal.region, status="ACTIVE")
    return [row.family_revision for row in rows.order_by("-registered_at", "-pk")]
