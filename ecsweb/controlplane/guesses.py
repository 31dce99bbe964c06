"""Predictions of what a call will do, kept before it is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ecsweb.controlplane.timeline import logged_events
from ecsweb.domain.guesses import WATCHED, Before, Reality, reality
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.models import Account, ChangeGuess, Event

GUESSES_KEPT = 200
MOST_EVENTS = 2000
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


def events_after(row: ChangeGuess) -> list[LoggedEvent]:
    """Return what happened in the cluster until the prediction's ten seconds were over; none of one from elsewhere."""
    if row.came:
        return []
    rows = Event.objects.filter(account=row.account_id, cluster__name=row.cluster, sequence__gt=row.began_sequence)
    return list(logged_events(rows.filter(time__lte=row.began_at + WATCHED).order_by("sequence")[:MOST_EVENTS]))


def came_of(row: ChangeGuess, events: Iterable[LoggedEvent]) -> Reality:
    """Return what came of a prediction by the events after it, or as it was brought from elsewhere."""
    if row.came:
        return Reality(frozenset(row.came["ending"]), row.came["placed"], row.came["running"])
    before = {task: Before(one["instance"], one["status"]) for task, one in row.before.items()}
    return reality(before, events, until=row.began_at + WATCHED)


def keep_words(row: ChangeGuess, words: Mapping[str, str]) -> None:
    """Keep what somebody saw and why they think it happened."""
    row.saw, row.own_words = words["saw"][:LONGEST_WORDS], words["ownWords"][:LONGEST_WORDS]
    row.save(update_fields=["saw", "own_words"])
