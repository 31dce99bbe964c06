"""A stretch of a timeline becomes a scene that plays to its end, with other names and other ids."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.learn.scenes import others_clusters, ready_scenes, scene_of
from ecsweb.learn.staging import press
from ecsweb.models import Account, Cluster, Event, Play, PlayStatus, Scene, Service
from tests.learn.learners import Learner

CUT = "/learn/scenes/cut/"
SECRET = [{"name": "app", "image": "ecsweb/web:1", "memory": 64, "environment": [{"name": "KEY", "value": "hush"}]}]


@pytest.fixture
def played(learner: Learner) -> Learner:
    """Somebody has made a cluster, kept a service, killed a task of it and drained the machine."""
    world = learner.world
    world.call("CreateCluster", clusterName="demo")
    instance = world.launch()
    world.register("web")
    learner.tick()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=1)
    learner.until(lambda: len(world.tasks()) == 1 and world.tasks()[0]["lastStatus"] == "RUNNING", seconds=30, what="")
    world.call("KillContainer", cluster="demo", task=world.tasks()[0]["taskArn"], container="app")
    world.call("UpdateContainerInstancesState", cluster="demo", containerInstances=[instance], status="DRAINING")
    world.call("RegisterTaskDefinition", family="hidden", containerDefinitions=SECRET)
    world.call("PutAccountSetting", name="awsvpcTrunking", value="enabled")
    return learner


def test_a_stretch_is_cut_kept_and_played(played: Learner, client: Client) -> None:
    page = client.get(CUT, headers={"Accept-Language": "en"}).content.decode()
    assert "<code>KillContainer</code> <b>" in " ".join(page.split())
    assert "<code>RegisterTaskDefinition</code>: it holds a secret" in page

    answer = client.post(CUT, {"since": "0", "until": "999999", "title": "Mine"})
    row = Scene.objects.get()
    assert answer["Location"] == f"/learn/scenes/own-{row.pk}/"
    assert (row.clusters, row.families) == (["scene-demo"], ["scene-web"])
    assert "hush" not in str(row.actions)
    assert row.title in client.get("/learn/scenes/").content.decode()

    account = Account.objects.get()
    scene = scene_of(account, f"own-{row.pk}")
    assert scene is not None
    press(played.principal, scene, None, "play")
    played.until(lambda: Play.objects.get().status == PlayStatus.DONE, seconds=120, what="the cut scene ends")
    assert set(Cluster.objects.values_list("name", flat=True)) == {"demo", "scene-demo"}
    assert set(Service.objects.values_list("cluster__name", flat=True)) == {"demo", "scene-demo"}


def test_a_scene_that_acts_on_a_cluster_of_ones_own_says_so_before_it_plays(played: Learner, client: Client) -> None:
    whole = client.get(CUT, headers={"Accept-Language": "en"}).content.decode()
    assert "acts on your cluster" not in whole
    made = Event.objects.get(detail__operation="CreateCluster").sequence

    stretch = {"since": str(made + 1), "until": "999999", "title": "Mine"}
    cut = client.get(CUT, stretch, headers={"Accept-Language": "en"}).content.decode()
    assert "This scene acts on your cluster demo: what it does there is real" in cut
    page = client.post(CUT, stretch)["Location"]
    assert not Play.objects.exists()
    for address in (page, "/learn/scenes/"):
        english = client.get(address, headers={"Accept-Language": "en"}).content.decode()
        korean = client.get(address, headers={"Accept-Language": "ko"}).content.decode()
        assert "This scene acts on your cluster demo: what it does there is real" in english
        assert "이 장면은 여러분의 클러스터 demo에서 실제로 동작해요." in korean


@pytest.mark.parametrize(
    ("calls", "named"),
    [
        ([("RunTask", {"cluster": "demo"}), ("CreateService", {})], ["default", "demo"]),
        ([("RunTask", {"cluster": "arn:aws:ecs:ap-northeast-2:123456789012:cluster/demo"})], ["demo"]),
        ([("KillContainer", {"task": "x", "container": "app"})], ["default"]),
        ([("CreateCluster", {"clusterName": "mine"})], ["mine"]),
        ([("RunTask", {"cluster": "scene-a"})], []),
        ([("DescribeTasks", {"cluster": "demo"}), ("RegisterTaskDefinition", {"family": "web"}), ("", {})], []),
    ],
)
def test_which_clusters_a_script_changes_that_are_not_its_own(
    calls: list[tuple[str, dict[str, object]]], named: list[str]
) -> None:
    assert others_clusters(calls, ["scene-a"]) == named


def test_no_ready_scene_acts_on_a_cluster_of_anybodys_own() -> None:
    assert {scene.id: scene.others_clusters for scene in ready_scenes() if scene.others_clusters} == {}


def test_a_stretch_without_calls_is_not_kept(learner: Learner, client: Client) -> None:
    learner.world.call("CreateCluster", clusterName="demo")

    assert client.post(CUT, {"since": "900", "until": "901"}).status_code == 422
    assert client.get(CUT, {"since": "x"}).status_code == 422
    assert not Scene.objects.exists()


def test_a_task_that_found_no_place_is_expected_to_find_none_again(learner: Learner, client: Client) -> None:
    learner.world.call("CreateCluster", clusterName="demo")
    learner.world.launch()
    learner.world.register("web")
    learner.world.register("large", memory=60_000)
    learner.tick()
    for family in ("web", "large"):
        learner.world.call("RunTask", cluster="demo", taskDefinition=family)

    client.post(CUT, {"since": "0", "until": "999999", "title": "Mine"})

    made = Scene.objects.get().actions
    assert [one.get("refusal") for one in made if one.get("call") == "RunTask"] == [None, "RESOURCE:MEMORY"]
