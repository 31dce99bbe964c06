from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account


class QuizAnswer(models.Model):
    """An answer to a question of the mid-term check, graded when it was given; an ordering task counts as one."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="quiz_answers")
    question = models.CharField(max_length=60)
    given = models.CharField(max_length=500, blank=True)
    is_right = models.BooleanField()
    # What speaks from a wrong answer (M1, M2, …), for whoever teaches.
    misconception = models.CharField(max_length=8, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("account", "question"), name="quiz_answer_by_question"),)

    def __str__(self) -> str:
        return f"{self.question} {'right' if self.is_right else self.misconception or 'wrong'}"
