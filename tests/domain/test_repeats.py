"""What lasts is said again after six hours, and not before (`ecs-facts.md` 6.8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ServiceSnapshot
from tests.domain.made import NOW, PACE, cluster, service, task

HOUR = timedelta(hours=1)


def repeats(one: ServiceSnapshot, *, instances: tuple[()] | None = None) -> bool:
    (made,) = plan(cluster(one, instances=instances), now=NOW, pace=PACE).services
    return made.repeats


@pytest.mark.parametrize(("hours", "is_said"), [(5.9, False), (6, True), (30, True)])
def test_steady_state_is_repeated_about_each_six_hours(hours: float, is_said: bool) -> None:
    steady = service(task(), desired=1, is_steady=True, condition_said_at=NOW - hours * HOUR)

    assert repeats(steady) is is_said


@pytest.mark.parametrize(("hours", "is_said"), [(1, False), (7, True)])
def test_a_placement_failure_that_lasts_is_said_again_after_six_hours(hours: float, is_said: bool) -> None:
    stuck = service(desired=1, placement_failure="NO_INSTANCES", condition_said_at=NOW - hours * HOUR)
    code = plan(cluster(service(desired=1), instances=()), now=NOW, pace=PACE).services[0].placement_failure
    assert code

    lasting = service(desired=1, placement_failure=code, condition_said_at=stuck.condition_said_at)
    assert repeats(lasting, instances=()) is is_said


def test_what_changed_is_said_for_itself_and_not_as_a_repeat() -> None:
    other = service(desired=1, placement_failure="RESOURCE:CPU", condition_said_at=NOW - 9 * HOUR)
    (made,) = plan(cluster(other, instances=()), now=NOW, pace=PACE).services

    assert made.placement_failure not in {None, "RESOURCE:CPU"}
    assert not made.repeats
