"""A recording: a stretch of a log as a file, that any ecsweb can replay. `docs/recordings.md` says what is in it.

Nothing in a file that somebody hands over is trusted: what is not as it has to be is refused, with the reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ecsweb.domain.timeline.past import KINDS, LoggedEvent, Past, as_checkpoint
from ecsweb.domain.timeline.recorded_shapes import WrongShape, check_shapes, is_arn, is_name

FORMAT = "ecsweb-recording"
VERSION = 1
MOST_EVENTS = 5_000
LARGEST_BYTES = 8 * 1024 * 1024
MASK = "***"
SECRET = re.compile(r"passw|secret$|token|credential|authori[sz]ation|api.?key|private.?key|access.?key", re.IGNORECASE)
REGION = re.compile(r"[a-z0-9-]{1,32}")
LONGEST_NAME = 255


class BadRecording(ValueError):
    """The file is no recording that can be replayed; `code` says why, `where` names the place in it."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{code} {where}".strip())
        self.code, self.where = code, where


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """An event and the name of the cluster that it belongs to; empty for one that belongs to none."""

    event: LoggedEvent
    cluster: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds: what was known before its first event, and the events."""

    region: str
    recorded_at: str
    since: Past
    events: tuple[RecordedEvent, ...]

    @property
    def clusters(self) -> tuple[str, ...]:
        """Return the names of the clusters in it, the one with the most events first."""
        counts: dict[str, int] = {arn.rsplit("/", 1)[-1]: 0 for arn in self.since.clusters}
        for recorded in self.events:
            if recorded.cluster:
                counts[recorded.cluster] = counts.get(recorded.cluster, 0) + 1
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def masked(value: Any, key: str = "") -> Any:
    """Return the value without secrets: what environments hold, and whatever is named like one."""
    if isinstance(value, Mapping):
        return {name: masked(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        if key == "environment":
            return [{**one, "value": MASK} if isinstance(one, Mapping) else MASK for one in value]
        return [masked(one, key) for one in value]
    return MASK if isinstance(value, str) and value and SECRET.search(key) else value


def as_recording(since: Past, events: Sequence[RecordedEvent], *, region: str, recorded_at: datetime) -> dict[str, Any]:
    """Return the document of a recording, without secrets."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "recordedAt": recorded_at.isoformat(),
        "region": region,
        "since": {"sequence": since.sequence, "time": _iso(since.time), **masked(as_checkpoint(since))},
        "events": [event_as_json(recorded) for recorded in events],
    }


def event_as_json(recorded: RecordedEvent) -> dict[str, Any]:
    """Return an event as it stands in the file, without secrets."""
    event = recorded.event
    return {
        "sequence": event.sequence,
        "time": event.time.isoformat(),
        "detailType": event.detail_type,
        "cluster": recorded.cluster,
        "resources": list(event.resources),
        "detail": masked(event.detail),
    }


def _iso(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def read_recording(text: str) -> Recording:
    """Return what the file says. Raises BadRecording for anything that is not a recording of this version."""
    if len(text.encode("utf-8", "surrogatepass")) > LARGEST_BYTES:
        raise BadRecording("too-large")
    try:
        document = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadRecording("no-json") from error
    return recording_in(document)


def _no_constant(name: str) -> float:
    raise ValueError(name)


def recording_in(document: object, *, is_checked: bool = False) -> Recording:
    """Return the recording in a document that was read; `is_checked` spares members that were looked at before.

    Raises BadRecording.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadRecording("no-recording")
    if document.get("version") != VERSION:
        raise BadRecording("other-version", str(document.get("version"))[:20])
    try:
        if not is_checked:
            check_shapes(document)
    except WrongShape as error:
        raise BadRecording("wrong-shape", error.where) from error
    region = document.get("region")
    if not isinstance(region, str) or not REGION.fullmatch(region):
        raise BadRecording("wrong-shape", "region")
    return Recording(region, str(document.get("recordedAt", ""))[:40], _since(document), _events(document))


def _since(document: Mapping[str, Any]) -> Past:
    found = document.get("since")
    if not isinstance(found, dict):
        raise BadRecording("wrong-shape", "since")
    past = Past(sequence=_sequence(found.get("sequence"), "since.sequence"))
    past.time = _time(found["time"], "since.time") if found.get("time") else None
    for kind in KINDS:
        facts = found.get(kind, {})
        if not isinstance(facts, dict) or not all(is_arn(arn) and isinstance(one, dict) for arn, one in facts.items()):
            raise BadRecording("wrong-shape", f"since.{kind}")
        setattr(past, kind, dict(facts))
    return past


def _events(document: Mapping[str, Any]) -> tuple[RecordedEvent, ...]:
    found = document.get("events")
    if not isinstance(found, list) or not found:
        raise BadRecording("wrong-shape", "events")
    if len(found) > MOST_EVENTS:
        raise BadRecording("too-many-events", str(MOST_EVENTS))
    events: list[RecordedEvent] = []
    last = -1
    for place, one in enumerate(found):
        recorded = _event(one, f"events[{place}]")
        if recorded.event.sequence <= last:
            raise BadRecording("wrong-shape", f"events[{place}].sequence")
        last = recorded.event.sequence
        events.append(recorded)
    return tuple(events)


def _event(one: object, where: str) -> RecordedEvent:
    if not isinstance(one, dict):
        raise BadRecording("wrong-shape", where)
    detail_type, detail, resources = one.get("detailType"), one.get("detail"), one.get("resources", [])
    cluster = one.get("cluster", "")
    if not isinstance(detail_type, str) or len(detail_type) > LONGEST_NAME:
        raise BadRecording("wrong-shape", f"{where}.detailType")
    if not isinstance(detail, dict):
        raise BadRecording("wrong-shape", f"{where}.detail")
    if not isinstance(resources, list) or not all(isinstance(arn, str) for arn in resources):
        raise BadRecording("wrong-shape", f"{where}.resources")
    if cluster != "" and not is_name(cluster):
        raise BadRecording("wrong-shape", f"{where}.cluster")
    sequence = _sequence(one.get("sequence"), f"{where}.sequence")
    time = _time(one.get("time"), f"{where}.time")
    event = LoggedEvent(sequence, time, detail_type, detail, tuple(resources))
    return RecordedEvent(event, str(cluster))


def _sequence(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
        raise BadRecording("wrong-shape", where)
    return value


def _time(value: object, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) and len(value) < 40 else None
    except ValueError:
        found = None
    # Far from its ends, so that a minute more or less is a time, too.
    if found is None or found.tzinfo is None or not 1970 <= found.year < 3000:
        raise BadRecording("wrong-shape", where)
    return found
