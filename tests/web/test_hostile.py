"""What people type is text everywhere it is shown, and no address brings a page down."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from ecsweb.models import Container, ContainerLog, Task, TaskDefinition
from ecsweb.web.forms.definition_containers import ContainerForm
from tests.web.definitions import typed_containers
from tests.world import World

EVIL = "</script></pre><img src=x onerror=alert(1)>{{ 7|add:7 }}%(name)s'\"&"
REFERENCES = [
    "web",
    "web:0",
    "web:99999999999999999999",
    "web:-1",
    "web:٣",
    ":",
    "web:1:1",
    "%00",
    "a%2Fb",
    "…",
    "x" * 3000,
]


@pytest.fixture
def evil_task(world: World) -> Task:
    """A stopped task whose settings, reasons and output hold markup wherever markup may be."""
    world.launch()
    world.register(
        "web", command=["sh", "-c", EVIL], environment=[{"name": "EVIL", "value": EVIL}], image="ecsweb/web:1"
    )
    arn = world.call("RunTask", cluster="demo", taskDefinition="web", startedBy="evil")["tasks"][0]["taskArn"]
    world.converge()
    world.call("StopTask", cluster="demo", task=arn, reason=EVIL)
    world.converge()
    container = Container.objects.get()
    ContainerLog.objects.update_or_create(container=container, defaults={"text": f"2026-01-01T00:00:00Z {EVIL}\n"})
    return container.task


def test_markup_is_text_wherever_it_is_shown(client: Client, evil_task: Task) -> None:
    shown = 0
    for address in (
        "/clusters/demo/",
        f"/clusters/demo/tasks/{evil_task.task_id}/",
        f"/clusters/demo/tasks/{evil_task.task_id}/logs/",
        "/task-definitions/web:1/",
        "/task-definitions/register/?from=web:1",
        "/task-definitions/",
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.content.decode()
        assert "<img" not in text, address
        assert "</script></pre>" not in text, address
        shown += text.count("&lt;img src=x onerror=alert(1)&gt;")
    assert shown >= 5


def test_a_definition_with_every_sign_is_registered_again_unchanged(client: Client, evil_task: Task) -> None:
    before = TaskDefinition.objects.get()

    made = client.post("/task-definitions/register/", {"document": json.dumps({"family": "web", **containers(before)})})

    assert made["Location"] == "/task-definitions/web:2/"
    assert containers(TaskDefinition.objects.get(revision=2)) == containers(before)


def containers(row: TaskDefinition) -> dict[str, object]:
    return {"containerDefinitions": row.document["containerDefinitions"]}


@pytest.mark.parametrize("reference", REFERENCES)
def test_an_address_of_nothing_is_a_page_that_says_so(client: Client, world: World, reference: str) -> None:
    for address in (
        f"/task-definitions/{reference}/",
        f"/task-definitions/register/?from={reference}",
        f"/clusters/{reference}/",
        f"/clusters/demo/tasks/{reference}/",
        f"/clusters/demo/services/{reference}/",
        f"/clusters/demo/instances/{reference}/",
    ):
        assert client.get(address).status_code == 404, address


@pytest.mark.parametrize(
    "query", ["stage=9", "stage=", "stage=%00", "open=%00", "open=../..", "definition=%00", "type=x"]
)
def test_a_query_of_nonsense_is_ignored(client: Client, world: World, query: str) -> None:
    for address in (
        "/",
        "/clusters/demo/",
        "/clusters/demo/picture/",
        "/clusters/demo/run/",
        "/clusters/demo/services/create/",
    ):
        assert client.get(f"{address}?{query}").status_code == 200, address


@pytest.mark.parametrize(
    "typed", ["", "\x00", "a\x00b", " ", "한글", "x" * 300, "9" * 400, "-0", "1e9", "∞", "\ud7ff\uffff"]
)
def test_no_field_brings_a_form_down(client: Client, world: World, typed: str) -> None:
    world.launch()
    world.register("web")
    forms = {
        "/": ["name"],
        "/clusters/demo/launch/": ["instance_type", "zone"],
        "/clusters/demo/run/": ["task_definition", "count", "where"],
        "/clusters/demo/services/create/": [
            *("name", "task_definition", "scheduling_strategy", "desired_count"),
            *("minimum_healthy_percent", "maximum_percent"),
        ],
        "/task-definitions/register/": [
            *("family", "volumes", "network_mode", "containers-TOTAL_FORMS", "containers-INITIAL_FORMS"),
        ],
    }
    for address, fields in forms.items():
        answer = client.post(address, dict.fromkeys(fields, typed))
        # An empty name is the cluster `default`, and numbers with hyphens are a name as good as any.
        is_a_name = address == "/" and typed in {"", "-0", "1e9"}
        assert answer.status_code == (302 if is_a_name else 422), address
    sent = typed_containers({}, dict.fromkeys(ContainerForm.base_fields, typed))
    for more, status in (({}, 422), ({"change": "add"}, 200), ({"change": "json"}, 200), ({"document": typed}, 422)):
        assert client.post("/task-definitions/register/", {**sent, **more}).status_code == status, more
    assert not Task.objects.exists()
    assert TaskDefinition.objects.count() == 1


@pytest.mark.parametrize("what", ["kill", "stop"])
@pytest.mark.parametrize("typed", ["", "\x00", "nobody", "x" * 5000])
def test_a_forged_button_is_refused_in_aws_s_words(client: Client, world: World, what: str, typed: str) -> None:
    answer = client.post(
        f"/clusters/demo/tasks/{'0' * 32}/{what}/", {"container": typed, "reason": typed, "next": "/"}, follow=True
    )

    assert answer.status_code == 200
    assert "Exception: " in answer.content.decode()
