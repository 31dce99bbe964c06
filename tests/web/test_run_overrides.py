"""What one run changes of its revision, by form: what was typed reaches the call and the container."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from ecsweb.models import Container, Event, Task
from tests.web.test_as_command import logged, typed
from tests.world import World

pytestmark = pytest.mark.django_db

URL = "/clusters/demo/run/"
ENGLISH = {"Accept-Language": "en"}
RUN = {"task_definition": "web:1", "count": "1"}
APP = {
    "override-0-name": "app",
    "override-0-command": "sh -c 'echo over; sleep 3600'",
    "override-0-environment": "COLOR=blue\r\nEMPTY=",
    "override-0-cpu": "64",
    "override-0-memory": "96",
    "override-0-memory_reservation": "48",
}
TASK = {"override-cpu": "512", "override-memory": "1 GB", "override-task_role": "arn:aws:iam::123456789012:role/reads"}
MADE = {
    "cpu": "512",
    "memory": "1 GB",
    "taskRoleArn": "arn:aws:iam::123456789012:role/reads",
    "containerOverrides": [
        {
            "name": "app",
            "command": ["sh", "-c", "echo over; sleep 3600"],
            "environment": [{"name": "COLOR", "value": "blue"}, {"name": "EMPTY", "value": ""}],
            "cpu": 64,
            "memory": 96,
            "memoryReservation": 48,
        }
    ],
}


@pytest.fixture
def here(world: World) -> World:
    world.launch()
    world.register("web", environment=[{"name": "COLOR", "value": "red"}])
    return world


def page(client: Client, **sent: str) -> str:
    return html.unescape(client.post(URL, {**RUN, **sent}, headers=ENGLISH).content.decode())


def part(text: str, container: str) -> str:
    """Return the part of one container."""
    return re.split(rf"<legend>\s*Container {container}\s*</legend>", text)[1].split("</fieldset>", maxsplit=1)[0]


def test_what_was_typed_reaches_the_container_and_is_told_on_the_page_of_the_task(here: World, client: Client) -> None:
    assert client.post(URL, {**RUN, **APP, **TASK}).status_code == 302
    here.converge()

    task = Task.objects.get()
    assert task.overrides == MADE
    assert task.memory == 1024
    record = here.engine.store.get(Container.objects.get(name="app").runtime_id)
    assert record is not None
    assert (record.memory_limit, record.program.lines) == (96 * 2**20, ((0.0, "over"),))
    shown = html.unescape(client.get(f"/clusters/demo/tasks/{task.task_id}/", headers=ENGLISH).content.decode())
    told = shown.split('id="overridden"')[1].split("</section>")[0]
    rows = [re.findall(r"<code>(.*?)</code>", row) for row in told.split("<tr>")[2:]]
    assert ["environment COLOR", "red", "blue"] in rows
    assert ["environment EMPTY", "nothing", "nothing"] in rows
    assert ["command", "nothing", "sh -c 'echo over; sleep 3600'"] in rows
    assert ["memory", "nothing", "1 GB"] in rows


def test_a_task_without_overrides_says_nothing_of_them(here: World, client: Client) -> None:
    client.post(URL, {**RUN, "override-0-name": "app", "override-0-command": ""})

    task = Task.objects.get()
    assert task.overrides == {}
    assert 'id="overridden"' not in client.get(f"/clusters/demo/tasks/{task.task_id}/").content.decode()


def test_start_task_takes_them_too(here: World, client: Client) -> None:
    instance = here.call("ListContainerInstances", cluster="demo")["containerInstanceArns"][0].rsplit("/", 1)[-1]

    [(operation, params)] = logged(lambda: client.post(URL, {**RUN, **APP, "where": instance, "group": "g"}))

    assert operation == "StartTask"
    assert params["overrides"] == {"containerOverrides": MADE["containerOverrides"]}
    assert params["group"] == "g"


def test_the_command_says_them(here: World, client: Client) -> None:
    sent = {**RUN, **APP, **TASK, "started_by": "nightly", "tags": "team=blue", "client_token": "once"}
    told = client.post(URL, {**sent, "as_command": "yes"}, headers={"HX-Request": "true"}).content.decode()
    command = re.search(r"<code>(aws ecs .*?)</code>", told, re.DOTALL)

    assert command is not None
    assert "--overrides" in command[1]
    made = logged(lambda: client.post(URL, sent))
    assert typed(html.unescape(command[1])) == made
    assert made[0][1]["tags"] == [{"key": "team", "value": "blue"}]
    assert (made[0][1]["startedBy"], made[0][1]["clientToken"]) == ("nightly", "once")


@pytest.mark.parametrize(
    ("field", "sent", "said"),
    [
        ("override-0-command", "sh -c 'echo", "A quotation mark is not closed."),
        ("override-0-environment", "COLOR", "Each line must be NAME=value."),
        ("override-0-cpu", "much", "Enter a whole number."),
        ("override-0-cpu", "-1", "'cpu' must not be negative."),
        ("override-0-memory", "3", "'memory' must be at least 6 MiB."),
        ("override-0-memory_reservation", "512", "'memory' must be greater than or equal to 'memoryReservation'"),
        ("override-0-environment", "A=" + "x" * 8200, "at most 8192 characters of JSON"),
        ("override-cpu", "lots", "Invalid 'cpu' setting for task."),
        ("override-memory", "32", "is greater than for the task"),
    ],
)
def test_what_makes_no_sense_is_said_in_the_open_fold_and_stays_typed(
    here: World, client: Client, field: str, sent: str, said: str
) -> None:
    answer = client.post(URL, {**RUN, "override-0-name": "app", field: sent}, headers=ENGLISH)
    text = html.unescape(answer.content.decode())
    fold = text.split('<details class="more" open>')[1].split("</details>")[0]

    assert answer.status_code == 422
    assert said in fold
    assert sent in fold
    assert not Task.objects.exists()


def test_a_container_that_the_revision_does_not_have_is_refused_where_it_was_typed(here: World, client: Client) -> None:
    here.register("other", name="main")
    sent = {**APP, "task_definition": "other:1"}

    answer = client.post(URL, {**RUN, **sent}, headers=ENGLISH)
    text = html.unescape(answer.content.decode())

    assert answer.status_code == 422
    assert "Override for container named app is not a container in the TaskDefinition." in part(text, "app")
    assert "sh -c 'echo over; sleep 3600'" in part(text, "app")
    assert "Override" not in part(text, "main")
    assert not Task.objects.exists()


def test_choosing_another_revision_shows_its_containers_and_keeps_what_was_typed(here: World, client: Client) -> None:
    here.register("other", name="main", command=["say", "hello there"])
    sent = {**RUN, **APP, "task_definition": "other:1"}

    fragment = html.unescape(client.post(f"{URL}overrides/", sent, headers=ENGLISH).content.decode())
    whole = html.unescape(
        client.post(URL, {**sent, "show": "overrides", "count": "x"}, headers=ENGLISH).content.decode()
    )

    for text in (fragment, whole):
        assert "say 'hello there'" in part(text, "main")
        assert "The chosen revision has no container of this name." in part(text, "app")
        assert "echo over" in part(text, "app")
        assert 'role="alert"' not in text
    assert "<html" not in fragment
    assert 'value="x"' in whole
    assert not Event.objects.filter(detail__operation="RunTask").exists()


def test_what_start_task_does_not_take_is_said_rather_than_left_out(here: World, client: Client) -> None:
    instance = here.call("ListContainerInstances", cluster="demo")["containerInstanceArns"][0].rsplit("/", 1)[-1]

    text = page(client, where=instance, own_strategy="random", client_token="t")

    assert text.count("StartTask does not take it") == 2
    assert not Task.objects.exists()


def test_the_page_offers_the_containers_of_the_revision_and_the_instance_of_the_link(
    here: World, client: Client
) -> None:
    instance = here.call("ListContainerInstances", cluster="demo")["containerInstanceArns"][0].rsplit("/", 1)[-1]

    text = html.unescape(client.get(URL, {"where": instance}, headers=ENGLISH).content.decode())

    assert "COLOR=red" in part(text, "app")
    assert re.search(rf'value="{instance}"\s+selected', text)
    assert '<details class="more" open>' not in text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("FARGATE base 1 weight 1, FARGATE_SPOT weight 3", ""),
        ("FARGATE weight", "Each provider must be like FARGATE base 1 weight 1"),
        ("FARGATE weight ten", "Each provider must be like FARGATE base 1 weight 1"),
        ("FARGATE share 1", "Each provider must be like FARGATE base 1 weight 1"),
        ("FARGATE weight 1, FARGATE weight 2", "can name each capacity provider once"),
        ("nothing weight 1", "The capacity provider nothing is not associated with the cluster."),
        ("FARGATE", "At least one capacity provider of a strategy must have a weight above 0."),
    ],
)
def test_several_capacity_providers_and_the_network_of_a_fargate_task(
    here: World, client: Client, sent: str, said: str
) -> None:
    here.call(
        "PutClusterCapacityProviders",
        cluster="demo",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[],
    )
    here.register_fargate()
    typed_ = {"task_definition": "far:1", "count": "1", "own_capacity": sent}
    network = {"subnets": "subnet-a", "security_groups": "sg-web, sg-db", "public_ip": "on"}

    answer = client.post(URL, {**typed_, **network}, headers=ENGLISH)

    if said:
        assert answer.status_code == 422
        assert said in html.unescape(answer.content.decode())
        assert f'value="{sent}"' in answer.content.decode()
        return
    assert answer.status_code == 302
    call = Event.objects.get(detail_type="API Call", detail__operation="RunTask").detail["parameters"]
    assert call["capacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    ]
    assert call["networkConfiguration"]["awsvpcConfiguration"] == {
        "subnets": ["subnet-a"],
        "securityGroups": ["sg-web", "sg-db"],
        "assignPublicIp": "ENABLED",
    }
