"""The marks of a cluster's bar are about this cluster, or about a definition or an image that it uses."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.models import Cluster, Event
from ecsweb.web.timeline.bar import events_of
from tests.world import World

pytestmark = pytest.mark.django_db
WEB, SPARE, IDLE = "ecsweb/web:1", "ecsweb/worker:1", "ecsweb/once:1"
CHAOS, DEFINITION = "Chaos", "Task Definition State Change"


@pytest.fixture
def two(world: World) -> World:
    """The cluster `demo` runs `web`, the cluster `other` runs `spare`; nobody runs `idle`."""
    world.call("CreateCluster", clusterName="other")
    for cluster, family, image in (("demo", "web", WEB), ("other", "spare", SPARE)):
        world.launch(cluster)
        world.register(family, image=image)
        world.call("RunTask", cluster=cluster, taskDefinition=family)
    world.register("idle", image=IDLE)
    world.converge()
    return world


def marked(kind: str, name: str = "demo", region: str = "ap-northeast-2") -> list[Event]:
    cluster = Cluster.objects.filter(name=name).first()
    found = cluster or Cluster(account=Event.objects.latest("sequence").account, region=region, name=name)
    return list(events_of(found).filter(detail_type=kind).order_by("sequence"))


def families(name: str = "demo") -> list[str]:
    return [event.detail["family"] for event in marked(DEFINITION, name)]


def test_definitions_are_those_that_were_run_there(two: World) -> None:
    assert families() == ["web"]
    assert families("other") == ["spare"]

    two.register("web")
    assert families() == ["web", "web"], "a new revision of what runs there concerns it at once"


def test_a_service_without_tasks_uses_its_definition(two: World) -> None:
    two.call("CreateService", cluster="demo", serviceName="idle", taskDefinition="idle", desiredCount=0)

    assert families() == ["web", "idle"]


def test_a_definition_is_remembered_when_its_tasks_are_gone(two: World) -> None:
    Cluster.objects.get(name="demo").tasks.all().delete()

    assert families() == ["web"]


def test_an_image_concerns_where_it_is_used(two: World) -> None:
    for image in (WEB, SPARE, IDLE):
        two.call("BreakImage", image=image)

    assert [event.detail["image"] for event in marked(CHAOS)] == [WEB]
    assert [event.detail["image"] for event in marked(CHAOS, "other")] == [SPARE]


def test_chaos_in_another_cluster_is_never_shown_also_when_that_is_gone(two: World) -> None:
    task = two.tasks()[0]
    others = two.call("ListTasks", cluster="other")["taskArns"][0]
    machine = two.call("ListContainerInstances", cluster="other")["containerInstanceArns"][0]
    two.call("KillContainer", cluster="demo", task=task["taskArn"], container="app")
    two.call("KillContainer", cluster="other", task=others, container="app")
    two.call("LoseInstance", cluster="other", containerInstance=machine)

    assert [event.detail["operation"] for event in marked(CHAOS)] == ["KillContainer"]
    Cluster.objects.get(name="other").delete()
    assert [event.detail["taskArn"] for event in marked(CHAOS)] == [task["taskArn"]]
    assert [event.detail["operation"] for event in marked(CHAOS, "other")] == ["KillContainer", "LoseInstance"]


@pytest.mark.parametrize(("language", "words"), [("en", "before the first event"), ("ko", "첫 이벤트 이전")])
def test_before_the_first_event_there_is_no_time(two: World, client: Client, language: str, words: str) -> None:
    # The log begins with a call, before anything that a picture shows.
    Event.objects.filter(sequence=1).delete()
    assert Event.objects.order_by("sequence")[0].detail_type == "API Call"
    page = client.get("/clusters/demo/?at=0", headers={"Accept-Language": language}).content.decode()

    assert page.count(words) >= 2
    assert 'datetime=""' not in page
