from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account
from ecsweb.models.lesson_run import LessonRun


class PlayStatus(models.TextChoices):
    """Where a play is."""

    EMPTYING = "EMPTYING"
    PLAYING = "PLAYING"
    PAUSED = "PAUSED"
    DONE = "DONE"
    FAILED = "FAILED"


class Play(models.Model):
    """A script of calls, waits and captions that runs by itself: a lesson's start or solution, or a scene."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="plays")
    region = models.CharField(max_length=32)
    # "start", "solution" (of `lesson_run`) or "scene".
    kind = models.CharField(max_length=16)
    lesson_run = models.ForeignKey(LessonRun, null=True, blank=True, on_delete=models.CASCADE, related_name="plays")
    title = models.CharField(max_length=200, blank=True)
    # As `learn.lessons.schema.Action` has them, the learner's values put in.
    actions = models.JSONField(default=list)
    position = models.IntegerField(default=0)
    status = models.CharField(max_length=16, choices=PlayStatus.choices, default=PlayStatus.PLAYING)
    # What a scene makes, as `controlplane.emptying` takes it: removed on the way back to its start.
    belongings = models.JSONField(default=dict, blank=True)
    # Whether it goes on once it is emptied, or stands paused at its start.
    plays_on = models.BooleanField(default=True)
    # One action and then a halt: what *next* does to a paused play.
    single_step = models.BooleanField(default=False)
    # Seconds between two actions, so that people can follow.
    tempo = models.FloatField(default=0)
    # Since when the action at `position` is tried, and when the next may begin.
    waiting_since = models.DateTimeField(null=True, blank=True)
    next_at = models.DateTimeField(null=True, blank=True)
    caption = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)
    # What the last call was answered, short, for who watches.
    last_call = models.JSONField(default=dict, blank=True)
    began_sequence = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("account", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.title} {self.position}/{len(self.actions)} {self.status}"
