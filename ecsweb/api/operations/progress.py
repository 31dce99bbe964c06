"""Operations of ours: progress that was taken along as a file comes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from ecsweb.api.model import is_of_aws
from ecsweb.api.operations.quiz import LONGEST_ANSWER, MISCONCEPTION, QUESTION
from ecsweb.api.registry import Request, our_operation
from ecsweb.api.validation import checked
from ecsweb.controlplane.brought_guesses import BroughtGuess
from ecsweb.controlplane.progress import MOST, Answer, PassedLesson, Progress, merge_progress
from ecsweb.domain.errors import EcsError, InvalidParameterException

MOST_ATTEMPTS = 10_000
MOST_CALLS = 200
# The clock of where a lesson was passed may be ahead of ours.
CLOCKS_DIFFER = timedelta(days=1)


@our_operation("ImportProgress", secret=frozenset({"lessons", "answers", "guesses"}))
def import_progress(request: Request) -> dict[str, Any]:
    """Merge passed lessons, answers of the mid-term check and predictions; nothing that is there is lost."""
    lessons = _converted(request.params.get("lessons", []), list[PassedLesson], "lessons")
    answers = _converted(request.params.get("answers", []), list[Answer], "answers")
    guesses = _converted(request.params.get("guesses", []), list[BroughtGuess], "guesses")
    for answer in answers:
        _check_answer(answer)
    for guess in guesses:
        _check_guess(guess, request)
    brought = Progress([_checked_lesson(one, request) for one in lessons], answers, guesses)
    return merge_progress(request.account, request.region, brought, now=request.now)


def _converted(given: object, shape: Any, field: str) -> Any:
    try:
        found = msgspec.convert(given, shape)
    except msgspec.ValidationError as error:
        raise InvalidParameterException(f"{field}: {error}", field=field) from error
    if len(found) > MOST:
        raise InvalidParameterException(f"{field}: there are at most {MOST}", field=field)
    return found


def _check_answer(one: Answer) -> None:
    fits = QUESTION.fullmatch(one.question) and MISCONCEPTION.fullmatch(one.misconception)
    if not fits or len(one.given) > LONGEST_ANSWER or "\0" in one.given or one.answered_at.tzinfo is None:
        raise InvalidParameterException(f"answers: {one.question[:60]!r} is not as it has to be", field="answers")


def _check_guess(one: BroughtGuess, request: Request) -> None:
    is_dated = one.began_at.tzinfo is not None and one.began_at <= request.now + CLOCKS_DIFFER
    lengths = ((one.cluster, 255), (one.operation, 64), (one.change, 32), (one.key, 600))
    is_named = all(0 < len(text) <= most for text, most in lengths)
    if not (is_dated and is_named and _is_kept_whole(one)):
        raise InvalidParameterException(f"guesses: {one.change[:32]!r} is not as it has to be", field="guesses")


def _checked_lesson(one: PassedLesson, request: Request) -> PassedLesson:
    """Return a lesson with those of its calls that are calls of AWS's. Raises InvalidParameterException."""
    passed = one.first_passed_at
    is_dated = passed is None or (passed.tzinfo is not None and passed <= request.now + CLOCKS_DIFFER)
    is_named = 0 < len(one.lesson) <= 64 and 0 < len(one.kind) <= 16
    if not (is_dated and is_named and 0 < one.attempts <= MOST_ATTEMPTS and _is_kept_whole(one)):
        raise InvalidParameterException(f"lessons: {one.lesson[:64]!r} is not as it has to be", field="lessons")
    return msgspec.structs.replace(one, calls=[call for call in one.calls[:MOST_CALLS] if _is_call(call)])


def _is_kept_whole(one: msgspec.Struct) -> bool:
    """Tell whether no text of it has a NUL, which PostgreSQL does not keep."""
    return b"\\u0000" not in msgspec.json.encode(one)


def _is_call(one: Mapping[str, Any]) -> bool:
    """Tell whether something is a call that can be told as a command."""
    operation, params = one.get("operation"), one.get("parameters")
    if not isinstance(operation, str) or not is_of_aws(operation) or not isinstance(one.get("origin"), str):
        return False
    try:
        checked(operation, params)
    except EcsError:
        return False
    return True
