"""Each action is a plain form: it works without JavaScript, and what is wrong is said beside its field."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from ecsweb.models import Cluster, ContainerInstance, Service, Task, TaskDefinition
from tests.web.definitions import typed_definition
from tests.world import World

SIMPLE = typed_definition(name="app", image="ecsweb/web:1", cpu="64", memory="64")


def field_of(text: str, name: str) -> str:
    """Return the HTML of one field with its label, help and errors."""
    found = re.search(
        rf'<div class="field[^"]*">\s*<label for="id_{name}".*?(?=<div class="field[ "]|</form>)', text, re.S
    )
    assert found, name
    return found[0]


def test_from_nothing_to_a_killed_container_without_javascript(client: Client, world: World) -> None:
    assert client.post("/", {"name": "shop"})["Location"] == "/clusters/shop/"
    client.post("/clusters/demo/launch/", {"instance_type": "t3.small", "zone": "b"})
    client.post("/task-definitions/register/", SIMPLE)
    client.post("/clusters/demo/run/", {"task_definition": "web:1", "count": "1", "where": ""})
    create = {"name": "web", "task_definition": "web:1", "scheduling_strategy": "REPLICA", "desired_count": "2"}
    client.post("/clusters/demo/services/create/", create)
    client.post(
        "/clusters/demo/services/create/", {"name": "logs", "task_definition": "web:1", "scheduling_strategy": "DAEMON"}
    )
    world.converge()

    assert Cluster.objects.filter(name="shop").exists()
    assert ContainerInstance.objects.get().availability_zone.endswith("b")
    assert {row.name for row in Service.objects.all()} == {"web", "logs"}
    assert Task.objects.filter(last_status="RUNNING").count() == 4

    mine = Task.objects.get(service=None)
    answer = client.post(f"/clusters/demo/tasks/{mine.task_id}/kill/", {"container": "app"}, follow=True)
    assert answer.status_code == 200
    world.converge()
    mine.refresh_from_db()
    assert (mine.last_status, mine.stop_code) == ("STOPPED", "EssentialContainerExited")


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        "null",
        json.dumps({"family": "web"}),
        json.dumps({"family": "w", "containerDefinitoins": []}),
        "[" * 9000,
    ],
)
def test_json_that_is_wrong_is_shown_again(client: Client, world: World, document: str) -> None:
    answer = client.post("/task-definitions/register/", {"document": document})

    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'role="alert"' in field_of(text, "document")
    assert document.replace('"', "&quot;") in text
    assert not TaskDefinition.objects.exists()


def test_json_registers_what_it_says(client: Client, world: World) -> None:
    containers = [{"name": "app", "image": "ecsweb/web:1", "memory": 64}, {"name": "log", "image": "b", "memory": 8}]

    answer = client.post(
        "/task-definitions/register/", {"document": json.dumps({"family": "two", "containerDefinitions": containers})}
    )

    assert answer["Location"] == "/task-definitions/two:1/"


@pytest.mark.parametrize(
    ("address", "typed", "field"),
    [
        ("/", {"name": "no/slash"}, "name"),
        (
            "/clusters/demo/services/create/",
            {"name": "a b", "scheduling_strategy": "REPLICA", "desired_count": "1"},
            "name",
        ),
        (
            "/clusters/demo/services/create/",
            {"name": "w", "scheduling_strategy": "REPLICA", "desired_count": "-4"},
            "desired_count",
        ),
        (
            "/clusters/demo/services/create/",
            {"name": "w", "scheduling_strategy": "REPLICA", "desired_count": "many"},
            "desired_count",
        ),
    ],
)
def test_refused_forms_keep_what_was_typed(
    client: Client, world: World, address: str, typed: dict[str, str], field: str
) -> None:
    world.register("web")

    answer = client.post(address, typed | {"task_definition": "web:1"})

    assert answer.status_code == 422
    assert 'role="alert"' in field_of(answer.content.decode(), field)
    assert f'value="{typed[field]}"' in field_of(answer.content.decode(), field)
    assert not Service.objects.exists()
    assert Cluster.objects.count() == 1


def test_a_replica_service_needs_a_number(client: Client, world: World) -> None:
    world.register("web")
    typed = {"name": "w", "task_definition": "web:1", "scheduling_strategy": "REPLICA", "desired_count": ""}

    answer = client.post("/clusters/demo/services/create/", typed)

    assert answer.status_code == 422
    assert 'role="alert"' in field_of(answer.content.decode(), "desired_count")
    assert not Service.objects.exists()


def test_a_refused_update_is_shown_and_the_language_switch_leads_back(client: Client, world: World) -> None:
    world.register("web")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    address = "/clusters/demo/services/web/update/"

    answer = client.post(address, {"task_definition": "web:1", "desired_count": "-1"})

    assert answer.status_code == 422
    assert 'role="alert"' in field_of(answer.content.decode(), "desired_count")
    assert client.get(address)["Location"] == "/clusters/demo/services/web/"


def test_a_failure_of_run_task_is_told_in_aws_s_words(client: Client, world: World) -> None:
    world.launch()
    world.register("web", memory=100_000)

    answer = client.post(
        "/clusters/demo/run/",
        {"task_definition": "web:1", "count": "1"},
        follow=True,
        headers={"Accept-Language": "en"},
    )

    assert "RunTask answered with a failure: RESOURCE:MEMORY" in answer.content.decode()
    assert not Task.objects.exists()


def test_a_cluster_without_instances_says_so_and_keeps_the_form(client: Client, world: World) -> None:
    world.register("web")

    answer = client.post("/clusters/demo/run/", {"task_definition": "web:1", "count": "3"})

    assert answer.status_code == 422
    assert "No Container Instances were found in your cluster." in answer.content.decode()
    assert 'value="3"' in answer.content.decode()


def test_a_cluster_that_is_not_empty_is_not_deleted_and_says_why(client: Client, world: World) -> None:
    world.launch()

    answer = client.post("/clusters/demo/delete/", {"next": "/clusters/demo/"}, follow=True)

    assert "ClusterContainsContainerInstancesException" in answer.content.decode()
    assert Cluster.objects.get().status == "ACTIVE"


def test_a_form_leads_only_to_our_own_pages(client: Client, world: World) -> None:
    assert client.post("/looks/", {"theme": "dark", "next": "https://example.com/"})["Location"] == "/"


def test_a_post_without_the_token_is_refused(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/", {"name": "forged"}).status_code == 403
    assert not Cluster.objects.filter(name="forged").exists()


def test_markup_that_was_typed_is_text(client: Client, world: World) -> None:
    answer = client.post("/", {"name": "<script>alert(1)</script>"})

    assert "<script>alert" not in answer.content.decode()
    assert "&lt;script&gt;alert" in answer.content.decode()


def test_settings_that_most_leave_alone_are_folded_until_one_is_wrong(world: World, client: Client) -> None:
    world.register()
    given = {"name": "web", "task_definition": "web:1", "scheduling_strategy": "REPLICA", "desired_count": "1"}

    folded = client.get("/clusters/demo/services/create/").content.decode()
    wrong = client.post("/clusters/demo/services/create/", {**given, "member_of": "colour == red"}).content.decode()

    assert '<details class="more" >' in folded or '<details class="more">' in folded
    assert '<details class="more" open>' in wrong
    assert "there is no subject" in wrong
