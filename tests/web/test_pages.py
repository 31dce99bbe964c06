"""Every page answers, in both languages, and in a number of queries that does not grow with the tasks."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ecsweb.models import ContainerInstance, Task
from tests.world import World

STYLE = re.compile(r"<style|\sstyle=|\son\w+=")


@pytest.fixture
def busy(world: World) -> World:
    """Two instances, a service of three tasks, a DAEMON, a service without room, a direct task that was killed."""
    world.launch(zone="a")
    world.launch(zone="b")
    world.register("web", portMappings=[{"containerPort": 80}])
    world.register("big", memory=4096)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.call("CreateService", cluster="demo", serviceName="logs", taskDefinition="web", schedulingStrategy="DAEMON")
    world.call("CreateService", cluster="demo", serviceName="batch", taskDefinition="big", desiredCount=1)
    direct = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"]
    world.converge()
    world.kill(direct)
    world.converge()
    return world


def addresses() -> list[str]:
    """Return one address of each page, with the ids that are there."""
    running = Task.objects.filter(last_status="RUNNING").first()
    stopped = Task.objects.filter(last_status="STOPPED").first()
    instance = ContainerInstance.objects.first()
    assert running
    assert stopped
    assert instance
    return [
        "/",
        "/banners/",
        "/clusters/",
        *(f"/clusters/demo/?stage={stage}" for stage in (1, 2, 3)),
        "/clusters/demo/picture/",
        "/clusters/demo/launch/",
        "/clusters/demo/run/",
        "/clusters/demo/services/create/",
        *(f"/clusters/demo/services/{name}/" for name in ("web", "logs", "batch")),
        "/clusters/demo/services/web/state/",
        f"/clusters/demo/instances/{instance.instance_id}/",
        f"/clusters/demo/instances/{instance.instance_id}/state/",
        *(f"/clusters/demo/tasks/{task.task_id}/{part}" for task in (running, stopped) for part in ("", "state/")),
        f"/clusters/demo/tasks/{running.task_id}/logs/",
        "/task-definitions/",
        "/task-definitions/families/",
        "/task-definitions/web:1/",
        "/task-definitions/register/",
        "/task-definitions/register/?from=web:1",
        "/task-definitions/web:1/diff/web:1/",
        "/task-definitions/web:1/deploy/",
        "/learn/glossary/",
    ]


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_answers_under_the_strict_policy(client: Client, busy: World, language: str) -> None:
    for address in addresses():
        answer = client.get(address, headers={"Accept-Language": language})

        assert answer.status_code == 200, address
        assert "script-src 'self'" in answer["Content-Security-Policy"]
        text = answer.content.decode()
        assert not STYLE.search(text), address
        if "<html" in text:
            assert f'lang="{language}"' in text, address


def test_the_picture_says_who_comes_back_who_waits_and_why(client: Client, busy: World) -> None:
    text = client.get("/clusters/demo/", headers={"Accept-Language": "en"}).content.decode()

    assert "Nobody looks after a task that was run directly, so it stays stopped." in text
    assert "The service batch finds no place for a task." in text
    assert "It needs 4096 MiB of memory" in text


def test_an_empty_cluster_says_that_this_is_fine(client: Client, world: World) -> None:
    korean = client.get("/clusters/demo/", headers={"Accept-Language": "ko"}).content.decode()

    assert "비어 있는 클러스터이고, 그래도 괜찮습니다" in korean


@pytest.mark.parametrize(
    "address", ["/clusters/demo/picture/", "/clusters/demo/services/web/state/", "/", "/task-definitions/"]
)
def test_queries_do_not_grow_with_the_tasks(client: Client, world: World, address: str) -> None:
    world.launch(instance_type="m5.2xlarge")
    world.register("web", memory=6, cpu=4)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    counts = []
    for desired in (1, 3, 50):
        world.call("UpdateService", cluster="demo", service="web", desiredCount=desired)
        world.converge(seconds=60)
        assert Task.objects.filter(last_status="RUNNING").count() == desired
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_many_tasks_are_folded_until_asked_for(client: Client, world: World) -> None:
    world.launch(instance_type="m5.2xlarge")
    world.register("web", memory=6, cpu=4)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=20)
    world.converge(seconds=60)
    instance = ContainerInstance.objects.get()

    folded = client.get("/clusters/demo/").content.decode()
    opened = client.get(f"/clusters/demo/?open={instance.instance_id}").content.decode()

    assert folded.count('id="task-') == 12
    assert "8 × web:1" in folded
    assert opened.count('id="task-') == 20


def test_what_vanished_is_told_of(client: Client, world: World) -> None:
    world.call("CreateCluster", clusterName="short-lived")
    world.call("DeleteCluster", cluster="short-lived")

    answer = client.get("/clusters/short-lived/", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert "There is no cluster short-lived here" in answer.content.decode()
    assert "DeleteCluster" in answer.content.decode()


def test_an_account_of_another_region_shows_nothing_here(client: Client, busy: World) -> None:
    client.post("/region/", {"region": "us-east-1"})

    assert client.get("/clusters/demo/").status_code == 404


def test_class_mode_asks_who_one_is(client: Client, world: World, settings: object) -> None:
    settings.ECSWEB_MODE = "class"  # type: ignore[attr-defined] # — pytest-django's settings have no stub

    answer = client.get("/clusters/demo/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")
