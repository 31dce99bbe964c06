from __future__ import annotations

import pytest

from ecsweb.domain.timeouts import healthy_after, repeat_every, stop_timeout, stopped_task_retention


@pytest.mark.parametrize(("speed", "seconds"), [(1, 30), (10, 3)])
def test_the_default_stop_timeout_is_divided(speed: float, seconds: float) -> None:
    assert stop_timeout({"stopTimeout": None}, speed=speed).total_seconds() == seconds


@pytest.mark.parametrize(("given", "seconds"), [(1, 2), (2, 2), (45, 45), (120, 120), (121, 120)])
def test_a_given_stop_timeout_is_kept_within_its_bounds_at_any_speed(given: int, seconds: float) -> None:
    assert stop_timeout({"stopTimeout": given}, speed=10).total_seconds() == seconds


def test_what_lasts_is_said_again_after_six_hours() -> None:
    assert (repeat_every(speed=1).total_seconds(), repeat_every(speed=10).total_seconds()) == (21_600, 2160)


def test_the_other_waits_are_aws_s_divided() -> None:
    assert (healthy_after(speed=1).total_seconds(), healthy_after(speed=10).total_seconds()) == (40, 4)
    assert (stopped_task_retention(speed=1).total_seconds(), stopped_task_retention(speed=10).total_seconds()) == (
        3600,
        360,
    )
