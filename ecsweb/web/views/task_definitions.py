from __future__ import annotations

from collections import Counter
from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ecsweb.controlplane.descriptions import describe_task_definition
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, TaskDefinitionStatus
from ecsweb.models import Task, TaskDefinition
from ecsweb.registry.image_references import parse
from ecsweb.web import sentences
from ecsweb.web.acting import act
from ecsweb.web.diagrams.cluster_picture import tints
from ecsweb.web.forms.task_definitions import JsonTaskDefinitionForm, SimpleTaskDefinitionForm, as_json, as_simple
from ecsweb.web.pictures import definition_card
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import clusters_of, definition_of


def _families(request: PageRequest) -> list[tuple[str, list[object]]]:
    mine = TaskDefinition.objects.filter(account=request.account, region=request.principal.region)
    rows = list(mine.exclude(status=TaskDefinitionStatus.DELETED))
    tasks = Task.objects.filter(task_definition__in=rows, last_status__in=STATUSES_BEFORE_STOPPED)
    running = Counter(tasks.values_list("task_definition_id", flat=True))
    tint_of = tints([row.family_revision for row in rows])
    ordered = sorted(rows, key=lambda row: (row.family, -row.revision))
    return [
        (family, [definition_card(row, tint_of, running[row.pk]) for row in group])
        for family, group in groupby(ordered, key=lambda row: row.family)
    ]


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """All families and revisions; they lie outside every cluster."""
    return render(request, "task_definitions/list.html", {"families": _families(request)})


@require_GET
def families(request: PageRequest) -> HttpResponse:
    """The live fragment of that page."""
    return render(request, "task_definitions/_families.html", {"families": _families(request)})


@require_http_methods(["GET", "POST"])
def register(request: PageRequest) -> HttpResponse:
    """Register a revision by the form or as JSON; with `?from=web:1` both begin with that revision."""
    initial, text = None, as_json(EXAMPLE)
    if request.GET.get("from"):
        document = definition_of(request, request.GET["from"]).document
        initial, text = as_simple(document), as_json(document)
    is_json = "document" in request.POST
    is_simple = request.method == "POST" and not is_json
    simple = SimpleTaskDefinitionForm(request.POST if is_simple else None, initial=initial)
    pasted = JsonTaskDefinitionForm(request.POST if is_json else None, initial={"document": text})
    if request.method == "POST":
        answer = (pasted if is_json else simple).submit(request.principal)
        if answer is not None:
            made = answer["taskDefinition"]
            return redirect("task-definition", f"{made['family']}:{made['revision']}")
    has_errors = bool(pasted.errors if is_json else simple.errors) if request.method == "POST" else False
    context = {"simple": simple, "pasted": pasted, "is_json": is_json, "based_on": request.GET.get("from", "")}
    return render(request, "task_definitions/register.html", context, status=422 if has_errors else 200)


EXAMPLE = {
    "family": "web",
    "containerDefinitions": [
        {
            "name": "app",
            "image": "ecsweb/web:1",
            "essential": True,
            "cpu": 128,
            "memory": 64,
            "portMappings": [{"containerPort": 80}],
        },
        {"name": "log", "image": "ecsweb/worker:1", "essential": False, "memory": 32},
    ],
}


@require_GET
def detail(request: PageRequest, reference: str) -> HttpResponse:
    """One revision: what it says, where its images come from, and what runs it."""
    row = definition_of(request, reference)
    tasks = Task.objects.filter(task_definition=row, last_status__in=STATUSES_BEFORE_STOPPED, is_purged=False)
    containers = row.document["containerDefinitions"]
    context = {
        "definition": row,
        "containers": [(container, parse(container["image"])) for container in containers],
        "departures": sentences.field_departures(row.document),
        "tasks": list(tasks.select_related("cluster", "service")[:50]),
        "clusters": clusters_of(request),
        "document": describe_task_definition(row),
    }
    return render(request, "task_definitions/detail.html", context)


@require_POST
def deregister(request: PageRequest, reference: str) -> HttpResponse:
    """Make a revision INACTIVE; what runs it runs on."""
    done = _("%(name)s is INACTIVE. Tasks that run it run on; nothing new can use it.") % {"name": reference}
    back = reverse("task-definition", args=[reference])
    return act(request, "DeregisterTaskDefinition", {"taskDefinition": reference}, done=done, back=back)
