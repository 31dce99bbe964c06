from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account


class ChangeGuess(models.Model):
    """What somebody predicted before they did something, and what they made of what came."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="change_guesses")
    region = models.CharField(max_length=32)
    cluster = models.CharField(max_length=255)
    # The call that was made right after: its name and parameters, and what it is about in words.
    operation = models.CharField(max_length=64)
    params = models.JSONField(default=dict)
    change = models.CharField(max_length=32)
    key = models.CharField(max_length=600)
    # {"ending": [task ids], "placed": {instance id: count}, "running": n}
    guess = models.JSONField(default=dict)
    # {task id: {"instance", "status"}} and {instance id: name} at that time.
    before = models.JSONField(default=dict)
    names = models.JSONField(default=dict)
    # What the scheduler itself foretold: {"en": […], "ko": […]}.
    foretold = models.JSONField(default=dict)
    # What came, of one that was brought from elsewhere: of the same shape as the guess, as its log is not here.
    came = models.JSONField(default=dict, blank=True)
    began_sequence = models.BigIntegerField()
    began_at = models.DateTimeField()
    saw = models.CharField(max_length=500, blank=True)
    own_words = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name_plural = "change guesses"
        ordering = ("-began_at", "-pk")

    def __str__(self) -> str:
        return f"{self.operation} {self.cluster}"
