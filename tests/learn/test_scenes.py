"""Scenes: each ready-made one plays to its end, and the way back to its start leaves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import time_machine
import yaml

from ecsweb.api import call
from ecsweb.controlplane.accounts import finish_reset
from ecsweb.controlplane.scenes import Script, record_scene
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.learn.player import advance
from ecsweb.learn.scenes import BadScene, Scene, own_scene, read_scene, ready_scenes
from ecsweb.learn.staging import play_of, press
from ecsweb.models import Account, Cluster, ContainerInstance, Play, PlayStatus, Service, Task, TaskDefinition
from tests.learn.learners import Learner
from tests.world import ACCOUNT, REGION

# In a class: each fits into an account's quotas and its policy.
pytestmark = pytest.mark.usefixtures("within_class_quotas")
SCENES = [pytest.param(scene, id=scene.id) for scene in ready_scenes()]
CHAPTERS = ["cluster", "definition", "direct", "replica", "daemon", "failure"]


def on_stage(scene: Scene) -> Play | None:
    return play_of(Account.objects.get(account_id=ACCOUNT), REGION, scene)


def where(scene: Scene) -> tuple[str, int]:
    play = on_stage(scene)
    return (play.status, play.position) if play else ("", 0)


def caption(scene: Scene) -> str:
    play = on_stage(scene)
    return str(play.caption.get("en", "")) if play else ""


def stored(learner: Learner, actions: list[Any], clusters: Sequence[str] = ()) -> Scene:
    """Keep a scene of one's own and return it as it is played."""
    learner.world.call("ListClusters")
    account = Account.objects.get(account_id=ACCOUNT)
    script = Script(title="Mine", actions=actions, clusters=clusters, families=(), tempo=0)
    return own_scene(record_scene(account, script, now=datetime(2026, 1, 1, tzinfo=UTC)))


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


def test_each_next_shows_something_new(learner: Learner) -> None:
    """Pauses and waits that say nothing are gone through by the way; the last press is the end."""
    say = {"en": "There it is.", "ko": "생겼어요."}
    own = [
        {"pause": 3.0},
        {"call": "CreateCluster", "params": {"clusterName": "scene-x"}, "say": {"en": "A cluster.", "ko": "만들어요."}},
        {"pause": 4.0},
        {"until": {"ask": {"of": "DescribeClusters", "params": {"clusters": ["scene-x"]}, "query": "clusters[0]"}}},
        {"say": say},
        {"pause": 5.0},
    ]
    scene = stored(learner, own, clusters=["scene-x"])
    assert scene.steps == 2

    seen = []
    for _press in range(2):
        push(learner, scene, "next")
        learner.until(lambda: where(scene)[0] in (PlayStatus.PAUSED, PlayStatus.DONE), seconds=2, what="it halts")
        seen.append(caption(scene))
    assert seen == ["A cluster.", "There it is."]
    assert where(scene)[0] == PlayStatus.DONE


def test_what_a_wait_says_is_said_when_it_has_come(learner: Learner) -> None:
    query = "length(clusters[?clusterName=='awaited'])"
    until = {"ask": {"of": "DescribeClusters", "params": {"clusters": ["awaited"]}, "query": query}, "equals": 1}
    scene = stored(
        learner,
        [{"say": {"en": "Wait.", "ko": "기다려요."}}, {"until": until, "say": {"en": "Here.", "ko": "왔어요."}}],
    )
    push(learner, scene, "play")
    for _turn in range(6):
        learner.tick()
    assert (where(scene), caption(scene)) == ((PlayStatus.PLAYING, 1), "Wait.")

    learner.world.call("CreateCluster", clusterName="awaited")
    learner.until(lambda: where(scene)[0] == PlayStatus.DONE, seconds=5, what="it goes on")
    assert caption(scene) == "Here."


@pytest.mark.parametrize(("expected", "status"), [("", PlayStatus.FAILED), ("RESOURCE:MEMORY", PlayStatus.DONE)])
def test_a_task_that_finds_no_place_stops_a_scene_unless_its_script_expects_it(
    learner: Learner, expected: str, status: str
) -> None:
    learner.world.call("CreateCluster", clusterName="demo")
    learner.world.launch()
    learner.world.register("large", memory=60_000)
    learner.tick()
    run = {"call": "RunTask", "params": {"taskDefinition": "large", "cluster": "demo"}, "refusal": expected}
    scene = stored(learner, [{**run, "say": {"en": "Run.", "ko": "실행해요."}}])

    push(learner, scene, "play")
    learner.until(lambda: where(scene)[0] in (PlayStatus.FAILED, PlayStatus.DONE), seconds=5, what="it is over")

    play = on_stage(scene)
    assert play is not None
    assert (play.status, play.error) == (status, "" if expected else "RunTask: RESOURCE:MEMORY")


def test_one_scene_after_another_leaves_only_the_last_and_what_is_somebodys_own(learner: Learner) -> None:
    for name in ("mine", "scene-by-hand"):
        learner.world.call("CreateCluster", clusterName=name)
    learner.world.register("mine")
    for scene in ready_scenes()[:3]:
        push(learner, msgspec.structs.replace(scene, tempo=0), "play")
        learner.until(lambda: where(scene)[0] == PlayStatus.DONE, seconds=150, what="it ends")  # noqa: B023

    names = Cluster.objects.exclude(status="INACTIVE").values_list("name", flat=True)
    assert set(names) == {"mine", "scene-by-hand", "scene-direct"}
    assert ContainerInstance.objects.count() == 1
    assert set(TaskDefinition.objects.values_list("family", flat=True)) == {"mine", "scene-job", "scene-page"}

    # What another scene made is no longer this one's to clear, once it was.
    learner.world.call("CreateCluster", clusterName="scene-drama")
    push(learner, ready_scenes()[2], "start")
    learner.until(lambda: where(ready_scenes()[2])[0] == PlayStatus.PAUSED, seconds=5, what="it stands at its start")
    assert Cluster.objects.filter(name="scene-drama", status="ACTIVE").exists()


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
