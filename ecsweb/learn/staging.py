"""Play scenes: begin one, steer it, go back to its start; always through the one door."""

from __future__ import annotations

from typing import Any

import msgspec

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.learn.player import SCENE
from ecsweb.learn.scenes import Scene
from ecsweb.models import Account, Play, PlayStatus

BUTTONS = ("play", "pause", "next", "start")


def play_of(account: Account, region: str, scene: Scene) -> Play | None:
    """Return where the scene is, if it is on stage; at most one is, in each region."""
    return Play.objects.filter(account=account, region=region, kind=SCENE, title=scene.id).first()


def press(principal: Principal, scene: Scene, play: Play | None, button: str) -> None:
    """Do what a button of the scene's page does. Raises EcsError.

    A scene that is not on stage, or is over, is set up anew as it is now; what it made before is emptied first.
    """
    if button == "pause":
        if play is not None:
            call(principal, "SteerPlay", {"play": play.pk, "how": "pause"})
        return
    if button == "start" or play is None or play.status == PlayStatus.DONE:
        number = _set_up(principal, scene)
    else:
        number = play.pk
    if button != "start":
        call(principal, "SteerPlay", {"play": number, "how": button})


def _set_up(principal: Principal, scene: Scene) -> int:
    params: dict[str, Any] = {
        "kind": SCENE,
        "title": scene.id,
        "actions": msgspec.to_builtins(scene.actions),
        "tempo": scene.tempo,
        "belongings": {"clusters": scene.clusters, "families": scene.families},
        "paused": True,
    }
    return int(call(principal, "StartPlay", params)["play"])
