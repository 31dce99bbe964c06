"""What the timeline's bar shows of a cluster: the events around a moment, and the steps from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from ecsweb.controlplane.timeline import logged_events
from ecsweb.domain.timeline.fold import CHECKPOINT, DEFINITION, RESET
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.models import Cluster, Event
from ecsweb.web import sentences
from ecsweb.web.diagrams.timeline_bar import Dot, Track, kind_of, track

BEFORE, AFTER = 180, 60
# What the engine was told, and the log's own book-keeping, do not change the picture.
HIDDEN = ("Engine Call", CHECKPOINT)


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar: live where `at` is None. Sequence numbers lead to pictures; None where there is nothing to step to."""

    track: Track
    at: int | None
    event: LoggedEvent | None
    sentence: str
    quote: str
    kind: str
    first: int | None
    previous: int | None
    following: int | None
    last: int | None
    begins: LoggedEvent | None
    newest: LoggedEvent | None
    waiting: int


def events_of(cluster: Cluster) -> QuerySet[Event]:
    """Return the events that the cluster's bar knows: its own, and of definitions, which belong to no cluster."""
    account_wide = Q(detail_type=DEFINITION, region=cluster.region) | Q(detail_type=RESET)
    rows = Event.objects.filter(account=cluster.account).filter(Q(cluster=cluster) | account_wide)
    return rows.exclude(detail_type__in=HIDDEN)


def bar_of(cluster: Cluster, names: Mapping[str, str], *, at: int | None, begins: int) -> Bar:
    """Return the bar at the moment `at`, or live; `begins` is where the account's known history starts."""
    rows = events_of(cluster).filter(sequence__gte=begins)
    shown = _around(rows, at)
    dots = [Dot(e.sequence, e.time, kind_of(e.detail_type, e.detail), label_of(e, names)) for e in shown]
    here = next((e for e in reversed(shown) if at is None or e.sequence <= at), None)
    current = here.sequence if here and at is not None else at
    first, last = _ends(rows)
    return Bar(
        track=track(dots, current=current),
        at=at,
        event=here,
        sentence=sentences.event_sentence(here, names) if here else "",
        quote=sentences.event_quote(here) if here else "",
        kind=kind_of(here.detail_type, here.detail) if here else "",
        first=first,
        previous=_before(shown, here),
        following=next((e.sequence for e in shown if at is not None and e.sequence > at), None),
        last=last,
        begins=shown[0] if shown else None,
        newest=shown[-1] if shown else None,
        waiting=waiting(cluster, at) if at is not None else 0,
    )


def waiting(cluster: Cluster, at: int) -> int:
    """Return how many events have happened since the moment that is shown."""
    return events_of(cluster).filter(sequence__gt=at).count()


def label_of(event: LoggedEvent, names: Mapping[str, str]) -> str:
    """Return the words of a mark: when, and what."""
    return f"{event.time:%H:%M:%S} UTC · {sentences.event_sentence(event, names)}"


def _around(rows: QuerySet[Event], at: int | None) -> list[LoggedEvent]:
    if at is None:
        return sorted(logged_events(rows.order_by("-sequence")[: BEFORE + AFTER]), key=lambda e: e.sequence)
    before = logged_events(rows.filter(sequence__lte=at).order_by("-sequence")[:BEFORE])
    after = logged_events(rows.filter(sequence__gt=at).order_by("sequence")[:AFTER])
    return [*sorted(before, key=lambda e: e.sequence), *after]


def _before(shown: list[LoggedEvent], here: LoggedEvent | None) -> int | None:
    earlier = [e.sequence for e in shown if here and e.sequence < here.sequence]
    return earlier[-1] if earlier else None


def _ends(rows: QuerySet[Event]) -> tuple[int | None, int | None]:
    sequences = rows.order_by("sequence").values_list("sequence", flat=True)
    return sequences.first(), sequences.last()
