"""What a task and a container instance use, as fragments that a page asks for as long as somebody looks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, instance_of, task_of
from ecsweb.web.usage import instance_usage, task_usage


@require_GET
def of_task(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """The charts of a task; asking for them keeps the agent measuring."""
    cluster = cluster_of(request, name)
    task = task_of(request, cluster, task_id)
    context = {"cluster": cluster, "task_id": task.task_id, "usage": task_usage(task)}
    return render(request, "tasks/_usage.html", context)


@require_GET
def of_instance(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """The charts of a container instance; asking for them keeps the agent measuring."""
    cluster = cluster_of(request, name)
    instance = instance_of(request, cluster, instance_id)
    context = {"cluster": cluster, "instance_id": instance.instance_id, "usage": instance_usage(instance)}
    return render(request, "instances/_usage.html", context)
