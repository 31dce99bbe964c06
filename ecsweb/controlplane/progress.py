"""Progress that somebody takes with them: a file, merged into an account that loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction

from ecsweb.controlplane import announcements
from ecsweb.controlplane.brought_guesses import BroughtGuess, merge_guesses
from ecsweb.controlplane.lessons import LONGEST_WORDS, UNDER_WAY
from ecsweb.controlplane.quiz_answers import answer_question, latest_answers
from ecsweb.models import Account, LessonRun, LessonStatus

MOST = 500


class Said(msgspec.Struct, frozen=True):
    """What was predicted at a step, and what was made of it."""

    choice: str
    at: float = 0
    saw: str = ""
    own_words: str = ""


class PassedLesson(msgspec.Struct, frozen=True, rename="camel"):
    """A lesson of the file. `values` and `belongings` are what its next beginning would have."""

    lesson: str
    kind: str
    attempts: int = 1
    first_passed_at: datetime | None = None
    steps: list[str] = []
    hints: dict[str, int] = {}
    predictions: dict[str, Said] = {}
    calls: list[dict[str, Any]] = []
    values: dict[str, str | int] = {}
    belongings: dict[str, list[str]] = {}


class Answer(msgspec.Struct, frozen=True, rename="camel"):
    """The newest answer to a question."""

    question: str
    given: str
    is_right: bool
    answered_at: datetime
    misconception: str = ""


class Progress(msgspec.Struct, frozen=True):
    """All that a file holds."""

    lessons: list[PassedLesson]
    answers: list[Answer]
    guesses: list[BroughtGuess]


@transaction.atomic
def merge_progress(account: Account, region: str, brought: Progress, *, now: datetime) -> dict[str, int]:
    """Add what the account does not know yet; where it knows more, that stays. Return how much was new."""
    runs = {run.lesson: run for run in LessonRun.objects.filter(account=account, region=region)}
    known = latest_answers(account)
    new = [one for one in brought.lessons if _merge(account, region, one, runs, now=now)]
    added = [one for one in brought.answers if _is_newer(one, known)]
    for one in sorted(added, key=lambda one: one.answered_at):
        answer_question(
            account,
            question=one.question,
            given=one.given,
            is_right=one.is_right,
            misconception=one.misconception,
            now=one.answered_at,
        )
    guesses = merge_guesses(account, region, brought.guesses)
    announcements.publish_on_commit(account.pk, topics=["lessons"])
    return {"lessons": len(new), "answers": len(added), "guesses": guesses}


def _is_newer(one: Answer, known: Mapping[str, Any]) -> bool:
    """Tell whether the file's answer tells more; one that was right once is not made wrong by a file."""
    row = known.get(one.question)
    return row is None or (one.answered_at > row.answered_at and one.is_right >= row.is_right)


def _merge(account: Account, region: str, one: PassedLesson, runs: dict[str, LessonRun], *, now: datetime) -> bool:
    """Merge a lesson; tell whether anything of it was new."""
    run = runs.get(one.lesson)
    if run is None:
        runs[one.lesson] = _new_run(account, region, one, now=now)
        return True
    before = (run.first_passed_at, run.attempt, run.hints, run.predictions)
    run.first_passed_at = min(filter(None, (run.first_passed_at, one.first_passed_at)), default=None)
    run.attempt = max(run.attempt, one.attempts)
    if run.status not in UNDER_WAY:
        # A lesson that is on keeps its own: a hint of the file would be shown as taken now.
        run.hints = {**one.hints, **run.hints}
        run.predictions = {**_predictions(one), **run.predictions}
    if not run.record:
        run.record = _record(one)
    run.save(update_fields=["first_passed_at", "attempt", "hints", "predictions", "record"])
    return before != (run.first_passed_at, run.attempt, run.hints, run.predictions)


def _new_run(account: Account, region: str, one: PassedLesson, *, now: datetime) -> LessonRun:
    began = one.first_passed_at or now
    return LessonRun.objects.create(
        account=account,
        region=region,
        lesson=one.lesson,
        kind=one.kind,
        # What it made is elsewhere: here it is over, and can be begun.
        status=LessonStatus.LEFT,
        attempt=one.attempts,
        values=one.values,
        belongings=one.belongings,
        passed_steps={step: {"at": began.timestamp(), "sequence": 0} for step in one.steps},
        hints=one.hints,
        predictions=_predictions(one),
        record=_record(one),
        started_at=began,
        passed_at=one.first_passed_at,
        first_passed_at=one.first_passed_at,
    )


def _predictions(one: PassedLesson) -> dict[str, Any]:
    """Return the predictions as a lesson keeps them; events of another log are no events of this one."""
    return {
        step: {
            "choice": said.choice,
            "at": said.at,
            "sequence": 0,
            "saw": said.saw[:LONGEST_WORDS],
            "own_words": said.own_words[:LONGEST_WORDS],
        }
        for step, said in one.predictions.items()
    }


def _record(one: PassedLesson) -> dict[str, Any]:
    own = sum(call["origin"] != "learn" for call in one.calls)
    return {"calls": one.calls, "own_calls": own, "began": 0, "ended": 0} if one.calls else {}
