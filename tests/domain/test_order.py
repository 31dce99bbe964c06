"""Events are told in the order of cause and effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.timeline.order import causes_first
from ecsweb.domain.timeline.past import LoggedEvent

START = datetime(2026, 1, 1, tzinfo=UTC)


def event(sequence: int, second: int, detail_type: str = "ECS Task State Change") -> LoggedEvent:
    return LoggedEvent(sequence, START + timedelta(seconds=second), detail_type, {})


def test_a_call_stands_before_what_it_did_and_after_what_came_before() -> None:
    log = [event(1, 0), event(2, 5), event(3, 5), event(4, 5, "API Call"), event(5, 6)]

    assert [one.sequence for one in causes_first(reversed(log))] == [1, 4, 2, 3, 5]


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["API Call", "Decision"])), max_size=12))
def test_nothing_is_lost_and_moments_keep_their_order(made: list[tuple[int, str]]) -> None:
    log = [event(n, second, kind) for n, (second, kind) in enumerate(sorted(made))]
    told = causes_first(log)

    assert sorted(told, key=lambda one: one.sequence) == log
    assert [one.time for one in told] == [one.time for one in log]
