"""The nearest change is a button that works, and a revision can be put onto whatever takes it."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from ecsweb.models import ContainerInstance, Service, Task
from tests.world import World

pytestmark = pytest.mark.django_db
CLUSTER = "/clusters/demo/"


def press(client: Client, page: str, label: str) -> None:
    """Submit the form of the button with this label, as a browser would."""
    form = next(one for one in re.findall(r"<form.*?</form>", page, re.S) if label in one)
    action = re.search(r'action="([^"]+)"', form)
    assert action
    fields = {
        unescape(re.search(r'name="([^"]*)"', one)[1]): unescape(re.search(r'value="([^"]*)"', one)[1])  # type: ignore[index]
        for one in re.findall(r"<input[^>]*>", form, re.S)
    }
    assert client.post(unescape(action[1]), fields).status_code == 302


def panel(client: Client, kind: str, key: str, language: str = "en") -> str:
    response = client.get(f"{CLUSTER}panel/{kind}/{key}/", headers={"Accept-Language": language})
    return response.content.decode()


def stuck(world: World, **more: object) -> Service:
    """A service that finds no place for its one task."""
    world.call("CreateService", cluster="demo", serviceName="big", taskDefinition="big", desiredCount=1, **more)
    world.converge()
    service = Service.objects.get(name="big")
    assert service.placement_failure
    return service


def runs(world: World) -> bool:
    for _ in range(20):
        world.converge(seconds=1)
    return Task.objects.filter(service__name="big", last_status="RUNNING").exists()


def test_a_service_without_room_is_helped_by_the_button(world: World, client: Client) -> None:
    world.launch()
    world.register(family="big", memory=4096)
    stuck(world)

    press(client, panel(client, "service", "big"), "Launch a t3.large in zone b")

    assert runs(world)


@pytest.mark.parametrize(("language", "label"), [("en", "Make i-01 ACTIVE again"), ("ko", "i-01")])
def test_an_empty_instance_that_drains_is_nearer_than_one_without_room(
    world: World, client: Client, language: str, label: str
) -> None:
    drained, _full = world.launch(zone="a"), world.launch(zone="b")
    world.call("UpdateContainerInstancesState", cluster="demo", containerInstances=[drained], status="DRAINING")
    world.register("big", memory=1500)
    world.call("RunTask", cluster="demo", taskDefinition="big")
    stuck(world)
    page = panel(client, "service", "big", language)

    assert "update-container-instances-state" in page
    press(client, page, label)
    world.converge()
    assert Service.objects.get(name="big").placement_failure == ""


def test_a_draining_instance_is_made_active_by_the_button(world: World, client: Client) -> None:
    instance = world.launch()
    world.register(family="big")
    world.call("UpdateContainerInstancesState", cluster="demo", containerInstances=[instance], status="DRAINING")
    stuck(world)

    press(client, client.get(f"{CLUSTER}services/big/").content.decode(), "Make i-01 ACTIVE again")

    assert runs(world)


@pytest.mark.parametrize(
    ("breaking", "label"),
    [
        ("DisconnectAgent", "Connect the agent of i-01 again"),
        ("StopInstance", "Start the machine of i-01 again"),
    ],
)
def test_a_silent_agent_is_brought_back_by_the_button(world: World, client: Client, breaking: str, label: str) -> None:
    instance = world.launch()
    world.register(family="big")
    world.call(breaking, cluster="demo", containerInstance=instance)
    stuck(world)

    press(client, panel(client, "service", "big"), label)

    assert runs(world)


def test_a_missing_attribute_is_put_by_the_button(world: World, client: Client) -> None:
    world.launch()
    world.register(family="big")
    stuck(world, placementConstraints=[{"type": "memberOf", "expression": "attribute:stack == prod"}])

    press(client, panel(client, "service", "big"), "Put the attribute stack=prod on i-01")

    assert runs(world)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_refused_run_task_has_a_panel_with_reason_table_and_remedy(
    world: World, client: Client, language: str
) -> None:
    world.launch()
    world.register(family="big", memory=4096)
    answer = client.post(f"{CLUSTER}put/", {"definition": "big:1", "onto": "cluster"})

    assert "panel=refusal:" in answer["Location"]
    page = client.get(answer["Location"], headers={"Accept-Language": language}).content.decode()
    assert "4096" in page
    assert "t3.large" in page
    assert "aws ecs run-task" in page
    assert "RESOURCE:MEMORY" in page
    assert not Task.objects.exists()
    press(client, page, "t3.large")
    assert ContainerInstance.objects.filter(instance_type="t3.large").exists()


def test_a_panel_of_a_refusal_that_there_is_not_says_so(world: World, client: Client) -> None:
    for key in ("7", "nonsense", "9" * 40):
        assert client.get(f"{CLUSTER}panel/refusal/{key}/").status_code == 200


def test_a_revision_is_put_onto_the_cluster_an_instance_and_a_service(world: World, client: Client) -> None:
    world.launch(zone="a")
    second = world.launch(zone="b")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    world.register()

    client.post(f"{CLUSTER}put/", {"definition": "web:2", "onto": "cluster"})
    client.post(f"{CLUSTER}put/", {"definition": "web:2", "onto": f"instance:{second.rsplit('/', 1)[-1]}"})
    client.post(f"{CLUSTER}put/", {"definition": "web:2", "onto": "service:web"})
    world.converge()

    direct = Task.objects.filter(service=None, task_definition__revision=2)
    assert direct.count() == 2
    assert direct.filter(container_instance__instance_id=second.rsplit("/", 1)[-1]).exists()
    assert Service.objects.get(name="web").deployments.filter(task_definition__revision=2).exists()


def test_the_panel_of_a_revision_offers_the_same_by_keyboard(world: World, client: Client) -> None:
    instance = world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=0)
    page = panel(client, "definition", "web:1")

    assert 'value="cluster"' in page
    assert f'value="instance:{instance.rsplit("/", 1)[-1]}"' in page
    assert 'value="service:web"' in page


@pytest.mark.parametrize("onto", ["", "moon", "instance:", "service:nothing", "instance:nobody", "task:x"])
def test_a_revision_put_onto_nothing_is_told_and_nothing_happens(world: World, client: Client, onto: str) -> None:
    world.launch()
    world.register()

    answer = client.post(f"{CLUSTER}put/", {"definition": "web:1", "onto": onto}, follow=True)

    assert "message--error" in answer.content.decode()
    assert not Task.objects.exists()
