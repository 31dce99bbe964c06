"""The past of an account, folded from its log, and the checkpoints in the log that keep the fold short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from ecsweb.controlplane import events
from ecsweb.domain.timeline.fold import CHECKPOINT, FOLDED, fold, without_history
from ecsweb.domain.timeline.past import LoggedEvent, Past, as_checkpoint
from ecsweb.models import Account, Event

CHECKPOINT_EVERY = 1_000


def past_at(account: Account, sequence: int) -> Past:
    """Return what is known of the account once the event `sequence` had happened: a checkpoint and what followed."""
    rows = Event.objects.filter(account=account, sequence__lte=sequence)
    known = rows.filter(detail_type=CHECKPOINT).order_by("-sequence").values_list("sequence", flat=True).first()
    found = rows.filter(detail_type__in=FOLDED, sequence__gte=known or 0)
    past = fold(logged_events(found.order_by("sequence")))
    past.sequence = sequence
    return past


def logged_events(rows: QuerySet[Event]) -> Iterator[LoggedEvent]:
    """Yield the rows as values, without holding all of them at once."""
    columns = ("sequence", "time", "detail_type", "detail", "resources")
    for sequence, time, detail_type, detail, resources in rows.values_list(*columns).iterator(chunk_size=500):
        yield LoggedEvent(sequence, time, detail_type, detail, tuple(resources))


def note_checkpoint(account: Account, *, now: datetime) -> bool:
    """Append a `Checkpoint` when the last is 1,000 events ago; tell whether it was due."""
    newest = Account.objects.values_list("last_sequence", flat=True).get(pk=account.pk)
    recent = Event.objects.filter(account=account, sequence__gt=newest - CHECKPOINT_EVERY)
    if newest < CHECKPOINT_EVERY or recent.filter(detail_type=CHECKPOINT).exists():
        return False
    with transaction.atomic():
        # The counter's row is the log's lock: what the fold has seen is all there is before the checkpoint.
        Account.objects.filter(pk=account.pk).update(last_sequence=F("last_sequence"))
        newest = Account.objects.values_list("last_sequence", flat=True).get(pk=account.pk)
        past = past_at(account, newest)
        events.append(
            account,
            region="",
            detail_type=CHECKPOINT,
            detail=as_checkpoint(without_history(past)),
            topics=[],
            at=now,
            source=events.OURS,
        )
    return True


def history_begins(account: Account) -> int:
    """Return the first event from which the past is known whole: the log's first, or the oldest checkpoint kept."""
    rows = Event.objects.filter(account=account)
    first = rows.order_by("sequence").values_list("sequence", flat=True).first() or 0
    if first <= 1:
        return first
    checkpoint = rows.filter(detail_type=CHECKPOINT).order_by("sequence").values_list("sequence", flat=True).first()
    return checkpoint or first
