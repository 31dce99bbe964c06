"""Cases of REPLICA services that generated histories found; the usual ones stand in `test_scheduling.py`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ecsweb.domain.service_scheduler.plan import ServicePlan
from ecsweb.domain.service_scheduler.replica import DEPLOYMENT_BLOCKED
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ServiceSnapshot
from ecsweb.domain.statuses import DeploymentStatus, DesiredStatus, RolloutState, TaskStatus
from tests.domain.made import NOW, PACE, cluster, deployment, instance, service, task

ROLLING = (
    deployment(2, rollout_state=RolloutState.IN_PROGRESS),
    deployment(1, status=DeploymentStatus.ACTIVE),
)
JUST_NOW = NOW - timedelta(seconds=1)


def planned(found: ServiceSnapshot) -> ServicePlan:
    return plan(cluster(found), now=NOW, pace=PACE).services[0]


def test_an_old_task_that_is_not_healthy_yet_goes_before_a_healthy_one() -> None:
    healthy, fresh = task(1, 1), task(2, 1, started_at=JUST_NOW)

    made = planned(
        service(healthy, fresh, desired=2, deployments=ROLLING, minimum_healthy_percent=50, maximum_percent=100)
    )

    assert [stop.task_pk for stop in made.stops] == [fresh.pk]


def test_a_task_that_scale_in_stops_does_not_stand_in_for_an_old_one() -> None:
    old, stays = task(2, 1), task(2, 2, started_at=JUST_NOW)
    ends = [task(1, 2), task(1, 2)]  # in the fuller zone

    made = planned(service(old, stays, *ends, desired=1, deployments=ROLLING))

    assert {stop.task_pk for stop in made.stops} == {t.pk for t in ends}


STUCK = {"desired": 2, "deployments": ROLLING, "minimum_healthy_percent": 100, "maximum_percent": 149}


@pytest.mark.parametrize(
    ("new", "failure"),
    [
        pytest.param(task(2, 2), DEPLOYMENT_BLOCKED, id="all is healthy and no move is left"),
        pytest.param(task(2, 2, started_at=JUST_NOW), None, id="the new one is about to be healthy"),
        pytest.param(task(2, 2, status=TaskStatus.PENDING), None, id="the new one still starts"),
        pytest.param(task(2, 2, desired_status=DesiredStatus.STOPPED), None, id="the new one is ending"),
    ],
)
def test_a_roll_out_stuck_half_way_is_said(new: object, failure: str | None) -> None:
    made = planned(service(task(1, 1), new, **STUCK))  # type: ignore[arg-type] # — parametrized

    assert (made.placement_failure, made.stops, made.starts) == (failure, (), ())


def test_when_a_block_ends_by_itself_is_told() -> None:
    made = planned(service(task(1, 1), task(2, 2, started_at=JUST_NOW), **STUCK))  # type: ignore[arg-type] # — see above

    assert made.next_look_at == JUST_NOW + PACE.healthy_after


def test_a_deployment_that_failed_stops_nothing_and_starts_nothing() -> None:
    failed = deployment(2, rollout_state=RolloutState.FAILED)

    made = planned(service(task(1, 1), task(2, 1), deployments=(failed, ROLLING[1])))

    assert (made.starts, made.stops) == ((), ())


def test_a_failure_is_forgotten_when_nothing_more_is_wanted() -> None:
    made = planned(service(task(1), desired=1, placement_failure="RESOURCE:CPU"))

    assert made.placement_failure == ""


ENDING = DesiredStatus.STOPPED


def test_a_service_is_not_steady_while_a_task_is_ending() -> None:
    running = [task(1), task(2), task(1)]

    assert planned(service(*running)).is_steady
    assert planned(service(*running, task(2, desired_status=ENDING))).is_steady is None
    assert planned(service(*running, task(2), is_steady=True)).is_steady is False


def test_a_roll_out_is_not_completed_while_an_old_task_is_ending() -> None:
    new = [task(1, 2), task(2, 2), task(1, 2)]

    made = planned(service(*new, task(2, 1, desired_status=ENDING), deployments=ROLLING))

    assert made.rollouts == ()


def test_tasks_start_at_the_very_end_of_the_back_off() -> None:
    made = planned(service(deployments=(deployment(retry_at=NOW),)))

    assert (len(made.starts), made.next_look_at) == (3, None)


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(service(task(1), desired=1, last_started_at=NOW), id="nothing is wanted"),
        pytest.param(
            service(task(1, desired_status=ENDING), desired=1, last_started_at=NOW, maximum_percent=100), id="no room"
        ),
        pytest.param(service(task(1, 2), desired=1, last_started_at=NOW, deployments=ROLLING), id="already rolled out"),
    ],
)
def test_where_time_changes_nothing_no_moment_is_told(found: ServiceSnapshot) -> None:
    assert planned(found).next_look_at is None


def test_scale_in_takes_from_the_fullest_instance_of_the_zone() -> None:
    crowded, alone = [task(1), task(1)], task(2)
    instances = (instance(1, "a"), instance(2, "a"))

    made = plan(cluster(service(*crowded, alone, desired=2), instances=instances), now=NOW, pace=PACE).services[0]

    assert [stop.task_pk for stop in made.stops] == [crowded[1].pk]
