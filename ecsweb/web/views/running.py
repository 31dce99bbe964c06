"""Run a task directly: the form of RunTask and StartTask, with what one run changes of its revision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ecsweb.models import Cluster, ContainerInstance
from ecsweb.web.forms.launching import capacity_of
from ecsweb.web.forms.overrides import Overrides
from ecsweb.web.forms.running import RunTaskForm
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import active_revisions, awsvpc_revisions, cluster_of, containers_of_revision
from ecsweb.web.running import tell_answer

# The button that only asks for the containers of the revision that was chosen; with scripts, choosing does.
ASKED = "show"


@require_http_methods(["GET", "POST"])
def run(request: PageRequest, name: str) -> HttpResponse:
    """Run a task directly: once, and looked after by nobody."""
    cluster = cluster_of(request, name)
    is_sent = request.method == "POST" and ASKED not in request.POST
    form = _form(request, cluster, is_sent=is_sent)
    if is_sent:
        answer = form.submit(request.principal)
        if answer is not None:
            shown = tell_answer(request, cluster, form.operation, answer, form.undo, were_there=form.was_there)
            return redirect(shown)
    context = {
        "cluster": cluster,
        "form": form,
        "has_revisions": bool(active_revisions(request)),
        "has_instances": bool(_instances(cluster)),
    }
    return render(request, "tasks/run.html", context, status=422 if is_sent else 200)


@require_POST
def overrides(request: PageRequest, name: str) -> HttpResponse:
    """Show the overrides of the revision that was just chosen; what was typed for the other one stays."""
    form = _form(request, cluster_of(request, name), is_sent=False)
    return render(request, "tasks/_overrides.html", {"overrides": form.overrides})


def _form(request: PageRequest, cluster: Cluster, *, is_sent: bool) -> RunTaskForm:
    revisions = active_revisions(request)
    sent: Mapping[str, Any] | None = request.POST if request.method == "POST" else None
    typed = sent or {
        "task_definition": request.GET.get("definition") or (revisions[0] if revisions else ""),
        "where": request.GET.get("where", ""),
    }
    containers = containers_of_revision(request, str(typed.get("task_definition", "")))
    form = RunTaskForm(
        sent if is_sent else None,
        cluster=cluster.name,
        revisions=revisions,
        instances=_instances(cluster),
        overrides=Overrides(sent, containers, is_sent=is_sent),
        initial=dict(typed.items()),
        capacity=capacity_of(cluster),
    )
    form.awsvpc = awsvpc_revisions(request)
    # Choosing another revision shows its containers, without the button.
    choosing = {
        "hx-post": reverse("run-overrides", args=[cluster.name]),
        "hx-target": "#overrides",
        "hx-swap": "outerHTML",
    }
    form.fields["task_definition"].widget.attrs |= {**choosing, "hx-trigger": "change", "hx-sync": "this:replace"}
    return form


def _instances(cluster: Cluster) -> list[tuple[str, str]]:
    names = instance_names(cluster)
    live = ContainerInstance.objects.filter(cluster=cluster, is_purged=False).exclude(status="INACTIVE")
    return [(row.instance_id, f"{names[row.instance_id]} · {row.availability_zone}") for row in live]
