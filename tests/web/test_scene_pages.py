"""The pages of scenes: the list, and one on stage that its buttons steer."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from ecsweb.learn.cutting import USUAL_EVENTS
from ecsweb.learn.scenes import ready_scenes
from ecsweb.models import Account, Cluster, Play, PlayStatus
from tests.learn.learners import Learner
from tests.world import World

FIRST = "/learn/scenes/at-a-glance/"


@pytest.fixture
def learner(db: None, settings: object) -> Learner:
    settings.ECSWEB_ENGINE_SLOTS = 0  # type: ignore[attr-defined] # — pytest-django's settings have no stub
    return Learner(World())


def text(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def press(client: Client, learner: Learner, button: str) -> None:
    answer = client.post(
        f"{FIRST}steer/", {"do": button} if button in ("next", "start") else {"do": "turn", "turn": button}
    )
    assert answer.status_code == 302
    learner.tick()
    learner.tick()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_list_leads_to_each_scene_in_both_languages(client: Client, db: None, language: str) -> None:
    listed = text(client, "/learn/scenes/", language)

    for scene in ready_scenes():
        title, intro = (scene.title.ko, scene.intro.ko) if language == "ko" else (scene.title.en, scene.intro.en)
        assert f'href="/learn/scenes/{scene.id}/">{scene.number}. {title}' in listed
        page = text(client, f"/learn/scenes/{scene.id}/", language)
        assert intro in page
        assert {"en": f"0 of {scene.steps}", "ko": f"{scene.steps}단계 중 0"}[language] in page
    assert "/learn/scenes/" in text(client, "/learn/", language)


def test_buttons_steer_a_scene_and_its_caption_and_command_are_shown(client: Client, learner: Learner) -> None:
    press(client, learner, "next")
    press(client, learner, "next")

    page = text(client, FIRST)
    assert "A cluster, and it is finished." in page
    assert "aws ecs create-cluster --cluster-name scene-glance" in page
    assert "2 of 9" in page
    assert 'hx-get="/clusters/scene-glance/picture/?stage=1"' in page
    assert "클러스터가 생겼고" in text(client, f"{FIRST}state/", "ko")

    press(client, learner, "start")
    page = text(client, FIRST)
    assert "0 of 9" in page
    assert "The stage is empty." in page
    assert Cluster.objects.count() == 0


def test_play_becomes_pause(client: Client, learner: Learner) -> None:
    press(client, learner, "play")
    assert 'name="turn" value="pause"' in text(client, FIRST)

    press(client, learner, "pause")
    assert 'name="turn" value="play"' in text(client, FIRST)
    assert Play.objects.get().status == PlayStatus.PAUSED


def test_a_button_answers_htmx_with_the_fragment(client: Client, db: None) -> None:
    answer = client.post(f"{FIRST}steer/", {"do": "play"}, headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<div\n  id="scene"')


def test_a_scene_that_stopped_says_why(client: Client, learner: Learner) -> None:
    press(client, learner, "next")
    Play.objects.update(status=PlayStatus.FAILED, error="RunTask: ClientException: no")

    assert '<q lang="en">RunTask: ClientException: no</q>' in text(client, FIRST)


def test_a_wait_in_vain_is_said_in_words_and_its_expression_is_the_detail(client: Client, learner: Learner) -> None:
    press(client, learner, "next")
    waited = {"seconds": "60", "expected": "1", "actual": "0"}
    Play.objects.update(
        status=PlayStatus.FAILED, error="length(x): 0, not 1, after 60 s", position=4, last_call={"waited": waited}
    )

    page = text(client, FIRST, "ko")
    assert "기다리던 일이 60초 안에 일어나지 않았어요." in page
    assert "<q>에이전트가 연결됐어요." in page
    assert '<code lang="en">length(x): 0, not 1, after 60 s</code> </details>' in page


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "RunTask found no place for a task. It needs 60000 MiB"), ("ko", "태스크를 놓을 곳을 찾지 못했어요.")],
)
def test_a_task_without_a_place_stops_a_scene_with_the_reason_in_words(
    client: Client, learner: Learner, language: str, words: str
) -> None:
    learner.world.call("CreateCluster", clusterName="demo")
    learner.world.launch()
    learner.world.register("large", memory=60_000)
    learner.tick()
    said = {"en": "Run.", "ko": "실행해요."}
    run = {"call": "RunTask", "params": {"taskDefinition": "large", "cluster": "demo"}, "say": said}
    number = learner.world.call("RecordScene", title="Large", actions=[run])["scene"]
    address = f"/learn/scenes/own-{number}/"
    client.post(f"{address}steer/", {"do": "turn", "turn": "play"})
    learner.tick()
    learner.tick()

    page = text(client, address, language)
    assert words in page
    assert "60000" in page
    assert '<code lang="en">RunTask: RESOURCE:MEMORY</code>' in page


def test_a_scene_says_what_another_has_left_and_is_cleared_first(client: Client, learner: Learner) -> None:
    press(client, learner, "next")
    press(client, learner, "next")
    second = "/learn/scenes/definition-and-task/"

    assert "Another scene has left scene-glance." in text(client, second)
    assert "Another scene" not in text(client, FIRST)
    client.post(f"{second}steer/", {"do": "turn", "turn": "play"})
    assert "also of what the scene before left (scene-glance)" in text(client, second)


def test_what_was_left_out_of_a_cut_is_said_on_its_page_and_in_its_drafts(client: Client, learner: Learner) -> None:
    said = {"en": "A cluster.", "ko": "클러스터예요."}
    make = {"call": "CreateCluster", "params": {"clusterName": "scene-x"}, "say": said}
    missing = [{"operation": "RegisterTaskDefinition", "why": "secret"}]
    number = learner.world.call("RecordScene", title="Cut", actions=[make], leftOut=missing)["scene"]

    page = text(client, f"/learn/scenes/own-{number}/")
    assert "<code>RegisterTaskDefinition</code>: it holds a secret or the value of an environment variable" in page
    draft = text(client, f"/learn/scenes/own-{number}/draft/lab/")
    assert "# - RegisterTaskDefinition: it holds a secret" in draft


@pytest.mark.parametrize("address", ["no-such-scene", "own-1", "own-99999999999999999999", "own-x"])
def test_what_is_no_scene_is_not_found(client: Client, db: None, address: str) -> None:
    assert client.get(f"/learn/scenes/{address}/").status_code == 404
    assert client.post(f"/learn/scenes/{address}/steer/", {"do": "play"}).status_code == 404
    assert client.post(f"{FIRST}steer/", {"do": "dance"}).status_code == 404


def test_the_keys_of_a_scene_are_on_the_sheet(client: Client, db: None) -> None:
    assert "On the page of a scene" in text(client, "/shortcuts/")
    page = text(client, FIRST)
    for key in (" ", "ArrowRight", "Home"):
        assert f'data-key="{key}"' in page


def test_at_the_end_it_plays_again_and_next_is_off(client: Client, learner: Learner) -> None:
    press(client, learner, "next")
    assert "Play again" not in text(client, FIRST)

    Play.objects.update(status=PlayStatus.DONE)

    page = text(client, FIRST)
    assert "↻ Play again" in page
    assert re.search(r'id="scene-next"[^>]*disabled', page)
    press(client, learner, "play")
    assert Play.objects.get().position <= 2, "it begins anew"


def test_a_class_sees_neither_the_lab_nor_definitions_of_something_else(client: Client, learner: Learner) -> None:
    learner.begin("empty-place")
    learner.world.call("CreateCluster", clusterName="scene-glance")
    for family in ("mine", "scene-web"):
        learner.world.register(family)
    assert "lesson-strip" in text(client, "/task-definitions/")

    assert "lesson-strip" not in text(client, FIRST)
    assert "lesson-strip" not in text(client, "/learn/scenes/")
    picture = text(client, "/clusters/scene-glance/picture/?stage=2")
    assert "scene-web:1" in picture
    assert "mine:1" not in picture


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("since=2&until=1", "The stretch would end before it begins"),
        ("since=99999999999999999999&until=1", "There is no event with so high a number."),
        ("since=900000&until=900001", "this one has not happened yet"),
        ("since=x&until=1", "This is no number of an event"),
        ("since=-4&until=1", "Numbers of events begin with 1."),
    ],
)
def test_a_stretch_that_is_none_is_said_in_words(client: Client, learner: Learner, query: str, words: str) -> None:
    learner.world.call("CreateCluster", clusterName="here")

    answer = client.get(f"/learn/scenes/cut/?{query}", headers={"Accept-Language": "en"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "no call that could be played again" not in page
    assert "CreateCluster" not in page.split("</form>")[-1], "no other stretch is shown"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_a_cut_does_is_told_with_what_it_is_about_and_no_token_in_the_address(
    client: Client, learner: Learner, language: str
) -> None:
    learner.world.call("CreateCluster", clusterName="here")
    learner.world.register("web")
    for name in ("front", "back"):
        learner.world.call("CreateService", cluster="here", serviceName=name, taskDefinition="web", desiredCount=1)

    page = " ".join(text(client, "/learn/scenes/cut/", language).split())

    for name in ("front", "back"):
        assert f"<code>CreateService</code> <b>{name}</b> <small>" in page
    shown = next(form for form in re.findall(r"<form.*?</form>", page) if 'name="since" value' in form)
    assert 'method="get"' in shown
    assert "csrfmiddlewaretoken" not in shown
    assert "formmethod" not in page


def test_a_stretch_that_nobody_chose_holds_calls_if_there_are_any(client: Client, learner: Learner) -> None:
    learner.world.call("CreateCluster", clusterName="here")
    account = Account.objects.get()
    # What happens without anybody's call: as much as a stretch usually holds, and more.
    Account.objects.update(last_sequence=account.last_sequence + USUAL_EVENTS + 5)

    page = text(client, "/learn/scenes/cut/")

    assert "<code>CreateCluster</code>" in page
