"""“What will happen?”, asked before something is broken or taken away: a page, and a fragment of the panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.domain.prediction import (
    Prediction,
    if_agent_is_silent,
    if_instance_drains,
    if_instance_goes,
    if_machine_stops,
    if_tasks_end,
)
from ecsweb.domain.snapshots import ClusterSnapshot
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.models import Cluster, ContainerInstance, Service, Task, TaskDefinition
from ecsweb.web.guesses import subject_of
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, instance_of, task_of
from ecsweb.web.sentences.prediction import flood_lines, image_lines, prediction_lines

OF_INSTANCE: Mapping[str, Callable[[ClusterSnapshot, int, datetime], Prediction]] = {
    "LoseInstance": lambda cluster, pk, now: if_instance_goes(cluster, pk, now=now),
    "StopInstance": lambda cluster, pk, now: if_machine_stops(cluster, pk, now=now),
    "DisconnectAgent": lambda cluster, pk, now: if_agent_is_silent(cluster, pk, now=now),
    "KillAgent": lambda cluster, pk, now: if_agent_is_silent(cluster, pk, now=now),
    "Drain": lambda cluster, pk, now: if_instance_drains(cluster, pk, now=now),
}


@require_GET
def what_if(request: PageRequest, name: str, change: str, key: str) -> HttpResponse:
    """Say what will happen: `change` is StopTask, KillContainer, or one that concerns a container instance."""
    cluster = cluster_of(request, name)
    lines = foretold(request, cluster, change, key)
    subject = key if change == "BreakImage" else subject_of(change, key, instance_names(cluster))
    context = {"cluster": cluster, "change": change, "key": key, "subject": subject, "lines": lines}
    # htmx asks for the fragment; without script it is a page.
    return render(request, "panels/_what_if.html" if request.htmx else "panels/what_if.html", context)


def foretold(request: PageRequest, cluster: Cluster, change: str, key: str) -> list[str]:
    """Return what will happen, line by line. Raises Vanished for a key that nothing has, Http404 for another change."""
    if change == "BreakImage":
        return _without_image(cluster, key)
    if change == "FloodCpu":
        return flood_lines(task_of(request, cluster, key.partition("~")[0]))
    found = _prediction(request, cluster, change, key)
    rows = ContainerInstance.objects.filter(cluster=cluster)
    names = instance_names(cluster)
    return prediction_lines(
        found, {pk: names[instance_id] for pk, instance_id in rows.values_list("pk", "instance_id")}
    )


def _without_image(cluster: Cluster, image: str) -> list[str]:
    """Say what runs on, and which services could not replace a task then."""
    services = Service.objects.filter(cluster=cluster, status="ACTIVE").select_related("task_definition")
    tasks = Task.objects.filter(cluster=cluster, last_status__in=STATUSES_BEFORE_STOPPED)
    running = tasks.select_related("task_definition").only("task_definition__document")
    return image_lines(
        tasks=sum(_uses(one.task_definition, image) for one in running),
        services=[one.name for one in services if one.task_definition and _uses(one.task_definition, image)],
    )


def _uses(definition: TaskDefinition, image: str) -> bool:
    return any(one["image"] == image for one in definition.document["containerDefinitions"])


def _prediction(request: PageRequest, cluster: Cluster, change: str, key: str) -> Prediction:
    now = timezone.now()
    if change in OF_INSTANCE:
        row = instance_of(request, cluster, key)
        return OF_INSTANCE[change](snapshot_of(cluster), row.pk, now)
    task_id, _tilde, container = key.partition("~")
    task = task_of(request, cluster, task_id)
    if change == "StopTask":
        return if_tasks_end(snapshot_of(cluster), {task.pk}, now=now)
    if change not in {"KillContainer", "FillMemory"}:
        raise Http404(change)
    killed = task.containers.filter(name=container).first()
    if killed is None:
        raise Http404(key)
    # One that is not essential ends alone.
    return if_tasks_end(snapshot_of(cluster), {task.pk} if killed.essential else set(), now=now)
