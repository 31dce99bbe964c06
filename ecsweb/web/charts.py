"""Small charts as pages show them: curves with names and values, a sentence instead of the picture, and its table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from ecsweb.web.diagrams.small_chart import (
    Point,
    Scale,
    Tick,
    area,
    binary_top,
    count_top,
    line,
    thinned,
    ticks,
)

TABLE_ROWS = 15


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a chart; `look` is its colour and its dashes, `value` what it is now."""

    look: str
    label: str
    value: str
    line: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table behind a chart."""

    at: datetime
    values: Sequence[str]


@dataclass(frozen=True, slots=True)
class SmallChart:
    """A chart as its template draws it."""

    title: str
    sentence: str
    ticks: Sequence[Tick]
    curves: Sequence[Curve]
    # The words at both ends of the time.
    begin: str
    end: str
    columns: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Line:
    """Points of one curve before they have a place; `is_filled` for what was measured, which the chart is about."""

    look: str
    label: str
    points: Sequence[Point]
    is_filled: bool = False


def number(value: float) -> str:
    """Return a figure with as many digits as say something.

    >>> [number(one) for one in (0, 0.04, 1.26, 63.7, 2048)]
    ['0', '0.04', '1.3', '64', '2048']
    """
    if value and value < 0.1:
        return f"{value:.2f}"
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}"


def small_chart(
    title: str,
    sentence: str,
    lines: Sequence[Line],
    *,
    begin: float,
    end: float,
    longest_gap: float = math.inf,
    is_over: bool = False,
    is_count: bool = False,
) -> SmallChart:
    """Return the chart of these lines from `begin` to `end` (epoch seconds), which is now unless it `is_over`."""
    values = [value for one in lines for _time, value in one.points]
    scale = Scale(begin, end, count_top(values) if is_count else binary_top(values))
    curves = [
        Curve(
            one.look,
            one.label,
            number(one.points[-1][1]) if one.points else "",
            # Only what is measured has pauses; a level holds through them.
            line(one.points, scale, longest_gap=longest_gap if one.is_filled else math.inf),
            area(one.points, scale, longest_gap=longest_gap) if one.is_filled else "",
        )
        for one in lines
    ]
    return SmallChart(
        title,
        sentence,
        ticks(scale),
        curves,
        ago(end - begin),
        _("end") if is_over else _("now"),
        [one.label for one in lines],
        _rows(lines),
    )


def ago(seconds: float) -> str:
    """Return how far back a chart begins."""
    if seconds < 100:
        return _("−%(seconds)s s") % {"seconds": round(seconds)}
    return _("−%(minutes)s min") % {"minutes": number(round(seconds / 60, 1))}


def _rows(lines: Sequence[Line]) -> list[Row]:
    """Return the table: the moments of the filled line, newest first, and what each line was then."""
    times = [time for one in lines if one.is_filled for time, _value in one.points]
    chosen = thinned([(time, 0.0) for time in times], most=TABLE_ROWS)
    return [
        Row(_moment(time), [number(_value_at(one.points, time)) for one in lines]) for time, _nothing in chosen[::-1]
    ]


def _value_at(points: Sequence[Point], time: float) -> float:
    before = [value for at, value in points if at <= time]
    return before[-1] if before else points[0][1] if points else 0.0


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
