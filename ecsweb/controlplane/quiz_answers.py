"""Answers to questions: kept as they were graded, the newest for ever, old ones of the same account forgotten."""

from __future__ import annotations

from datetime import datetime

from ecsweb.models import Account, QuizAnswer

ANSWERS_KEPT = 2000


def answer_question(
    account: Account, *, question: str, given: str, is_right: bool, misconception: str, now: datetime
) -> QuizAnswer:
    """Keep an answer; of very many the oldest are forgotten."""
    row = QuizAnswer.objects.create(
        account=account,
        question=question,
        given=given,
        is_right=is_right,
        misconception="" if is_right else misconception,
        answered_at=now,
    )
    oldest = QuizAnswer.objects.filter(account=account).order_by("-pk").values_list("pk", flat=True)[ANSWERS_KEPT:]
    for pk in list(oldest):
        QuizAnswer.objects.filter(pk=pk).delete()
    return row


def latest_answers(account: Account) -> dict[str, QuizAnswer]:
    """Return the newest answer to each question."""
    return {row.question: row for row in QuizAnswer.objects.filter(account=account).order_by("pk")}
