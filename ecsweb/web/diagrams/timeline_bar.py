"""The timeline's track as plain values: where each event's mark stands, and which shape and colour it has. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

# Seconds: longer pauses are drawn as long as this, and each event takes a little room, so that bursts spread.
LONGEST_GAP = 8.0
ROOM = 0.6
COLUMNS = 60
FIRST, LAST = 2.0, 98.0
STACKED = 3
BASE, STEP = 34.0, 12.0
TALLEST = 34.0

# Centred on (0, 0), about 10 wide.
SHAPES = {
    "task": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "stopped": "M-4.5-4.5h9v9h-9z",
    "failed": "M0-6L6 5h-12z",
    "service": "M0-6L6 0L0 6L-6 0z",
    "deployment": "M-6-5L0 0L-6 5zM0-5L6 0L0 5z",
    "instance": "M-3-5h6l3 5l-3 5h-6l-3-5z",
    "cluster": "M-6-5h12v10h-12zM-3-2v4h6v-4z",
    "definition": "M-4-6h5l3 3v9h-8z",
    "decision": "M-1.5-6h3v4.5h4.5v3h-4.5v4.5h-3v-4.5h-4.5v-3h4.5z",
    "chaos": "M-5-3L-3-5L0-2L3-5L5-3L2 0L5 3L3 5L0 2L-3 5L-5 3L-2 0z",
    "call": "M-5-6L6 0L-5 6z",
    "other": "M-5-1.5h10v3h-10z",
}
BY_TYPE = {
    "ECS Container Instance State Change": "instance",
    "ECS Service Action": "service",
    "Service State Change": "service",
    "Task Set State Change": "service",
    "ECS Deployment State Change": "deployment",
    "Cluster State Change": "cluster",
    "Account Reset": "cluster",
    "Task Definition State Change": "definition",
    "Decision": "decision",
    "Chaos": "chaos",
    "API Call": "call",
    "Container Restart": "task",
    "Task Protection": "task",
}

# Seconds without an event that end a burst, and how many events of one are played again at most.
QUIET = 3.0
LONGEST_BURST = 60


def burst_begins(moments: Sequence[tuple[int, datetime]]) -> int | None:
    """Return the sequence number after which the newest burst of changes began; None where nothing has happened.

    `moments` are (sequence, time), oldest first. What slow motion plays again: the events since the last pause of three
    seconds.
    """
    if not moments:
        return None
    recent = list(reversed(moments[-LONGEST_BURST - 1 :]))
    for (_sequence, later), (sequence, earlier) in pairwise(recent):
        if (later - earlier).total_seconds() > QUIET:
            return sequence
    return recent[-1][0]


def kind_of(detail_type: str, detail: Mapping[str, Any]) -> str:
    """Return the kind of an event, which decides its mark: a task's end and whatever failed look different."""
    if detail_type == "ECS Task State Change":
        return _task_kind(detail)
    if detail.get("eventType") == "ERROR" or detail.get("failures") or detail.get("result", "Success") != "Success":
        return "failed"
    return BY_TYPE.get(detail_type, "other")


def _task_kind(detail: Mapping[str, Any]) -> str:
    if detail.get("lastStatus") != "STOPPED":
        return "task"
    ours = {"ServiceSchedulerInitiated", "UserInitiated", ""}
    codes = [c.get("exitCode") for c in detail.get("containers", ()) if isinstance(c, Mapping)]
    return "stopped" if detail.get("stopCode", "") in ours or all(code == 0 for code in codes) else "failed"


@dataclass(frozen=True, slots=True)
class Mark:
    """An event on the track: `x` in percent of its width, `y` in pixels from its top."""

    sequence: int
    kind: str
    x: float
    y: float
    label: str
    is_current: bool

    @property
    def shape(self) -> str:
        """Return the path of its shape."""
        return SHAPES[self.kind]


@dataclass(frozen=True, slots=True)
class Density:
    """Many events in one place: a column whose height tells how many; it leads to the last of them."""

    sequence: int
    x: float
    y: float
    width: float
    height: float
    count: int
    has_failure: bool
    is_current: bool


@dataclass(frozen=True, slots=True)
class Track:
    """What the bar draws; `playhead` is where the moment that is shown stands, None when the page is live."""

    marks: tuple[Mark, ...]
    densities: tuple[Density, ...]
    playhead: float | None


@dataclass(frozen=True, slots=True)
class Dot:
    """An event before it has a place."""

    sequence: int
    time: datetime
    kind: str
    label: str


def places(times: Sequence[datetime]) -> list[float]:
    """Return where each event stands, in percent: by time, with long pauses shortened and bursts spread."""
    walked, far = [0.0], 0.0
    for before, after in pairwise(times):
        far += ROOM + min(max((after - before).total_seconds(), 0.0), LONGEST_GAP)
        walked.append(far)
    if not times:
        return []
    return [round(FIRST + (LAST - FIRST) * (one / far if far else 1.0), 2) for one in walked]


def track(dots: Sequence[Dot], *, current: int | None) -> Track:
    """Return the track: up to three events in a column are stacked marks, more are a density."""
    at = places([dot.time for dot in dots])
    columns: dict[int, list[tuple[float, Dot]]] = {}
    for x, dot in zip(at, dots, strict=True):
        columns.setdefault(int(x / 100 * COLUMNS), []).append((x, dot))
    marks: list[Mark] = []
    densities: list[Density] = []
    for column, found in columns.items():
        if len(found) <= STACKED:
            marks += [
                Mark(dot.sequence, dot.kind, x, BASE - STEP * place, dot.label, dot.sequence == current)
                for place, (x, dot) in enumerate(found)
            ]
        else:
            densities.append(_density(column, [dot for _, dot in found], current))
    heads = [x for x, dot in zip(at, dots, strict=True) if current is not None and dot.sequence <= current]
    return Track(tuple(marks), tuple(densities), (heads[-1] if heads else FIRST) if current is not None else None)


def _density(column: int, dots: Sequence[Dot], current: int | None) -> Density:
    height = min(TALLEST, 8.0 + 2.0 * len(dots))
    width = 100 / COLUMNS
    return Density(
        sequence=dots[-1].sequence,
        x=round(column * width + width * 0.15, 2),
        y=round(BASE + 6 - height, 2),
        width=round(width * 0.7, 2),
        height=height,
        count=len(dots),
        has_failure=any(dot.kind == "failed" for dot in dots),
        is_current=any(dot.sequence == current for dot in dots),
    )
