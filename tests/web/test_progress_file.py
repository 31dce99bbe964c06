"""Progress as a file: taken along, everything emptied, brought back; what is wrong with a file is said."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ecsweb.models import Account, ChangeGuess, Event, LessonRun, QuizAnswer
from tests.learn.learners import Learner
from tests.web.test_guesses import busy, first, let_it_come, predict, told
from tests.web.test_lesson_pages import LAB, learner, open_lab, press
from tests.world import World

__all__ = ["busy", "learner"]


def taken_along(client: Client) -> dict[str, Any]:
    return dict(client.get("/learn/progress.json").json())


def bring_back(client: Client, document: object, language: str = "en") -> tuple[int, str]:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    file = SimpleUploadedFile("progress.json", text)
    answer = client.post("/learn/progress/", {"document": file}, headers={"Accept-Language": language}, follow=True)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def passed(client: Client, learner: Learner) -> dict[str, Any]:
    """Somebody who passed the first lab and answered a question, and their file."""
    open_lab(client, learner)
    for step in ("create", "describe", "run"):
        press(client, learner, f"steps/{step}/do")
    client.post("/learn/check/deregistered-number/", {"given": "4"})
    return taken_along(client)


def test_what_was_taken_along_comes_back_after_everything_was_emptied(client: Client, passed: dict[str, Any]) -> None:
    before = client.get("/learn/", headers={"Accept-Language": "en"}).content.decode()
    Account.objects.all().delete()

    status, page = bring_back(client, passed)

    assert status == 200
    assert "New of lessons: 1, of answers: 1" in page
    after = client.get("/learn/", headers={"Accept-Language": "en"}).content.decode()
    assert after.count("on-path--done") == before.count("on-path--done") == 1
    assert taken_along(client)["answers"] == passed["answers"]
    again = taken_along(client)["lessons"][0]
    assert {**again, "predictions": {}} == {**passed["lessons"][0], "predictions": {}}
    assert "aws ecs create-cluster" in client.get("/learn/sheet/").content.decode()
    assert client.get(f"/learn/lessons/{LAB}/").status_code == 200
    logged = Event.objects.get(detail__operation="ImportProgress")
    assert logged.detail["parameters"]["lessons"] == "***"


def test_what_is_there_is_not_lost(client: Client, learner: Learner, passed: dict[str, Any]) -> None:
    run = learner.run(LAB)
    older = {**passed["lessons"][0], "firstPassedAt": None, "attempts": 1, "calls": []}
    wrong = {**passed["answers"][0], "isRight": False, "answeredAt": "2099-01-01T00:00:00+00:00"}

    assert bring_back(client, {**passed, "lessons": [older], "answers": [wrong]})[0] == 200

    kept = learner.run(LAB)
    assert (kept.first_passed_at, kept.status, kept.record) == (run.first_passed_at, run.status, run.record)
    assert [row.is_right for row in QuizAnswer.objects.all()] == [True]


def test_a_file_without_a_version_is_one_of_the_first(client: Client, passed: dict[str, Any]) -> None:
    Account.objects.all().delete()

    assert bring_back(client, {"account": "123456789012", "lessons": passed["lessons"]})[0] == 200

    assert LessonRun.objects.get().first_passed_at is not None


@pytest.fixture
def foretold(client: Client, busy: World) -> dict[str, Any]:
    """The file of somebody who predicted one change and said what they saw of it."""
    task = first()
    address = predict(client, "StopTask", task.task_id, ending=[task.task_id], running="3")
    assert taken_along(client)["guesses"] == []  # it is still watched
    let_it_come(busy)
    client.post(f"{address}explain/", {"saw": "A new one came", "own_words": "The service keeps two"})
    with time_machine.travel(busy.clock.now, tick=False):
        document = taken_along(client)
    assert [one["change"] for one in document["guesses"]] == ["StopTask"]
    return document


def prediction(client: Client, world: World) -> str:
    return told(client, world, f"/learn/predictions/{ChangeGuess.objects.get().pk}/")


def test_predictions_of_changes_come_back_with_what_came_of_them(
    client: Client, busy: World, foretold: dict[str, Any]
) -> None:
    before = prediction(client, busy)
    ChangeGuess.objects.all().delete()
    Event.objects.all().delete()

    assert "of predictions: 1" in bring_back(client, foretold)[1]

    after, table = prediction(client, busy), re.compile(r"<table.*?</table>")
    assert table.findall(after) == table.findall(before) != []
    assert "The service keeps two" in after
    assert "This was elsewhere, and the log of it stayed there." in after
    assert taken_along(client)["guesses"] == foretold["guesses"]


def test_predictions_that_are_there_stay_and_none_is_there_twice(client: Client, foretold: dict[str, Any]) -> None:
    ChangeGuess.objects.update(saw="")

    assert "of predictions: 1" in bring_back(client, foretold)[1]
    assert "of predictions: 0" in bring_back(client, foretold)[1]

    row = ChangeGuess.objects.get()
    assert (row.saw, row.came) == ("A new one came", {})


def test_where_there_is_no_room_none_is_forgotten_for_another(
    client: Client, foretold: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecsweb.controlplane.brought_guesses.GUESSES_KEPT", 2)
    (one,) = foretold["guesses"]
    others = [{**one, "key": str(year), "beganAt": f"{year}-01-01T00:00:00Z"} for year in (2021, 2022)]

    assert "of predictions: 1" in bring_back(client, {**foretold, "guesses": others})[1]

    assert {row.key for row in ChangeGuess.objects.all()} == {one["key"], "2022"}


def test_a_prediction_that_no_page_of_ours_made_is_left_out_of_the_file(
    client: Client, busy: World, foretold: dict[str, Any]
) -> None:
    ChangeGuess.objects.update(guess={"ending": 7})

    with time_machine.travel(busy.clock.now, tick=False):
        assert taken_along(client)["guesses"] == []


def a_guess(**other: object) -> dict[str, Any]:
    """Return a file with one prediction."""
    outcome = {"ending": [], "placed": {}, "running": 1}
    names = {"cluster": "demo", "operation": "StopTask", "change": "StopTask", "key": "x"}
    facts = {"guess": outcome, "came": outcome, "before": {}, "names": {}, "beganAt": "2026-01-01T00:00:00Z"}
    return {"lessons": [], "guesses": [{**names, **facts, **other}]}


def test_a_prediction_of_a_file_needs_no_words(client: Client, db: None) -> None:
    assert "of predictions: 1" in bring_back(client, a_guess())[1]


A_DAY = "2026-01-01T00:00:00Z"
BAD: dict[str, tuple[object, str]] = {
    "none": (b"", "empty"),
    "no JSON": (b"{", "This is no JSON file."),
    "no text": (b"\xff\xfe\x00", "This is no JSON file."),
    "deep": (b"[" * 200_000, "This is no JSON file."),
    "a list": ([], "no progress of ecsweb"),
    "a recording": ({"format": "ecsweb-recording", "lessons": []}, "no progress of ecsweb"),
    "later": ({"format": "ecsweb-progress", "version": 9, "lessons": []}, "This file has version 9"),
    "unknown": ({"lessons": [{"lesson": "moon-landing"}]}, "This ecsweb has no lesson moon-landing."),
    "unknown question": (
        {"lessons": [], "answers": [{"question": "who-am-i", "given": "a", "isRight": True, "answeredAt": A_DAY}]},
        "This ecsweb has no question who-am-i.",
    ),
    "wrong type": ({"lessons": [{"lesson": LAB, "attempts": "many"}]}, "The file is damaged"),
    "wrong step": ({"lessons": [{"lesson": LAB, "steps": ["fly"]}]}, "The file is damaged"),
    "the future": ({"lessons": [{"lesson": LAB, "firstPassedAt": "2999-01-01T00:00:00Z"}]}, "The file is damaged"),
    "an answer": ({"lessons": [], "answers": [{"question": "<b>"}]}, "The file is damaged"),
    "guesses that are none": ({"lessons": [], "guesses": {"a": 1}}, "The file is damaged"),
    "a guess without a name": (a_guess(change=""), "The file is damaged"),
    "a guess of words": (a_guess(guess="all of them end"), "The file is damaged"),
    "a guess below nothing": (a_guess(came={"running": -1}), "The file is damaged"),
    "a guess of the future": (a_guess(beganAt="2999-01-01T00:00:00Z"), "The file is damaged"),
    "a guess without a zone": (a_guess(beganAt="2026-01-01T00:00:00"), "The file is damaged"),
    "a guess that cannot be kept": (a_guess(saw="\0"), "The file is damaged"),
    "a lesson that cannot be kept": ({"lessons": [{"lesson": LAB, "calls": [{"a": "\0"}]}]}, "The file is damaged"),
    "too large": (b" " * (2 * 1024 * 1024 + 1), "at most 2 MiB"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_a_file_is_said_and_nothing_is_taken(client: Client, db: None, name: str) -> None:
    document, words = BAD[name]

    status, page = bring_back(client, document)

    assert status == 422
    assert words in page
    assert LessonRun.objects.count() == QuizAnswer.objects.count() == ChangeGuess.objects.count() == 0


def test_it_is_said_in_korean_too(client: Client, db: None) -> None:
    assert "JSON 파일이 아닙니다." in bring_back(client, b"{", "ko")[1]


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"lessons": [{"lesson": LAB, "attempts": "many"}]}, "있어야 할 값: 정수. 지금 있는 값: 따옴표로 쓴 글자."),
        (a_guess(change=""), "이 항목에 빠진 것이 있거나, 너무 길거나, 날짜가 미래입니다."),
    ],
)
def test_what_is_damaged_is_said_in_korean_with_its_place(
    client: Client, db: None, document: dict[str, Any], words: str
) -> None:
    page = bring_back(client, document, "ko")[1]

    assert f"파일이 손상되었거나 바뀌었습니다. {words} <code" in page


def test_a_call_of_the_file_that_is_none_is_left_out(client: Client, passed: dict[str, Any]) -> None:
    Account.objects.all().delete()
    bad = [{"operation": "Dance"}, {"operation": "CreateCluster", "parameters": 3, "origin": "page"}, {}]
    lesson = {**passed["lessons"][0], "calls": [*bad, *passed["lessons"][0]["calls"]]}

    assert bring_back(client, {**passed, "lessons": [lesson]})[0] == 200

    assert client.get("/learn/sheet/").status_code == 200
    assert all(call["operation"] != "Dance" for call in LessonRun.objects.get().record["calls"])
