"""Try from here: an empty account begins where a timeline was; another is left alone."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ecsweb.controlplane.accounts import begin_reset, finish_reset
from ecsweb.models import Account, Cluster, Container, ContainerInstance, Service, Task, TaskDefinition
from tests.world import World


@pytest.fixture
def busy(world: World) -> World:
    world.launch(zone="a")
    world.launch(zone="b", instance_type="t3.micro")
    world.register("web")
    world.register("web", cpu=128)
    world.register("log")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:2", desiredCount=2)
    world.call("CreateService", cluster="demo", serviceName="log", taskDefinition="log", schedulingStrategy="DAEMON")
    world.converge()
    return world


def newest() -> int:
    return Account.objects.get().last_sequence


def emptied(world: World) -> None:
    account = Account.objects.get()
    begin_reset(account, now=world.clock())
    for _ in range(20):
        world.step_all()
        if finish_reset(account):
            return
    raise AssertionError("the reset does not end")


def test_an_empty_account_begins_where_the_timeline_was(busy: World, client: Client) -> None:
    at = newest()
    emptied(busy)

    answer = client.post(f"/timeline/try/?at={at}")
    busy.converge()

    assert (answer.status_code, answer["location"]) == (302, "/clusters/demo/")
    assert list(ContainerInstance.objects.values_list("instance_type", flat=True)) == ["t3.small", "t3.micro"]
    assert {s.name: s.desired_count for s in Service.objects.filter(scheduling_strategy="REPLICA")} == {"web": 2}
    assert Task.objects.filter(last_status="RUNNING").count() == 4
    web = Service.objects.select_related("task_definition").get(name="web").task_definition
    assert web is not None
    assert web.document["containerDefinitions"][0]["cpu"] == 128


def test_who_comes_from_the_picture_of_a_cluster_is_led_to_that_one(busy: World, client: Client) -> None:
    busy.call("CreateCluster", clusterName="a-first")
    at = newest()
    page = client.get(f"/clusters/demo/?at={at}").content.decode()
    address = f"/timeline/try/?at={at}&amp;cluster=demo"
    assert f'href="{address}"' in page
    emptied(busy)

    answer = client.post(address.replace("&amp;", "&"))

    assert (answer.status_code, answer["location"]) == (302, "/clusters/demo/")
    assert Cluster.objects.filter(name="a-first").exists()


def test_an_account_that_is_not_empty_is_left_alone_and_told_why(busy: World, client: Client) -> None:
    before = (Cluster.objects.count(), TaskDefinition.objects.count())

    page = client.get(f"/timeline/try/?at={newest()}")
    answer = client.post(f"/timeline/try/?at={newest()}")

    assert "Your account is not empty" in page.content.decode()
    assert "Make it so" not in page.content.decode()
    assert answer.status_code == 422
    assert (Cluster.objects.count(), TaskDefinition.objects.count()) == before


def test_a_recording_can_be_tried_too(busy: World, client: Client) -> None:
    document = client.get("/timeline/export/").content
    at = json.loads(document)["events"][-1]["sequence"]
    emptied(busy)
    where = client.post("/recordings/", {"document": SimpleUploadedFile("x.json", document)})["location"]

    assert client.post(f"{where}try/?at={at}").status_code == 302
    busy.converge()
    assert Container.objects.filter(last_status="RUNNING").count() == 4


def test_one_refusal_and_nothing_is_made(busy: World, client: Client) -> None:
    text = client.get("/timeline/export/").content.decode().replace('"instanceType": "t3.micro"', '"instanceType": "x"')
    document = json.loads(text)
    for event in document["events"]:
        if event["detailType"] == "ECS Container Instance State Change":
            event["detail"]["registeredResources"] = []
    emptied(busy)
    upload = {"document": SimpleUploadedFile("x.json", json.dumps(document).encode())}
    where = client.post("/recordings/", upload)["location"]

    answer = client.post(f"{where}try/?at={document['events'][-1]['sequence']}")

    assert answer.status_code == 422
    assert "nothing at all was made" in answer.content.decode()
    assert not Cluster.objects.filter(status="ACTIVE").exists()
    assert not TaskDefinition.objects.exists()


@pytest.mark.parametrize("at", ["", "x", "-5"])
def test_no_moment_no_page(busy: World, client: Client, at: str) -> None:
    assert client.get("/timeline/try/", {"at": at}).status_code == 404


def test_before_anything_was_wanted_there_is_nothing_to_try(busy: World, client: Client) -> None:
    emptied(busy)

    answer = client.post(f"/timeline/try/?at={newest()}")

    assert answer.status_code == 422
    assert "Nothing was wanted at that moment." in answer.content.decode()
