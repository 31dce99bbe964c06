"""What somebody said would happen is graded by the stream of events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecsweb.domain.guesses import Before, Guess, Reality, graded, reality
from ecsweb.domain.timeline.past import LoggedEvent

START = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE = {"a": Before("i1", "RUNNING"), "b": Before("i2", "RUNNING")}


def event(seconds: float, task: str, last: str, *, desired: str = "RUNNING", instance: str = "i1") -> LoggedEvent:
    detail = {
        "taskArn": f"arn:aws:ecs:r:1:task/demo/{task}",
        "lastStatus": last,
        "desiredStatus": desired,
        "containerInstanceArn": f"arn:aws:ecs:r:1:container-instance/demo/{instance}",
    }
    return LoggedEvent(int(seconds * 10), START + timedelta(seconds=seconds), "ECS Task State Change", detail)


def came(*events: LoggedEvent, seconds: float = 10) -> Reality:
    return reality(BEFORE, events, until=START + timedelta(seconds=seconds))


def test_nothing_happens() -> None:
    assert came() == Reality(frozenset(), {}, 2)


def test_a_task_that_stops_is_replaced_elsewhere() -> None:
    found = came(
        event(1, "a", "STOPPED", desired="STOPPED"),
        event(2, "c", "PENDING", instance="i2"),
        event(3, "c", "RUNNING", instance="i2"),
    )

    assert found == Reality(frozenset({"a"}), {"i2": 1}, 2, {"c": "i2"})


def test_what_comes_later_does_not_count() -> None:
    assert came(event(11, "a", "STOPPED")).ending == frozenset()


def test_one_that_is_on_its_way_out_counts_as_ending() -> None:
    assert came(event(1, "a", "RUNNING", desired="STOPPED")).ending == {"a"}


def test_other_events_are_passed_over() -> None:
    other = LoggedEvent(1, START, "Decision", {"taskArn": "arn:x/a"})

    assert came(other).running == 2


@pytest.mark.parametrize(
    ("guess", "right"),
    [
        (Guess(frozenset({"a"}), {"i2": 1}, 2), 3),
        (Guess(frozenset({"b"}), {"i2": 1}, 2), 2),
        (Guess(frozenset({"a"}), {"i1": 1}, 2), 2),
        (Guess(frozenset({"a"}), {"i2": 1, "i1": 0}, 2), 3),
        (Guess(frozenset(), {}, 9), 0),
    ],
)
def test_three_things_are_graded(guess: Guess, right: int) -> None:
    assert graded(guess, Reality(frozenset({"a"}), {"i2": 1}, 2)).right == right
