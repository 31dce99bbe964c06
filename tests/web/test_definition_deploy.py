"""The page that says what a deployment would do, before it is done, and does it."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django.fixtures import Settings

from ecsweb.models import Account, Cluster, Event, Service
from tests.world import World

APP: dict[str, Any] = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
ADDRESS = "/task-definitions/web:2/deploy/"


@pytest.fixture
def running(world: World) -> World:
    """Two tasks of web:1 under a service, one that was run directly, and a second revision."""
    world.launch()
    world.call("RegisterTaskDefinition", family="web", containerDefinitions=[APP])
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=2)
    world.call("RunTask", cluster="demo", taskDefinition="web:1")
    world.converge(seconds=30)
    world.call("RegisterTaskDefinition", family="web", containerDefinitions=[APP | {"memory": 96}])
    return world


def text_of(client: Client, address: str = ADDRESS, *, language: str = "en") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_it_says_what_would_happen_in_numbers_and_in_rounds(client: Client, running: World) -> None:
    text = re.sub(r"\s*(</?d[td]>)\s*", r"\1", " ".join(text_of(client).split()))

    assert "goes through" in text
    assert "1 field differs" in text
    assert "at least healthy (100 %)</dt><dd>2</dd>" in text
    assert "at most at once (200 %)</dt><dd>4</dd>" in text
    assert "2 old, 2 new" in text
    assert "0 old, 2 new" in text
    assert "they keep their revision until they stop" in text
    assert 'name="as_command"' in text


def test_what_does_not_fit_says_why_and_what_would_help(client: Client, running: World) -> None:
    running.call("RegisterTaskDefinition", family="web", containerDefinitions=[APP | {"memory": 4096}])

    text = text_of(client, "/task-definitions/web:3/deploy/")

    assert "gets stuck" in text
    assert "It needs 4096 MiB of memory" in text
    assert "It would fit with this:" in text


def test_to_look_changes_nothing_and_the_button_deploys(client: Client, running: World) -> None:
    before = Event.objects.count()
    text_of(client)
    assert Event.objects.count() == before

    answer = client.post(ADDRESS, {"cluster": "demo", "service": "web"}, follow=True)
    # A task counts as healthy only after a while, until when nothing moves.
    for _ in range(10):
        running.converge()

    assert "web:2" in answer.content.decode()
    service = Service.objects.get()
    assert service.task_definition is not None
    assert service.task_definition.revision == 2
    assert {task.task_definition.revision for task in service.tasks.filter(last_status="RUNNING")} == {2}
    assert "there is nothing to deploy" in text_of(client)


@pytest.mark.parametrize("sent", [{}, {"cluster": "demo", "service": "gone"}, {"cluster": "\x00", "service": "web"}])
def test_a_forged_button_is_refused_and_changes_nothing(client: Client, running: World, sent: dict[str, str]) -> None:
    answer = client.post(ADDRESS, sent, follow=True)

    assert answer.status_code == 200
    service = Service.objects.get()
    assert service.task_definition is not None
    assert service.task_definition.revision == 1


def test_a_revision_that_nothing_uses_says_so(client: Client, world: World) -> None:
    world.call("RegisterTaskDefinition", family="lonely", containerDefinitions=[APP])

    assert "No service runs a revision of lonely" in text_of(client, "/task-definitions/lonely:1/deploy/")
    assert client.get("/task-definitions/lonely:9/deploy/").status_code == 404


def test_queries_do_not_grow_with_the_tasks(client: Client, running: World) -> None:
    counts = []
    for desired in (2, 12):
        running.call("UpdateService", cluster="demo", service="web", desiredCount=desired)
        running.converge(seconds=60)
        with CaptureQueriesContext(connection) as queries:
            text_of(client)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_who_asks_too_fast_is_told_so_and_led_back(world: World, settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"
    browser = Client()
    browser.force_login(User.objects.create_user("learner"))
    document = {"family": "web", "containerDefinitions": [APP]}
    browser.post("/task-definitions/register/", {"document": json.dumps(document)})
    Account.objects.update(rate_tokens=0, rate_at=timezone.now() + timedelta(hours=1))

    answer = browser.get("/task-definitions/web:1/deploy/", follow=True)

    assert answer.redirect_chain == [("/task-definitions/web:1/", 302)]
    assert "Rate exceeded" in answer.content.decode()


def test_the_live_part_comes_alone_and_listens_to_the_clusters(client: Client, running: World) -> None:
    pk = Cluster.objects.get().pk

    text = client.get(ADDRESS, headers={"HX-Request": "true"}).content.decode()

    assert text.lstrip().startswith("<div")
    assert f"sse:cluster-{pk}" in text
    assert "<html" not in text
