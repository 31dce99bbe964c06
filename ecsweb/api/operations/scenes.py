"""Operations of ours: scenes of somebody's own."""

from __future__ import annotations

from typing import Any

from ecsweb.api.operations.plays import checked_tempo, of_scenes
from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane import scenes
from ecsweb.controlplane.scenes import Script
from ecsweb.domain.errors import InvalidParameterException

LONGEST_TITLE = 120
# Long, and kept as the scene itself.
UNLOGGED = frozenset({"actions"})


@our_operation("RecordScene", secret=UNLOGGED)
def record_scene(request: Request) -> dict[str, Any]:
    """Keep a scene: `title`, `actions`, the `clusters` and `families` that it makes, seconds of `tempo`."""
    scene = scenes.record_scene(request.account, _script(request), now=request.now)
    return {"scene": scene.pk, "title": scene.title}


@our_operation("UpdateScene", secret=UNLOGGED)
def update_scene(request: Request) -> dict[str, Any]:
    """Keep other words and actions for a scene."""
    scene = scenes.update_scene(request.account, _number(request), _script(request))
    return {"scene": scene.pk, "title": scene.title}


@our_operation("DeleteScene")
def delete_scene(request: Request) -> dict[str, Any]:
    """Forget a scene of one's own; what it made stays until it is emptied."""
    scenes.delete_scene(request.account, _number(request))
    return {}


def _script(request: Request) -> Script:
    title, actions = request.params.get("title"), request.params.get("actions")
    if not isinstance(title, str) or not 0 < len(title.strip()) <= LONGEST_TITLE:
        raise InvalidParameterException(f"title must be 1 to {LONGEST_TITLE} characters.", field="title")
    if not isinstance(actions, list) or not actions or not all(isinstance(action, dict) for action in actions):
        raise InvalidParameterException("actions must be a list of structures.", field="actions")
    left_out = request.params.get("leftOut", [])
    if not isinstance(left_out, list) or not all(isinstance(one, dict) for one in left_out):
        raise InvalidParameterException("leftOut must be a list of structures.", field="leftOut")
    return Script(
        title=title.strip(),
        actions=actions,
        clusters=of_scenes(request.params.get("clusters", []), "clusters"),
        families=of_scenes(request.params.get("families", []), "families"),
        tempo=checked_tempo(request.params.get("tempo", 0)),
        left_out=left_out,
    )


def _number(request: Request) -> int:
    number = request.params.get("scene")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**53:
        raise InvalidParameterException("scene must be the number of a scene.", field="scene")
    return number
