"""Cut a stretch out of the timeline, as a scene of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods

from ecsweb.api import call
from ecsweb.api.operations.scenes import LONGEST_TITLE
from ecsweb.controlplane.timeline import logged_events
from ecsweb.domain.errors import EcsError
from ecsweb.learn.cutting import Cut, cut, usual_since
from ecsweb.learn.scenes import others_clusters
from ecsweb.learn.texts import is_korean
from ecsweb.models import Event
from ecsweb.web import sentences
from ecsweb.web.forms.stretches import StretchForm
from ecsweb.web.requests import PageRequest
from ecsweb.web.scenes import left_out_words
from ecsweb.web.sentences.calls import call_sentence
from ecsweb.web.sentences.refusals import refusal

# What a call is about, the nearest first.
_NAMED_BY = ("serviceName", "service", "clusterName", "family", "taskDefinition", "name", "container", "cluster")


class KeepForm(forms.Form):
    """What the scene is called."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE, required=False)


def _told(event: Event) -> dict[str, str]:
    logged = next(logged_events(Event.objects.filter(pk=event.pk)))
    said = {}
    for language in ("en", "ko"):
        with override(language):
            done = call_sentence(event.detail["operation"], event.detail["parameters"])
            said[language] = done or sentences.event_sentence(logged, {})
    return said


def _line(action: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return a call, what it is about, and what it does in the reader's language."""
    names = (action["params"].get(key) for key in _NAMED_BY)
    name = next((one for one in names if isinstance(one, str)), "")
    return action["call"], name, action["say"]["ko" if is_korean() else "en"]


@require_http_methods(["GET", "POST"])
def page(request: PageRequest) -> HttpResponse:
    """Choose a stretch, see what comes of it, keep it."""
    last = request.account.last_sequence
    asked = request.POST if request.method == "POST" else request.GET
    usual = {"since": usual_since(request.account, request.principal.region), "until": last}
    form = StretchForm({name: asked.get(name, value) for name, value in usual.items()}, last=last)
    found = Cut()
    if form.is_valid():
        said = form.cleaned_data
        found = cut(request.account, request.principal.region, said["since"], said["until"], _told)
    refused = ""
    keep = KeepForm(request.POST if request.method == "POST" else None)
    is_kept = keep.is_valid() and form.is_valid()
    if is_kept and found.actions:
        try:
            return redirect("scene", f"own-{_record(request, keep.cleaned_data['title'], found)}")
        except EcsError as error:
            refused = refusal(error)
    calls = [action for action in found.actions if "call" in action]
    context = {
        "form": form,
        "keep": keep,
        "found": found,
        "calls": [_line(one) for one in calls],
        "others_clusters": others_clusters(((one["call"], one["params"]) for one in calls), found.clusters),
        "left_out": left_out_words(found.left_out),
        "refused": refused,
    }
    is_bad = bool(form.errors or keep.errors or refused or (request.method == "POST" and not found.actions))
    return render(request, "scenes/cut.html", context, status=422 if is_bad else 200)


def _record(request: PageRequest, title: str, found: Cut) -> int:
    params = {
        "title": title.strip() or _("A stretch of my timeline"),
        "actions": found.actions,
        "clusters": found.clusters,
        "families": found.families,
        "tempo": 1,
        "leftOut": found.left_out,
    }
    return int(call(request.principal, "RecordScene", params)["scene"])
