from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account
from ecsweb.models.cluster import Cluster


class Event(models.Model):
    """One row of the append-only log, in EventBridge's shape: timeline, replay and checks are folds over it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="events")
    sequence = models.BigIntegerField()
    region = models.CharField(max_length=32)
    # Kept by name too, so that the log outlives the row.
    cluster = models.ForeignKey(Cluster, null=True, blank=True, on_delete=models.SET_NULL, related_name="log")
    event_id = models.CharField(max_length=36, unique=True)
    detail_type = models.CharField(max_length=64)
    source = models.CharField(max_length=32)
    time = models.DateTimeField()
    resources = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    # The words under which the pages listen: "cluster:12", "task:34", "task-definitions", …
    topics = models.JSONField(default=list)

    class Meta:
        ordering = ("account", "sequence")
        constraints = (models.UniqueConstraint(fields=("account", "sequence"), name="one_sequence_an_account"),)

    def __str__(self) -> str:
        return f"{self.sequence} {self.detail_type}"
