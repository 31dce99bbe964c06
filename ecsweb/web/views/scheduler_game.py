"""Be the scheduler: one minute by hand, then the same minute by the service scheduler, and both side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.domain.errors import EcsError
from ecsweb.learn.lessons.runs import begin
from ecsweb.learn.scheduler_game import LAB, Side, lab, start_half, start_task, stop_task
from ecsweb.models import LessonRun
from ecsweb.web.requests import PageRequest
from ecsweb.web.scheduler_game import Game, game_of
from ecsweb.web.sentences.refusals import no_task, refusal
from ecsweb.web.setting_aside import asked_before, empties_others

# Which half may be begun where the game is.
BEGINS = {"ready": Side.HAND, "between": Side.LOOP, "spent": Side.LOOP}


def _game(request: PageRequest) -> Game:
    rows = LessonRun.objects.select_related("account").filter(account=request.account)
    run = rows.filter(region=request.principal.region, lesson=LAB).first()
    return game_of(run, now=timezone.now())


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """The page of the game."""
    return render(request, "learn/scheduler.html", {"game": _game(request), "lab": lab()})


@require_GET
def state(request: PageRequest) -> HttpResponse:
    """The fragment of it that goes on by itself."""
    return render(request, "learn/_scheduler.html", {"game": _game(request), "lab": lab()})


@require_POST
def start(request: PageRequest) -> HttpResponse:
    """Make both clusters, or make them again; what another lesson would lose by it is said before."""
    question = asked_before(request, lab())
    if question is not None:
        return question
    return _done(request, lambda: begin(request.principal, lab(), empties_others=empties_others(request)))


@require_POST
def play(request: PageRequest) -> HttpResponse:
    """Begin the half that is due."""
    game = _game(request)
    side = BEGINS.get(game.phase)
    run = game.run
    if side is None or run is None:
        messages.error(request, _("That half cannot begin now."))
        return redirect("scheduler-game")
    return _done(request, lambda: start_half(request.principal, run, side))


@require_POST
def place(request: PageRequest, instance_id: str) -> HttpResponse:
    """Start one task on a container instance, by hand."""
    game = _game(request)
    if game.run is None or not game.can_start:
        raise Http404
    run = game.run
    return _moved(request, _refusal_of(lambda: start_task(request.principal, run, instance_id)))


@require_POST
def stop(request: PageRequest, task_id: str) -> HttpResponse:
    """Stop one task, by hand: what is started too much can be taken back."""
    game = _game(request)
    if game.run is None or not game.can_start:
        raise Http404
    run = game.run
    return _moved(request, _refusal_of(lambda: stop_task(request.principal, run, task_id)))


def _moved(request: PageRequest, refused: str) -> HttpResponse:
    """Show the game after a move of the learner's; a refusal is shown."""
    if request.htmx:
        context = {"game": _game(request), "lab": lab(), "refusal": refused}
        return render(request, "learn/_scheduler.html", context)
    if refused:
        messages.error(request, refused)
    return redirect("scheduler-game")


def _refusal_of(move: Callable[[], dict[str, Any]]) -> str:
    try:
        answer = move()
    except EcsError as error:
        return refusal(error)
    failures = answer.get("failures", [])[:1]
    return "".join(no_task("StartTask", one.get("reason", ""), one.get("detail", "")) for one in failures)


def _done(request: PageRequest, make: Callable[[], Any]) -> HttpResponse:
    """Make the call and go back to the game; a refusal is shown."""
    try:
        make()
    except EcsError as error:
        messages.error(request, refusal(error))
    return redirect("scheduler-game")
