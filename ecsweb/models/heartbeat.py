from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When a part of the product was last seen, and how it was; `/healthz/ready` and the banners read it."""

    part = models.CharField(max_length=32, unique=True)
    seen_at = models.DateTimeField()
    ok = models.BooleanField(default=True)
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("part",)

    def __str__(self) -> str:
        return self.part
