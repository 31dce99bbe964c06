"""The events behind a thing, each on its level, and the very call that made it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from ecsweb.api.learning import about_learning
from ecsweb.domain.timeline.order import causes_first
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.models import Account, Cluster, Event
from ecsweb.web.panels.values import Level, StoryLine
from ecsweb.web.sentences.events import event_quote, event_sentence

# So far back a panel looks, and so many lines it shows.
LOOKS_BACK = 4000
SHOWN = 12
LEVELS: Mapping[str, Level] = {
    "API Call": Level.AWS,
    "Engine Call": Level.DOCKER,
    "Container Restart": Level.DOCKER,
}


def story_of(
    cluster: Cluster,
    *,
    topic: str,
    named: Sequence[str],
    names: Mapping[str, str],
    made_by: Event | None = None,
    until: int | None = None,
    since: datetime | None = None,
    calls: Q | None = None,
) -> tuple[StoryLine, ...]:
    """Return the newest events under the topic, and the API calls that name one of `named`, oldest first.

    `until` is the sequence number of the last one that counts, `since` the moment of the first: an earlier thing may
    have had the same name. `calls` are further API calls that belong to it.
    """
    last = until or Account.objects.values_list("last_sequence", flat=True).get(pk=cluster.account_id)
    recent = Event.objects.filter(account=cluster.account_id, sequence__gt=last - LOOKS_BACK, sequence__lte=last)
    if since is not None:
        recent = recent.filter(time__gte=since)
    wanted = Q(topics__icontains=f'"{topic}"')
    for name in named:
        wanted |= Q(detail_type="API Call", detail__icontains=f'"{name}"')
    if calls is not None:
        wanted |= Q(detail_type="API Call") & calls
    rows = list(recent.exclude(about_learning()).filter(wanted).order_by("-sequence")[:SHOWN])
    if made_by is not None and made_by.pk not in {row.pk for row in rows}:
        rows = [*rows[: SHOWN - 1], made_by]
    return tuple(_line(row, names) for row in causes_first(rows))


def logged(row: Event) -> LoggedEvent:
    """Return the row as the event that sentences are made of."""
    return LoggedEvent(row.sequence, row.time, row.detail_type, row.detail, tuple(row.resources))


def _line(row: Event, names: Mapping[str, str]) -> StoryLine:
    level = LEVELS.get(row.detail_type, Level.ORCHESTRATOR)
    return StoryLine(row.sequence, row.time, level, event_sentence(logged(row), names), event_quote(logged(row)))


def call_at(account: Account, moment: datetime | None, operations: Sequence[str]) -> Event | None:
    """Return the API call of that very moment: a row and the call that made it carry the same time."""
    if moment is None:
        return None
    rows = Event.objects.filter(account=account, detail_type="API Call", time=moment, detail__result="Success")
    return next((row for row in rows if row.detail.get("operation") in operations), None)
