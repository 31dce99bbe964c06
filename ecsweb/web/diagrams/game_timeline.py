"""One half of *Be the scheduler* as plain values: wanted and running over its seconds, and what happened. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecsweb.domain.scheduler_game import LENGTH, Blow, Half
from ecsweb.web.diagrams.small_chart import BOTTOM, TOP, Scale, Tick, area, count_top, line, stairs
from ecsweb.web.diagrams.timeline_bar import SHAPES

# Below the plot: a row of what the script did, one of what was started, and the seconds.
WIDTH, HEIGHT = 320, 138
BLOWS_AT, STARTS_AT, SECONDS_AT = 101.0, 115.0, 133.0
EVERY = 10
_SHAPE_OF = {Blow.KILL: "chaos", Blow.LOSE: "instance", Blow.WISH: "service"}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened: its shape about (x, y), and what kind it is."""

    x: float
    y: float
    shape: str
    kind: str


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch in which something was missing."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Track:
    """The half as it is drawn in a box of 320 by 138."""

    desired: str
    running: str
    under: str
    bands: tuple[Band, ...]
    marks: tuple[Mark, ...]
    counts: tuple[Tick, ...]
    seconds: tuple[tuple[float, str], ...]
    top: float = TOP
    height: float = BOTTOM - TOP
    seconds_at: float = SECONDS_AT


def top_of(halves: Sequence[Half]) -> float:
    """Return where the scale of both halves ends, so that they can be compared."""
    return count_top([max(level.desired, level.running) for half in halves for level in half.levels])


def track(half: Half, top: float) -> Track:
    """Return a half on the scale up to `top`."""
    scale = Scale(0.0, LENGTH, top)
    desired = stairs([(level.at, level.desired) for level in half.levels], end=half.until)
    running = stairs([(level.at, level.running) for level in half.levels], end=half.until)
    blows = [Mark(scale.x(at), BLOWS_AT, SHAPES[_SHAPE_OF[blow]], "blow") for at, blow in half.blows]
    starts = [
        Mark(scale.x(one.at), STARTS_AT, SHAPES["failed" if one.fault else "call"], "wrong" if one.fault else "start")
        for one in half.placed
    ]
    return Track(
        desired=line(desired, scale),
        running=line(running, scale),
        under=area(running, scale),
        bands=tuple(Band(scale.x(begin), _width(scale, begin, end)) for begin, end in half.gaps),
        marks=(*blows, *starts),
        counts=tuple(Tick(scale.y(value), f"{value:g}") for value in (0.0, top / 2, top)),
        seconds=tuple((scale.x(at), f"{at}") for at in range(0, int(LENGTH) + 1, EVERY)),
    )


def _width(scale: Scale, begin: float, end: float) -> float:
    # However short it was, it can be seen.
    return max(1.0, round(scale.x(end) - scale.x(begin), 1))
