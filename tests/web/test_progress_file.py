"""Progress as a file: taken along, everything emptied, brought back; what is wrong with a file is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ecsweb.models import Account, Event, LessonRun, QuizAnswer
from tests.learn.learners import Learner
from tests.web.test_lesson_pages import LAB, learner, open_lab, press

__all__ = ["learner"]


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

    bring_back(client, {"account": "123456789012", "lessons": passed["lessons"]})

    assert LessonRun.objects.get().first_passed_at is not None


BAD: dict[str, tuple[object, str]] = {
    "none": (b"", "empty"),
    "no JSON": (b"{", "This is no JSON file."),
    "no text": (b"\xff\xfe\x00", "This is no JSON file."),
    "deep": (b"[" * 200_000, "This is no JSON file."),
    "a list": ([], "no progress of ecsweb"),
    "a recording": ({"format": "ecsweb-recording", "lessons": []}, "no progress of ecsweb"),
    "later": ({"format": "ecsweb-progress", "version": 9, "lessons": []}, "This file has version 9"),
    "unknown": ({"lessons": [{"lesson": "moon-landing"}]}, "This ecsweb has no lesson moon-landing."),
    "wrong type": ({"lessons": [{"lesson": LAB, "attempts": "many"}]}, "The file is damaged"),
    "wrong step": ({"lessons": [{"lesson": LAB, "steps": ["fly"]}]}, "The file is damaged"),
    "the future": ({"lessons": [{"lesson": LAB, "firstPassedAt": "2999-01-01T00:00:00Z"}]}, "The file is damaged"),
    "an answer": ({"lessons": [], "answers": [{"question": "<b>"}]}, "The file is damaged"),
    "too large": (b" " * (2 * 1024 * 1024 + 1), "at most 2 MiB"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_with_a_file_is_said_and_nothing_is_taken(client: Client, db: None, name: str) -> None:
    document, words = BAD[name]

    status, page = bring_back(client, document)

    assert status == 422
    assert words in page
    assert LessonRun.objects.count() == QuizAnswer.objects.count() == 0


def test_it_is_said_in_korean_too(client: Client, db: None) -> None:
    assert "JSON 파일이 아닙니다." in bring_back(client, b"{", "ko")[1]


def test_a_call_of_the_file_that_is_none_is_left_out(client: Client, passed: dict[str, Any]) -> None:
    Account.objects.all().delete()
    bad = [{"operation": "Dance"}, {"operation": "CreateCluster", "parameters": 3, "origin": "page"}, {}]
    lesson = {**passed["lessons"][0], "calls": [*bad, *passed["lessons"][0]["calls"]]}

    assert bring_back(client, {**passed, "lessons": [lesson]})[0] == 200

    assert client.get("/learn/sheet/").status_code == 200
    assert all(call["operation"] != "Dance" for call in LessonRun.objects.get().record["calls"])
