"""The timeline's track, without rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecsweb.web.diagrams.timeline_bar import (
    FIRST,
    LAST,
    LONGEST_BURST,
    SHAPES,
    Dot,
    burst_begins,
    kind_of,
    places,
    track,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


def dots(*seconds: float) -> list[Dot]:
    return [Dot(n, START + timedelta(seconds=s), "task", f"event {n}") for n, s in enumerate(seconds, start=1)]


def test_places_go_from_one_end_to_the_other_in_order() -> None:
    found = places([START + timedelta(seconds=s) for s in (0, 1, 1, 600)])

    assert (found[0], found[-1]) == (FIRST, LAST)
    assert found == sorted(found)
    assert len(set(found)) == 4


def test_an_hour_without_events_is_drawn_no_longer_than_a_short_pause() -> None:
    short = places([START + timedelta(seconds=s) for s in (0, 1, 9, 10)])
    long = places([START + timedelta(seconds=s) for s in (0, 1, 3601, 3602)])

    assert short == long


def test_no_event_and_one_event_have_a_place() -> None:
    assert places([]) == []
    assert places([START]) == [LAST]
    assert track([], current=None).marks == ()


@pytest.mark.parametrize(
    ("seconds", "begins"),
    [([], None), ([0], 0), ([0, 1, 2], 0), ([0, 60, 61, 62], 0), ([0, 1, 60, 61], 1), ([0, 10, 20], 1)],
)
def test_slow_motion_begins_before_the_newest_burst(seconds: list[float], begins: int | None) -> None:
    moments = [(number, START + timedelta(seconds=second)) for number, second in enumerate(seconds)]

    assert burst_begins(moments) == begins


def test_slow_motion_of_an_endless_burst_is_bounded() -> None:
    assert burst_begins([(number, START) for number in range(500)]) == 499 - LONGEST_BURST


def test_a_few_events_in_a_column_are_stacked_and_many_are_a_density() -> None:
    few = track(dots(0, 0, 100), current=None)
    many = track(dots(*[0.0] * 400), current=None)

    assert len(few.marks) == 3
    assert many.marks == ()
    assert sum(column.count for column in many.densities) == 400
    assert all(0 <= column.x < column.x + column.width <= 100 and column.y >= 0 for column in many.densities)


def test_the_playhead_stands_at_the_moment_that_is_shown() -> None:
    drawn = track(dots(0, 5, 10), current=2)

    assert [mark.is_current for mark in drawn.marks] == [False, True, False]
    assert drawn.playhead == drawn.marks[1].x
    assert track(dots(0, 5, 10), current=None).playhead is None


@pytest.mark.parametrize(
    ("detail_type", "detail", "kind"),
    [
        ("ECS Task State Change", {"lastStatus": "RUNNING"}, "task"),
        ("ECS Task State Change", {"lastStatus": "STOPPED", "stopCode": "UserInitiated"}, "stopped"),
        (
            "ECS Task State Change",
            {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "containers": [{"exitCode": 137}]},
            "failed",
        ),
        (
            "ECS Task State Change",
            {"lastStatus": "STOPPED", "stopCode": "EssentialContainerExited", "containers": [{"exitCode": 0}]},
            "stopped",
        ),
        ("ECS Service Action", {"eventType": "ERROR"}, "failed"),
        ("ECS Service Action", {"eventType": "INFO"}, "service"),
        ("API Call", {"result": "ClientException"}, "failed"),
        ("Decision", {"failures": [{"reason": "RESOURCE:CPU"}]}, "failed"),
        ("something of tomorrow", {}, "other"),
    ],
)
def test_the_kind_of_an_event_has_a_shape(detail_type: str, detail: dict[str, Any], kind: str) -> None:
    assert kind_of(detail_type, detail) == kind
    assert kind in SHAPES
