"""Quotas of class mode: a count and a token bucket, both pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.errors import LimitExceededException
from ecsweb.domain.quotas import CLASS_LIMITS, Bucket, Rate, check_count

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_burst_passes_and_the_next_call_waits_for_a_token() -> None:
    rate, bucket = Rate(burst=2, refill=1), None
    for _ in range(2):
        bucket = rate.take(bucket, now=NOON)
        assert bucket is not None

    assert rate.take(bucket, now=NOON + timedelta(milliseconds=900)) is None
    assert rate.take(bucket, now=NOON + timedelta(seconds=1)) == Bucket(0, NOON + timedelta(seconds=1))


def test_a_clock_that_went_back_neither_fills_nor_empties_the_bucket() -> None:
    assert Rate(burst=5, refill=1).take(Bucket(3, NOON), now=NOON - timedelta(hours=1)) == Bucket(
        2, NOON - timedelta(hours=1)
    )


@given(
    st.lists(st.floats(min_value=0, max_value=3), max_size=60),
    st.integers(min_value=1, max_value=9),
    st.floats(min_value=0.1, max_value=9),
)
def test_never_more_calls_than_burst_plus_refill_times_time(pauses: list[float], burst: int, refill: float) -> None:
    rate, bucket, now, passed = Rate(burst, refill), None, NOON, 0
    for pause in pauses:
        now += timedelta(seconds=pause)
        if (after := rate.take(bucket, now=now)) is not None:
            bucket, passed = after, passed + 1

    assert passed <= burst + refill * (now - NOON).total_seconds() + 1e-6


@pytest.mark.parametrize("operation", CLASS_LIMITS)
def test_the_last_one_allowed_passes_and_the_next_is_refused(operation: str) -> None:
    what, most = CLASS_LIMITS[operation]

    check_count(operation, most)
    with pytest.raises(LimitExceededException, match=f"The limit of {most} {what} of this account is reached"):
        check_count(operation, most + 1)
