from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from ecsweb.domain.identifiers import REGION
from ecsweb.domain.statuses import BEFORE_RUNNING, STATUSES_BEFORE_STOPPED, TaskStatus
from ecsweb.learn.units import next_of
from ecsweb.models import ContainerInstance, Event, Service, Task, TaskDefinition
from ecsweb.web.acting import back_to
from ecsweb.web.forms.clusters import CreateClusterForm
from ecsweb.web.lessons import runs_of
from ecsweb.web.looks import LOOKS, remember
from ecsweb.web.middleware import REGION_COOKIE
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import clusters_of
from ecsweb.web.undoing import say_form_done

YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ClusterCard:
    """A cluster on the home page, alive."""

    name: str
    instances: int
    running: int
    pending: int
    services: int


def cards(request: PageRequest) -> list[ClusterCard]:
    """Count what each cluster holds, in a fixed number of queries."""
    rows = clusters_of(request)
    instances = Counter(
        ContainerInstance.objects.filter(cluster__in=rows)
        .exclude(status="INACTIVE")
        .values_list("cluster_id", flat=True)
    )
    services = Counter(Service.objects.filter(cluster__in=rows, status="ACTIVE").values_list("cluster_id", flat=True))
    tasks = Task.objects.filter(cluster__in=rows, last_status__in=STATUSES_BEFORE_STOPPED)
    running: Counter[int] = Counter()
    pending: Counter[int] = Counter()
    for cluster_id, status in tasks.values_list("cluster_id", "last_status"):
        running[cluster_id] += status == TaskStatus.RUNNING
        pending[cluster_id] += status in BEFORE_RUNNING
    return [
        ClusterCard(row.name, instances[row.pk], running[row.pk], pending[row.pk], services[row.pk]) for row in rows
    ]


def steps_done(request: PageRequest, clusters: list[ClusterCard]) -> dict[str, bool]:
    """Tell which of the first five steps the account has taken in this region, by what there is and by the log."""
    mine = {"account": request.account, "region": request.principal.region}
    tasks = Task.objects.filter(cluster__account=request.account, cluster__region=request.principal.region)
    strategies = set(
        Service.objects.filter(cluster__account=request.account, cluster__region=request.principal.region).values_list(
            "scheduling_strategy", flat=True
        )
    )
    kills = Event.objects.filter(**mine, detail_type="API Call", detail__operation="KillContainer")
    return {
        "cluster": bool(clusters),
        "instances": any(card.instances >= 2 for card in clusters),
        "definition": TaskDefinition.objects.filter(**mine).exists(),
        "both_ways": strategies == {"REPLICA", "DAEMON"} and tasks.filter(service=None).exists(),
        "chaos": kills.count() >= 2,
    }


@require_http_methods(["GET", "POST"])
def home(request: PageRequest) -> HttpResponse:
    """The first page; a POST is the form that creates a cluster."""
    form = CreateClusterForm(request.POST or None)
    if request.method == "POST":
        answer = form.submit(request.principal)
        if answer is not None:
            say_form_done(request, form)
            return redirect("cluster", answer["cluster"]["clusterName"])
    found = cards(request)
    runs = runs_of(request)
    context = {
        "form": form,
        "clusters": found,
        "done": steps_done(request, found),
        "next": next_of(runs),
        "lessons_done": sum(run.first_passed_at is not None for run in runs.values()),
    }
    return render(request, "home.html", context, status=422 if form.errors else 200)


@require_GET
def banners(request: PageRequest) -> HttpResponse:
    """The fragment of the banners; asking for the whole page instead would use up its messages."""
    return render(request, "shared/_banners.html")


@require_GET
def clusters(request: PageRequest) -> HttpResponse:
    """The fragment of the clusters' cards."""
    return render(request, "clusters/_cards.html", {"clusters": cards(request)})


@require_http_methods(["POST"])
def choose_region(request: PageRequest) -> HttpResponse:
    """Remember the region that the pages show."""
    response = back_to(request, "home")
    if REGION.fullmatch(request.POST.get("region", "")):
        response.set_cookie(REGION_COOKIE, request.POST["region"], max_age=YEAR, samesite="Lax", httponly=True)
    return response


@require_http_methods(["POST"])
def choose_look(request: PageRequest) -> HttpResponse:
    """Remember how somebody wants the pages to look."""
    response = back_to(request, "home")
    for name in LOOKS:
        remember(request, response, name, request.POST.get(name, ""))
    return response
