"""Somebody's progress as a file: written to be taken along, and read again with a clear word about what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ecsweb.api import call
from ecsweb.api.operations.quiz import QUESTION
from ecsweb.api.principal import Principal
from ecsweb.controlplane.brought_guesses import guesses_to_take
from ecsweb.controlplane.quiz_answers import latest_answers
from ecsweb.domain.errors import EcsError
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.runs import belongings, values_for
from ecsweb.learn.ordering import orderings
from ecsweb.learn.quiz import questions
from ecsweb.models import Account, LessonRun

FORMAT = "ecsweb-progress"
VERSION = 1
LARGEST_BYTES = 2 * 1024 * 1024
OF_A_LESSON = ("lesson", "attempts", "firstPassedAt", "steps", "hints", "predictions", "calls")


class BadProgress(ValueError):
    """The file is no progress that can be taken in; `code` says why, `where` names the place in it."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} {where}".strip())
        self.code, self.where = code, where


def exported(account: Account, runs: Iterable[LessonRun], *, now: datetime) -> dict[str, Any]:
    """Return somebody's progress: what was passed and when, predictions, own words, answers of the mid-term check."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "account": account.account_id,
        "lessons": [
            {
                "lesson": run.lesson,
                "kind": run.kind,
                "attempts": run.attempt,
                "firstPassedAt": run.first_passed_at.isoformat() if run.first_passed_at else None,
                "steps": sorted(run.passed_steps),
                "hints": run.hints,
                "predictions": run.predictions,
                "calls": run.record.get("calls", []),
            }
            for run in runs
        ],
        "answers": [
            {
                "question": row.question,
                "given": row.given,
                "isRight": row.is_right,
                "misconception": row.misconception,
                "answeredAt": row.answered_at.isoformat(),
            }
            for row in latest_answers(account).values()
        ],
        "guesses": guesses_to_take(account, now=now),
    }


def take_in(principal: Principal, text: bytes) -> dict[str, Any]:
    """Merge a file into the principal's account. Raises BadProgress; then nothing was taken."""
    document = _read(text)
    try:
        lessons = [_lesson(principal, one) for one in document["lessons"]]
        # The first files had no predictions of changes.
        rest = {name: document.get(name, []) for name in ("answers", "guesses")}
        _know_questions(rest["answers"])
        return call(principal, "ImportProgress", {"lessons": lessons, **rest})
    except EcsError as error:
        raise BadProgress("wrong-shape", error.message) from error


def _read(text: bytes) -> dict[str, Any]:
    if len(text) > LARGEST_BYTES:
        raise BadProgress("too-large")
    try:
        document = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadProgress("no-json") from error
    if not isinstance(document, dict) or document.get("format", FORMAT) != FORMAT:
        raise BadProgress("no-progress")
    # The first files said neither what they are nor which version they have.
    if document.get("version", VERSION) != VERSION:
        raise BadProgress("other-version", str(document["version"])[:20])
    if not isinstance(document.get("lessons"), list):
        raise BadProgress("no-progress")
    return document


def _know_questions(answers: object) -> None:
    """Raise BadProgress for an answer to a question that is not here, as for a lesson that is not."""
    asked = [one.get("question") for one in answers if isinstance(one, dict)] if isinstance(answers, list) else []
    known = {*questions(), *(one.question for one in orderings().values())}
    for key in asked:
        if isinstance(key, str) and QUESTION.fullmatch(key) and key not in known:
            raise BadProgress("unknown-question", key)


def _lesson(principal: Principal, given: object) -> dict[str, Any]:
    if not isinstance(given, dict) or not isinstance(given.get("lesson"), str):
        raise BadProgress("wrong-shape", "lessons")
    lesson = lesson_of(given["lesson"])
    if lesson is None:
        raise BadProgress("unknown-lesson", given["lesson"][:64])
    values = values_for(principal, lesson)
    known = {step.id for step in lesson.steps}
    kept = {key: given[key] for key in OF_A_LESSON if key in given}
    for name in ("steps", "hints", "predictions"):
        if not isinstance(kept.get(name, []), list | dict) or not {*map(str, kept.get(name, []))} <= known:
            raise BadProgress("wrong-shape", f"{lesson.id}: {name}")
    return {**kept, "kind": lesson.kind, "values": values, "belongings": belongings(lesson, values)}
