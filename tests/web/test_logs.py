"""Output on the pages: followed, searched, of a whole service in one order, and as a file."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from ecsweb.models import Container, ContainerLog, Task
from tests.world import World

pytestmark = pytest.mark.django_db
SERVICE = "/clusters/demo/services/web/logs/"


@pytest.fixture
def talking(world: World) -> World:
    """A service of two tasks, each with two lines, the second task's between those of the first."""
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    ContainerLog.objects.all().delete()
    for place, container in enumerate(Container.objects.order_by("pk")):
        seconds = (1, 3) if place == 0 else (2, 4)
        text = "\n".join(f"2026-01-01T10:00:0{second}.5Z line {second} \x1b[31mred\x1b[0m" for second in seconds)
        ContainerLog.objects.create(container=container, text=text, updated_at=timezone.now())
    return world


def test_a_services_output_is_in_one_order_and_names_its_tasks(talking: World, client: Client) -> None:
    page = client.get(SERVICE, headers={"Accept-Language": "en"}).content.decode()

    places = [page.index(f"line {number} red") for number in (1, 2, 3, 4)]
    assert places == sorted(places)
    for task in Task.objects.all():
        assert page.count(f"{task.task_id[:6]} app") == 2
    assert "\x1b" not in page


def test_a_search_marks_what_it_finds_and_says_how_much_it_left_out(talking: World, client: Client) -> None:
    page = client.get(SERVICE, {"q": "LINE 3"}, headers={"Accept-Language": "en"}).content.decode()

    assert re.search(r"<mark\s*>line 3</mark>", page)
    assert "line 2" not in page
    assert "1 of 4 lines match." in page
    nowhere = client.get(SERVICE, {"q": "<script>"}, headers={"Accept-Language": "en"}).content.decode()
    assert "0 of 4 lines match." in nowhere
    assert "No output yet." not in nowhere


def test_the_fragment_keeps_the_search(talking: World, client: Client) -> None:
    said = client.get(f"{SERVICE}?q=line", headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in said
    assert "?q=line" in said


def test_a_file_has_every_line_with_time_and_source(talking: World, client: Client) -> None:
    response = client.get(f"{SERVICE}?download=yes")

    assert response["Content-Disposition"] == 'attachment; filename="web.log"'
    assert len(response.content.decode().splitlines()) == 4
    task = Task.objects.first()
    assert task is not None
    alone = client.get(f"/clusters/demo/tasks/{task.task_id}/logs/?download=yes").content.decode()
    assert alone.splitlines()[0] == "2026-01-01T10:00:01.5Z app line 1 red"


def test_what_is_gone_is_said(talking: World, client: Client) -> None:
    log = ContainerLog.objects.first()
    assert log is not None
    log.text = "\n".join(f"2026-01-01T10:00:00Z {'x' * 100}" for _ in range(700))
    log.save()
    page = client.get(SERVICE, headers={"Accept-Language": "en"}).content.decode()

    assert "older lines are not shown here" in page
    assert "the oldest lines are gone" in page


def test_the_output_of_a_stopped_task_stays(talking: World, client: Client) -> None:
    task = Task.objects.first()
    assert task is not None
    talking.call("StopTask", cluster="demo", task=task.task_id)
    talking.converge()

    assert f"{task.task_id[:6]} app" in client.get(SERVICE).content.decode()
