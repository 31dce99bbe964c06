from __future__ import annotations

from django.db import models

from ecsweb.models.account import Account


class Parameter(models.Model):
    """A value of the account's parameter store, for `secrets` of containers (SSM Parameter Store)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="parameters")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=1011)
    type = models.CharField(max_length=16, default="String")
    # SIMPLIFIED: AWS encrypts a SecureString by KMS; here it lies in the database as it is, and is masked when shown.
    value = models.TextField()
    description = models.CharField(max_length=1024, blank=True)
    version = models.IntegerField(default=1)
    last_modified_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("account", "region", "name"), name="parameter_name_unique_in_region"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        separator = "" if self.name.startswith("/") else "/"
        return f"arn:aws:ssm:{self.region}:{self.account.account_id}:parameter{separator}{self.name}"
