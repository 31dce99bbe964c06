from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecsweb.models.account import Account


class LessonStatus(models.TextChoices):
    """Where somebody is in a lab or incident."""

    STARTING = "STARTING"  # its start state is being made
    OPEN = "OPEN"
    PASSED = "PASSED"
    EMPTYING = "EMPTYING"  # what it made is being removed
    LEFT = "LEFT"


class LessonRun(models.Model):
    """Somebody's way through a lab or an incident: one row a lesson and account, kept when it is begun again."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="lesson_runs")
    region = models.CharField(max_length=32)
    lesson = models.CharField(max_length=64)
    kind = models.CharField(max_length=16)
    status = models.CharField(max_length=16, choices=LessonStatus.choices, default=LessonStatus.STARTING)
    attempt = models.IntegerField(default=1)
    # What differs per learner: {"cluster": "harbor", "memory": 96}.
    values = models.JSONField(default=dict)
    # {"clusters": […], "families": […], "parameters": […], "providers": […]}: what its reset removes.
    belongings = models.JSONField(default=dict)
    # After emptying, begin again?
    begins_again = models.BooleanField(default=False)
    # The id of a step: those before it are done for the learner, who comes back to it. "" for none.
    return_to = models.CharField(max_length=64, blank=True, default="")
    step = models.IntegerField(default=0)
    # {"step/check": {"ok", "expected", "actual", "since", "was_ok", "broken_by"}} as last looked at.
    checks = models.JSONField(default=dict)
    # {"step": {"at": epoch seconds, "sequence": …}} of the steps that are passed.
    passed_steps = models.JSONField(default=dict)
    # {"step": 1…4}: how far up the ladder of hints somebody went; 4 is "do it for me".
    hints = models.JSONField(default=dict)
    # {"step": {"choice", "at", "sequence", "saw", "own_words"}}.
    predictions = models.JSONField(default=dict)
    # {"calls": […], "sequence": …}: what was called, kept when the lesson is passed, for the reference sheet.
    record = models.JSONField(default=dict)
    began_sequence = models.BigIntegerField(default=0)
    seen_sequence = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True, blank=True)
    first_passed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("account", "started_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("account", "region", "lesson"), name="one_run_a_lesson"),
            models.UniqueConstraint(
                fields=("account", "region"),
                condition=Q(status__in=("STARTING", "OPEN", "EMPTYING")),
                name="one_open_lesson_at_a_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.lesson} {self.status}"
