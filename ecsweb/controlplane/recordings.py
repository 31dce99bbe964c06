"""Recordings: a stretch of the log as a document, and documents of others kept to be replayed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from ecsweb.controlplane.timeline import history_begins, past_at
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.timeline.fold import CHECKPOINT
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.domain.timeline.recording import (
    MOST_EVENTS,
    BadRecording,
    RecordedEvent,
    as_recording,
    event_as_json,
    read_recording,
)
from ecsweb.models import Account, Event, Recording

# What was asked for and what the engine was told may hold what a stranger should not read, and no picture needs it.
LEFT_OUT = (CHECKPOINT, "API Call", "Engine Call")
RECORDINGS_KEPT = 5
LARGEST_EXPORT = 6 * 1024 * 1024
LONGEST_NAME = 120


def export_recording(
    account: Account, *, region: str, now: datetime, since: int = 0, until: int | None = None
) -> dict[str, Any]:
    """Return the newest events of the region as a recording, at most 5,000 and 6 MiB, without secrets.

    `since` and `until` are the numbers of the first and the last event that may be in it.
    """
    begins = max(since, history_begins(account))
    rows = Event.objects.filter(account=account, region__in=(region, ""), sequence__gte=begins)
    if until is not None:
        rows = rows.filter(sequence__lte=until)
    rows = rows.exclude(detail_type__in=LEFT_OUT).order_by("-sequence")
    kept: list[RecordedEvent] = []
    size = 0
    for row in rows.select_related("cluster")[:MOST_EVENTS].iterator(chunk_size=500):
        event = LoggedEvent(row.sequence, row.time, row.detail_type, row.detail, tuple(row.resources))
        recorded = RecordedEvent(event, row.cluster.name if row.cluster else "")
        size += len(json.dumps(event_as_json(recorded)))
        if size > LARGEST_EXPORT:
            break
        kept.append(recorded)
    kept.reverse()
    first = kept[0].event.sequence if kept else account.last_sequence + 1
    before = past_at(account, max(first - 1, 0))
    return as_recording(before, kept, region=region, recorded_at=now)


def import_recording(account: Account, *, name: str, text: str, now: datetime) -> Recording:
    """Keep a recording to be replayed. Raises InvalidParameterException for what is none, with the reason."""
    if Recording.objects.filter(account=account).count() >= RECORDINGS_KEPT:
        raise InvalidParameterException(f"At most {RECORDINGS_KEPT} recordings are kept.", field="document")
    try:
        found = read_recording(text)
    except BadRecording as error:
        raise InvalidParameterException(f"{error.code}:{error.where}", field="document") from error
    return Recording.objects.create(
        account=account,
        name=name[:LONGEST_NAME],
        document=json.loads(text),
        event_count=len(found.events),
        created_at=now,
    )


def delete_recording(account: Account, recording_id: int) -> None:
    """Forget a recording; one that is gone already is no fault."""
    Recording.objects.filter(account=account, pk=recording_id).delete()
