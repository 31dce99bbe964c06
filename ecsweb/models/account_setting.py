from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account


class AccountSetting(models.Model):
    """A value that a principal of the account has set; the root user's is the account's default."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="settings")
    region = models.CharField(max_length=32)
    principal_arn = models.CharField(max_length=255)
    name = models.CharField(max_length=64)
    value = models.CharField(max_length=64)

    class Meta:
        ordering = ("account", "region", "principal_arn", "name")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "region", "principal_arn", "name"), name="one_value_a_setting_and_principal"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name}={self.value}"
