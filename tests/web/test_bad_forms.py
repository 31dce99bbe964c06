"""Calls that make no sense, typed into the forms: said beside the field, what was typed stays (`reliability.md` 6)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.web.test_forms import field_of
from tests.wire.test_bad_references import HERE, rows
from tests.world import World

pytestmark = pytest.mark.django_db

CREATE, UPDATE, RUN = "services/create", "services/web/update", "run"
TYPED = {
    CREATE: {"name": "new", "task_definition": "web:1", "scheduling_strategy": "REPLICA", "desired_count": "1"},
    UPDATE: {"task_definition": "web:1", "desired_count": "1"},
    RUN: {"task_definition": "web:1", "count": "1"},
}
BAD: list[tuple[str, str, dict[str, str]]] = [
    (CREATE, "desired_count", {"desired_count": "-1"}),
    (CREATE, "desired_count", {"desired_count": "5001"}),
    (CREATE, "desired_count", {"desired_count": "1000000000"}),
    (CREATE, "desired_count", {"desired_count": "99999999999999999999"}),
    (CREATE, "desired_count", {"desired_count": "1.5"}),
    (CREATE, "desired_count", {"desired_count": "３x"}),
    (CREATE, "minimum_healthy_percent", {"minimum_healthy_percent": "101"}),
    (CREATE, "minimum_healthy_percent", {"minimum_healthy_percent": "-1"}),
    (CREATE, "maximum_percent", {"maximum_percent": "99"}),
    (CREATE, "maximum_percent", {"maximum_percent": "100"}),
    (CREATE, "maximum_percent", {"scheduling_strategy": "DAEMON", "maximum_percent": "101"}),
    (CREATE, "name", {"name": "web", "desired_count": "3"}),
    (CREATE, "name", {"name": "n" * 256}),
    (CREATE, "own_strategy", {"own_strategy": "binpack disk"}),
    (CREATE, "own_strategy", {"own_strategy": "random, random, random, random, random, random"}),
    (CREATE, "member_of", {"member_of": "attribute:x in [a, b"}),
    (CREATE, "member_of", {"member_of": "attribute:x == " + "y" * 2000}),
    (UPDATE, "desired_count", {"desired_count": "-1"}),
    (UPDATE, "desired_count", {"desired_count": "1000000000"}),
    (UPDATE, "desired_count", {"desired_count": "many"}),
    (RUN, "count", {"count": "0"}),
    (RUN, "count", {"count": "11"}),
    (RUN, "count", {"count": "ten"}),
    (RUN, "own_strategy", {"own_strategy": "spread"}),
    (RUN, "member_of", {"member_of": "colour == red"}),
]


@pytest.fixture
def busy(world: World) -> World:
    """A cluster with an instance, a revision and a service of one."""
    world.launch()
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    return world


@pytest.mark.parametrize(("page", "field", "typed"), BAD)
def test_what_makes_no_sense_is_said_beside_its_field_and_stays_typed(
    client: Client, busy: World, page: str, field: str, typed: dict[str, str]
) -> None:
    before = rows()

    answered = client.post(f"/clusters/demo/{page}/", {**TYPED[page], **typed})

    part = field_of(answered.content.decode(), field)
    assert answered.status_code == 422
    assert 'role="alert"' in part
    assert typed[field] in part
    assert rows() == before


@pytest.mark.parametrize(("page", "field", "typed"), BAD)
def test_what_is_said_beside_a_field_is_in_the_readers_language_first(
    client: Client, busy: World, page: str, field: str, typed: dict[str, str]
) -> None:
    answered = client.post(f"/clusters/demo/{page}/", {**TYPED[page], **typed}, headers={"Accept-Language": "ko"})

    part = field_of(answered.content.decode(), field)
    assert re.search("[가-힣]", part[part.index('role="alert"') :].partition("</")[0]), part


@pytest.mark.parametrize(
    ("field", "typed"), [("reserved_memory", "99999"), ("reserved_memory", "-1"), ("reserved_ports", "abc")]
)
def test_what_cannot_be_reserved_is_told_in_the_readers_language_first(
    client: Client, busy: World, field: str, typed: str
) -> None:
    launch = {"instance_type": "t3.small", "zone": "a", field: typed}
    answered = client.post("/clusters/demo/launch/", launch, headers={"Accept-Language": "ko"})

    part = field_of(answered.content.decode(), field)
    assert re.search("[가-힣]", part[part.index('role="alert"') :].partition("<code")[0]), part


@pytest.mark.parametrize("page", [CREATE, UPDATE, RUN])
def test_a_form_for_what_has_ended_meanwhile_says_so_and_changes_nothing(
    client: Client, busy: World, page: str
) -> None:
    busy.call("DeleteService", **HERE, service="web", force=True)
    busy.converge()
    busy.call("DeregisterTaskDefinition", taskDefinition="web:1")
    before = rows()

    answered = client.post(f"/clusters/demo/{page}/", TYPED[page])

    assert answered.status_code in {404, 422}
    assert rows() == before


def test_a_form_for_a_service_that_drains_is_refused_in_ecs_s_words(client: Client, busy: World) -> None:
    busy.call("DeleteService", **HERE, service="web", force=True)
    before = rows()

    answered = client.post(f"/clusters/demo/{UPDATE}/", {**TYPED[UPDATE], "desired_count": "3"}, follow=True)

    assert "Service was not ACTIVE." in answered.content.decode()
    assert rows() == before


def test_a_form_finds_no_place_on_a_draining_instance_and_says_so(client: Client, busy: World) -> None:
    busy.call("UpdateService", **HERE, service="web", desiredCount=0)
    busy.converge()
    instance = busy.call("ListContainerInstances", **HERE)["containerInstanceArns"][0]
    busy.call("UpdateContainerInstancesState", **HERE, containerInstances=[instance], status="DRAINING")
    before = rows()

    answered = client.post(f"/clusters/demo/{RUN}/", TYPED[RUN])

    assert answered.status_code == 422
    assert "No Container Instances were found in your cluster." in answered.content.decode()
    assert rows() == before


def test_a_stopped_task_that_is_stopped_again_by_a_page_left_open_stays_as_it_is(client: Client, busy: World) -> None:
    task = busy.call("RunTask", **HERE, taskDefinition="web")["tasks"][0]["taskArn"]
    busy.call("StopTask", **HERE, task=task, reason="first")
    busy.converge()
    before = rows()

    page = f"/clusters/demo/tasks/{task.rsplit('/', 1)[-1]}/"
    assert client.post(f"{page}stop/", follow=True).status_code == 200

    assert rows() == before
    assert busy.call("DescribeTasks", **HERE, tasks=[task])["tasks"][0]["stoppedReason"] == "first"


def test_of_two_forms_that_were_open_at_once_the_last_one_counts(client: Client, busy: World) -> None:
    busy.register("web", cpu=32)
    for typed in ({"task_definition": "web:1", "desired_count": "3"}, {"task_definition": "web:2"}):
        answered = client.post(f"/clusters/demo/{UPDATE}/", {**TYPED[UPDATE], **typed})
        assert answered.status_code == 302

    service = busy.service("web")
    assert (service["taskDefinition"].rsplit("/", 1)[-1], service["desiredCount"]) == ("web:2", 1)
    assert [one["status"] for one in service["deployments"]] == ["PRIMARY", "ACTIVE"]
