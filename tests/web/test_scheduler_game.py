"""The page of *Be the scheduler*: from its start to both timelines, in both languages, by forms alone."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from ecsweb.learn.scheduler_game import LAB
from ecsweb.models import Cluster, ContainerInstance, Event, LessonRun, Task
from ecsweb.web.pictures import instance_names
from tests.learn.learners import Learner
from tests.world import World

URL = "/learn/scheduler/"
pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def learner(db: None, settings: object) -> Learner:
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    return Learner(World())


def text(client: Client, learner: Learner, language: str = "en", address: str = URL) -> str:
    with time_machine.travel(learner.world.clock.now, tick=False):
        answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, address
    return answer.content.decode()


def press(client: Client, learner: Learner, button: str) -> None:
    with time_machine.travel(learner.world.clock.now, tick=False):
        assert client.post(f"{URL}{button}/").status_code == 302


@pytest.mark.parametrize(("language", "words"), [("en", "Make both clusters"), ("ko", "클러스터 두 개 만들기")])
def test_it_begins_with_one_button(client: Client, learner: Learner, language: str, words: str) -> None:
    page = text(client, learner, language)

    assert words in page
    assert f'href="{URL}"' in text(client, learner, language, "/learn/")


def test_nothing_can_be_started_before_the_game(client: Client, learner: Learner) -> None:
    press(client, learner, "play")

    assert "That half cannot begin now." in text(client, learner)
    assert client.post(f"{URL}place/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("en", "your own minute was not played"), ("ko", "여러분의 1분은 진행되지 않았어요")]
)
def test_a_step_that_was_done_for_one_says_that_ones_own_minute_is_not_played(
    client: Client, learner: Learner, language: str, words: str
) -> None:
    run = learner.begin(LAB)
    assert words not in text(client, learner, language)
    LessonRun.objects.filter(pk=run.pk).update(passed_steps={"by-hand": run.began_sequence})

    assert words in text(client, learner, language)


def test_from_the_start_to_both_timelines(client: Client, learner: Learner) -> None:
    learner.begin(LAB)
    page = text(client, learner)
    assert "Start my minute" in page
    assert "every 1s" not in page

    press(client, learner, "play")
    learner.tick()
    learner.world.clock.forward(5)
    learner.tick()
    learner.tick()
    page = text(client, learner)
    assert "You are the scheduler" in page
    assert "every 1s" in page
    assert "too few" in page
    assert 'data-key="3"' in page

    machines = re.findall(rf'action="{URL}place/(\w+)/"', page)
    press(client, learner, f"place/{machines[0]}")
    learner.tick()
    assert Task.objects.filter(started_by="by-hand", container_instance__instance_id=machines[0]).count() == 2
    assert Event.objects.filter(detail__operation="StartTask", detail__origin="page").count() == 1
    with time_machine.travel(learner.world.clock.now, tick=False):
        answer = client.post(f"{URL}place/nothing/", headers={"HX-Request": "true", "Accept-Language": "en"})
    assert 'role="alert"' in answer.content.decode()

    # Nobody looks any more.
    learner.world.clock.forward(60)
    assert "Your minute is over" in text(client, learner)
    press(client, learner, "play")
    assert "Now the real scheduler" in text(client, learner)
    learner.world.clock.forward(61)
    page = text(client, learner)
    assert page.count('class="chart__box"') == 2
    assert "The scheduler: Running was below desired for 0.0 of 60 s." in page
    assert "It foresees nothing" in page
    assert "두 번의 1분이 모두 끝났어요" in text(client, learner, "ko")


def test_another_lesson_does_not_throw_the_minutes_away(client: Client, learner: Learner) -> None:
    learner.begin(LAB)
    press(client, learner, "play")
    learner.tick()
    other = "/learn/lessons/empty-place/start/"

    with time_machine.travel(learner.world.clock.now, tick=False):
        question = client.post(other, headers={"Accept-Language": "en"})
    assert question.status_code == 200
    assert "Another lesson is on" in question.content.decode()
    assert "The minutes of Be the scheduler are kept" in question.content.decode()
    assert not LessonRun.objects.filter(lesson="empty-place").exists(), "it is only asked"

    with time_machine.travel(learner.world.clock.now, tick=False):
        assert client.post(other, {"others": "leave"}).status_code == 302
    learner.world.clock.forward(61)
    page = text(client, learner)
    assert "Your minute is over" in page
    assert "Another lesson was begun meanwhile." in page
    press(client, learner, "play")
    learner.tick()
    assert "Now the real scheduler; hands off" in text(client, learner)


def test_cleaning_up_for_another_lesson_leaves_no_cluster_without_an_owner(client: Client, learner: Learner) -> None:
    run = learner.begin(LAB)
    press(client, learner, "play")

    with time_machine.travel(learner.world.clock.now, tick=False):
        client.post("/learn/lessons/empty-place/start/", {"others": "empty"})
    learner.tick()

    assert not Cluster.objects.filter(name__in=run.belongings["clusters"], status="ACTIVE").exists()
    assert "Make both clusters" in text(client, learner)
    assert LessonRun.objects.get(lesson="empty-place").status in ("EMPTYING", "STARTING", "OPEN")


def test_cleaning_up_the_game_afterwards_leaves_the_other_lesson_on(client: Client, learner: Learner) -> None:
    run = learner.begin(LAB)
    learner.begin("empty-place")

    with time_machine.travel(learner.world.clock.now, tick=False):
        client.post(f"/learn/lessons/{LAB}/leave/", {"empties": "yes"})

    assert not Cluster.objects.filter(name__in=run.belongings["clusters"], status="ACTIVE").exists()
    assert LessonRun.objects.get(lesson="empty-place").status == "OPEN"


def test_the_same_blows_fall_on_the_same_machines(client: Client, learner: Learner) -> None:
    run = learner.begin(LAB)
    struck: dict[str, list[tuple[str, str]]] = {}
    for side in ("hand", "loop"):
        press(client, learner, "play")
        for _turn in range(60):
            learner.tick()
            learner.world.clock.forward(1)
        cluster = Cluster.objects.get(name=run.values[side])
        names = instance_names(cluster)
        places = {task.task_id: task.container_instance for task in Task.objects.filter(cluster=cluster)}
        calls = Event.objects.filter(detail__origin="learn", detail__parameters__cluster=cluster.name)
        struck[side] = [
            (event.detail["operation"], _struck(event.detail["parameters"], names, places))
            for event in calls.filter(detail__operation__in=("KillContainer", "LoseInstance")).order_by("sequence")
        ]

    assert [operation for operation, _name in struck["hand"]] == [
        "KillContainer",
        "LoseInstance",
        "KillContainer",
        "KillContainer",
    ]
    # Nobody started anything by hand: where nothing runs any more, a blow falls on nothing.
    assert struck["loop"] == [
        ("KillContainer", "i-01"),
        ("LoseInstance", "i-03"),
        ("KillContainer", "i-01"),
        ("KillContainer", "i-02"),
    ]
    assert all(name in ("", other) for (_o, name), (_p, other) in zip(struck["hand"], struck["loop"], strict=True))
    page = text(client, learner)
    assert "It still waits for this:" in page
    assert "4 tasks are RUNNING" in page


def _struck(parameters: dict[str, str], names: dict[str, str], places: dict[str, ContainerInstance | None]) -> str:
    """Return the name of the machine that a blow fell on."""
    if "containerInstance" in parameters:
        return names[parameters["containerInstance"].rsplit("/", 1)[-1]]
    place = places.get(str(parameters.get("task", "")).rsplit("/", 1)[-1])
    return names[place.instance_id] if place else ""


def test_a_lost_machine_says_so_and_after_the_minute_only_the_step_is_served(client: Client, learner: Learner) -> None:
    learner.begin(LAB)
    press(client, learner, "play")
    for _turn in range(14):
        learner.tick()
        learner.world.clock.forward(1)
    learner.tick()
    page = text(client, learner)
    assert "The script took this machine away" in page
    assert 'hx-sync="this:queue all"' in page, "quick presses are all sent"

    learner.world.clock.forward(60)
    page = text(client, learner)
    assert "Your minute is over" in page
    assert "no longer counts for your minute" in page
    LessonRun.objects.filter(lesson=LAB).update(step=1)
    page = text(client, learner)
    assert "place/" not in page
    with time_machine.travel(learner.world.clock.now, tick=False):
        assert client.post(f"{URL}place/nothing/").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("en", "1 more than desired"), ("ko", "desired보다 1개 많아요")])
def test_too_many_are_told_and_can_be_stopped_there(
    client: Client, learner: Learner, language: str, words: str
) -> None:
    learner.begin(LAB)
    press(client, learner, "play")
    learner.tick()
    machine = re.findall(rf'action="{URL}place/(\w+)/"', text(client, learner))[0]
    assert f"{URL}stop/" not in text(client, learner)
    press(client, learner, f"place/{machine}")
    for _turn in range(6):
        learner.tick()
    page = text(client, learner, language)
    assert words in page
    assert "game__figure--over" in page

    newest = Task.objects.order_by("-pk")[0]
    press(client, learner, f"stop/{newest.task_id}")
    for _turn in range(2):
        learner.tick()

    newest.refresh_from_db()
    assert newest.desired_status == "STOPPED"
    with time_machine.travel(learner.world.clock.now, tick=False):
        answer = client.post(f"{URL}stop/nothing/", headers={"HX-Request": "true", "Accept-Language": "en"})
    assert 'role="alert"' in answer.content.decode()


def test_a_task_that_is_stopped_or_stopping_has_no_button_to_stop_it(client: Client, learner: Learner) -> None:
    learner.begin(LAB)
    press(client, learner, "play")
    learner.tick()
    machine = re.findall(rf'action="{URL}place/(\w+)/"', text(client, learner))[0]
    for _more in range(4):
        press(client, learner, f"place/{machine}")
    for _turn in range(6):
        learner.tick()
    newest = Task.objects.order_by("-pk")[0]
    assert f"{URL}stop/{newest.task_id}/" in text(client, learner)

    press(client, learner, f"stop/{newest.task_id}")
    pages = [text(client, learner)]
    for _turn in range(4):
        learner.tick()
        pages.append(text(client, learner))

    assert "STOPPED" in pages[-1]
    assert "more than desired" in pages[-1]
    for page in pages:
        assert newest.task_id[:6] in page, "it is still shown"
        assert f"{URL}stop/{newest.task_id}/" not in page
    assert f"{URL}stop/" in pages[-1], "the others can be stopped"


def test_no_task_can_be_stopped_before_the_minute(client: Client, learner: Learner) -> None:
    learner.begin(LAB)

    assert client.post(f"{URL}stop/nothing/").status_code == 404
