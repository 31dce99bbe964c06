from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account


class Recording(models.Model):
    """A stretch of somebody's log that was uploaded to be replayed here; nothing of it is part of the account."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recordings")
    name = models.CharField(max_length=120)
    # As `docs/recordings.md` describes it, checked when it came.
    document = models.JSONField()
    event_count = models.IntegerField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name
