"""What the timeline's bar shows of a cluster: the events around a moment, and the steps from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from ecsweb.controlplane.timeline import logged_events
from ecsweb.domain.timeline.fold import CHECKPOINT
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.models import Cluster, Event
from ecsweb.web import sentences
from ecsweb.web.diagrams.timeline_bar import Dot, Track, burst_begins, kind_of, track
from ecsweb.web.timeline.concerns import concerning
from ecsweb.web.timeline.stretch import Stretch, events_in, own_events

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
    # Where slow motion begins: the moment before the newest burst of changes.
    burst: int | None


def events_of(cluster: Cluster) -> QuerySet[Event]:
    """Return the events that the cluster's bar knows: its own, and of the definitions and images that it uses."""
    rows = Event.objects.filter(account=cluster.account).filter(own_events(cluster) | concerning(cluster))
    return rows.exclude(detail_type__in=HIDDEN)


def bar_of(
    cluster: Cluster, names: Mapping[str, str], *, at: int | None, begins: int, stretch: Stretch | None = None
) -> Bar:
    """Return the bar at the moment `at`, or live; `begins` is where the account's known history starts.

    Of a stretch it knows nothing but the stretch.
    """
    rows = events_of(cluster).filter(sequence__gte=begins)
    if stretch is not None:
        rows = events_in(stretch, rows, cluster)
    left = rows.filter(sequence__gt=at).count() if at is not None else 0
    # Revisions may be older than the cluster: its first event is one of its own.
    ends = (_ends(rows.filter(own_events(cluster)))[0] or _ends(rows)[0], _ends(rows)[1])
    return _bar(_around(rows, at), names, at=at, ends=ends, waiting=left)


def bar_in(events: Sequence[LoggedEvent], names: Mapping[str, str], *, at: int) -> Bar:
    """Return the bar of a recording's events at the moment `at`."""
    before = [event for event in events if event.sequence <= at][-BEFORE:]
    after = [event for event in events if event.sequence > at]
    ends = (events[0].sequence, events[-1].sequence) if events else (None, None)
    return _bar([*before, *after[:AFTER]], names, at=at, ends=ends, waiting=len(after))


def _bar(
    shown: Sequence[LoggedEvent],
    names: Mapping[str, str],
    *,
    at: int | None,
    ends: tuple[int | None, int | None],
    waiting: int,
) -> Bar:
    dots = [Dot(e.sequence, e.time, kind_of(e.detail_type, e.detail), label_of(e, names)) for e in shown]
    here = next((e for e in reversed(shown) if at is None or e.sequence <= at), None)
    current = here.sequence if here and at is not None else at
    return Bar(
        track=track(dots, current=current),
        at=at,
        event=here,
        sentence=sentences.event_sentence(here, names) if here else "",
        quote=sentences.event_quote(here) if here else "",
        kind=kind_of(here.detail_type, here.detail) if here else "",
        first=ends[0],
        previous=_before(shown, here),
        following=next((e.sequence for e in shown if at is not None and e.sequence > at), None),
        last=ends[1],
        begins=shown[0] if shown else None,
        newest=shown[-1] if shown else None,
        waiting=waiting,
        burst=burst_begins([(event.sequence, event.time) for event in shown]),
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


def _before(shown: Sequence[LoggedEvent], here: LoggedEvent | None) -> int | None:
    earlier = [e.sequence for e in shown if here and e.sequence < here.sequence]
    return earlier[-1] if earlier else None


def _ends(rows: QuerySet[Event]) -> tuple[int | None, int | None]:
    sequences = rows.order_by("sequence").values_list("sequence", flat=True)
    return sequences.first(), sequences.last()
