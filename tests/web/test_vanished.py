"""What vanished says so and what became of it; the later of two people is told of the other."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from ecsweb.models import ContainerInstance, Service, Task
from tests.world import World

ENGLISH = {"Accept-Language": "en"}


def read(client: Client, address: str, status: int = 404) -> str:
    answer = client.get(address, headers=ENGLISH)
    assert answer.status_code == status, address
    return " ".join(html.unescape(answer.content.decode()).split())


@pytest.fixture
def gone(world: World) -> dict[str, str]:
    """Let one thing of each kind come and go; return how each is called."""
    instance = world.launch()
    world.register("web")
    world.call("CreateCluster", clusterName="short-lived")
    world.call("DeleteCluster", cluster="short-lived")
    world.call("CreateService", cluster="demo", serviceName="kept", taskDefinition="web", desiredCount=1)
    world.converge()
    task = Task.objects.get()
    world.call("DeleteService", cluster="demo", service="kept", force=True)
    world.converge()
    world.call("DeregisterContainerInstance", cluster="demo", containerInstance=instance, force=True)
    world.call("DeregisterTaskDefinition", taskDefinition="web:1")
    world.call("DeleteTaskDefinitions", taskDefinitions=["web:1"])
    world.converge()
    # What housekeeping takes away after a while; the log stays.
    Task.objects.all().delete()
    Service.objects.all().delete()
    ContainerInstance.everything.all().delete()
    return {"task": task.task_id, "instance": instance.rsplit("/", 1)[1]}


def test_a_task_that_vanished_stood_on_an_instance_with_a_name(client: Client, world: World) -> None:
    instance = world.launch()
    world.register("web")
    task = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"].rsplit("/", 1)[1]
    world.converge()
    Task.objects.all().delete()
    said = read(client, f"/clusters/demo/tasks/{task}/")

    assert "i-01" in said
    assert instance.rsplit("/", 1)[1][:8] not in said


def test_a_page_of_what_vanished_says_what_became_of_it(client: Client, gone: dict[str, str]) -> None:
    said = {
        "/clusters/short-lived/": ("There is no cluster short-lived here", "DeleteCluster"),
        f"/clusters/demo/tasks/{gone['task']}/": (f"no task {gone['task']} here", "ECS Task State Change"),
        f"/clusters/demo/instances/{gone['instance']}/": (
            f"no container instance {gone['instance']} here",
            "ECS Container Instance State Change",
        ),
        "/clusters/demo/services/kept/": ("no service kept here", "DeleteService"),
    }
    for address, words in said.items():
        text = read(client, address)
        assert all(word in text for word in words), address
        assert "The log still knows about it" in text


def test_a_panel_of_what_vanished_says_it_too(client: Client, gone: dict[str, str]) -> None:
    keys = (
        f"task/{gone['task']}",
        f"container/{gone['task']}~app",
        f"instance/{gone['instance']}",
        "service/kept",
    )
    for key in keys:
        text = read(client, f"/clusters/demo/panel/{key}/", 200)
        assert "It is no longer here." in text, key
        assert "<li>" in text, key


@pytest.mark.parametrize("fragment", ["picture/?stage=1", "picture/changes/?stage=1&since=1"])
def test_the_picture_of_a_cluster_that_goes_under_an_open_page_says_so_without_an_error(
    client: Client, gone: dict[str, str], fragment: str
) -> None:
    address = f"/clusters/short-lived/{fragment}"

    answer = client.get(address, headers={**ENGLISH, "HX-Request": "true"})

    assert answer.status_code == 200
    assert "The cluster short-lived is gone." in answer.content.decode()
    assert 'hx-get="/clusters/short-lived/picture/?stage=1' in answer.content.decode()
    assert answer.headers.get("HX-Retarget", "#cluster-picture") == "#cluster-picture"
    assert client.get(address).status_code == 404


def test_a_revision_that_was_deregistered_says_what_it_is_now(client: Client, gone: dict[str, str]) -> None:
    assert "DELETE_IN_PROGRESS" in read(client, "/task-definitions/web:1/", 200)
    assert "There is no task definition web:9 here" in read(client, "/task-definitions/web:9/")


def test_a_container_that_a_task_never_had_is_not_there(client: Client, world: World) -> None:
    world.launch()
    world.register("web")
    world.call("RunTask", cluster="demo", taskDefinition="web")

    text = read(client, f"/clusters/demo/panel/container/{Task.objects.get().task_id}~other/", 200)

    assert "There is nothing of that name here" in text


def test_a_recording_that_was_deleted_says_so(client: Client, world: World) -> None:
    document = client.get("/timeline/export/").content.decode()
    made = world.call("ImportRecording", name="mine", document=document)["recording"]["id"]
    world.call("DeleteRecording", recording=made)

    text = read(client, f"/recordings/{made}/")
    assert f"There is no recording {made} here" in text
    assert "DeleteRecording" in text
    assert "The log knows nothing of it" in read(client, f"/recordings/{made + 1}/")
    assert "The log knows nothing of it" in read(client, "/recordings/99999999999999999999/")


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/clusters/short-lived/timeline/?stage=3&view=hierarchy", "timeline"),
        ("/twins/state/?left=cluster:short-lived&right=cluster:demo", "twins-state"),
        ("/clusters/short-lived/services/web/state/", "service-state"),
    ],
)
def test_a_part_of_an_open_page_is_told_that_its_thing_is_gone_and_stops_asking(
    client: Client, gone: dict[str, str], address: str, part: str
) -> None:
    asks = {"HX-Request": "true", "HX-Target": part, "HX-Trigger": part}
    answer = client.get(address, headers={**ENGLISH, **asks})
    text = " ".join(answer.content.decode().split())

    assert answer.status_code == 200
    assert f'<div id="{part}" class="empty" data-gone>' in text
    assert "There is no cluster short-lived here" in text
    assert "hx-" not in text
    read(client, address)


def test_the_open_panel_of_a_cluster_that_is_gone_says_so_and_stops_asking(
    client: Client, gone: dict[str, str]
) -> None:
    address = "/clusters/short-lived/panel/cluster/short-lived/"
    answer = client.get(address, headers={**ENGLISH, "HX-Request": "true"})

    assert answer.status_code == 200
    assert "It is no longer here." in answer.content.decode()
    assert "hx-get" not in answer.content.decode()
    read(client, address)
