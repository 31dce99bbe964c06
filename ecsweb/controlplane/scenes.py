"""Scenes of somebody's own: kept, changed, forgotten. What a scene is made of is decided in `learn`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ecsweb.domain.errors import LimitExceededException, ResourceNotFoundException
from ecsweb.models import Account, Scene

MOST_SCENES = 50


@dataclass(frozen=True, slots=True)
class Script:
    """What is kept of a scene."""

    title: str
    actions: Sequence[Mapping[str, Any]]
    clusters: Sequence[str]
    families: Sequence[str]
    tempo: float
    left_out: Sequence[Mapping[str, str]] = field(default_factory=tuple)


def record_scene(account: Account, script: Script, *, now: datetime) -> Scene:
    """Keep a new scene. Raises LimitExceededException where there are many already."""
    if Scene.objects.filter(account=account).count() >= MOST_SCENES:
        raise LimitExceededException(f"At most {MOST_SCENES} scenes are kept.")
    scene = Scene(account=account, created_at=now)
    return _write(scene, script)


def update_scene(account: Account, number: int, script: Script) -> Scene:
    """Keep other words and actions for a scene; what is on stage plays on as it was begun."""
    return _write(find_scene(account, number), script)


def delete_scene(account: Account, number: int) -> None:
    """Forget a scene; one that is gone already is no fault."""
    Scene.objects.filter(account=account, pk=number).delete()


def find_scene(account: Account, number: int) -> Scene:
    """Return a scene of the account. Raises ResourceNotFoundException."""
    scene = Scene.objects.filter(account=account, pk=number).first()
    if scene is None:
        raise ResourceNotFoundException("There is no such scene.")
    return scene


def _write(scene: Scene, script: Script) -> Scene:
    scene.title, scene.tempo = script.title, script.tempo
    scene.actions = [dict(action) for action in script.actions]
    scene.clusters, scene.families = list(script.clusters), list(script.families)
    scene.left_out = [dict(one) for one in script.left_out]
    scene.save()
    return scene
