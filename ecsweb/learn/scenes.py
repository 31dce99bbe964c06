"""Scenes for a class: scripts of calls, waits and captions. Six come with the product; others are somebody's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
from django.utils.translation import gettext_noop

from ecsweb.api.model import input_shape, is_of_aws
from ecsweb.api.registry import READING
from ecsweb.controlplane.plays import SCENE_PREFIX, is_of_a_scene
from ecsweb.learn.files import read_file
from ecsweb.learn.lessons.schema import Action
from ecsweb.learn.lessons.texts import Text
from ecsweb.learn.scene_faults import LONGEST_PAUSE, Fault, faults_of_actions
from ecsweb.models import Account
from ecsweb.models import Scene as OwnScene

FOLDER = Path(__file__).parent / "content" / "scenes"
OWN = "own-"


class BadScene(ValueError):
    """A scene is not what the schema asks for; `faults` say what is wrong, where that is known one by one."""

    def __init__(self, said: str | Sequence[Fault]) -> None:
        super().__init__(said if isinstance(said, str) else "; ".join(map(str, said)))
        self.faults = [Fault("", literal=said)] if isinstance(said, str) else list(said)


class Scene(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A scene. All names in it are fixed; `clusters` and `families` are emptied on the way back to its start."""

    id: str
    # One of the notes' chapters, or somebody's own.
    chapter: Literal["cluster", "definition", "direct", "replica", "daemon", "failure", "own"]
    number: int = 0
    title: Text
    intro: Text
    # Which of the picture's three stages is shown.
    stage: Literal[1, 2, 3] = 3
    clusters: list[str]
    families: list[str] = []
    # Seconds between two actions, so that people can read.
    tempo: float = 4
    actions: list[Action]
    left_out: list[dict[str, str]] = []

    @property
    def is_own(self) -> bool:
        """Tell whether it is somebody's own."""
        return self.chapter == "own"

    @property
    def steps(self) -> int:
        """Return of how many of its actions something is seen."""
        return sum(1 for action in self.actions if action.call or action.say)

    @property
    def others_clusters(self) -> list[str]:
        """Return the clusters that it acts on and does not make itself: what it does there stays done."""
        return others_clusters(((one.call, one.params) for one in self.actions), self.clusters)


def others_clusters(calls: Iterable[tuple[str, Mapping[str, Any]]], own: Iterable[str]) -> list[str]:
    """Return the names of the clusters that calls change and that are not among their `own`, by name.

    Example: [("RunTask", {"cluster": "demo"}), ("CreateService", {})], own ["scene-a"] → ["default", "demo"].
    """
    return sorted({_cluster_of(*one) for one in calls} - {"", *own})


def _cluster_of(operation: str, params: Mapping[str, Any]) -> str:
    """Return the cluster that a call changes; "" where it changes none, or one that is asked for only then."""
    if not operation or operation.startswith(READING):
        return ""
    key = "clusterName" if operation == "CreateCluster" else "cluster"
    name = params.get(key, "default" if _takes(operation, key, params) else "")
    return name.rpartition("/")[2] if isinstance(name, str) else ""


def _takes(operation: str, key: str, params: Mapping[str, Any]) -> bool:
    if not is_of_aws(operation):
        return "task" in params or "containerInstance" in params
    return key in getattr(input_shape(operation), "members", ())


def faults(scene: Scene) -> list[Fault]:
    """Return what is wrong with a scene beyond its shape."""
    found = faults_of_actions(scene.actions)
    names = [name for name in [*scene.clusters, *scene.families] if not is_of_a_scene(name)]
    prefixed = gettext_noop("%(name)s: names that are emptied begin with %(prefix)s")
    found += [Fault(prefixed, {"name": name, "prefix": SCENE_PREFIX}) for name in names]
    if not 0 <= scene.tempo <= LONGEST_PAUSE:
        found.append(Fault(gettext_noop("tempo is 0 to %(most)s seconds"), {"most": LONGEST_PAUSE}))
    return found


def read_scene(path: Path) -> Scene:
    """Read one file. Raises BadScene, naming the file and what is wrong with it."""
    return read_file(path, Scene, lambda scene: [str(fault) for fault in faults(scene)], BadScene)


@cache
def ready_scenes() -> tuple[Scene, ...]:
    """Return the scenes that come with the product, in the order of the notes. Raises BadScene."""
    return tuple(sorted((read_scene(path) for path in FOLDER.glob("*.yaml")), key=lambda one: one.number))


def checked_actions(given: object) -> list[Action]:
    """Return a script that somebody wrote. Raises BadScene with where it is wrong."""
    try:
        actions = msgspec.convert(given, list[Action])
    except msgspec.ValidationError as error:
        raise BadScene(str(error)) from error
    if found := faults_of_actions(actions):
        raise BadScene(found)
    return actions


def own_scene(row: OwnScene) -> Scene:
    """Return a stored scene as one that can be played. Raises BadScene."""
    title = Text(en=row.title, ko=row.title)
    scene = Scene(
        id=f"{OWN}{row.pk}",
        chapter="own",
        title=title,
        intro=title,
        clusters=row.clusters,
        families=row.families,
        tempo=row.tempo,
        actions=checked_actions(row.actions),
        left_out=row.left_out,
    )
    if found := faults(scene):
        raise BadScene(found)
    return scene


def scene_of(account: Account, scene_id: str) -> Scene | None:
    """Return the scene of that id, ready-made or the account's own; None for none. Raises BadScene."""
    number = scene_id.removeprefix(OWN)
    if number == scene_id or not number.isdecimal() or len(number) > 15:
        return next((one for one in ready_scenes() if one.id == scene_id), None)
    row = OwnScene.objects.filter(account=account, pk=int(number)).first()
    return own_scene(row) if row else None
