"""The form that registers a task definition says all a learner needs, and loses nothing without telling."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsweb.models import TaskDefinition
from ecsweb.web.forms.definition_containers import MOST_FORMS
from ecsweb.web.forms.definition_fields import as_browser_sends
from ecsweb.web.forms.definition_form import DefinitionForm, beyond
from tests.web.definitions import ADDRESS, APP, LOG, typed_containers
from tests.world import World

ENGLISH = {"Accept-Language": "en"}
DB = {"name": "db", "image": "ecsweb/worker:1", "memory": "32", "health_command": "true"}


def field_of(text: str, name: str) -> str:
    """Return the HTML of one field with its label, help and errors."""
    found = re.search(
        rf'<div class="field[^"]*">\s*<label for="id_{name}".*?(?=<div class="field[ "]|</fieldset>|</form>)',
        text,
        re.S,
    )
    assert found, name
    return html.unescape(found[0])


def registered() -> dict[str, Any]:
    return dict(TaskDefinition.objects.get().document)


@pytest.mark.parametrize(
    ("typed", "member", "value"),
    [
        ({"name": "front"}, "name", "front"),
        ({"image": "ecsweb/once:1"}, "image", "ecsweb/once:1"),
        ({"cpu": "256"}, "cpu", 256),
        ({"memory": "128"}, "memory", 128),
        ({"memory_reservation": "32"}, "memoryReservation", 32),
        (
            {"environment": "A=1\r\nB=x=y \r\n"},
            "environment",
            [{"name": "A", "value": "1"}, {"name": "B", "value": "x=y "}],
        ),
        ({"command": "sh -c 'echo hi'"}, "command", ["sh", "-c", "echo hi"]),
        (
            {"port_mappings": "80\r\n8080:81\r\n53/udp"},
            "portMappings",
            [
                {"containerPort": 80, "hostPort": 0, "protocol": "tcp"},
                {"containerPort": 81, "hostPort": 8080, "protocol": "tcp"},
                {"containerPort": 53, "hostPort": 0, "protocol": "udp"},
            ],
        ),
        (
            {"health_command": "wget -q localhost || exit 1"},
            "healthCheck",
            {"command": ["CMD-SHELL", "wget -q localhost || exit 1"]},
        ),
        ({"health_command": "CMD wget -q"}, "healthCheck", {"command": ["CMD", "wget", "-q"]}),
        (
            {
                "health_command": "true",
                "health_interval": "10",
                "health_timeout": "3",
                "health_retries": "2",
                "health_start_period": "0",
            },
            "healthCheck",
            {"command": ["CMD-SHELL", "true"], "interval": 10, "timeout": 3, "retries": 2, "startPeriod": 0},
        ),
        (
            {"depends_on": "db:healthy\r\nlog"},
            "dependsOn",
            [{"containerName": "db", "condition": "HEALTHY"}, {"containerName": "log", "condition": "START"}],
        ),
        ({"links": "db:database\r\nlog"}, "links", ["db:database", "log"]),
        (
            {"mount_points": "data:/data\r\ndata:/again:ro"},
            "mountPoints",
            [
                {"sourceVolume": "data", "containerPath": "/data"},
                {"sourceVolume": "data", "containerPath": "/again", "readOnly": True},
            ],
        ),
        ({"stop_timeout": "1"}, "stopTimeout", 1),
        (
            {"restart": "on", "restart_period": "60", "restart_ignored": "0, 143"},
            "restartPolicy",
            {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [0, 143]},
        ),
        ({"log_driver": "json-file"}, "logConfiguration", {"logDriver": "json-file"}),
        (
            {"log_driver": "awslogs", "log_options": "awslogs-group=/ecs/web"},
            "logConfiguration",
            {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web"}},
        ),
    ],
)
def test_each_field_of_a_container_reaches_the_registered_definition(
    client: Client, world: World, typed: dict[str, str], member: str, value: object
) -> None:
    answer = client.post(ADDRESS, typed_containers({"volumes": "data"}, {**APP, **typed}, LOG, DB))

    assert answer["Location"] == "/task-definitions/web:1/", answer.content.decode()
    first, second, _third = registered()["containerDefinitions"]
    assert first[member] == value
    assert (first["essential"], second["essential"], second["name"]) == (True, False, "log")


@pytest.mark.parametrize(
    ("typed", "member", "value"),
    [
        ({"family": "shop"}, "family", "shop"),
        ({"network_mode": "none"}, "networkMode", "none"),
        ({"task_cpu": "1 vCPU"}, "cpu", "1024"),
        ({"task_memory": "1 GB"}, "memory", "1024"),
        ({"requires_compatibilities": "EC2"}, "requiresCompatibilities", ["EC2"]),
        ({"volumes": "data\r\n\r\nlogs"}, "volumes", [{"name": "data"}, {"name": "logs"}]),
        (
            {"execution_role": "arn:aws:iam::123456789012:role/r"},
            "executionRoleArn",
            "arn:aws:iam::123456789012:role/r",
        ),
        (
            {
                "network_mode": "awsvpc",
                "task_cpu": "256",
                "task_memory": "512",
                "requires_compatibilities": "EC2,FARGATE",
            },
            "requiresCompatibilities",
            ["EC2", "FARGATE"],
        ),
    ],
)
def test_each_field_of_the_task_reaches_the_registered_definition(
    client: Client, world: World, typed: dict[str, str], member: str, value: object
) -> None:
    answer = client.post(ADDRESS, typed_containers(typed, APP))

    assert answer.status_code == 302, answer.content.decode()
    assert registered()[member] == value


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"name": "app"}, "name", "Container names must be unique within a task definition"),
        ({"image": "a b"}, "image", "Container.image contains invalid characters."),
        ({"cpu": "-1"}, "cpu", "must not be negative"),
        ({"memory": "1"}, "memory", "'memory' must be at least 6 MiB."),
        ({"memory": "much"}, "memory", "Enter a whole number."),
        ({"memory": ""}, "memory", "At least one of 'memory' or 'memoryReservation' must be specified."),
        ({"memory": "9" * 30}, "memory", "NUMBER_VALUE is out of range for an Integer"),
        ({"port_mappings": "99999"}, "port_mappings", "Invalid 'containerPort' setting"),
        ({"port_mappings": "http"}, "port_mappings", "Each line must be like 80, 8080:80 or 8080:80/udp."),
        ({"environment": "NOVALUE"}, "environment", "Each line must be NAME=value."),
        ({"command": "sh -c 'unclosed"}, "command", "A quotation mark is not closed."),
        ({"health_command": "CMD 'unclosed"}, "health_command", "A quotation mark is not closed."),
        ({"health_command": "true", "health_interval": "1"}, "health_interval", "allowed value"),
        ({"health_interval": "10"}, "health_command", "command should not be null or empty."),
        ({"depends_on": "nobody"}, "depends_on", "Cannot depend on container + 'nobody' because it does not exist"),
        ({"depends_on": "app:LATER"}, "depends_on", "failed to satisfy constraint"),
        ({"links": "nobody"}, "links", "Unknown link 'nobody'."),
        ({"mount_points": "data"}, "mount_points", "Each line must be volume:/path or volume:/path:ro."),
        ({"mount_points": "gone:/data"}, "mount_points", "Unknown volume 'gone'."),
        ({"stop_timeout": "121"}, "stop_timeout", "it must be from 1 to 120."),
        ({"restart": "on", "restart_period": "5"}, "restart_period", "must be between 60 and 1800."),
        ({"restart_ignored": "one"}, "restart_ignored", "Whole numbers with commas between them"),
        ({"log_driver": "syslog"}, "log_driver", "Select a valid choice."),
        ({"log_driver": "awslogs"}, "log_driver", "Log driver awslogs requires options: awslogs-group"),
        ({"log_options": "a=b"}, "log_driver", "logDriver should not be null or empty."),
    ],
)
def test_what_is_wrong_in_a_container_is_said_beside_its_field_and_what_was_typed_stays(
    client: Client, world: World, changed: dict[str, str], field: str, said: str
) -> None:
    answer = client.post(ADDRESS, typed_containers({}, APP, {**LOG, **changed}), headers=ENGLISH)

    assert answer.status_code == 422
    page = answer.content.decode()
    shown = field_of(page, f"containers-1-{field}")
    assert said in shown
    assert page.count('class="field__errors" role="alert"') == 1
    for name, value in ({**LOG, **changed}).items():
        if name not in {"log_driver", "restart"}:
            assert value in field_of(page, f"containers-1-{name}")
    assert not TaskDefinition.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"family": "no spaces"}, "family", "Family contains invalid characters."),
        ({"network_mode": "host"}, "network_mode", "Select a valid choice."),
        ({"task_cpu": "much"}, "task_cpu", "Invalid 'cpu' setting for task."),
        ({"task_memory": "much"}, "task_memory", "Invalid 'memory' setting for task."),
        ({"requires_compatibilities": "FARGATE"}, "network_mode", "Fargate only supports network mode 'awsvpc'."),
        ({"volumes": "a\r\na"}, "volumes", "Volume names must be unique within a task definition"),
    ],
)
def test_what_is_wrong_at_the_task_is_said_beside_its_field(
    client: Client, world: World, changed: dict[str, str], field: str, said: str
) -> None:
    answer = client.post(ADDRESS, typed_containers(changed, APP), headers=ENGLISH)

    assert answer.status_code == 422
    assert said in field_of(answer.content.decode(), field)
    assert not TaskDefinition.objects.exists()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"family": "web"}, "ManagementForm"),
        (typed_containers({}), "Container list cannot be empty"),
        (typed_containers({}, {**APP, "essential": ""}), "doesn't have any essential container"),
        (typed_containers({"containers-TOTAL_FORMS": "999999999"}), "at most 20 forms"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_and_nothing_is_stored(
    client: Client, world: World, sent: dict[str, str], said: str
) -> None:
    answer = client.post(ADDRESS, sent, headers=ENGLISH)

    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert not TaskDefinition.objects.exists()


def test_a_container_is_added_and_removed_and_nothing_that_was_typed_is_lost(client: Client, world: World) -> None:
    wrong = {**LOG, "memory": "much", "command": "sh -c 'open"}
    sent = typed_containers({"family": "no spaces", "volumes": "data"}, APP, wrong)

    more = client.post(ADDRESS, sent | {"change": "add"}).content.decode()
    less = client.post(ADDRESS, sent | {"change": "remove-0"}).content.decode()

    assert 'name="containers-TOTAL_FORMS" value="3"' in more
    assert 'value="much"' in field_of(more, "containers-1-memory")
    assert "sh -c 'open" in field_of(more, "containers-1-command")
    assert "checked" not in field_of(more, "containers-1-essential")
    assert "checked" in field_of(more, "containers-2-essential")
    assert 'name="containers-TOTAL_FORMS" value="1"' in less
    assert 'value="log"' in field_of(less, "containers-0-name")
    assert 'value="no spaces"' in field_of(less, "family")
    assert "data" in field_of(less, "volumes")
    assert 'role="alert"' not in more + less
    assert not TaskDefinition.objects.exists()


@pytest.mark.parametrize("change", ["remove-0", "remove-7", "remove-", "remove--1", "remove-²", "else"])
def test_the_last_container_stays_and_a_forged_button_changes_nothing(
    client: Client, world: World, change: str
) -> None:
    page = client.post(ADDRESS, typed_containers({}, APP) | {"change": change})

    assert page.status_code == 200
    assert 'name="containers-TOTAL_FORMS" value="1"' in page.content.decode()


def test_no_more_containers_are_offered_than_there_are_forms(client: Client, world: World) -> None:
    page = client.post(ADDRESS, typed_containers({}, *[APP] * MOST_FORMS) | {"change": "add"}).content.decode()

    assert f'name="containers-TOTAL_FORMS" value="{MOST_FORMS}"' in page
    assert 'value="add"' not in page


def test_edit_as_json_shows_what_was_typed_so_far_and_can_be_registered(client: Client, world: World) -> None:
    sent = typed_containers({"volumes": "data"}, {**APP, "mount_points": "data:/data"}, {"name": "half"})

    page = client.post(ADDRESS, sent | {"change": "json"})

    assert page.status_code == 200
    found = re.search(r'<textarea name="document"[^>]*>(.*?)</textarea>', page.content.decode(), re.S)
    assert found
    document = json.loads(html.unescape(found[1]))
    assert document["volumes"] == [{"name": "data"}]
    assert document["containerDefinitions"][0]["mountPoints"] == [{"sourceVolume": "data", "containerPath": "/data"}]
    assert document["containerDefinitions"][1] == {"name": "half", "essential": False}
    assert 'value="half"' in field_of(page.content.decode(), "containers-1-name")


def test_a_new_revision_begins_with_the_newest_one_and_is_the_same(client: Client, world: World) -> None:
    sent = typed_containers(
        {"network_mode": "bridge"}, {**APP, "port_mappings": "8080:80"}, {**LOG, "depends_on": "app:START"}
    )
    client.post(ADDRESS, sent)

    assert f'href="{ADDRESS}?from=web:1"' in client.get("/task-definitions/").content.decode()
    page = client.get(f"{ADDRESS}?from=web", headers=ENGLISH)

    assert "more than the form can say" not in page.content.decode()
    shown = page.context["editor"].form
    assert isinstance(shown, DefinitionForm)
    client.post(ADDRESS, as_sent(shown).dict())
    first, second = TaskDefinition.objects.order_by("revision")
    assert first.document == second.document


@pytest.mark.parametrize(
    ("params", "named"),
    [
        ({"placementConstraints": [{"type": "memberOf", "expression": "attribute:a == b"}]}, "placementConstraints"),
        ({"volumes": [{"name": "v", "host": {"sourcePath": "/x"}}]}, "volumes"),
        ({"ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 2}]}, "app: ulimits"),
        ({"healthCheck": {"command": ["CMD-SHELL", "CMD true"]}}, "app: healthCheck"),
        ({"portMappings": [{"containerPortRange": "8000-8010"}]}, "app: portMappings"),
        ({"dockerLabels": {"colour": ""}}, "app: dockerLabels"),
        ({"environment": [{"name": "A", "value": "one\ntwo"}]}, "app: environment"),
        ({"command": ["a\r\nb"]}, "app: command"),
        (
            {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "a\nb=c"}}},
            "app: logConfiguration",
        ),
    ],
)
def test_what_the_form_does_not_show_is_named_and_stays_when_something_else_is_changed(
    client: Client, world: World, params: dict[str, Any], named: str
) -> None:
    is_container = named.startswith("app: ")
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64, **(params if is_container else {})}
    world.call(
        "RegisterTaskDefinition", family="web", containerDefinitions=[container], **({} if is_container else params)
    )

    page = html.unescape(client.get(f"{ADDRESS}?from=web:1", headers=ENGLISH).content.decode())

    assert f"has more than the form shows: {named}." in page
    assert f'"{named.removeprefix("app: ")}"' in page
    sent = as_sent(DefinitionForm.shown(registered())).dict() | {"containers-0-cpu": "77"}
    assert client.post(ADDRESS, sent).status_code == 302
    before, after = (row.document for row in TaskDefinition.objects.order_by("revision"))
    assert after["containerDefinitions"] == [before["containerDefinitions"][0] | {"cpu": 77}]
    assert {**after, "containerDefinitions": 0} == {**before, "containerDefinitions": 0}


def as_sent(form: DefinitionForm) -> QueryDict:
    """Return what a browser sends of the form that is shown, when nothing in it is touched."""
    sent = QueryDict(mutable=True)
    sent.update({"base": form.base_text})
    sent.update({"containers-TOTAL_FORMS": str(len(form.containers.forms)), "containers-INITIAL_FORMS": "0"})
    for part in (form.task, *form.containers.forms):
        for bound in part:
            value = as_browser_sends(bound.field, bound.value())
            if value is True:
                sent[bound.html_name] = "on"
            elif value is not None and value is not False:
                sent[bound.html_name] = str(value)
    return sent


WORD = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
NUMBER = st.integers(0, 2000)
CONTAINER = st.fixed_dictionaries(
    {"name": WORD, "image": WORD, "essential": st.booleans()},
    optional={
        "cpu": NUMBER,
        "memory": NUMBER,
        "memoryReservation": NUMBER,
        "stopTimeout": NUMBER,
        "command": st.lists(
            st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"])), min_size=1, max_size=4
        ),
        "environment": st.lists(st.fixed_dictionaries({"name": WORD, "value": TEXT}), max_size=3),
        "portMappings": st.lists(
            st.fixed_dictionaries(
                {"containerPort": st.integers(1, 65535)},
                optional={"hostPort": st.integers(0, 65535), "protocol": st.sampled_from(["tcp", "udp"])},
            ),
            max_size=3,
        ),
        "healthCheck": st.fixed_dictionaries(
            {"command": st.tuples(st.just("CMD"), WORD, TEXT).map(list)},
            optional={"interval": NUMBER, "startPeriod": NUMBER},
        ),
        "dependsOn": st.lists(
            st.fixed_dictionaries({"containerName": WORD, "condition": st.sampled_from(["START", "SUCCESS"])}),
            max_size=2,
        ),
        "links": st.lists(WORD, max_size=2),
        "mountPoints": st.lists(
            st.fixed_dictionaries(
                {"sourceVolume": WORD, "containerPath": WORD.map("/{}".format)}, optional={"readOnly": st.booleans()}
            ),
            max_size=2,
        ),
        "restartPolicy": st.fixed_dictionaries(
            {"enabled": st.booleans()}, optional={"restartAttemptPeriod": NUMBER, "ignoredExitCodes": st.lists(NUMBER)}
        ),
        "logConfiguration": st.fixed_dictionaries(
            {"logDriver": st.sampled_from(["json-file", "awslogs"])}, optional={"options": st.dictionaries(WORD, WORD)}
        ),
    },
)
DOCUMENT = st.fixed_dictionaries(
    {"family": WORD, "containerDefinitions": st.lists(CONTAINER, min_size=1, max_size=3)},
    optional={
        "networkMode": st.sampled_from(["bridge", "awsvpc", "none"]),
        "cpu": NUMBER.map(str),
        "memory": NUMBER.map(str),
        "requiresCompatibilities": st.sampled_from([["EC2"], ["FARGATE"], ["EC2", "FARGATE"]]),
        "volumes": st.lists(st.fixed_dictionaries({"name": WORD}), max_size=2),
    },
)


@settings(max_examples=40)
@given(DOCUMENT)
def test_a_definition_that_the_form_can_say_comes_back_from_it_the_same(document: dict[str, Any]) -> None:
    assert beyond(document) == []

    back = DefinitionForm.sent(as_sent(DefinitionForm.shown(document)))

    assert back.is_valid(), (back.task.errors, back.containers.errors)
    again = back.document()
    assert said(DefinitionForm.shown(again)) == said(DefinitionForm.shown(document))
    for name in ("family", "networkMode", "cpu", "memory", "requiresCompatibilities", "volumes"):
        assert (again.get(name) or None) == (document.get(name) or None)


def said(form: DefinitionForm) -> list[dict[str, Any]]:
    """Return what stands in each container's fields; `no` and nothing look the same in a form."""
    return [{k: v for k, v in typed.items() if v is not False} for typed in form.containers.initial or ()]
