"""Scenes: each ready-made one plays to its end, and the way back to its start leaves nothing."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import time_machine
import yaml

from ecsweb.api import call
from ecsweb.controlplane.accounts import finish_reset
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.learn.player import advance
from ecsweb.learn.scenes import BadScene, Scene, read_scene, ready_scenes
from ecsweb.learn.staging import play_of, press
from ecsweb.models import Account, Cluster, ContainerInstance, Play, PlayStatus, Service, Task, TaskDefinition
from tests.learn.learners import Learner
from tests.world import ACCOUNT, REGION

SCENES = [pytest.param(scene, id=scene.id) for scene in ready_scenes()]
CHAPTERS = ["cluster", "definition", "direct", "replica", "daemon", "failure"]


def on_stage(scene: Scene) -> Play | None:
    return play_of(Account.objects.get(account_id=ACCOUNT), REGION, scene)


def where(scene: Scene) -> tuple[str, int]:
    play = on_stage(scene)
    return (play.status, play.position) if play else ("", 0)


def push(learner: Learner, scene: Scene, button: str) -> None:
    """Press a button at the world's time."""
    learner.world.call("ListClusters")
    with time_machine.travel(learner.world.clock.now, tick=False):
        press(learner.principal, scene, on_stage(scene), button)


def test_there_is_one_for_each_chapter_of_the_notes() -> None:
    assert [scene.chapter for scene in ready_scenes()] == CHAPTERS


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_plays_to_its_end_and_back_to_start_leaves_nothing(learner: Learner, scene: Scene) -> None:
    swift = msgspec.structs.replace(scene, tempo=0)
    push(learner, swift, "play")

    learner.until(lambda: where(scene)[0] == PlayStatus.DONE, seconds=150, what=f"{scene.id} ends")
    assert where(scene)[1] == len(scene.actions)
    assert set(Cluster.objects.values_list("name", flat=True)) == set(scene.clusters)
    assert set(TaskDefinition.objects.values_list("family", flat=True)) == set(scene.families)

    push(learner, swift, "start")
    learner.until(lambda: where(scene) == (PlayStatus.PAUSED, 0), seconds=5, what=f"{scene.id} stands at its start")
    left = [model.objects.count() for model in (Cluster, ContainerInstance, Service, Task, TaskDefinition)]
    assert left == [0, 0, 0, 0, 0]
    assert learner.docker() == []


def test_next_takes_one_action_and_halts_and_pause_holds(learner: Learner) -> None:
    scene = msgspec.structs.replace(ready_scenes()[0], tempo=0)

    push(learner, scene, "next")
    learner.until(lambda: where(scene) == (PlayStatus.PAUSED, 1), seconds=5, what="one action is taken")
    push(learner, scene, "next")
    learner.until(lambda: where(scene) == (PlayStatus.PAUSED, 2), seconds=5, what="a second action is taken")
    assert Cluster.objects.get().name == "scene-glance"

    push(learner, scene, "play")
    push(learner, scene, "pause")
    learner.tick()
    assert where(scene) == (PlayStatus.PAUSED, 2)


def test_a_scene_that_is_over_plays_again_from_an_empty_stage(learner: Learner) -> None:
    scene = msgspec.structs.replace(ready_scenes()[3], tempo=0)
    for _time in range(2):
        push(learner, scene, "play")
        assert where(scene) == (PlayStatus.EMPTYING, 0)
        learner.until(lambda: where(scene)[0] == PlayStatus.DONE, seconds=150, what="it ends")

    assert ContainerInstance.objects.count() == 2


def test_emptying_the_account_ends_a_scene_that_plays(learner: Learner) -> None:
    scene = msgspec.structs.replace(ready_scenes()[3], tempo=0)
    push(learner, scene, "play")
    learner.until(Service.objects.exists, seconds=60, what="there is something to empty")
    held = Play.objects.get()
    assert held.status == PlayStatus.PLAYING

    with time_machine.travel(learner.world.clock.now, tick=False):
        learner.world.call("ResetAccount")
    # A job that was under way still holds the play.
    assert advance(held, now=learner.world.clock.now) is None
    for _turn in range(5):
        learner.tick()

    assert on_stage(scene) is None
    assert finish_reset(Account.objects.get(account_id=ACCOUNT))
    left = [model.objects.count() for model in (Cluster, ContainerInstance, Service, Task, TaskDefinition)]
    assert left == [0, 0, 0, 0, 0]


def test_only_what_is_named_as_a_scenes_is_ever_emptied(learner: Learner) -> None:
    learner.world.call("CreateCluster", clusterName="mine")
    with pytest.raises(InvalidParameterException, match="begin with scene-"):
        call(learner.principal, "StartPlay", {"actions": [], "belongings": {"clusters": ["mine"]}})

    assert Cluster.objects.get().status == "ACTIVE"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"clusters": ["demo"]}, "names that are emptied begin with scene-"),
        ({"title": {"en": "Only English"}}, "ko"),
        ({"actions": [{"call": "CreateCluster"}]}, "no caption"),
        ({"actions": [{"call": "MakeCoffee", "say": {"en": "a", "ko": "b"}}]}, "MakeCoffee is no operation"),
        ({"actions": [{"until": {"ask": {"of": "DescribeClusters", "query": "clusters["}}}]}, "action 1: clusters\\["),
        ({"tempo": 100}, "tempo is 0 to 60"),
        ({"actions": []}, "1 to 200 actions"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_name(tmp_path: Path, change: dict[str, object], words: str) -> None:
    whole = msgspec.to_builtins(ready_scenes()[0])
    path = tmp_path / "broken.yaml"
    path.write_text(yaml.safe_dump({**whole, **change}))

    with pytest.raises(BadScene, match=f"broken.yaml: .*{words}"):
        read_scene(path)
