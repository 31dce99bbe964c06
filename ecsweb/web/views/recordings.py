"""Recordings: take one with you, bring one, replay it read-only."""

from __future__ import annotations

import json
import logging

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ecsweb.controlplane.recordings import RECORDINGS_KEPT, export_recording
from ecsweb.domain.timeline.recording import BadRecording, recording_in
from ecsweb.models import Recording
from ecsweb.web.acting import act
from ecsweb.web.forms.recordings import RecordingForm, reason
from ecsweb.web.forms.stretches import StretchForm
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import recording_of
from ecsweb.web.timeline.replay import picture_html, replay_of
from ecsweb.web.timeline.stretch import number_in
from ecsweb.web.views.timeline import stage_of, view_of

logger = logging.getLogger(__name__)


@require_GET
def export(request: PageRequest) -> HttpResponse:
    """The account's newest events as a file, or those of a stretch (`since` and `until`)."""
    account, now = request.account, timezone.now()
    form = StretchForm(request.GET or None, last=account.last_sequence)
    if form.is_bound and not form.is_valid():
        return _index(request, stretch=form, status=422)
    stretch = form.cleaned_data if form.is_bound else {}
    document = export_recording(account, region=request.principal.region, now=now, **stretch)
    if form.is_bound and not document["events"]:
        form.add_error("until", _("Nothing happened in this stretch that a recording tells of."))
        return _index(request, stretch=form, status=422)
    answer = HttpResponse(json.dumps(document), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="ecsweb-{now:%Y-%m-%d-%H%M%S}.json"'
    return answer


@require_http_methods(["GET", "POST"])
def index(request: PageRequest) -> HttpResponse:
    """The recordings that are kept here, and the form for another."""
    form = RecordingForm(request.POST, request.FILES) if request.method == "POST" else RecordingForm()
    if request.method == "POST" and (number := form.submit(request.principal)) is not None:
        return redirect("recording", number)
    return _index(request, form=form, status=422 if form.errors else 200)


def _index(
    request: PageRequest, *, form: RecordingForm | None = None, stretch: StretchForm | None = None, status: int
) -> HttpResponse:
    rows = Recording.objects.filter(account=request.account).defer("document")
    context = {
        "form": form or RecordingForm(),
        "stretch": stretch or StretchForm(None, last=request.account.last_sequence),
        "rows": rows,
        "most": RECORDINGS_KEPT,
    }
    return render(request, "timeline/recordings.html", context, status=status)


@require_GET
def replay(request: PageRequest, number: int) -> HttpResponse:
    """A recording at one of its moments; what a changed file breaks is told, not shown."""
    row = recording_of(request, number)
    try:
        return _replayed(request, row)
    except BadRecording as error:
        damage = reason(error.code, error.where)
    except (ArithmeticError, AttributeError, LookupError, NoReverseMatch, TypeError, ValueError) as error:
        # The file is a stranger's: whatever is wrong with it is its own, and the reader's page says so.
        logger.warning("recording %s cannot be drawn: %s", row.pk, error)
        damage = reason("wrong-shape")
    return render(request, "timeline/damaged.html", {"row": row, "damage": damage}, status=422)


def _replayed(request: PageRequest, row: Recording) -> HttpResponse:
    recording = recording_in(row.document, is_checked=True)
    names = recording.clusters
    if not names:
        raise BadRecording("wrong-shape", "clusters")
    asked = request.GET.get("cluster", "")
    cluster = asked if asked in names else names[0]
    opened = request.GET.getlist("open")
    found = replay_of(recording, cluster=cluster, at=number_in(request.GET.get("at", "")), opened=opened)
    stage, view = stage_of(request), view_of(request)
    context = {
        "row": row,
        "recording": recording,
        "clusters": names,
        "cluster": found.cluster,
        "past": found.past,
        "bar": found.bar,
        "is_absent": found.is_absent,
        "stage": stage,
        "view": view,
        "picture_html": picture_html(request, found, stage=stage, view=view),
        "address": f"{reverse('recording', args=(row.pk,))}?cluster={cluster}&stage={stage}&view={view}&",
    }
    return render(request, "timeline/recording.html", context)


@require_POST
def delete(request: PageRequest, number: int) -> HttpResponse:
    """Forget a recording."""
    done = _("The recording was deleted.")
    return act(request, "DeleteRecording", {"recording": number}, done=done, back="recordings")
