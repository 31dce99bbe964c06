"""A recording at one of its moments, drawn as the past of an own cluster is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from ecsweb.domain.timeline.fold import DEFINITION, RESET, fold
from ecsweb.domain.timeline.past import LoggedEvent, Past
from ecsweb.domain.timeline.recording import Recording
from ecsweb.models import Cluster
from ecsweb.web.pictures import picture_of
from ecsweb.web.timeline.bar import Bar, bar_in
from ecsweb.web.timeline.past_rows import rows_of_past

# In what is rendered, quotes of texts are escaped: these are attributes that a template wrote. A word is
# explained by the glossary here as anywhere.
LINKS = re.compile(r'\s(?:href="(?!/learn/glossary/)|hx-[a-z-]+=")[^"]*"')


@dataclass(frozen=True, slots=True)
class Replay:
    """What the page of a recording shows."""

    cluster: Cluster
    past: Past
    bar: Bar
    picture: Any
    # At that moment there was no such cluster yet.
    is_absent: bool


def replay_of(recording: Recording, *, cluster: str, at: int | None, opened: list[str]) -> Replay:
    """Return the recording's cluster of that name once `at` had happened; at first, its own first event."""
    events = [one.event for one in recording.events if _is_of(one.event, one.cluster, cluster)]
    first, last = recording.events[0].event.sequence, recording.events[-1].event.sequence
    begins = next((one.event.sequence for one in recording.events if one.cluster == cluster), first)
    moment = min(max(at if at is not None else begins, first), last)
    past = fold((one.event for one in recording.events if one.event.sequence <= moment), recording.since)
    past.sequence = moment
    row = Cluster(name=cluster, region=recording.region)
    rows = rows_of_past(past, row)
    bar = bar_in(events, rows.names, at=moment)
    is_absent = not any(arn.rsplit("/", 1)[-1] == cluster for arn in past.clusters)
    return Replay(row, past, bar, picture_of(rows, open_instances=opened), is_absent)


def _is_of(event: LoggedEvent, owner: str, cluster: str) -> bool:
    return owner == cluster or (not owner and event.detail_type in {DEFINITION, RESET})


def picture_html(request: HttpRequest, replay: Replay, *, stage: str, view: str) -> SafeString:
    """Return the picture without links but to the glossary: what it shows is nowhere in this account."""
    context = {"cluster": replay.cluster, "picture": replay.picture, "stage": stage, "view": view, "past": replay.past}
    return without_links(render_to_string("clusters/_picture.html", context, request))


def without_links(html: str) -> SafeString:
    """Return rendered HTML whose links lead to the glossary or nowhere, and whose parts fetch nothing."""
    return mark_safe(LINKS.sub("", html))  # noqa: S308 — only takes attributes away from what was escaped already
