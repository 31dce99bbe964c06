"""Output that is followed: of a task, of a service with its tasks in one order, and as a file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ecsweb.web.logs import LONGEST_SEARCH, Output, as_plain_text, service_output, task_outputs
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, service_of, task_of


def _looked_for(request: PageRequest) -> str:
    return request.GET.get("q", "")[:LONGEST_SEARCH]


@require_GET
def of_task(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """The fragment of a task's output, or the file of it; asking for it keeps the agent following."""
    cluster = cluster_of(request, name)
    task = task_of(request, cluster, task_id)
    outputs = task_outputs(task, looked_for=_looked_for(request))
    if "download" in request.GET:
        return _file(f"{task.task_id[:12]}.log", outputs)
    context = {
        "cluster": cluster,
        "task": task,
        "logs": outputs,
        "is_over": task.last_status == "STOPPED",
        "looked_for": _looked_for(request),
    }
    return render(request, "tasks/_logs.html", context)


@require_GET
def of_service(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """The page of a service's output, its fragment for htmx, or the file of it."""
    cluster = cluster_of(request, name)
    service = service_of(request, cluster, service_name)
    output = service_output(service, looked_for=_looked_for(request))
    if "download" in request.GET:
        return _file(f"{service.name}.log", [output])
    context = {"cluster": cluster, "service": service, "output": output, "looked_for": _looked_for(request)}
    return render(request, "services/_logs.html" if request.htmx else "services/logs.html", context)


def _file(name: str, outputs: list[Output]) -> HttpResponse:
    response = HttpResponse(as_plain_text(outputs), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
