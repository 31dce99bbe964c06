"""What changes if a revision is deployed: to each service of its family, before it is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ecsweb.api import call
from ecsweb.domain.errors import EcsError
from ecsweb.domain.task_definitions.differences import differences
from ecsweb.models import TaskDefinition
from ecsweb.web import sentences
from ecsweb.web.acting import act, say_refused
from ecsweb.web.differences import Part, parts_of
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, clusters_of, definition_of

# As many squares as a round is drawn with; the numbers stand beside them.
MOST_SQUARES = 24


@dataclass(frozen=True, slots=True)
class Round:
    """One round as it is shown: where tasks start, how many stop, and what runs when it is over."""

    started: str
    count: int
    stopped: int
    old: int
    new: int
    old_squares: str
    new_squares: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One service: what it runs, what differs, what would happen, and the call that does it."""

    cluster: str
    service: str
    running: str
    found: Mapping[str, Any] | None
    outcome: str
    says: str
    nearest: str
    differs: int
    parts: list[Part]
    rounds: list[Round]


@require_http_methods(["GET", "POST"])
def deploy(request: PageRequest, reference: str) -> HttpResponse:
    """Show what a deployment would do; a POST makes the one of its services that it names."""
    definition = definition_of(request, reference)
    if request.method == "POST":
        return _deploy(request, definition)
    try:
        answer = call(request.principal, "DescribeDeploymentForecast", {"taskDefinition": definition.family_revision})
    except EcsError as error:
        if request.htmx:
            return HttpResponse(status=204)
        say_refused(request, error)
        return redirect("task-definition", definition.family_revision)
    context = {
        "definition": definition,
        "previews": [_preview(request, definition, one) for one in answer["services"]],
        "direct": _direct(answer["directTasks"]),
        "clusters": clusters_of(request),
    }
    return render(request, f"task_definitions/{'_previews' if request.htmx else 'deploy'}.html", context)


def _deploy(request: PageRequest, definition: TaskDefinition) -> HttpResponse:
    cluster, service = request.POST.get("cluster", ""), request.POST.get("service", "")
    params = {"cluster": cluster, "service": service, "taskDefinition": definition.family_revision}
    words = {"service": service, "revision": definition.family_revision}
    done = _("The service %(service)s now rolls out %(revision)s.") % words
    return act(
        request,
        "UpdateService",
        params,
        done=done,
        back=reverse("deploy-task-definition", args=[definition.family_revision]),
    )


def _preview(request: PageRequest, definition: TaskDefinition, one: Mapping[str, Any]) -> Preview:
    running = _name(one["taskDefinition"])
    names = instance_names(cluster_of(request, one["clusterName"]))
    found, before = one["forecast"], definition_of(request, running)
    differing = differences(before.document, definition.document)
    return Preview(
        cluster=one["clusterName"],
        service=one["serviceName"],
        running=running,
        found=found and {**found, "minimum": one["minimumHealthyPercent"], "maximum": one["maximumPercent"]},
        outcome=found["outcome"] if found else "",
        says=_says(found, names) if found else "",
        nearest=sentences.nearest(found["decision"] or {}, names) if found else "",
        differs=len(differing),
        parts=parts_of(differing),
        rounds=[_round(one, names) for one in found["rounds"]] if found else [],
    )


def _says(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return how it would end, as a sentence."""
    if found["outcome"] == "NO_ROOM":
        begins = _("It would stop halfway: there is no place for the next task.")
        stuck = begins if found["rounds"] else _("It would not begin: there is no place for the first new task.")
        why = sentences.unplaced(found["decision"], names) if found["decision"] else ""
        return f"{stuck} {why}".strip()
    said = {
        "DONE": _("It would go through: every task is replaced."),
        "BLOCKED": _(
            "It would not move: the percentages, or tasks that are protected, let nothing start and nothing stop."
        ),
        "WAITS": _("New tasks would wait until their capacity provider has launched instances; then it goes on."),
        "LONG": _("It would go on like this for more rounds than are shown here."),
    }
    return said[str(found["outcome"])]


def _round(one: Mapping[str, Any], names: Mapping[str, str]) -> Round:
    started = [names.get(name, "FARGATE") for name in one["started"]]
    counted = {name: started.count(name) for name in dict.fromkeys(started)}
    return Round(
        started=", ".join(f"{name} × {count}" if count > 1 else name for name, count in counted.items()),
        count=len(started),
        stopped=one["stopped"],
        old=one["old"],
        new=one["new"],
        old_squares="□" * min(one["old"], MOST_SQUARES),
        new_squares="■" * min(one["new"], MOST_SQUARES),
    )


def _direct(tasks: list[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """Return cluster, task id and revision of each task that nobody would replace."""
    return [(one["clusterName"], one["taskArn"].rsplit("/", 1)[1], _name(one["taskDefinition"])) for one in tasks]


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[1]
