from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ecsweb.domain.errors import EcsError
from ecsweb.models import Cluster
from ecsweb.web.acting import act, say_refused
from ecsweb.web.changes import changed_instances
from ecsweb.web.forms.clusters import ClusterSettingsForm, LaunchInstanceForm
from ecsweb.web.panels.clusters import asked_panel
from ecsweb.web.pictures import cluster_picture
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import Vanished, active_revisions, cluster_of, contents_of
from ecsweb.web.sentences.pictures import picture_lines
from ecsweb.web.sentences.refusals import in_the_way
from ecsweb.web.timeline.stretch import number_in
from ecsweb.web.undoing import say_form_done
from ecsweb.web.views import timeline
from ecsweb.web.views.timeline import view_of

STAGES = ("1", "2", "3")
LONGEST_SEARCH = 200


def _context(request: PageRequest, cluster: Cluster, *, only: frozenset[str] | None = None) -> dict[str, object]:
    """Return the picture in the stage of the notes that was asked for, the last by default, or a part of it."""
    stage = request.GET.get("stage", "3")
    looked_for = request.GET.get("q", "")[:LONGEST_SEARCH]
    opened = request.GET.getlist("open")
    return {
        "cluster": cluster,
        # Before the rows are read: what happens meanwhile is fetched once more rather than never.
        "seen": request.account.last_sequence,
        "picture": cluster_picture(cluster, open_instances=opened, looked_for=looked_for, only=only),
        "picture_query": picture_query(request),
        "stage": stage if stage in STAGES else "3",
        "view": "capacity" if request.GET.get("view") == "capacity" else "hierarchy",
        "looked_for": looked_for,
        # The past has no panels: what they offer is about now.
        "panels_open": True,
    }


def picture_query(request: PageRequest) -> str:
    """Return what the picture is asked for again with; since when it changed is added by the page each time."""
    asked = request.GET.copy()
    asked.pop("since", None)
    return asked.urlencode()


@require_GET
def detail(request: PageRequest, name: str) -> HttpResponse:
    """The page of a cluster: its picture, and what can be done in it."""
    if "at" in request.GET:
        return timeline.at(request, name)
    cluster = cluster_of(request, name)
    context = {
        **_context(request, cluster),
        **timeline.live_bar(request, cluster),
        "form": LaunchInstanceForm(cluster=cluster.name, region=cluster.region),
        "has_revisions": bool(active_revisions(request)),
        "settings_form": _settings_form(request, cluster),
    }
    try:
        context["panel"] = asked_panel(request, cluster)
    except Vanished as vanished:
        # The cluster is there all the same; the panel says what became of the thing.
        context["gone"] = vanished
    return render(request, "clusters/detail.html", context)


def _settings_form(request: PageRequest, cluster: Cluster, *, bound: bool = False) -> ClusterSettingsForm:
    kept = {setting["name"]: setting["value"] for setting in cluster.settings}
    initial = {"container_insights": kept.get("containerInsights", "disabled")}
    return ClusterSettingsForm(request.POST if bound else None, cluster=cluster.name, initial=initial)


@require_http_methods(["GET", "POST"])
def settings(request: PageRequest, name: str) -> HttpResponse:
    """Change the cluster's settings."""
    cluster = cluster_of(request, name)
    form = _settings_form(request, cluster, bound=request.method == "POST")
    if request.method == "POST" and form.submit(request.principal) is not None:
        return redirect("cluster", cluster.name)
    return render(
        request, "clusters/settings.html", {"cluster": cluster, "form": form}, status=422 if form.errors else 200
    )


@require_GET
def picture(request: PageRequest, name: str) -> HttpResponse:
    """The fragment of the picture; of a cluster that went away under an open page, that it is gone."""
    try:
        cluster = cluster_of(request, name)
    except Vanished:
        if not request.htmx:
            raise
        return render(request, "clusters/_gone.html", {"name": name, "picture_query": picture_query(request)})
    return render(request, "clusters/_picture.html", _context(request, cluster))


@require_GET
def changes(request: PageRequest, name: str) -> HttpResponse:
    """What changed in the picture since the page saw it last: its parts, or all of it where much changed."""
    try:
        cluster = cluster_of(request, name)
    except Vanished:
        return _whole(request, name)
    since = number_in(request.GET.get("since", ""))
    changed = None if since is None or view_of(request) == "capacity" else changed_instances(cluster, since)
    if changed is None:
        return _whole(request, name)
    return render(request, "clusters/_changes.html", {**_context(request, cluster, only=changed), "is_part": True})


def _whole(request: PageRequest, name: str) -> HttpResponse:
    whole = picture(request, name)
    whole["HX-Retarget"], whole["HX-Reswap"] = "#cluster-picture", "morph:outerHTML"
    return whole


@require_GET
def text(request: PageRequest, name: str) -> HttpResponse:
    """The picture in words: a fragment for the page of the cluster, or a page of its own."""
    cluster = cluster_of(request, name)
    context = {"cluster": cluster, "root": picture_lines(cluster_picture(cluster))}
    is_fragment = bool(getattr(request, "htmx", False))
    return render(request, "clusters/_text.html" if is_fragment else "clusters/text.html", context)


@require_http_methods(["GET", "POST"])
def launch(request: PageRequest, name: str) -> HttpResponse:
    """Launch a container instance into the cluster."""
    cluster = cluster_of(request, name)
    form = LaunchInstanceForm(request.POST or None, cluster=cluster.name, region=cluster.region)
    if request.method == "POST" and form.submit(request.principal) is not None:
        say_form_done(request, form)
        return redirect("cluster", cluster.name)
    context = {"cluster": cluster, "form": form}
    return render(request, "instances/launch.html", context, status=422 if form.errors else 200)


@require_POST
def delete(request: PageRequest, name: str) -> HttpResponse:
    """Delete an empty cluster; the page of one that is not stays, and says what is in the way."""
    done = _("The cluster %(name)s is deleted.") % {"name": name}

    def refused(error: EcsError) -> HttpResponse:
        try:
            cluster = cluster_of(request, name)
        except Vanished:
            say_refused(request, error)
            return redirect("home")
        is_held = error.code.startswith("ClusterContains")
        say_refused(request, error, in_the_way(name, **contents_of(cluster)) if is_held else "")
        return redirect("cluster", name)

    return act(request, "DeleteCluster", {"cluster": name}, done=done, back="home", refused=refused)
