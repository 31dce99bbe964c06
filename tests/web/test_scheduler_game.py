"""The page of *Be the scheduler*: from its start to both timelines, in both languages, by forms alone."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client

from ecsweb.learn.scheduler_game import LAB
from ecsweb.models import Event, LessonRun, Task
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
