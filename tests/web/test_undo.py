"""Undo is the inverse call, named, and made through the door."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from ecsweb.api.undo import inverses
from ecsweb.models import Cluster, ContainerInstance, Event, Task, TaskDefinition
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
