"""Every form of these pages can be asked for its command, and typing that command makes the very call of the form."""

from __future__ import annotations

import html
import json
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from botocore.validate import ParamValidator
from django.test import Client

from ecsweb.api.command_line.parsing import parse
from ecsweb.api.model import VERSIONS, input_shape, is_of_aws
from ecsweb.models import AutoScalingGroup, ContainerInstance, ServiceDeployment, Task, TaskSet
from tests.web.test_as_command import coded, logged, typed
from tests.web.test_panels import shown
from tests.world import World

__all__ = ["shown"]

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "Accept-Language": "en"}
# What is typed into fields that are empty at first.
TYPED = {
    "key": "team",
    "value": "blue",
    "name": "disk",
    "new-external_id": "green",
}
# What is chosen of account settings, of which not every name has every value.
CHOSEN = {"name": "containerInsights", "value": "enabled"}
# Forms that make no call of AWS's: chaos, and what belongs to every page.
WITHOUT = re.compile(r"/(kill|chaos|empty|burden|undo|region|looks|logout|put|console|lessons)/|/i18n/")


@dataclass
class Form:
    """A form as a browser would send it untouched: where it goes, its fields, and where it is asked for its command."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    asked_at: str | None = None


class Forms(HTMLParser):
    """Reads the forms of a page that are sent by POST."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found = page, list[Form]()
        self.form: Form | None = None
        self.select, self.options, self.chosen, self.text = "", list[str](), "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            # One that is hidden is sent by keys and by dragging.
            is_pressed = given.get("method") == "post" and "hidden" not in given
            self.form = Form(given.get("action") or self.page) if is_pressed else None
            self.found += [self.form] if self.form else []
        elif self.form and tag == "select":
            self.select, self.options, self.chosen = given["name"], [], ""
        elif tag == "option" and self.select:
            self.options.append(given["value"])
            self.chosen = given["value"] if "selected" in given else self.chosen
        elif self.form and tag == "textarea":
            self.text = given["name"]
            self.form.fields[self.text] = [""]
        elif self.form and tag == "input":
            self._input(self.form, given)
        elif self.form and given.get("name") == "as_command":
            self.form.asked_at = given.get("hx-post") or self.form.action

    def _input(self, form: Form, given: dict[str, str]) -> None:
        if given.get("type") not in ("checkbox", "radio") or "checked" in given:
            value = given.get("value") or TYPED.get(given["name"], "")
            form.fields.setdefault(given["name"], []).append(value or "on" * (given.get("type") == "checkbox"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.select and self.form:
            chosen = CHOSEN.get(self.select, self.chosen)
            self.form.fields[self.select] = [chosen if chosen in self.options else (self.options or [""])[0]]
            self.select = ""
        self.text = "" if tag == "textarea" else self.text
        self.form = None if tag == "form" else self.form

    def handle_data(self, data: str) -> None:
        if self.text and self.form:
            # A line break that begins it is none of its text.
            self.form.fields[self.text][0] += data.removeprefix("\n")


def forms(client: Client, page: str) -> list[Form]:
    """Return the forms of a page but those that make no call of AWS's."""
    response = client.get(page, headers={"Accept-Language": "en"})
    assert response.status_code == 200, page
    reader = Forms(page)
    reader.feed(response.content.decode())
    return [form for form in reader.found if not WITHOUT.search(form.action)]


def check_page(client: Client, page: str) -> set[str]:
    """Check each form of a page; return the operations that they call."""
    seen = set()
    for form in forms(client, page):
        assert form.asked_at is not None, f"{page}: {form}"
        assert urlsplit(form.asked_at).path == urlsplit(form.action).path, f"{page}: {form}"
        sent = {name: values if len(values) > 1 else values[0] for name, values in form.fields.items()}
        calls: list[str] = []
        assert logged(lambda: calls.append(asked(client, form.asked_at, sent))) == []  # noqa: B023 - at once
        [(operation, params)] = logged(lambda: client.post(form.action, sent))  # noqa: B023
        command, *code = re.findall(r"<code>(.*?)</code>", calls[0], re.DOTALL)
        seen.add(operation)
        if is_of_aws(operation):
            assert typed(html.unescape(command)) == [(operation, params)], command
            assert coded(html.unescape(code[0])) == (operation, params)
    return seen


def asked(client: Client, url: str | None, sent: dict[str, str | list[str]]) -> str:
    return client.post(url or "", {**sent, "as_command": "yes"}, headers=HTMX).content.decode()


def task_page(world: World) -> str:
    task = Task.objects.filter(service__name="web", last_status="RUNNING").first()
    assert task is not None
    return f"/clusters/demo/tasks/{task.task_id}/"


def protected_task_page(world: World) -> str:
    page = task_page(world)
    task = page.rstrip("/").rsplit("/", 1)[1]
    world.call("UpdateTaskProtection", cluster="demo", tasks=[task], protectionEnabled=True)
    return page


def instance_page(world: World) -> str:
    row = ContainerInstance.objects.order_by("pk").first()
    assert row is not None
    attribute = {"name": "rack", "value": "1", "targetId": row.instance_id}
    world.call("PutAttributes", cluster="demo", attributes=[attribute])
    world.call("TagResource", resourceArn=row.arn, tags=[{"key": "team", "value": "red"}])
    for task in Task.objects.filter(container_instance=row):
        world.call("StopTask", cluster="demo", task=task.task_id)
    world.call("UpdateService", cluster="demo", service="web", desiredCount=0)
    world.converge()
    return f"/clusters/demo/instances/{row.instance_id}/"


def draining_page(world: World) -> str:
    page = instance_page(world)
    instance = page.rstrip("/").rsplit("/", 1)[1]
    world.call("UpdateContainerInstancesState", cluster="demo", containerInstances=[instance], status="DRAINING")
    return page


def revision_page(_world: World) -> str:
    return "/task-definitions/web:1/"


def inactive_page(world: World) -> str:
    world.register("old")
    world.call("DeregisterTaskDefinition", taskDefinition="old:1")
    return "/task-definitions/old:1/"


def deploy_page(world: World) -> str:
    world.register(cpu=32)
    return "/task-definitions/web:2/deploy/"


def rollout_page(world: World) -> str:
    world.register(cpu=32)
    world.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    assert ServiceDeployment.objects.filter(status__in=["PENDING", "IN_PROGRESS"]).exists()
    return "/clusters/demo/services/web/"


def task_sets_page(world: World) -> str:
    controller = {"type": "EXTERNAL"}
    world.call("CreateService", cluster="demo", serviceName="sets", desiredCount=1, deploymentController=controller)
    common = {"cluster": "demo", "service": "sets", "taskDefinition": "web:1", "scale": {"value": 0, "unit": "PERCENT"}}
    for _ in range(2):
        world.call("CreateTaskSet", **common)
    assert TaskSet.objects.count() == 2
    return "/clusters/demo/services/sets/"


def empty_page(world: World) -> str:
    world.call("CreateCluster", clusterName="other", tags=[{"key": "team", "value": "red"}])
    return "/clusters/other/"


def external_page(world: World) -> str:
    return f"{empty_page(world)}services/create-external/"


def capacity_page(world: World) -> str:
    for name in ("used", "bare"):
        sizes = {"MinSize": 0, "DesiredCapacity": 0, "MaxSize": 2}
        zones = {"AvailabilityZones": ["ap-northeast-2a"]}
        machine = {"cluster": "demo", "InstanceType": "t3.micro"}
        world.call("CreateAutoScalingGroup", AutoScalingGroupName=name, **machine, **sizes, **zones)
    arn = AutoScalingGroup.objects.get(name="used").arn
    world.call("CreateCapacityProvider", name="used", autoScalingGroupProvider={"autoScalingGroupArn": arn})
    return "/clusters/demo/capacity/"


def parameters_page(world: World) -> str:
    world.call("ssm:PutParameter", Name="db", Value="secret", Type="SecureString")
    return "/parameters/"


def settings_page(world: World) -> str:
    world.call("PutAccountSetting", name="containerInsights", value="enabled")
    return "/account-settings/"


def at(address: str) -> Callable[[World], str]:
    return lambda _world: address


TAGS = "/tags/?resource=arn:aws:ecs:ap-northeast-2:123456789012:cluster/demo"
PAGES: dict[str, tuple[Callable[[World], str], set[str]]] = {
    "home": (at("/"), {"CreateCluster"}),
    "cluster": (empty_page, {"UpdateClusterSettings", "DeleteCluster", "TagResource", "UntagResource"}),
    "task": (task_page, {"StopTask", "UpdateTaskProtection", "TagResource"}),
    "protected task": (protected_task_page, {"StopTask", "UpdateTaskProtection"}),
    "instance": (
        instance_page,
        {
            "UpdateContainerInstancesState",
            "DeregisterContainerInstance",
            "PutAttributes",
            "DeleteAttributes",
            "TagResource",
            "UntagResource",
        },
    ),
    "draining instance": (draining_page, {"UpdateContainerInstancesState"}),
    "revision": (revision_page, {"DeregisterTaskDefinition"}),
    "inactive revision": (inactive_page, {"DeleteTaskDefinitions"}),
    "deploy": (deploy_page, {"UpdateService"}),
    "register": (at("/task-definitions/register/?from=web:1"), {"RegisterTaskDefinition"}),
    "roll-out": (rollout_page, {"UpdateService", "StopServiceDeployment", "DeleteService"}),
    "task sets": (
        task_sets_page,
        {"CreateTaskSet", "UpdateTaskSet", "UpdateServicePrimaryTaskSet", "DeleteTaskSet"},
    ),
    "external service": (external_page, {"CreateService"}),
    "capacity": (
        capacity_page,
        {
            "CreateAutoScalingGroup",
            "UpdateAutoScalingGroup",
            "DeleteAutoScalingGroup",
            "CreateCapacityProvider",
            "UpdateCapacityProvider",
            "DeleteCapacityProvider",
            "PutClusterCapacityProviders",
        },
    ),
    "parameters": (parameters_page, {"ssm:PutParameter", "ssm:DeleteParameter"}),
    "tags": (at(TAGS), {"TagResource"}),
    "account settings": (settings_page, {"PutAccountSetting", "DeleteAccountSetting"}),
}


@pytest.mark.parametrize("name", PAGES)
def test_each_form_of_the_page_has_the_command_of_its_call(shown: World, client: Client, name: str) -> None:
    address, expected = PAGES[name]

    assert check_page(client, address(shown)) >= expected


def test_the_command_of_a_registration_follows_what_is_typed(shown: World, client: Client) -> None:
    page = client.get("/task-definitions/register/?from=web:1", headers=HTMX).content.decode()
    assert "register-task-definition" in folded(page)
    form = forms(client, "/task-definitions/register/?from=web:1")[0]
    sent = {**{name: values[0] for name, values in form.fields.items()}, "family": "next", "containers-0-cpu": "96"}
    command, code, template = commands(step(client, sent))

    assert typed(command) == [("RegisterTaskDefinition", coded(code)[1])]
    assert coded(code)[1] == logged(lambda: client.post(form.action, sent))[0][1]
    assert "Family: next" in template
    assert "Cpu: 96" in template
    assert commands(step(client, {"document": json.dumps(coded(code)[1])})) == [command, code, template]
    for unread in ({**sent, "containers-0-cpu": "many"}, {"document": "{"}):
        assert "Nothing would be called yet" in folded(step(client, unread))


def step(client: Client, sent: dict[str, str]) -> str:
    return client.post("/task-definitions/editor/", sent, headers=HTMX).content.decode()


def folded(page: str) -> str:
    found = re.search(r'<details class="as-command" id="definition-as-command".*?</details>', page, re.DOTALL)
    assert found is not None
    return found[0]


def commands(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r"<code>(.*?)</code>", folded(page), re.DOTALL)]


def test_a_secret_value_is_not_shown_in_the_command(client: Client, world: World) -> None:
    sent: dict[str, str | list[str]] = {"name": "db", "type": "SecureString", "value": "hunter2"}
    said = asked(client, "/parameters/", sent)

    assert "aws ssm put-parameter" in said
    assert "hunter2" not in said
    assert "*** stands for the value" in said


def test_machines_of_a_group_are_shown_as_what_ec2_would_be_told(
    shown: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service, version in (("autoscaling", "2011-01-01"), ("ec2", "2016-11-15")):
        monkeypatch.setitem(VERSIONS, service, version)
    page, said = capacity_page(shown), ""
    for form in forms(client, page):
        sent = {name: values if len(values) > 1 else values[0] for name, values in form.fields.items()}
        said += html.unescape(asked(client, form.asked_at, sent))
    written = re.findall(r"aws (?:ec2|autoscaling) .*?(?=\naws|</code>)", said, re.DOTALL)
    told = [parse(line) for line in written]

    assert {one.operation for one in told} == {
        "ec2:CreateLaunchTemplate",
        "autoscaling:CreateAutoScalingGroup",
        "autoscaling:UpdateAutoScalingGroup",
        "autoscaling:DeleteAutoScalingGroup",
    }
    for one in told:
        assert not ParamValidator().validate(one.params, input_shape(one.operation)).has_errors(), one
    machines = next(one.params for one in told if one.operation == "ec2:CreateLaunchTemplate")
    assert b"ECS_CLUSTER=demo" in b64decode(machines["LaunchTemplateData"]["UserData"])
