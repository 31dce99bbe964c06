"""Operations of ours: answers to the questions of the mid-term check."""

from __future__ import annotations

import re
from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane.quiz_answers import answer_question, latest_answers
from ecsweb.domain.errors import InvalidParameterException

QUESTION = re.compile(r"[a-z0-9-]{1,60}")
MISCONCEPTION = re.compile(r"(M[0-9]{1,3})?")
LONGEST_ANSWER = 500


@our_operation("AnswerQuestion")
def answer(request: Request) -> dict[str, Any]:
    """Keep an answer to a question, as it was graded where it was given."""
    question = _text(request, "question", QUESTION)
    misconception = _text(request, "misconception", MISCONCEPTION) if "misconception" in request.params else ""
    given, is_right = request.params.get("given", ""), request.params.get("isRight")
    if not isinstance(given, str):
        raise InvalidParameterException("given must be a text.", field="given")
    if not isinstance(is_right, bool):
        raise InvalidParameterException("isRight must be true or false.", field="isRight")
    row = answer_question(
        request.account,
        question=question,
        given=given.replace("\0", "")[:LONGEST_ANSWER],
        is_right=is_right,
        misconception=misconception,
        now=request.now,
    )
    return {"answer": {"question": row.question, "isRight": row.is_right, "misconception": row.misconception}}


@our_operation("ListQuestionAnswers")
def list_answers(request: Request) -> dict[str, Any]:
    """Return the newest answer to each question."""
    return {
        "answers": [
            {
                "question": row.question,
                "isRight": row.is_right,
                "misconception": row.misconception,
                "answeredAt": row.answered_at,
            }
            for row in latest_answers(request.account).values()
        ]
    }


def _text(request: Request, name: str, shape: re.Pattern[str]) -> str:
    value = request.params.get(name)
    if not isinstance(value, str) or not shape.fullmatch(value):
        raise InvalidParameterException(f"{name} is not valid.", field=name)
    return value
