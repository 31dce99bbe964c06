"""Predictions of what a call will do, kept before it is made."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ecsweb.models import Account, ChangeGuess

GUESSES_KEPT = 200
LONGEST_WORDS = 500


def keep_guess(account: Account, region: str, *, now: datetime, **said: Any) -> ChangeGuess:
    """Keep a prediction with the event after which it was said; of very many the oldest are forgotten."""
    row = ChangeGuess.objects.create(
        account=account,
        region=region,
        began_sequence=Account.objects.values_list("last_sequence", flat=True).get(pk=account.pk),
        began_at=now,
        **said,
    )
    oldest = ChangeGuess.objects.filter(account=account).values_list("pk", flat=True)[GUESSES_KEPT:]
    ChangeGuess.objects.filter(pk__in=list(oldest)).delete()
    return row


def keep_words(row: ChangeGuess, words: Mapping[str, str]) -> None:
    """Keep what somebody saw and why they think it happened."""
    row.saw, row.own_words = words["saw"][:LONGEST_WORDS], words["ownWords"][:LONGEST_WORDS]
    row.save(update_fields=["saw", "own_words"])
