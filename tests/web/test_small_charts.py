"""Where the lines of small charts stand: pure geometry."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.timeline.service_steps import (
    Counted,
    DesiredWord,
    TaskWord,
    desired_steps,
    running_steps,
)
from ecsweb.domain.usage import Reading, cpu_units
from ecsweb.web.charts import Line, ago, number, small_chart
from ecsweb.web.diagrams.small_chart import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Part,
    Scale,
    area,
    binary_top,
    count_top,
    line,
    parts,
    runs_of,
    stairs,
    thinned,
    ticks,
)

POINTS = st.lists(st.tuples(st.integers(-1000, 1000), st.integers(-100, 100)), max_size=12)
SCALE = Scale(begin=0, end=100, top=10)
BEGIN = datetime(2030, 1, 2, 3, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def test_the_corners_of_a_scale_are_the_corners_of_the_plot() -> None:
    assert (SCALE.x(0), SCALE.x(100), SCALE.y(0), SCALE.y(10)) == (LEFT, RIGHT, BOTTOM, TOP)
    assert (SCALE.x(-5), SCALE.x(500), SCALE.y(-1), SCALE.y(99)) == (LEFT, RIGHT, BOTTOM, TOP)
    assert Scale(5, 5, 0).x(5) == RIGHT
    assert Scale(5, 5, 0).y(0) == BOTTOM


@pytest.mark.parametrize(
    ("values", "top"), [([], 1), ([0, 0.3], 1), ([3], 3), ([64], 64), ([65], 96), ([1053, 5], 1536), ([1966], 2048)]
)
def test_a_scale_of_units_ends_at_a_power_of_two_or_one_and_a_half(values: list[float], top: float) -> None:
    assert binary_top(values) == top


@pytest.mark.parametrize(
    ("values", "top"), [([], 2), ([0], 2), ([1], 2), ([3], 4), ([10], 10), ([11, 2], 20), ([300], 400)]
)
def test_a_scale_of_counts_ends_at_an_even_number(values: list[float], top: float) -> None:
    assert count_top(values) == top


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=5))
def test_every_value_is_inside_its_scale(values: list[float]) -> None:
    assert binary_top(values) >= max(values)
    assert count_top(values) >= max(values)
    assert binary_top(values) <= max(1.0, 2 * max(values))


def test_ticks_are_zero_the_middle_and_the_top() -> None:
    assert [tick.label for tick in ticks(SCALE)] == ["0", "5", "10"]
    assert [tick.y for tick in ticks(SCALE)] == [BOTTOM, (TOP + BOTTOM) / 2, TOP]


def test_a_line_goes_through_its_points_and_breaks_where_nobody_looked() -> None:
    points = [(0.0, 0.0), (10.0, 10.0), (100.0, 5.0)]

    assert line(points, SCALE) == f"M{LEFT} {BOTTOM}L{SCALE.x(10)} {TOP}L{RIGHT} 50.0"
    assert line(points, SCALE, longest_gap=20) == f"M{LEFT} {BOTTOM}L{SCALE.x(10)} {TOP}M{RIGHT} 50.0h1"
    assert runs_of([], longest_gap=1) == []
    assert line([], SCALE) == area([], SCALE) == ""


def test_an_area_stands_on_the_floor() -> None:
    assert area([(0.0, 10.0), (100.0, 10.0)], SCALE) == (
        f"M{LEFT} {BOTTOM}L{LEFT} {TOP}L{RIGHT} {TOP}L{RIGHT} {BOTTOM}z"
    )


@given(POINTS)
def test_nothing_is_drawn_outside_of_the_box(points: list[tuple[int, int]]) -> None:
    for path in (line(sorted(points), SCALE), area(sorted(points), SCALE)):
        places = [float(one) for one in re.findall(r"-?\d+\.\d+", path)]
        assert all(0 <= x <= WIDTH for x in places[::2])
        assert all(0 <= y <= HEIGHT for y in places[1::2])


def test_stairs_hold_until_the_next_value() -> None:
    assert stairs([(0, 1), (5, 3), (7, 3)], end=9) == [(0, 1), (5, 1), (5, 3), (7, 3), (7, 3), (9, 3)]
    assert stairs([], end=9) == []


def test_the_newest_point_survives_thinning() -> None:
    points = [(float(one), 0.0) for one in range(100)]

    assert len(thinned(points, most=15)) <= 15
    assert thinned(points, most=15)[-1] == points[-1]
    assert thinned(points[:3], most=15) == points[:3]


def test_the_parts_of_a_bar_stand_side_by_side() -> None:
    assert parts([2, 1, 1], whole=4) == (Part(0, 50), Part(50, 25), Part(75, 25))
    assert parts([1], whole=0) == (Part(0, 0),)


def test_a_chart_ends_in_words_and_a_table() -> None:
    used = [(float(second), float(second)) for second in range(0, 60, 2)]
    with translation.override("en"):
        made = small_chart("CPU", "said", [Line("used", "used", used, is_filled=True)], begin=0, end=58)
        ways_back = [ago(30), ago(240), ago(90 * 60)]

    assert (made.begin, made.end, made.curves[0].value, made.columns) == ("−58 s", "now", "58", ["used"])
    assert ways_back == ["−30 s", "−4 min", "−90 min"]
    assert made.rows[0].values == ["58"]
    assert len(made.rows) <= 15
    assert [number(one) for one in (0, 0.04, 3.0, 1.26, 63.7)] == ["0", "0.04", "3", "1.3", "64"]


def test_cpu_units_come_of_two_readings() -> None:
    before = Reading(cpu=10**9, memory=0, at=10)

    assert cpu_units(before, Reading(cpu=2 * 10**9, memory=0, at=12)) == 512
    assert cpu_units(before, Reading(cpu=2 * 10**9, memory=0, at=10)) is None
    # It was started again, and its counter with it.
    assert cpu_units(before, Reading(cpu=0, memory=0, at=12)) is None


def test_running_tasks_are_counted_from_the_log() -> None:
    words = [
        TaskWord(at(1), "a", "PENDING", None),
        TaskWord(at(3), "a", "RUNNING", at(3)),
        TaskWord(at(4), "b", "RUNNING", at(4)),
        # Its health changed: it ran and runs.
        TaskWord(at(5), "b", "RUNNING", at(4)),
        TaskWord(at(8), "a", "DEACTIVATING", at(3)),
        TaskWord(at(9), "a", "STOPPED", at(3)),
    ]

    steps = running_steps(words, running_now={"b": at(4)}, since=at(0))

    assert steps == [Counted(at(0), 0), Counted(at(3), 1), Counted(at(4), 2), Counted(at(8), 1)]


def test_what_ran_before_the_chart_begins_is_counted_from_its_beginning() -> None:
    words = [TaskWord(at(-50), "early", "STOPPED", at(-90)), TaskWord(at(5), "old", "STOPPED", at(-100))]

    steps = running_steps(words, running_now={"quiet": at(-200)}, since=at(0))

    assert steps == [Counted(at(0), 2), Counted(at(5), 1)]


def test_a_task_that_never_ran_counts_for_nothing() -> None:
    words = [TaskWord(at(1), "a", "PENDING", None), TaskWord(at(2), "a", "STOPPED", None)]

    assert running_steps(words, running_now={}, since=at(0)) == [Counted(at(0), 0)]


def test_what_was_wanted_is_read_from_the_log() -> None:
    words = [DesiredWord(at(-9), 2), DesiredWord(at(-1), 3), DesiredWord(at(4), 3), DesiredWord(at(6), 5)]

    assert desired_steps(words, desired_now=5, since=at(0)) == [Counted(at(0), 3), Counted(at(6), 5)]
    assert desired_steps([], desired_now=4, since=at(0)) == [Counted(at(0), 4)]
    assert desired_steps(words[-1:], desired_now=5, since=at(0)) == [Counted(at(0), 5), Counted(at(6), 5)]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30))
def test_as_many_run_as_ran(changes: list[tuple[int, bool]]) -> None:
    """Whatever happened, the last step is what runs then, and no step is negative."""
    running: dict[str, datetime] = {}
    words = []
    for second, (task, is_start) in enumerate(changes, start=1):
        name = str(task)
        if is_start:
            running.setdefault(name, at(second))
        else:
            running.pop(name, None)
        status = "RUNNING" if is_start else "STOPPED"
        words.append(TaskWord(at(second), name, status, running.get(name)))

    steps = running_steps(words, running_now=running, since=at(0))

    assert steps[-1].count == len(running)
    assert all(step.count >= 0 for step in steps)
