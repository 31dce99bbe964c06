"""Task sets by hand: forms and buttons on the page of an EXTERNAL service, without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.models import Service, TaskSet
from tests.web.test_forms import field_of
from tests.world import World

PAGE = "/clusters/demo/services/web/"


@pytest.fixture
def page(client: Client, world: World, settings: Any) -> Client:
    """A browser, an instance, two revisions and an EXTERNAL service of four."""
    settings.ECSWEB_ENGINE_SLOTS = 0
    world.launch()
    world.register()
    world.register(cpu=32)
    answer = client.post("/clusters/demo/services/create-external/", {"name": "web", "desired_count": "4"})
    assert answer["Location"] == PAGE
    return client


def test_blue_and_green_by_hand(page: Client, world: World) -> None:
    assert "this service runs nothing before it has one" in page.get(PAGE).content.decode()
    blue = {"new-task_definition": "web:1", "new-scale": "100", "new-external_id": "blue"}
    assert page.post(f"{PAGE}task-sets/create/", blue)["Location"] == PAGE
    green = {"new-task_definition": "web:2", "new-scale": "0", "new-external_id": "green"}
    page.post(f"{PAGE}task-sets/create/", green)
    ids = {row.external_id: row.task_set_id for row in TaskSet.objects.all()}
    page.post(f"{PAGE}task-sets/primary/", {"task_set": ids["blue"]})
    world.converge()
    text = page.get(PAGE).content.decode()
    assert "100 % of 4, rounded up, is 4: it has 4 running." in text
    assert "0 % of 4, rounded up, is 0: it has 0 running." in text

    page.post(f"{PAGE}task-sets/scale/", {"scale-task_set": ids["green"], "scale-scale": "50"})
    page.post(f"{PAGE}task-sets/primary/", {"task_set": ids["green"]})
    assert {row.external_id: (row.status, row.scale) for row in TaskSet.objects.all()} == {
        "blue": ("ACTIVE", 100),
        "green": ("PRIMARY", 50),
    }
    refused = page.post(f"{PAGE}task-sets/delete/", {"task_set": ids["blue"]}, follow=True).content.decode()
    assert "InvalidParameterException: The task set cannot be deleted while it is scaled above 0." in refused
    page.post(f"{PAGE}task-sets/delete/", {"task_set": ids["blue"], "force": "on"})
    assert TaskSet.objects.get(external_id="blue").status == "DRAINING"
    korean = page.get(PAGE, headers={"Accept-Language": "ko"}).content.decode()
    assert "마지막 태스크들을 멈추는 중입니다" in korean
    world.converge()
    assert "blue" not in page.get(f"{PAGE}state/").content.decode()


def test_a_service_that_runs_fewer_than_desired_is_not_called_steady(page: Client, world: World) -> None:
    world.converge()
    for address in (PAGE, "/clusters/demo/"):
        text = page.get(address).content.decode()
        assert "below desired" in text
        assert ">steady<" not in text

    page.post(
        f"{PAGE}task-sets/create/", {"new-task_definition": "web:1", "new-scale": "50", "new-external_id": "blue"}
    )
    world.converge()
    text = page.get(PAGE).content.decode()
    assert "want 2 running together and have 2. Desired are 4" in text
    assert "below desired" in text
    korean = page.get(PAGE, headers={"Accept-Language": "ko"}).content.decode()
    assert "원하는 수보다 적음" in korean

    blue = TaskSet.objects.get().task_set_id
    page.post(f"{PAGE}task-sets/scale/", {"scale-task_set": blue, "scale-scale": "100"})
    world.converge()
    text = page.get(PAGE).content.decode()
    assert "below desired" not in text
    assert "steady" in text


@pytest.mark.parametrize(
    ("address", "typed", "field", "said"),
    [
        ("create", {"new-task_definition": "web:1", "new-scale": "101"}, "new-scale", "less than or equal to 100"),
        ("create", {"new-task_definition": "web:9", "new-scale": "10"}, "new-task_definition", "valid choice"),
        (
            "create",
            {"new-task_definition": "web:1", "new-scale": "10", "new-launch_type": "FARGATE"},
            "new-launch_type",
            "",
        ),
        ("scale", {"scale-task_set": "ecs-svc/1", "scale-scale": "nan"}, "scale-scale", "Enter a number"),
    ],
)
def test_a_wrong_task_set_form_says_so_and_stores_nothing(
    page: Client, address: str, typed: dict[str, str], field: str, said: str
) -> None:
    page.post(f"{PAGE}task-sets/create/", {"new-task_definition": "web:1", "new-scale": "1"})
    answer = page.post(f"{PAGE}task-sets/{address}/", typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert said in (field_of(text, field) if said else text)
    assert "▲" in text
    assert list(TaskSet.objects.values_list("scale", flat=True)) == [1.0]


def test_the_form_of_an_external_service_changes_its_desired_count_only(page: Client) -> None:
    text = page.get(PAGE).content.decode()
    assert 'name="desired_count"' in text
    assert 'name="force_new_deployment"' not in text
    page.post(f"{PAGE}update/", {"desired_count": "6"})
    assert Service.objects.get().desired_count == 6


def test_the_cluster_shows_an_external_service_that_has_no_revision_yet(page: Client) -> None:
    assert "EXTERNAL" in page.get("/clusters/demo/").content.decode()


@pytest.mark.parametrize("typed", [{"name": "no spaces", "desired_count": "1"}, {"name": "ok", "desired_count": "-1"}])
def test_a_wrong_external_service_is_not_made(page: Client, typed: dict[str, str]) -> None:
    answer = page.post("/clusters/demo/services/create-external/", typed)
    assert answer.status_code == 422
    assert "▲" in answer.content.decode()
    assert Service.objects.count() == 1


def test_without_a_revision_there_is_none_to_make_a_task_set_of(client: Client, world: World) -> None:
    client.post("/clusters/demo/services/create-external/", {"name": "web", "desired_count": "1"})
    text = client.get(PAGE).content.decode()
    assert "A service runs a task definition, and there is none yet." in text
    assert 'name="new-task_definition"' not in text
