"""Operations of ours: plays, the scripts that run by themselves."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane import plays
from ecsweb.domain.errors import InvalidParameterException, ResourceNotFoundException
from ecsweb.models import LessonRun, Play

STEERED = ("pause", "play", "next")


@our_operation("StartPlay")
def start_play(request: Request) -> dict[str, Any]:
    """Begin a play: `kind`, `title`, `actions`, seconds of `tempo` between them, and the `lesson` it belongs to."""
    actions, tempo = request.params.get("actions"), request.params.get("tempo", 0)
    if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
        raise InvalidParameterException("actions must be a list of structures.", field="actions")
    if isinstance(tempo, bool) or not isinstance(tempo, int | float) or not 0 <= tempo <= 60:
        raise InvalidParameterException("tempo must be 0 to 60 seconds.", field="tempo")
    lesson = request.params.get("lesson")
    runs = LessonRun.objects.filter(account=request.account, region=request.region, lesson=lesson)
    play = plays.begin_play(
        request.account,
        request.region,
        kind=str(request.params.get("kind", "scene"))[:16],
        title=str(request.params.get("title", ""))[:200],
        actions=actions,
        tempo=float(tempo),
        lesson_run=runs.first() if lesson else None,
        now=request.now,
    )
    return {"play": play.pk, "status": play.status}


@our_operation("SteerPlay")
def steer_play(request: Request) -> dict[str, Any]:
    """Pause a play, let it go on, or let it take one action: `how` is pause, play or next."""
    how = request.params.get("how")
    if how not in STEERED:
        raise InvalidParameterException(f"how must be one of {', '.join(STEERED)}.", field="how")
    play = _play(request)
    plays.steer(play, str(how))
    play.refresh_from_db()
    return {"play": play.pk, "status": play.status}


@our_operation("EndPlay")
def end_play(request: Request) -> dict[str, Any]:
    """Forget a play; what it did stays done."""
    play = _play(request)
    number = play.pk
    play.delete()
    return {"play": number}


def _play(request: Request) -> Play:
    number = request.params.get("play")
    play = None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**53:
        play = Play.objects.filter(account=request.account, pk=number).first()
    if play is None:
        raise ResourceNotFoundException("There is no such play.")
    return play
