from __future__ import annotations

# Under another name: the rows that point here as `settings` would hide it from the type checker.
from django.conf import settings as chosen
from django.core.validators import RegexValidator
from django.db import models


class Account(models.Model):
    """A sandbox: everything belongs to one. In `solo` mode there is just one."""

    account_id = models.CharField(max_length=12, unique=True, validators=[RegexValidator(r"\A\d{12}\Z")])
    user = models.OneToOneField(chosen.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE)
    # The log's counter: taken inside the transaction that appends, so that order of commit is order of sequence.
    last_sequence = models.BigIntegerField(default=0)
    # Set while a reset waits for the agents; whoever finds the account emptied finishes it.
    reset_began_at = models.DateTimeField(null=True, blank=True)
    # The token bucket of class mode: what was left, when, and how often it was taken from (compare-and-swap).
    rate_tokens = models.FloatField(default=0)
    rate_at = models.DateTimeField(null=True, blank=True)
    rate_version = models.BigIntegerField(default=0)
    # How the person wants the pages to look: theme, motion, shortcuts (`web/looks.py`).
    looks = models.JSONField(default=dict, blank=True)
    # A lab or an incident is open: what happens in the account is looked at for it.
    is_learning = models.BooleanField(default=False)
    # Once it is emptied, it goes, and its person with it.
    is_leaving = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("account_id",)

    def __str__(self) -> str:
        return self.account_id
