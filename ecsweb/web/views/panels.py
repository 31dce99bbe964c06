"""Panels as fragments, and the small calls that they offer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.models import Cluster
from ecsweb.web import calls
from ecsweb.web.acting import act
from ecsweb.web.panels.clusters import panel_of
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import Vanished, cluster_of

# What a person can type into the field at most; the API says what is right.
LONGEST_NUMBER = 9


@require_GET
def panel(request: PageRequest, name: str, kind: str, key: str) -> HttpResponse:
    """Return the panel of a thing; of one that is gone, what became of it, in the panel."""
    cluster: Cluster | None = None
    try:
        cluster = cluster_of(request, name)
        found = panel_of(request, cluster, kind, key)
    except Vanished as gone:
        if cluster is None and not request.htmx:
            raise
        context = {"what": gone.what, "name": gone.name, "events": gone.events, "cluster": {"name": name}}
        return render(request, "panels/_vanished.html", context)
    return render(request, "panels/_panel.html", {"cluster": cluster, "panel": found})


@require_POST
def scale(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Give a service another desired count."""
    asked = request.POST.get("desired_count", "")
    digits = asked.removeprefix("-")
    count: int | str = int(asked) if digits.isascii() and digits.isdigit() and len(digits) < LONGEST_NUMBER else asked
    done = _("The service %(name)s wants %(count)s tasks now.") % {"name": service_name, "count": count}
    return act(
        request, *calls.scale_service(name, service_name, count), done=done, back=reverse("cluster", args=[name])
    )


@require_POST
def redeploy(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Replace all tasks of a service by new ones of the same revision."""
    done = _("A new deployment of the service %(name)s has begun.") % {"name": service_name}
    return act(request, *calls.redeploy_service(name, service_name), done=done, back=reverse("cluster", args=[name]))
