"""Undo is the inverse call, named, and made through the door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from ecsweb.api.undo import inverses
from ecsweb.models import Cluster, ContainerInstance, Event, Service, Task, TaskDefinition
from ecsweb.web.undoing import calls_of, token_of
from tests.world import World

pytestmark = pytest.mark.django_db


def undo(client: Client, page: str) -> str:
    """Press the undo button of a page; return the page that follows."""
    token = re.search(r'name="undo"\s+value="([^"]+)"', page)
    assert token is not None, "no undo on the page"
    answer = client.post("/undo/", {"undo": token[1]}, follow=True, headers={"Accept-Language": "en"})
    return " ".join(answer.content.decode().split())


def send(client: Client, url: str, **data: Any) -> str:
    answer = client.post(url, data, follow=True, headers={"Accept-Language": "en"})
    return " ".join(answer.content.decode().split())


def test_a_cluster_that_was_made_is_deleted_again(world: World, client: Client) -> None:
    page = send(client, "/", name="shop")
    assert "DeleteCluster shop" in page

    assert "Undone: DeleteCluster shop" in undo(client, page)
    assert Cluster.objects.get(name="shop").status == "INACTIVE"
    assert Event.objects.filter(detail_type="API Call", detail__operation="DeleteCluster").exists()


def test_an_instance_that_was_launched_goes_again(world: World, client: Client) -> None:
    undo(client, send(client, "/clusters/demo/launch/", instance_type="t3.small", zone="a"))

    assert ContainerInstance.objects.get().status == "INACTIVE"


def test_a_service_gets_back_what_it_wanted_and_only_that(world: World, client: Client) -> None:
    world.register()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=2)
    page = send(client, "/clusters/demo/services/web/scale/", desired_count="5")
    assert "UpdateService desiredCount 2" in page
    world.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    undo(client, page)

    after = world.service("web")
    assert (after["desiredCount"], after["taskDefinition"].rsplit("/", 1)[1]) == (2, "web:2")


def test_tasks_that_were_run_are_stopped(world: World, client: Client) -> None:
    world.launch()
    world.register()
    page = send(client, "/clusters/demo/run/", task_definition="web:1", count=3, launch_type="EC2")
    assert "× 3" in page
    undo(client, page)

    assert set(Task.objects.values_list("desired_status", flat=True)) == {"STOPPED"}


def test_draining_is_taken_back(world: World, client: Client) -> None:
    arn = world.launch().rsplit("/", 1)[1]
    undo(client, send(client, f"/clusters/demo/instances/{arn}/status/", status="DRAINING"))

    assert ContainerInstance.objects.get().status == "ACTIVE"


SERVICE = {"name": "web", "task_definition": "web:1", "scheduling_strategy": "REPLICA", "desired_count": 1}


@pytest.mark.parametrize(("language", "said"), [("en", "It was there already"), ("ko", "이미 있던 것이라")])
def test_a_cluster_and_a_service_that_were_there_are_left_alone(
    world: World, client: Client, language: str, said: str
) -> None:
    world.register()
    for url, data in (("/", {"name": "demo"}), ("/clusters/demo/services/create/", SERVICE)):
        client.post(url, data, follow=True)
        page = client.post(url, data, follow=True, headers={"Accept-Language": language}).content.decode()
        assert said in page
        assert 'name="undo"' not in page


def test_a_service_that_was_made_is_deleted_again(world: World, client: Client) -> None:
    world.register()
    page = send(client, "/clusters/demo/services/create/", **SERVICE)
    assert "Undo: DeleteService web" in page
    undo(client, page)

    assert Service.objects.get().status != "ACTIVE"


def test_a_cluster_that_was_deleted_and_made_again_is_new(world: World, client: Client) -> None:
    world.call("CreateCluster", clusterName="shop")
    world.call("DeleteCluster", cluster="shop")

    assert "DeleteCluster shop" in send(client, "/", name="shop")


def test_tasks_of_a_used_client_token_are_left_running(world: World, client: Client) -> None:
    world.launch()
    world.register()
    sent = {"task_definition": "web:1", "count": 1, "launch_type": "EC2", "client_token": "once"}
    assert 'name="undo"' in send(client, "/clusters/demo/run/", **sent)
    again = send(client, "/clusters/demo/run/", **sent)

    assert Task.objects.count() == 1
    assert "It was there already" in again
    assert 'name="undo"' not in again


def test_an_instance_that_was_active_is_not_drained(world: World, client: Client) -> None:
    arn = world.launch().rsplit("/", 1)[1]
    page = send(client, f"/clusters/demo/instances/{arn}/status/", status="ACTIVE")

    assert 'name="undo"' not in page


def test_an_attribute_gets_back_the_value_that_it_had(world: World, client: Client) -> None:
    arn = world.launch()

    def put(value: str) -> str:
        fields = {"name": "tier", "value": value}
        return send(client, f"/clusters/demo/instances/{arn.rsplit('/', 1)[1]}/attributes/", **fields)

    def values() -> list[str]:
        return [one["value"] for one in ContainerInstance.objects.get().attributes if one["name"] == "tier"]

    first = put("front")
    assert 'name="undo"' not in put("front")
    undo(client, put("back"))
    assert values() == ["front"]
    undo(client, first)
    assert values() == []


def test_an_image_that_was_broken_already_is_not_mended(world: World) -> None:
    answers = [world.call("BreakImage", image="nginx") for _ in range(2)]

    found = [[one.operation for one in inverses("BreakImage", {"image": "nginx"}, one, {})] for one in answers]
    assert found == [["MendImage"], []]


def test_what_cannot_be_taken_back_offers_nothing(world: World, client: Client) -> None:
    world.launch()
    world.register()
    task = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"].rsplit("/", 1)[1]

    assert 'name="undo"' not in send(client, f"/clusters/demo/tasks/{task}/stop/")


def test_an_undo_that_is_refused_says_why(world: World, client: Client) -> None:
    page = send(client, "/", name="shop")
    world.call("RegisterContainerInstance", cluster="shop", instanceIdentityDocument='{"instanceType": "t3.micro"}')

    assert "ClusterContainsContainerInstancesException" in undo(client, page)


@pytest.mark.parametrize("token", ["", "nonsense", "eyJhIjoxfQ:1:x"])
def test_a_note_that_is_none_of_ours_does_nothing(world: World, client: Client, token: str) -> None:
    assert "can no longer be undone" in send(client, "/undo/", undo=token)
    assert calls_of(token) == []


def test_a_revision_is_deregistered_by_name(world: World) -> None:
    answer = world.call(
        "RegisterTaskDefinition", family="web", containerDefinitions=[{"name": "a", "image": "b", "memory": 64}]
    )
    [inverse] = calls_of(token_of(inverses("RegisterTaskDefinition", {}, answer, {})))

    world.call(inverse.operation, **inverse.params)
    assert TaskDefinition.objects.get().status == "INACTIVE"
