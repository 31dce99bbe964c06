"""A stretch of a timeline becomes a scene that plays to its end, with other names and other ids."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.learn.scenes import scene_of
from ecsweb.learn.staging import press
from ecsweb.models import Account, Cluster, Play, PlayStatus, Scene, Service
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
    assert "<code>KillContainer</code></li>" in page
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


def test_a_stretch_without_calls_is_not_kept(learner: Learner, client: Client) -> None:
    learner.world.call("CreateCluster", clusterName="demo")

    assert client.post(CUT, {"since": "900", "until": "901"}).status_code == 422
    assert client.get(CUT, {"since": "x"}).status_code == 422
    assert not Scene.objects.exists()
