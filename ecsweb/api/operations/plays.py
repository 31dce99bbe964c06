"""Operations of ours: plays, the scripts that run by themselves."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane import plays
from ecsweb.domain.errors import InvalidParameterException, ResourceNotFoundException
from ecsweb.models import LessonRun, Play

STEERED = ("pause", "play", "next", "start")
EMPTIED = frozenset({"clusters", "families"})


@our_operation("StartPlay")
def start_play(request: Request) -> dict[str, Any]:
    """Begin a play: `kind`, `title`, `actions`, seconds of `tempo` between them, and the `lesson` it belongs to.

    What `belongings` name (`clusters`, `families`) is emptied first; with `paused` it then stands at its start.
    """
    actions, tempo = request.params.get("actions"), checked_tempo(request.params.get("tempo", 0))
    if not isinstance(actions, list) or not all(isinstance(action, dict) for action in actions):
        raise InvalidParameterException("actions must be a list of structures.", field="actions")
    lesson = request.params.get("lesson")
    runs = LessonRun.objects.filter(account=request.account, region=request.region, lesson=lesson)
    play = plays.begin_play(
        request.account,
        request.region,
        kind=str(request.params.get("kind", "scene"))[:16],
        title=str(request.params.get("title", ""))[:200],
        actions=actions,
        tempo=tempo,
        lesson_run=runs.first() if lesson else None,
        belongings=_belongings(request),
        plays_on=not request.params.get("paused", False),
        now=request.now,
    )
    return {"play": play.pk, "status": play.status}


def _belongings(request: Request) -> dict[str, list[str]]:
    given = request.params.get("belongings", {})
    if not isinstance(given, dict) or not set(given) <= EMPTIED:
        raise InvalidParameterException("belongings must have clusters and families.", field="belongings")
    return {kind: of_scenes(names, "belongings") for kind, names in given.items()}


def of_scenes(names: object, field: str) -> list[str]:
    """Return names of what a scene makes. Raises InvalidParameterException for any that is not named as a scene's."""
    if not isinstance(names, list) or not all(plays.is_of_a_scene(name) for name in names):
        raise InvalidParameterException(f"Names must begin with {plays.SCENE_PREFIX}.", field=field)
    return names


def checked_tempo(tempo: object) -> float:
    """Return seconds between two actions. Raises InvalidParameterException."""
    if isinstance(tempo, bool) or not isinstance(tempo, int | float) or not 0 <= tempo <= 60:
        raise InvalidParameterException("tempo must be 0 to 60 seconds.", field="tempo")
    return float(tempo)


@our_operation("SteerPlay")
def steer_play(request: Request) -> dict[str, Any]:
    """Pause a play, let it go on, let it take one action, or go back: `how` is pause, play, next or start."""
    how = request.params.get("how")
    if how not in STEERED:
        raise InvalidParameterException(f"how must be one of {', '.join(STEERED)}.", field="how")
    play = _play(request)
    if how == "start":
        plays.rewind(play, plays_on=False)
    else:
        plays.steer(play, str(how))
    play.refresh_from_db()
    return {"play": play.pk, "status": play.status}


def _play(request: Request) -> Play:
    number = request.params.get("play")
    play = None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 2**53:
        play = Play.objects.filter(account=request.account, pk=number).first()
    if play is None:
        raise ResourceNotFoundException("There is no such play.")
    return play
