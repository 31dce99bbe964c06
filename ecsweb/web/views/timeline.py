"""The timeline: the picture as it was, the bar under it, what has happened since."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from ecsweb.controlplane.timeline import history_begins, past_at
from ecsweb.domain.statuses import ClusterStatus
from ecsweb.models import Cluster, Event
from ecsweb.web.pictures import instance_names, picture_of
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, vanished
from ecsweb.web.timeline.bar import bar_of, waiting
from ecsweb.web.timeline.past_rows import rows_of_past
from ecsweb.web.timeline.stretch import number_in, own_events, stretch_of

STAGES = ("1", "2", "3")


def stage_of(request: HttpRequest) -> str:
    """Return the stage of the notes that was asked for, the last by default."""
    stage = request.GET.get("stage", "3")
    return stage if stage in STAGES else "3"


def view_of(request: HttpRequest) -> str:
    """Return which view of the instances was asked for: what stands in them, or what is reserved."""
    return "capacity" if request.GET.get("view") == "capacity" else "hierarchy"


def moment_of(request: PageRequest, begins: int) -> int | None:
    """Return the sequence number that `at` asks for, no further away than the log reaches; None for none."""
    number = number_in(request.GET.get("at", ""))
    return None if number is None else min(max(number, begins), request.account.last_sequence)


def _looks(request: HttpRequest, cluster: Cluster) -> dict[str, object]:
    """Return how the picture is looked at, and the address of its past but for the moment, which steps append."""
    stage, view = stage_of(request), view_of(request)
    stretch = stretch_of(request)
    is_slow = "slow" in request.GET and stretch is None
    more = f"{stretch.query}&" if stretch else "slow=1&" if is_slow else ""
    address = f"{reverse('cluster', args=(cluster.name,))}?stage={stage}&view={view}&{more}"
    looks = {"cluster": cluster, "stage": stage, "view": view, "address": address, "more": more}
    return {**looks, "is_slow": is_slow, "stretch": stretch, "plays": is_slow or stretch is not None}


def _cluster_that_was(request: PageRequest, name: str) -> Cluster:
    """Return the cluster of that name, also one that is gone and whose log is kept. Raises Vanished."""
    here = {"account": request.account, "region": request.principal.region, "name": name}
    found = Cluster.objects.select_related("account").filter(**here).first()
    if found is None:
        # A reset takes the rows and leaves the log: such a cluster only lends its name and ARN to what is drawn.
        found = Cluster(**here, status=ClusterStatus.INACTIVE)
        if not Event.objects.filter(own_events(found), account=request.account).exists():
            raise vanished(request, "cluster", name)
    return found


@require_GET
def at(request: PageRequest, name: str) -> HttpResponse:
    """The cluster as it was once the event `?at=` had happened; nothing can be done there."""
    cluster = _cluster_that_was(request, name)
    begins = history_begins(request.account)
    sequence = moment_of(request, begins)
    if sequence is None or not begins:
        return redirect("cluster", name)
    past = past_at(request.account, sequence)
    rows = rows_of_past(past, cluster)
    stretch = stretch_of(request)
    context = {
        **_looks(request, cluster),
        "past": past,
        "picture": picture_of(rows, open_instances=request.GET.getlist("open")),
        "bar": bar_of(cluster, rows.names, at=sequence, begins=begins, stretch=stretch),
        "is_absent": cluster.arn not in past.clusters,
        "is_ahead": (number_in(request.GET.get("at", "")) or 0) > request.account.last_sequence,
        "is_beginning": begins > 1 and sequence <= begins,
    }
    return render(request, "timeline/past.html", context)


@require_GET
def bar(request: PageRequest, name: str) -> HttpResponse:
    """The fragment of the live bar."""
    return render(request, "timeline/_bar.html", live_bar(request, cluster_of(request, name)))


def live_bar(request: PageRequest, cluster: Cluster) -> dict[str, object]:
    """Return what the bar under a live picture needs."""
    made = bar_of(cluster, instance_names(cluster), at=None, begins=history_begins(request.account))
    return {**_looks(request, cluster), "bar": made}


@require_GET
def since(request: PageRequest, name: str) -> HttpResponse:
    """The fragment that tells how many events have happened since the moment that is shown."""
    cluster = _cluster_that_was(request, name)
    count = waiting(cluster, moment_of(request, 0) or 0)
    return render(request, "timeline/_waiting.html", {"waiting": count})
