from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.controlplane.descriptions import describe_task
from ecsweb.controlplane.task_protection import why_not_protectable
from ecsweb.domain.networks import PAUSE
from ecsweb.models import Cluster, Container, Event, Task
from ecsweb.web import calls, sentences
from ecsweb.web.acting import act
from ecsweb.web.logs import LONGEST_SEARCH, task_outputs
from ecsweb.web.pictures import chip, instance_names, place_name
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, task_of
from ecsweb.web.usage import task_usage


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of the task's life and when it was reached."""

    name: str
    at: datetime | None
    is_reached: bool


@dataclass(frozen=True, slots=True)
class EngineCall:
    """What the engine was told: the operation, and the image, ports and name it was told about."""

    operation: str
    what: str
    runtime_id: str
    at: datetime


def _engine_call(event: Event) -> EngineCall:
    detail = event.detail
    told = [detail.get("image"), *detail.get("ports", []), detail.get("container"), detail.get("name")]
    words = " ".join(str(word) for word in told if word)
    return EngineCall(str(detail["operation"]), words, str(detail.get("id", "")), event.time)


def _life(task: Task) -> list[Moment]:
    steps = [
        (_("created"), task.created_at),
        (_("image ready"), task.pull_stopped_at),
        (_("running"), task.started_at),
        (_("stopping"), task.stopping_at),
        (_("stopped"), task.stopped_at),
    ]
    return [Moment(name, at, at is not None) for name, at in steps]


def _protected_until(task: Task) -> datetime | None:
    until = task.protected_until
    return until if until is not None and until > timezone.now() else None


def bindings_of(task: Task, container: Container) -> list[dict[str, object]]:
    """Return where the container's ports answer: an awsvpc task's are those of the container that holds its network."""
    if not task.network_interface:
        return list(container.network_bindings)
    definitions = task.task_definition.document["containerDefinitions"]
    mine = next((one.get("portMappings") or () for one in definitions if one["name"] == container.name), ())
    ports = {mapping.get("containerPort") for mapping in mine}
    held = [binding for one in task.all_containers if one.name == PAUSE for binding in one.network_bindings]
    return [binding for binding in held if binding.get("containerPort") in ports]


def _context(cluster: Cluster, task: Task) -> dict[str, object]:
    names = instance_names(cluster)
    containers = list(task.containers.all())
    calls = Event.objects.filter(cluster=cluster, detail_type="Engine Call", detail__taskArn=task.arn)
    return {
        "cluster": cluster,
        "task": task,
        "containers": [
            (container, chip(container), bindings_of(task, container), sentences.mounts(task, container.name))
            for container in containers
        ],
        "can_kill": [c.name for c in containers if c.last_status == "RUNNING"],
        "is_over": task.last_status == "STOPPED",
        "can_protect": not why_not_protectable(task),
        "protected_until": task.protected_until
        if task.protected_until and task.protected_until > timezone.now()
        else None,
        "life": _life(task),
        "now": sentences.task_now(task),
        "overrides": sentences.overrides(task),
        "end": sentences.task_end(task, containers),
        "future": sentences.task_future(task),
        "instance_name": place_name(task, names),
        "why": f"{sentences.decision(task.decision, names)} {sentences.task_capacity(task)}".strip(),
        "candidates": sentences.candidates(task.decision, names),
        "engine_calls": [_engine_call(event) for event in calls.order_by("sequence")[:40]],
        "document": describe_task(task),
    }


@require_GET
def detail(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """The page of a task."""
    cluster = cluster_of(request, name)
    task = task_of(request, cluster, task_id)
    looked_for = request.GET.get("q", "")[:LONGEST_SEARCH]
    context = {
        "logs": task_outputs(task, looked_for=looked_for),
        "looked_for": looked_for,
        "usage": task_usage(task),
    }
    return render(request, "tasks/detail.html", {**_context(cluster, task), **context})


@require_GET
def state(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """The live fragment of that page."""
    cluster = cluster_of(request, name)
    return render(request, "tasks/_state.html", _context(cluster, task_of(request, cluster, task_id)))


@require_POST
def stop(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """Stop a task."""
    made = calls.stop_task(name, task_id, request.POST.get("reason", ""))
    return act(request, *made, done=_("The task is being stopped."), back=reverse("task", args=[name, task_id]))


@require_POST
def kill(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """Kill a container, really; ECS finds out by itself."""
    container = request.POST.get("container", "")
    made = calls.on_container("KillContainer", name, task_id, container)
    done = _("docker kill was asked for: container %(name)s.") % {"name": container}
    return act(request, *made, done=done, back=reverse("task", args=[name, task_id]))


@require_POST
def protect(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """Protect a task of a service from scale-in and deployments, or end that."""
    is_on = request.POST.get("protect") == "yes"
    params = {"cluster": name, "tasks": [task_id], "protectionEnabled": is_on}
    done = _("The task is protected for two hours.") if is_on else _("The task is no longer protected.")
    return act(request, "UpdateTaskProtection", params, done=done, back=reverse("task", args=[name, task_id]))
