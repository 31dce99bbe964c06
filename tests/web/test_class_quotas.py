"""Where the quota of a class account bars a task, every page says that it is the quota, not a machine."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django.fixtures import Settings

from ecsweb.controlplane.accounts import open_account
from ecsweb.domain.quotas import CLASS_LIMITS
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.learn.scheduler_game import LAB
from ecsweb.models import Account, Event, LessonRun, Play, PlayStatus
from ecsweb.web.lesson_plays import play_part
from ecsweb.web.sentences import event_sentence
from tests.learn.learners import Learner
from tests.world import ACCOUNT, World

SAID = {
    "en": "It is the quota of your account in this class that is full, not the machines",
    "ko": "머신이 아니라 수업에서 쓰는 내 계정의 할당량이 가득 찼습니다",
}
LANGUAGES = pytest.mark.parametrize("language", SAID)


@pytest.fixture
def client(db: None, settings: Settings) -> Client:
    """The browser of a learner of a class, whose account is the world's and may run one container."""
    settings.ECSWEB_MODE, settings.ECSWEB_CLASS_CONTAINERS = "class", 1
    settings.ECSWEB_ENGINE_SLOTS = 0
    user = User.objects.create_user("minji")
    open_account(ACCOUNT)
    Account.objects.filter(account_id=ACCOUNT).update(user=user)
    found = Client()
    found.force_login(user)
    return found


def page(client: Client, address: str, language: str) -> str:
    answer = client.get(address, headers={"Accept-Language": language}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@LANGUAGES
def test_a_run_that_the_quota_bars_is_told_as_such_beside_aws_s_words(
    client: Client, world: World, language: str
) -> None:
    world.launch()
    world.register()

    answer = world.call("RunTask", cluster="demo", taskDefinition="web", count=2)

    assert [one["reason"] for one in answer["failures"]] == [
        "You've reached the limit on the number of tasks you can run concurrently"
    ]
    refused = Event.objects.get(detail_type="Decision", detail__has_key="failures")
    assert SAID[language] in page(client, f"/clusters/demo/?panel=refusal:{refused.sequence}", language)
    logged = LoggedEvent(refused.sequence, refused.time, refused.detail_type, refused.detail, ())
    with override(language):
        assert SAID[language] in event_sentence(logged, {})
    sent = {"task_definition": "web:1", "count": "1", "where": ""}
    told = client.post("/clusters/demo/run/", sent, headers={"Accept-Language": language}, follow=True)
    assert SAID[language] in told.content.decode().split('id="panel"')[0]


@LANGUAGES
def test_a_service_that_the_quota_bars_says_so(client: Client, world: World, language: str) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="shop", taskDefinition="web", desiredCount=2)
    world.converge()

    for address in ("/clusters/demo/services/shop/", "/clusters/demo/"):
        assert SAID[language] in page(client, address, language)


def test_what_the_machines_refuse_is_told_as_theirs_though_the_quota_is_full_too(client: Client, world: World) -> None:
    world.launch()
    world.register("huge", memory=100_000)

    answer = world.call("RunTask", cluster="demo", taskDefinition="huge")

    assert answer["failures"][0]["reason"] == "RESOURCE:MEMORY"


@LANGUAGES
def test_too_many_clusters_are_the_quota_s_doing(client: Client, language: str) -> None:
    for number in range(CLASS_LIMITS["CreateCluster"][1]):
        client.post("/", {"name": f"c{number}"})
    answer = client.post("/", {"name": "more"}, headers={"Accept-Language": language}, follow=True)

    said = {
        "en": "the quota of your account in this class that is full: delete one",
        "ko": "필요 없는 것을 하나 지우거나",
    }
    assert said[language] in answer.content.decode()


@LANGUAGES
def test_the_game_ends_with_the_reason_where_the_quota_is_used_up(client: Client, world: World, language: str) -> None:
    learner = Learner(world)
    world.launch()
    world.register()
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    client.post("/learn/scheduler/start/")
    starts = Play.objects.filter(kind="start", status=PlayStatus.FAILED)
    learner.until(starts.exists, seconds=20, what="the start ends")

    found = page(client, "/learn/scheduler/", language)

    assert SAID[language] in found
    assert {"en": "Running now: demo (containers: 1", "ko": "지금 실행 중: demo(컨테이너 1개"}[language] in found
    assert SAID[language] in page(client, reverse("lesson", args=[LAB]), language)


@LANGUAGES
def test_a_step_done_for_one_ends_with_the_quota_as_its_reason(client: Client, world: World, language: str) -> None:
    actions = [
        {"call": "RunTask", "params": {"cluster": "demo", "taskDefinition": "web", "count": 2}},
        {"until": {"ask": {"of": "ListTasks", "query": "length(taskArns)"}, "equals": 2}},
    ]
    world.launch()
    world.register()
    world.call("StartLesson", lesson="run-once", kind="lab", values={}, belongings={})
    run = LessonRun.objects.get()
    world.call("StartPlay", kind="solution", lesson=run.lesson, title="run", actions=actions)
    learner = Learner(world)
    learner.until(Play.objects.filter(status=PlayStatus.FAILED).exists, seconds=5, what="the help ends")

    with override(language):
        part = play_part(Play.objects.get(kind="solution"), "run")

    assert part is not None
    assert SAID[language] in part.words
    assert "You've reached the limit" in part.answer


@LANGUAGES
def test_every_page_says_whose_account_it_is(client: Client, world: World, language: str) -> None:
    found = page(client, "/", language)

    assert "<strong>minji</strong>" in found
    assert f"<code>{ACCOUNT}</code>" in found


@LANGUAGES
def test_a_class_is_sent_to_the_command_line_of_the_pages(client: Client, language: str, settings: Settings) -> None:
    works_anywhere = {"en": "the aws command line works against this address", "ko": "aws 명령줄을 이 주소에"}[language]
    found = page(client, "/", language)
    assert works_anywhere not in found
    assert f'<a href="{reverse("console")}">' in found

    settings.ECSWEB_MODE = "solo"
    assert works_anywhere in page(Client(), "/", language)
