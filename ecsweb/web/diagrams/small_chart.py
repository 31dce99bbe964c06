"""Small charts as plain values: where lines, areas, steps and levels stand in a box of 320 by 110. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 320.0, 110.0
# The plot inside the box: room for numbers on the left and for times below.
LEFT, RIGHT, TOP, BOTTOM = 38.0, 314.0, 8.0, 92.0
# Where a scale of counts may end, times a power of ten: even numbers, so that the middle is one too.
COUNTS = (1, 2, 4, 6, 8, 10)

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scale:
    """Time from `begin` to `end` (seconds) across, values from 0 to `top` upwards."""

    begin: float
    end: float
    top: float

    def x(self, time: float) -> float:
        """Return where a moment stands; one outside stands at the edge."""
        share = (time - self.begin) / (self.end - self.begin) if self.end > self.begin else 1.0
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)

    def y(self, value: float) -> float:
        """Return where a value stands."""
        share = value / self.top if self.top else 0.0
        return round(BOTTOM - (BOTTOM - TOP) * min(max(share, 0.0), 1.0), 1)


@dataclass(frozen=True, slots=True)
class Tick:
    """A number at the left edge and the line that belongs to it."""

    y: float
    label: str


def binary_top(values: Iterable[float]) -> float:
    """Return the end of a scale for CPU units and MiB, which come in powers of two: such a power, or one and a half.

    >>> [binary_top([one]) for one in (0, 0.3, 3, 64, 1053, 1966)]
    [1.0, 1.0, 3.0, 64.0, 1536.0, 2048.0]
    """
    most = max(1.0, *values, 0.0)
    power = 2.0 ** math.floor(math.log2(most))
    return next(step * power for step in (1.0, 1.5, 2.0) if step * power >= most)


def count_top(values: Iterable[float]) -> float:
    """Return the even number at which a scale of counts ends.

    >>> [count_top([one]) for one in (0, 1, 3, 10, 11, 300)]
    [2.0, 2.0, 4.0, 10.0, 20.0, 400.0]
    """
    most = max(2.0, *values, 0.0)
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in COUNTS if step * power >= most)


def ticks(scale: Scale) -> tuple[Tick, ...]:
    """Return zero, the middle and the top."""
    return tuple(Tick(scale.y(value), f"{value:g}") for value in (0.0, scale.top / 2, scale.top))


def runs_of(points: Sequence[Point], *, longest_gap: float) -> list[list[Point]]:
    """Cut points into runs where nothing was measured for longer than `longest_gap` seconds."""
    runs = [[point] for point in points[:1]]
    for before, point in pairwise(points):
        if point[0] - before[0] > longest_gap:
            runs.append([])
        runs[-1].append(point)
    return runs


def line(points: Sequence[Point], scale: Scale, *, longest_gap: float = math.inf) -> str:
    """Return the path through the points; a point alone is a short stroke, so that it can be seen."""
    paths = []
    for run in runs_of(points, longest_gap=longest_gap):
        places = [f"{scale.x(time)} {scale.y(value)}" for time, value in run]
        paths.append("M" + "L".join(places) + ("h1" if len(run) == 1 else ""))
    return "".join(paths)


def area(points: Sequence[Point], scale: Scale, *, longest_gap: float = math.inf) -> str:
    """Return the path of the area under the points."""
    floor = scale.y(0)
    paths = []
    for run in runs_of(points, longest_gap=longest_gap):
        places = "".join(f"L{scale.x(time)} {scale.y(value)}" for time, value in run)
        paths.append(f"M{scale.x(run[0][0])} {floor}{places}L{scale.x(run[-1][0])} {floor}z")
    return "".join(paths)


def stairs(points: Sequence[Point], *, end: float) -> list[Point]:
    """Return the corners of values that hold until the next one comes, the last until `end`.

    >>> stairs([(0, 1), (5, 3)], end=9)
    [(0, 1), (5, 1), (5, 3), (9, 3)]
    """
    corners: list[Point] = list(points[:1])
    for (_time, value), (time, next_value) in pairwise(points):
        corners += [(time, value), (time, next_value)]
    return [*corners, (max(end, points[-1][0]), points[-1][1])] if points else []


def thinned(points: Sequence[Point], *, most: int) -> list[Point]:
    """Return at most so many points, evenly chosen, the newest always among them."""
    if len(points) <= most:
        return list(points)
    every = math.ceil(len(points) / most)
    return list(points[::-1][::every][::-1])


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar from `x`, in percent."""

    x: float
    width: float


def parts(sizes: Sequence[float], *, whole: float) -> tuple[Part, ...]:
    """Return the parts of a bar one after the other, in percent of `whole`.

    >>> parts([1, 2], whole=4)
    (Part(x=0.0, width=25.0), Part(x=25.0, width=50.0))
    """
    found, x = [], 0.0
    for size in sizes:
        width = round(100 * size / whole, 2) if whole else 0.0
        found.append(Part(round(x, 2), width))
        x += width
    return tuple(found)
