"""The mid-term check: the words, questions that are answered and explained, and what is needed where it is missing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from ecsweb.learn.ordering import orderings
from ecsweb.learn.quiz import questions
from ecsweb.models import QuizAnswer
from tests.world import World

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def busy(world: World) -> World:
    """A cluster with an instance, a service of two and a direct task."""
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    return world


def get(client: Client, address: str, language: str = "en") -> str:
    page = client.get(address, headers={"Accept-Language": language})
    assert page.status_code == 200
    return page.content.decode()


def answer(client: Client, key: str, *given: str, about: str = "") -> str:
    page = client.post(f"/learn/check/{key}/", {"given": list(given), "about": about}, headers=ENGLISH)
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.content.decode())


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_check_shows_the_seven_words_the_slips_and_all_questions(
    client: Client, busy: World, language: str
) -> None:
    text = get(client, "/learn/check/", language)

    assert text.index("Dockerfile") < text.index("container instance") < text.index("Amazon ECR")
    assert "ecs-client" in text
    assert "Elastic Container Registry" in text
    for key in questions():
        assert f'href="/learn/check/{key}/"' in text
    for key in orderings():
        assert f'href="/learn/check/order/{key}/"' in text
    assert ("중간 점검" if language == "ko" else "Mid-term check") in text


def test_each_question_has_a_page(client: Client, busy: World) -> None:
    for place, key in enumerate(questions()):
        assert "csrfmiddlewaretoken" in get(client, f"/learn/check/{key}/", "ko" if place % 2 else "en"), key
    assert client.get("/learn/check/no-such-question/").status_code == 404


def test_a_wrong_answer_names_the_misconception_and_a_right_one_leads_to_the_object(
    client: Client, busy: World
) -> None:
    wrong = answer(client, "service-running", "3")
    assert "Not yet" in wrong
    assert "A service counts its own tasks only." in wrong
    assert re.search(r"The right answer now: <b ?>2</b>", wrong)

    right = answer(client, "service-running", "2")
    assert "That is right" in right
    assert 'href="/clusters/demo/services/web/"' in right
    assert "/learn/glossary/#running-count" in right
    assert "service:web" in right
    kept = list(QuizAnswer.objects.order_by("pk").values_list("question", "given", "is_right", "misconception"))
    assert kept == [("service-running", "3", False, "M23"), ("service-running", "2", True, "")]

    check = get(client, "/learn/check/")
    assert "1 of" in check
    assert "desiredCount counts tasks that I run directly" not in check


def test_an_answer_is_about_the_object_that_was_asked_about(client: Client, busy: World) -> None:
    busy.launch()
    instances = busy.call("ListContainerInstances", cluster="demo")["containerInstanceArns"]

    text = get(client, f"/learn/check/memory-left/?about={instances[1]}")
    graded = answer(client, "memory-left", "1966", about=instances[1])

    assert "<code>i-02</code>" in text
    assert "<code>i-02</code>" in graded
    assert QuizAnswer.objects.get().is_right


def test_who_lacks_the_object_is_told_and_offered_another_question(client: Client, world: World) -> None:
    text = re.sub(r"\s+", " ", get(client, "/learn/check/service-running/"))

    assert "This question needs a service, and you have none yet." in text
    assert 'href="/clusters/demo/services/create/"' in text
    other = re.search(r'class="button" href="/learn/check/([a-z-]+)/"', text)
    assert other
    assert "csrfmiddlewaretoken" in get(client, f"/learn/check/{other[1]}/")


def test_a_strange_answer_is_wrong_or_asked_again_and_never_breaks(client: Client, busy: World) -> None:
    for given in ("   ", "x" * 5000, "\0", '"><script>alert(1)</script>', "٣", "9" * 400, "1e9"):
        for key in ("cluster-instances", "where-mine-stands", "cluster-empty"):
            page = client.post(f"/learn/check/{key}/", {"given": given, "about": given}, headers=ENGLISH)

            assert page.status_code in (200, 422)
            assert "<script>alert" not in page.content.decode()
    assert not QuizAnswer.objects.filter(is_right=True).exists()


def test_a_name_of_the_object_that_is_hostile_stays_text(client: Client, busy: World) -> None:
    """Whatever a command line holds, a glossary example shows it as text."""
    busy.register("evil", command=['<img src=x onerror="alert(1)">`'])

    text = get(client, "/learn/glossary/command/tip/")

    assert "<img" not in text
    assert "&lt;img" in text


@pytest.mark.parametrize(("language", "words"), [("en", "A number, please"), ("ko", "숫자로 적어 주세요")])
@pytest.mark.parametrize("given", ["three", "셋", "3 tasks", "1.5", "١"])
def test_what_is_no_number_is_refused_and_does_not_count(
    client: Client, busy: World, given: str, language: str, words: str
) -> None:
    page = client.post("/learn/check/service-running/", {"given": given}, headers={"Accept-Language": language})

    assert page.status_code == 422
    assert words in page.content.decode()
    assert f'value="{given}"' in page.content.decode(), "what was typed stays"
    assert QuizAnswer.objects.count() == 0


def test_a_number_that_speaks_of_no_belief_names_none_and_is_shown_again(client: Client, busy: World) -> None:
    wrong = answer(client, "cluster-instances", "77")

    assert "Not yet" in wrong
    assert "Many believe:" not in wrong
    assert re.search(r"You answered: <b ?>77</b>", wrong)
    assert "You answered last time: <b>77</b>" in re.sub(r"\s+", " ", get(client, "/learn/check/cluster-instances/"))


@pytest.mark.parametrize(("given", "is_right"), [("", True), ("９９", False), ("9" * 26, False)])
def test_a_number_is_one_however_wide_or_long_it_is(client: Client, busy: World, given: str, is_right: bool) -> None:
    right = len(busy.call("ListContainerInstances", cluster="demo")["containerInstanceArns"])
    typed = given or chr(ord("０") + right)

    answer(client, "cluster-instances", typed)

    assert QuizAnswer.objects.get().is_right is is_right


def test_a_name_of_nothing_speaks_of_no_belief_and_one_of_something_does(client: Client, busy: World) -> None:
    busy.call("CreateCluster", clusterName="hollow")

    assert "Many believe:" not in answer(client, "cluster-with-room", "no-such-thing")
    assert "Many believe:" in answer(client, "cluster-with-room", "hollow")
