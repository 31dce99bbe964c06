from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Who works on an object now. The token fences: a late writer's token has changed and its writes change no row."""

    key = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=64, blank=True)
    token = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key
