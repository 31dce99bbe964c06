from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account


class BrokenImage(models.Model):
    """Chaos: an image that the account's agents can no longer have, as if it were gone from its registry."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="broken_images")
    image = models.CharField(max_length=255)
    broken_at = models.DateTimeField()

    class Meta:
        ordering = ("image",)
        constraints = (models.UniqueConstraint(fields=("account", "image"), name="image_broken_once"),)

    def __str__(self) -> str:
        return self.image
