"""A button shows its call as a command before it is pressed, and typing that command makes the very same call."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from django.db import transaction
from django.test import Client

from ecsweb.api.command_line import run_line
from ecsweb.api.model import operation_names
from ecsweb.api.principal import root_of
from ecsweb.models import Cluster, Container, ContainerInstance, Event, Task
from tests.web.test_panels import CLUSTER, panel, refs, shown
from tests.world import ACCOUNT, REGION, World

__all__ = ["shown"]

pytestmark = pytest.mark.django_db
KINDS = ["cluster", "instance", "task", "container", "service", "definition", "deployment", "event"]
Logged = list[tuple[str, dict[str, Any]]]


@dataclass
class Button:
    """A form of a panel: where it goes, what it sends, what can be chosen, and the commands shown beside it."""

    url: str
    fields: dict[str, str]
    choice: str
    options: list[str]
    commands: dict[str, list[str]]

    def sent(self, option: str) -> dict[str, str]:
        return {**self.fields, self.choice: option} if self.choice else self.fields


class Reader(HTMLParser):
    """Reads the buttons of a panel as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.buttons: list[Button] = []
        self.chosen = ""
        self.in_code = self.in_fold = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.buttons.append(Button(given["action"], {}, "", [], {}))
        elif tag == "input" and given.get("type") == "hidden":
            self.buttons[-1].fields[given["name"]] = given["value"]
        elif tag == "select":
            self.buttons[-1].choice = given["name"]
        elif tag == "option":
            self.buttons[-1].options.append(given["value"])
        elif given.get("class", "").startswith("as-command__call"):
            self.in_fold, self.chosen = True, given.get("data-chosen", "")
        elif tag == "code" and self.in_fold:
            self.in_code = True
            self.buttons[-1].commands.setdefault(self.chosen, []).append("")

    def handle_endtag(self, tag: str) -> None:
        self.in_code = self.in_code and tag != "code"
        self.in_fold = self.in_fold and tag != "details"

    def handle_data(self, data: str) -> None:
        if self.in_code:
            self.buttons[-1].commands[self.chosen][-1] += data


def buttons(client: Client, kind: str, key: str) -> list[Button]:
    reader = Reader()
    reader.feed(panel(client, kind, key))
    return reader.buttons


def logged(action: Callable[[], object]) -> Logged:
    """Return the calls that the action makes; what it did is taken back."""
    with transaction.atomic():
        before = Event.objects.count()
        action()
        rows = Event.objects.order_by("sequence")[before:]
        made = [(row.detail["operation"], row.detail["parameters"]) for row in rows if row.detail_type == "API Call"]
        told = [row.detail for row in rows if row.detail_type == "API Call"]
        assert [one for one in told if one["result"] != "Success"] == []
        transaction.set_rollback(True)
    return made


def typed(command: str) -> Logged:
    """Type a command into the command line of the page; where it goes is no question there."""
    line = re.sub(r"--endpoint-url \S+", "", command)
    outcomes = []
    made = logged(lambda: outcomes.append(run_line(root_of(ACCOUNT, REGION, origin="page"), line)))
    assert outcomes[0].is_fine, outcomes[0].text
    return made


KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}


@cache
def client_of(service: str, **ways: str) -> Any:
    """Return boto3's own client, which checks and writes what it is told, and keeps it instead of sending it."""
    client = boto3.Session(**KEYS).client(service, **ways)
    client.kept = []

    def keep(model: Any, params: Any, **_: object) -> tuple[object, dict[str, Any]]:
        name = model.name if service == "ecs" else f"{service}:{model.name}"
        said = json.loads(params["body"])
        # A token that boto3 makes up by itself.
        client.kept.append((name, {key: value for key, value in said.items() if key not in model.idempotent_members}))
        return SimpleNamespace(status_code=200), {}

    client.meta.events.register("before-call", keep)
    return client


def coded(code: str) -> tuple[str, dict[str, Any]]:
    """Run the code, and return the call that boto3 would have sent."""
    made: list[Any] = []

    class Boto3:
        def client(self, service: str, **ways: str) -> Any:
            made.append(client_of(service, **ways))
            return made[0]

    exec(code.replace("import boto3", ""), {"boto3": Boto3()})
    call: tuple[str, dict[str, Any]] = made[0].kept.pop()
    return call


def presses(client: Client, kind: str, key: str) -> Iterator[tuple[Button, str]]:
    for button in buttons(client, kind, key):
        for option in button.options or [""]:
            yield button, option


def worlds(world: World) -> Iterator[tuple[str, str]]:
    """Everything that has a panel, in the states in which its buttons differ."""
    found = refs(world)
    yield from ((kind, found[kind]) for kind in KINDS)
    other = ContainerInstance.objects.exclude(instance_id=found["instance"]).get()
    world.call(
        "UpdateContainerInstancesState", cluster="demo", containerInstances=[other.instance_id], status="DRAINING"
    )
    yield "instance", other.instance_id
    world.call("StopInstance", cluster="demo", containerInstance=found["instance"])
    yield "instance", found["instance"]
    world.call("StartInstance", cluster="demo", containerInstance=found["instance"])
    world.call("KillAgent", cluster="demo", containerInstance=found["instance"])
    yield "instance", found["instance"]
    world.call("BreakImage", image="ecsweb/web:1")
    yield "definition", "web:1"
    world.register("big", memory=4000)
    world.call("CreateService", cluster="demo", serviceName="big", taskDefinition="big", desiredCount=1)
    world.converge(seconds=3)
    yield "service", "big"


def test_what_is_shown_beside_each_button_of_each_panel_is_what_pressing_it_calls(shown: World, client: Client) -> None:
    seen = set()
    for kind, key in worlds(shown):
        for button, option in presses(client, kind, key):
            [(operation, params)] = logged(lambda: client.post(button.url, button.sent(option)))  # noqa: B023 - at once
            command, *code = button.commands[option]
            seen.add(operation)
            if operation not in operation_names():
                assert not command.startswith("aws ecs"), command
                continue
            assert typed(command) == [(operation, params)], command
            assert coded(code[0]) == (operation, params)

    assert seen >= {"StopTask", "UpdateService", "UpdateContainerInstancesState", "DeregisterTaskDefinition", "RunTask"}
    assert seen >= {"StartTask", "RegisterContainerInstance"}
    assert seen >= {
        "KillContainer",
        "FillMemory",
        "FloodCpu",
        "BreakImage",
        "MendImage",
        "LoseInstance",
        "StopInstance",
    }
    assert seen >= {"StartInstance", "DisconnectAgent", "KillAgent", "RestartAgent"}


def test_an_attribute_and_a_silent_agent_have_their_commands_too(shown: World, client: Client) -> None:
    instance = refs(shown)["instance"]
    shown.call(
        "CreateService",
        cluster="demo",
        serviceName="ssd",
        taskDefinition="web",
        desiredCount=1,
        placementConstraints=[{"type": "memberOf", "expression": "attribute:disk == ssd"}],
    )
    shown.converge(seconds=3)
    [put] = [button for button in buttons(client, "service", "ssd") if "attributes" in button.url][:1]

    assert typed(put.commands[""][0]) == logged(lambda: client.post(put.url, put.fields))
    for row in ContainerInstance.objects.all():
        shown.call("DisconnectAgent", cluster="demo", containerInstance=row.instance_id)
    shown.call("CreateService", cluster="demo", serviceName="late", taskDefinition="web", desiredCount=1)
    shown.converge(seconds=3)
    said = html.unescape(panel(client, "service", "late") + panel(client, "instance", instance))
    assert "sudo iptables -D OUTPUT" in said


def test_our_chaos_is_shown_as_what_docker_and_ec2_are_told(shown: World, client: Client) -> None:
    found = refs(shown)
    container = Container.objects.get(task__task_id=found["container"].partition("~")[0], name="app")
    said = html.unescape(panel(client, "container", found["container"]))

    assert f"docker kill {container.runtime_id[:12]}" in said
    assert f"docker exec -d {container.runtime_id[:12]} sh -c" in said
    assert "aws ecr batch-delete-image --repository-name ecsweb/web --image-ids imageTag=1" in said
    host = ContainerInstance.objects.get(instance_id=found["instance"])
    assert f"aws ec2 terminate-instances --instance-ids {host.ec2_instance_id}" in panel(
        client, "instance", found["instance"]
    )


def test_an_event_that_was_chaos_is_not_shown_as_a_command_that_aws_does_not_have(shown: World, client: Client) -> None:
    task = Task.objects.filter(last_status="RUNNING").first()
    assert task is not None
    shown.call("KillContainer", cluster="demo", task=task.task_id, container="app")
    event = Event.objects.get(detail_type="API Call", detail__operation="KillContainer")

    assert "aws ecs kill-container" not in panel(client, "event", str(event.sequence))


def test_reading_a_panel_calls_nothing(shown: World, client: Client) -> None:
    assert [logged(lambda: panel(client, kind, key)) for kind, key in refs(shown).items()] == [[]] * len(KINDS)  # noqa: B023
    assert Cluster.objects.get().status == "ACTIVE"
    assert CLUSTER in buttons(client, "service", "web")[0].url


FORMS = [
    ("/clusters/demo/launch/", {"instance_type": "t3.small", "zone": "b"}),
    ("/clusters/demo/run/", {"task_definition": "web:1", "count": "2", "launch_type": "EC2"}),
    ("/clusters/demo/services/web/update/", {"task_definition": "web:1", "desired_count": "1"}),
    ("/clusters/demo/services/web/delete/", {}),
    ("/clusters/demo/settings/", {"container_insights": "enabled"}),
    ("/task-definitions/web:1/deregister/", {}),
]


@pytest.mark.parametrize(("url", "fields"), FORMS, ids=[url for url, _ in FORMS])
def test_a_form_shows_the_command_of_what_it_would_send_and_sends_nothing(
    shown: World, client: Client, url: str, fields: dict[str, str]
) -> None:
    before, htmx = Event.objects.count(), {"HX-Request": "true"}
    fragment = client.post(url, {**fields, "as_command": "yes"}, headers=htmx).content.decode()
    page = client.post(url, {**fields, "as_command": "yes"}, headers={"Accept-Language": "en"}).content.decode()

    assert "<html" not in fragment
    assert "Nothing was called" in page
    assert Event.objects.count() == before
    command = re.search(r"<code>(aws ecs .*?)</code>", fragment, re.DOTALL)
    assert command is not None, fragment
    made = logged(lambda: client.post(url, fields))
    assert len(made) == 1
    assert typed(html.unescape(command[1])) == made


def test_a_form_that_is_to_be_corrected_has_no_command_yet(shown: World, client: Client) -> None:
    before, sent = Event.objects.count(), {"task_definition": "web:1", "count": "many", "as_command": "yes"}
    url = "/clusters/demo/run/"

    assert (
        "to be filled in or corrected first"
        in client.post(url, sent, headers={"HX-Request": "true", "Accept-Language": "en"}).content.decode()
    )
    assert client.post(url, sent).status_code == 422
    assert Event.objects.count() == before


def test_chaos_asked_for_its_command_is_not_done(shown: World, client: Client) -> None:
    task = refs(shown)["task"]
    sent = {"container": "app", "as_command": "yes"}
    page = client.post(f"{CLUSTER}tasks/{task}/kill/", sent, headers={"Accept-Language": "en"}).content.decode()

    assert "KillContainer is an operation of ecsweb: AWS has none." in " ".join(page.split())
    assert not Event.objects.filter(detail__operation="KillContainer").exists()
