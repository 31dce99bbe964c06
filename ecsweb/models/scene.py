from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account


class Scene(models.Model):
    """A scene of somebody's own, cut from a timeline or written in the admin: `learn.scenes` checks it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="scenes")
    title = models.CharField(max_length=120)
    # As `learn.lessons.schema.Action` has them; `learn.scenes.checked_actions` checks them.
    actions = models.JSONField(default=list)
    # What the way back to the start removes; the names begin with `scene-`, so that nothing else is ever among them.
    clusters = models.JSONField(default=list, blank=True)
    families = models.JSONField(default=list, blank=True)
    # Seconds between two actions.
    tempo = models.FloatField(default=0)
    # What of the stretch was left out, and why: [{"operation", "why"}].
    left_out = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.title
