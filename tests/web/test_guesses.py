"""Predict first: the page asks, the deed is done, reality is laid over what was said."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from ecsweb.models import ChangeGuess, ContainerInstance, Service, Task
from tests.world import World


@pytest.fixture
def busy(world: World) -> World:
    """Two instances, a service of two and a direct task."""
    world.launch(zone="a")
    world.launch(zone="b")
    world.register("web")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    return world


def direct() -> Task:
    return Task.objects.get(service=None)


def first() -> Task:
    found = Task.objects.exclude(service=None).order_by("pk").first()
    assert found is not None
    return found


def predict(client: Client, change: str, key: str, **data: object) -> str:
    """Predict and do; return where one is led."""
    answer = client.post(f"/clusters/demo/predict/{change}/{key}/", {"running": "3", **data})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer["Location"])


def let_it_come(world: World) -> None:
    """Let the world settle, and move the prediction's beginning so that its ten seconds hold what came."""
    world.converge()
    ChangeGuess.objects.update(began_at=world.clock.now - timedelta(seconds=11))


def told(client: Client, world: World, address: str) -> str:
    """Return the page of a prediction, read when the world is past its ten seconds."""
    with time_machine.travel(world.clock.now, tick=False):
        return " ".join(client.get(address, headers={"Accept-Language": "en"}).content.decode().split())


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_asks_for_each_task_and_place(client: Client, busy: World, language: str) -> None:
    page = client.get(f"/clusters/demo/predict/StopTask/{first().task_id}/", headers={"Accept-Language": language})

    text = page.content.decode()
    assert text.count('name="ending"') == 3
    assert text.count('name="ghosts-') == 2


@pytest.mark.parametrize(("language", "named"), [("en", "the service web"), ("ko", "서비스 web")])
def test_the_page_names_what_is_changed_and_what_is_counted(
    client: Client, busy: World, language: str, named: str
) -> None:
    page = client.get("/clusters/demo/predict/Scale/web/", headers={"Accept-Language": language}).content.decode()

    assert f"<code>Scale</code> · {named}</h1>" in page
    assert {"en": "of the whole cluster demo", "ko": "클러스터 demo 전체"}[language] in page


def test_each_thing_is_named_as_a_person_knows_it(client: Client, busy: World) -> None:
    task, machine = first(), ContainerInstance.objects.order_by("pk")[0].instance_id
    for change, key, named in (
        ("StopTask", task.task_id, f"the task {task.task_id[:6]}"),
        ("KillContainer", f"{task.task_id}~app", f"the container app of the task {task.task_id[:6]}"),
        ("Drain", machine, "the container instance i-01"),
    ):
        page = client.get(f"/clusters/demo/predict/{change}/{key}/", headers={"Accept-Language": "en"})
        assert f"<code>{change}</code> · {named}</h1>" in page.content.decode()


@pytest.mark.parametrize("change", ["KillContainer", "StopTask", "Drain", "LoseInstance", "Scale", "Deploy"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_is_not_there_cannot_be_predicted_about(client: Client, busy: World, change: str, language: str) -> None:
    for answer in (
        client.get(f"/clusters/demo/predict/{change}/nothing/", headers={"Accept-Language": language}),
        client.post(f"/clusters/demo/predict/{change}/nothing/", {"running": "1"}),
    ):
        assert answer.status_code == 404
        assert "nothing" in answer.content.decode()
        assert 'class="guess"' not in answer.content.decode()
    assert not ChangeGuess.objects.exists()


def test_a_task_has_only_the_containers_that_it_has(client: Client, busy: World) -> None:
    assert client.get(f"/clusters/demo/predict/KillContainer/{first().task_id}~ghost/").status_code == 404


def test_a_killed_task_of_a_service_is_replaced_as_it_was_said(client: Client, busy: World) -> None:
    task = first()
    address = predict(client, "KillContainer", f"{task.task_id}~app", ending=[task.task_id], running="3")
    let_it_come(busy)
    born = Task.objects.exclude(service=None).order_by("-pk").first()
    assert born is not None
    assert born.container_instance is not None
    row = ChangeGuess.objects.get()
    ChangeGuess.objects.update(guess={**row.guess, "placed": {born.container_instance.instance_id: 1}})

    page = told(client, busy, address)

    assert "3 of 3 came as you said." in page
    assert "What did you see?" in page
    client.post(f"{address}explain/", {"saw": "A new one came", "own_words": "The service <keeps> two"})
    page = told(client, busy, address)
    assert "The service web starts 1 task in its place" in page
    assert "The service &lt;keeps&gt; two" in page


def test_who_thinks_that_a_direct_task_comes_back_is_told_otherwise(client: Client, busy: World) -> None:
    task = direct()
    address = predict(client, "StopTask", task.task_id, ending=[task.task_id], running="3")
    let_it_come(busy)

    page = told(client, busy, address)

    assert "2 of 3 came as you said." in page


def test_scaling_and_deploying_are_done_after_the_prediction(client: Client, busy: World) -> None:
    predict(client, "Scale", "web", desired="4", running="5")
    assert Service.objects.get().desired_count == 4

    busy.register("web", memory=72)
    predict(client, "Deploy", "web", revision="web:2", running="5")

    found = Service.objects.get().task_definition
    assert found is not None
    assert found.family_revision == "web:2"


@pytest.mark.parametrize("change", ["LoseInstance", "StopInstance", "DisconnectAgent", "KillAgent", "Drain"])
def test_what_concerns_an_instance_is_done(client: Client, busy: World, change: str) -> None:
    instance = ContainerInstance.objects.order_by("pk").first()
    assert instance is not None

    predict(client, change, instance.instance_id)

    assert ChangeGuess.objects.get().change == change
    instance.refresh_from_db()
    assert (instance.status, instance.agent_connected, instance.agent_condition) != ("ACTIVE", True, "RUNNING")


def test_a_prediction_without_a_number_is_asked_again_and_nothing_is_done(client: Client, busy: World) -> None:
    task = first()
    answer = client.post(f"/clusters/demo/predict/StopTask/{task.task_id}/", {"running": "", "ending": [task.task_id]})

    assert answer.status_code == 422
    assert "checked" in answer.content.decode()
    assert ChangeGuess.objects.count() == 0
    task.refresh_from_db()
    assert task.desired_status == "RUNNING"


@pytest.mark.parametrize("number", ["-1", "1001", "x"])
def test_a_number_that_is_none_is_refused(client: Client, busy: World, number: str) -> None:
    answer = client.post(f"/clusters/demo/predict/StopTask/{first().task_id}/", {"running": number})

    assert answer.status_code == 422


def test_what_cannot_be_predicted_is_not_found(client: Client, busy: World) -> None:
    assert client.get("/clusters/demo/predict/Dance/x/").status_code == 404
    assert client.get("/learn/predictions/999/").status_code == 404


def test_the_list_shows_how_far_each_came_true(client: Client, busy: World) -> None:
    predict(client, "Scale", "web", desired="3", running="4")

    assert "<code>Scale</code>" in client.get("/learn/predictions/").content.decode()
