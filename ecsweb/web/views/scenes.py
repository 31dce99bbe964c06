"""Scenes for a class: the list, and one on stage with its buttons."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ecsweb.domain.errors import EcsError
from ecsweb.learn.lesson_drafts import draft_of
from ecsweb.learn.scenes import BadScene, Scene, own_scene, ready_scenes, scene_of
from ecsweb.learn.staging import BUTTONS, play_of, press
from ecsweb.models import Scene as OwnScene
from ecsweb.web.requests import PageRequest
from ecsweb.web.scenes import context_of, left_out_words, steps_of
from ecsweb.web.sentences.refusals import refusal


def _scene(request: PageRequest, scene_id: str) -> Scene:
    try:
        found = scene_of(request.account, scene_id)
    except BadScene as error:
        raise Http404(str(error)) from error
    if found is None:
        raise Http404
    return found


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """All scenes: those that come with ecsweb, in the order of the notes."""
    own = [
        (row, _others_clusters(row), steps_of(row.actions)) for row in OwnScene.objects.filter(account=request.account)
    ]
    return render(request, "scenes/list.html", {"scenes": ready_scenes(), "own": own})


def _others_clusters(row: OwnScene) -> list[str]:
    try:
        return own_scene(row).others_clusters
    except BadScene:
        return []


@require_GET
def detail(request: PageRequest, scene_id: str) -> HttpResponse:
    """A scene: the picture large, the caption under it."""
    return render(request, "scenes/detail.html", context_of(request, _scene(request, scene_id)))


@require_GET
def state(request: PageRequest, scene_id: str) -> HttpResponse:
    """The live fragment of it."""
    return render(request, "scenes/_state.html", context_of(request, _scene(request, scene_id)))


@require_GET
def draft(request: PageRequest, scene_id: str, kind: str) -> HttpResponse:
    """The scene as the draft of a lab, an incident or a question, as a file."""
    scene = _scene(request, scene_id)
    try:
        written = draft_of(scene, kind, left_out_words(scene.left_out))
        answer = HttpResponse(written, content_type="application/yaml; charset=utf-8")
    except LookupError as error:
        raise Http404 from error
    answer["Content-Disposition"] = f'attachment; filename="{kind}-{scene.id}.yaml"'
    return answer


@require_POST
def steer(request: PageRequest, scene_id: str) -> HttpResponse:
    """Do what a button does; the fragment is the answer, without script the page."""
    scene, button = _scene(request, scene_id), request.POST.get("do", "")
    if button == "turn":
        button = request.POST.get("turn", "")
    if button not in BUTTONS:
        raise Http404
    refused = ""
    try:
        press(request.principal, scene, play_of(request.account, request.principal.region, scene), button)
    except EcsError as error:
        refused = refusal(error)
    if request.htmx:
        return render(request, "scenes/_state.html", {**context_of(request, scene), "refused": refused})
    if refused:
        messages.error(request, refused)
    return redirect("scene", scene.id)
