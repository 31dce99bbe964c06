from __future__ import annotations

from collections import Counter
from itertools import groupby

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.api import call
from ecsweb.controlplane.descriptions import describe_task_definition
from ecsweb.domain.errors import EcsError
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, TaskDefinitionStatus
from ecsweb.models import Task, TaskDefinition
from ecsweb.registry.image_references import parse
from ecsweb.web import calls, sentences
from ecsweb.web.acting import act, say_refused
from ecsweb.web.picture_rows import tints_of
from ecsweb.web.pictures import definition_card
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import clusters_of, definition_of, revisions_of


def _families(request: PageRequest) -> list[tuple[str, list[object]]]:
    mine = TaskDefinition.objects.filter(account=request.account, region=request.principal.region)
    rows = list(mine.exclude(status=TaskDefinitionStatus.DELETED))
    tasks = Task.objects.filter(task_definition__in=rows, last_status__in=STATUSES_BEFORE_STOPPED)
    running = Counter(tasks.values_list("task_definition_id", flat=True))
    tint_of = tints_of(rows)
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


@require_GET
def detail(request: PageRequest, reference: str) -> HttpResponse:
    """One revision: what it says, where its images come from, and what runs it."""
    row = definition_of(request, reference)
    tasks = Task.objects.filter(task_definition=row, last_status__in=STATUSES_BEFORE_STOPPED, is_purged=False)
    containers = row.document["containerDefinitions"]
    context = {
        "definition": row,
        "containers": [(container, parse(container["image"])) for container in containers],
        "others": [other for other in revisions_of(request, row.family) if other.pk != row.pk][:5],
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
    return act(request, *calls.deregister_definition(reference), done=done, back=back)


@require_POST
def delete(request: PageRequest, reference: str) -> HttpResponse:
    """Delete an INACTIVE revision; the answer says why where it cannot be."""
    try:
        answer = call(request.principal, "DeleteTaskDefinitions", {"taskDefinitions": [reference]})
    except EcsError as error:
        say_refused(request, error)
        return HttpResponseRedirect(reverse("task-definitions"))
    for failure in answer["failures"]:
        messages.error(request, failure["reason"])
    for deleted in answer["taskDefinitions"]:
        words = {"name": f"{deleted['family']}:{deleted['revision']}", "status": deleted["status"]}
        messages.success(request, _("%(name)s is %(status)s.") % words)
    return HttpResponseRedirect(reverse("task-definitions"))
