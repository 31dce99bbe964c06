"""Predict first, then do it, then see how far both agree."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ecsweb.api import call
from ecsweb.domain.errors import EcsError
from ecsweb.domain.statuses import ContainerInstanceStatus, ServiceStatus
from ecsweb.models import ChangeGuess, Cluster
from ecsweb.web.acting import say_refused
from ecsweb.web.forms.guesses import GuessForm
from ecsweb.web.guesses import CHANGES, OF_INSTANCES, OF_SERVICES, before_of, board, subject_of, told
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, instance_of, service_of, task_of, vanished
from ecsweb.web.timeline.stretch import Stretch, stretch_address
from ecsweb.web.views.predictions import foretold


@require_http_methods(["GET", "POST"])
def predict(request: PageRequest, name: str, change: str, key: str) -> HttpResponse:
    """Ask what will happen before it is done; a POST keeps the prediction and does it."""
    cluster = cluster_of(request, name)
    if change not in CHANGES:
        raise Http404(change)
    subject = _there(request, cluster, change, key)
    columns = board(cluster)
    form = GuessForm(request.POST or None, cluster=cluster, change=change, key=key, columns=columns)
    if request.method == "POST" and form.is_valid():
        operation, params = form.deed()
        said = {
            "cluster": cluster.name,
            "operation": operation,
            "params": params,
            "change": change,
            "key": key,
            "guess": form.guess(),
            "before": before_of(columns),
            "names": {column.key: column.name for column in columns},
            "foretold": _foretold(request, cluster, change, key),
        }
        try:
            number = call(request.principal, "PredictChange", said)["prediction"]
            call(request.principal, operation, params)
        except EcsError as error:
            say_refused(request, error)
            return redirect("predict-change", cluster.name, change, key)
        return redirect("prediction", number)
    context = {"cluster": cluster, "change": change, "subject": subject, "form": form}
    return render(request, "guesses/ask.html", context, status=422 if form.errors else 200)


def _there(request: PageRequest, cluster: Cluster, change: str, key: str) -> str:
    """Return the name of what the change is done to. Raises Vanished where there is no such thing."""
    if change in OF_SERVICES:
        if service_of(request, cluster, key).status == ServiceStatus.INACTIVE:
            raise vanished(request, "service", key)
    elif change in OF_INSTANCES:
        if instance_of(request, cluster, key).status == ContainerInstanceStatus.INACTIVE:
            raise vanished(request, "container instance", key)
    else:
        task_id, _tilde, container = key.partition("~")
        task = task_of(request, cluster, task_id)
        if change == "KillContainer" and not task.containers.filter(name=container).exists():
            raise vanished(request, "container", container or key)
    return subject_of(change, key, instance_names(cluster))


def _foretold(request: PageRequest, cluster: Cluster, change: str, key: str) -> dict[str, list[str]]:
    """Return what the scheduler itself says, in both languages: the explanation is read later, maybe by others."""
    found: dict[str, list[str]] = {}
    for language in ("en", "ko"):
        with override(language):
            found[language] = [] if change in OF_SERVICES else foretold(request, cluster, change, key)
    return found


def _row(request: PageRequest, number: int) -> ChangeGuess:
    rows = ChangeGuess.objects.select_related("account").filter(account=request.account)
    row = rows.filter(pk=number).first() if number < 2**53 else None
    if row is None:
        raise Http404
    return row


def _context(request: PageRequest, number: int) -> dict[str, Any]:
    found = told(_row(request, number), now=timezone.now(), language=get_language() or "en")
    rows = Cluster.objects.filter(account=request.account, region=found.row.region, name=found.row.cluster)
    again = ""
    if found.row.came:  # elsewhere: a cluster of this name is another
        rows = rows.none()
    if found.is_over and rows.exists():
        stretch = Stretch(found.row.began_sequence, found.until, reverse("prediction", args=(number,)))
        again = stretch_address(found.row.cluster, stretch)
    return {"told": found, "cluster": rows.filter(status="ACTIVE").first(), "again": again}


@require_GET
def prediction(request: PageRequest, number: int) -> HttpResponse:
    """A prediction, and reality laid over it as it comes."""
    return render(request, "guesses/told.html", _context(request, number))


@require_GET
def state(request: PageRequest, number: int) -> HttpResponse:
    """The fragment of that."""
    return render(request, "guesses/_told.html", _context(request, number))


@require_POST
def explain(request: PageRequest, number: int) -> HttpResponse:
    """Keep what was seen, and explain."""
    row = _row(request, number)
    said = {"saw": request.POST.get("saw", ""), "ownWords": request.POST.get("own_words", "")}
    call(request.principal, "ExplainChange", {"prediction": row.pk, **said})
    return redirect("prediction", row.pk)


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The newest predictions, with how far each came true."""
    rows = ChangeGuess.objects.select_related("account").filter(account=request.account)[:20]
    now, language = timezone.now(), get_language() or "en"
    context = {"tolds": [told(row, now=now, language=language) for row in rows]}
    return render(request, "guesses/list.html", context)
