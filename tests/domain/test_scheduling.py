from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ecsweb.domain.placement.scheduler import choose_for_service
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler import messages
from ecsweb.domain.service_scheduler.deployments import is_impaired, maximum_tasks, minimum_healthy, retry_delay
from ecsweb.domain.service_scheduler.plan import ServicePlan
from ecsweb.domain.service_scheduler.replica import DEPLOYMENT_BLOCKED
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ClusterSnapshot, ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import (
    ContainerInstanceStatus,
    DeploymentStatus,
    RolloutState,
    SchedulingStrategy,
    ServiceStatus,
    TaskStatus,
)
from tests.domain.made import NOW, PACE, cluster, deployment, instance, service, task

ROLLING = (
    deployment(2, rollout_state=RolloutState.IN_PROGRESS),
    deployment(1, status=DeploymentStatus.ACTIVE),
)
DRAINING = ContainerInstanceStatus.DRAINING


def planned(found: ClusterSnapshot) -> ServicePlan:
    return plan(found, now=NOW, pace=PACE).services[0]


def where(made: ServicePlan) -> list[int]:
    return [start.decision.chosen.pk for start in made.starts if start.decision.chosen]


@pytest.mark.parametrize(
    ("desired", "percent", "least", "most"),
    [(3, 50, 2, 1), (3, 150, 5, 4), (1, 100, 1, 1), (0, 100, 0, 0), (10, 33, 4, 3)],
)
def test_minimum_is_rounded_up_and_maximum_down(desired: int, percent: int, least: int, most: int) -> None:
    assert (minimum_healthy(desired, percent), maximum_tasks(desired, percent)) == (least, most)


def test_back_off_doubles_to_27_minutes_and_is_divided_by_the_speed() -> None:
    assert [retry_delay(n, 1).total_seconds() for n in (0, 1, 2, 3)] == [0, 10, 20, 40]
    assert retry_delay(50, 1) == timedelta(minutes=27)
    assert retry_delay(1, 10) == timedelta(seconds=1)
    assert [is_impaired(n) for n in (2, 3)] == [False, True]


def test_a_new_service_starts_all_spread_over_the_zones() -> None:
    assert sorted(where(planned(cluster(service())))) in ([1, 1, 2], [1, 2, 2])


def test_a_steady_service_needs_nothing() -> None:
    made = planned(cluster(service(task(1), task(2), task(1), is_steady=True)))

    assert made.is_empty


def test_a_missing_task_is_replaced() -> None:
    made = planned(cluster(service(task(1), task(2))))

    assert (len(made.starts), made.stops) == (1, ())


def test_scale_in_takes_what_does_not_run_yet_then_the_fullest_zone() -> None:
    pending, crowded = task(2, status=TaskStatus.PENDING), [task(1), task(1)]
    made = planned(cluster(service(*crowded, task(2), pending, desired=2)))

    assert made.stops[0].task_pk == pending.pk
    assert made.stops[1].task_pk in {t.pk for t in crowded}
    assert [stop.was_running for stop in made.stops] == [False, True]


def test_roll_out_starts_the_new_before_it_stops_the_old_at_100_and_200() -> None:
    old = [task(1, 1), task(2, 1), task(1, 1)]

    made = planned(cluster(service(*old, deployments=ROLLING)))

    assert (len(made.starts), made.stops) == (3, ())
    assert {start.deployment_pk for start in made.starts} == {2}


def test_roll_out_stops_one_old_for_each_healthy_new_one() -> None:
    old = [task(1, 1), task(2, 1), task(1, 1)]
    fresh = task(2, 2, started_at=NOW - timedelta(seconds=1))
    healthy = task(2, 2, started_at=NOW - timedelta(seconds=5))

    made = planned(cluster(service(*old, fresh, healthy, deployments=ROLLING)))

    assert [stop.task_pk for stop in made.stops] == [old[0].pk]
    assert made.next_look_at == NOW + timedelta(seconds=3)


def test_roll_out_stops_first_down_to_half_at_50_and_100() -> None:
    old = [task(1, 1) for _ in range(4)]

    made = planned(
        cluster(service(*old, desired=4, deployments=ROLLING, minimum_healthy_percent=50, maximum_percent=100))
    )

    assert (len(made.starts), len(made.stops)) == (0, 2)


def test_percentages_that_leave_no_move_are_said() -> None:
    made = planned(
        cluster(service(task(1, 1), desired=1, deployments=ROLLING, minimum_healthy_percent=50, maximum_percent=100))
    )

    assert made.placement_failure == DEPLOYMENT_BLOCKED


def test_roll_out_completes_when_only_the_new_run() -> None:
    new = [task(1, 2), task(2, 2), task(1, 2)]

    made = planned(cluster(service(*new, deployments=ROLLING)))

    assert [(r.deployment_pk, r.status, r.rollout_state) for r in made.rollouts] == [
        (1, DeploymentStatus.INACTIVE, RolloutState.COMPLETED),
        (2, DeploymentStatus.PRIMARY, RolloutState.COMPLETED),
    ]
    assert made.is_steady


def test_tasks_on_a_draining_instance_are_replaced_first_and_pending_ones_stopped_at_once() -> None:
    pending = task(1, status=TaskStatus.PENDING)
    found = cluster(service(task(1), task(2), pending), instances=(instance(1, "a", status=DRAINING), instance(2, "b")))

    made = planned(found)

    assert where(made) == [2, 2]
    assert [stop.task_pk for stop in made.stops] == [pending.pk]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"deployments": (deployment(retry_at=NOW + timedelta(seconds=9)),)}, id="back-off"),
        pytest.param({"last_started_at": NOW - timedelta(milliseconds=300)}, id="spacing"),
        pytest.param({"deployments": (deployment(rollout_state=RolloutState.FAILED),)}, id="failed deployment"),
    ],
)
def test_nothing_starts_before_it_may(fields: dict[str, Any]) -> None:
    assert planned(cluster(service(**fields))).starts == ()


def test_what_waits_for_time_says_until_when() -> None:
    made = planned(cluster(service(last_started_at=NOW - timedelta(milliseconds=300))))

    assert made.next_look_at == NOW + timedelta(milliseconds=700)


def test_a_task_without_a_place_is_a_failure_said_once() -> None:
    small = (instance(1, remaining_memory=32),)
    first = planned(cluster(service(), instances=small))
    again = planned(cluster(service(placement_failure="RESOURCE:MEMORY"), instances=small))
    healed = planned(cluster(service(placement_failure="RESOURCE:MEMORY")))

    assert (first.placement_failure, again.placement_failure, healed.placement_failure) == ("RESOURCE:MEMORY", None, "")


def test_a_deleted_service_stops_its_tasks_and_ends_with_the_last() -> None:
    draining = planned(cluster(service(task(1), status=ServiceStatus.DRAINING, desired=0)))
    over = planned(cluster(service(status=ServiceStatus.DRAINING, desired=0)))

    assert (len(draining.stops), draining.status) == (1, None)
    assert over.status is ServiceStatus.INACTIVE


def daemon(*tasks: TaskSnapshot, **fields: Any) -> ServiceSnapshot:
    values: dict[str, Any] = {
        "pk": 9,
        "name": "logs",
        "scheduling_strategy": SchedulingStrategy.DAEMON,
        "minimum_healthy_percent": 0,
        "maximum_percent": 100,
        "desired": 2,
    }
    return service(*tasks, **{**values, **fields})


def test_a_daemon_runs_once_on_each_active_instance_and_counts_them_itself() -> None:
    made = planned(cluster(daemon(task(1), desired=1)))

    assert (where(made), made.desired_count) == ([2], 2)


def test_a_daemon_rolls_out_by_stopping_first() -> None:
    found = cluster(daemon(task(1, 1), task(2, 1), deployments=ROLLING))

    made = planned(found)

    assert (len(made.starts), len(made.stops)) == (0, 2)


def test_a_daemon_leaves_a_draining_instance_last() -> None:
    instances = (instance(1, "a", status=DRAINING), instance(2, "b"))
    mine, other = task(1, 5), task(1, 1)
    keeper = daemon(mine, task(2, 5), deployments=(deployment(5),))
    web = service(other, desired=1)
    both = ClusterSnapshot(1, instances, (mine, other), (keeper, web))
    alone = cluster(keeper, instances=instances)

    assert planned(both).stops == ()
    assert [stop.task_pk for stop in planned(alone).stops] == [mine.pk]


def test_a_daemon_without_room_says_where() -> None:
    found = cluster(daemon(), instances=(instance(1, remaining_memory=1), instance(2)))

    made = planned(found)

    assert (where(made), made.placement_failure) == ([2], "RESOURCE:MEMORY")


def test_messages_are_aws_literal_texts() -> None:
    tail = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    stem = "(service web) was unable to place a task because no container instance met all of its requirements."
    none = choose_for_service(cluster(instances=()), Demand(), group="g")
    small = choose_for_service(cluster(instances=(instance(1, remaining_cpu=0),)), Demand(cpu=1), group="g")

    assert messages.started("web", ["a"]) == "(service web) has started 1 tasks: (task a)."
    assert messages.stopped("web", ["a", "b"]) == "(service web) has stopped 2 running tasks: (task a) (task b)."
    assert messages.stopped_pending("web", 2) == "(service web) stopped 2 pending tasks."
    assert messages.steady("web") == "(service web) has reached a steady state."
    assert messages.deployment_completed("web", "ecs-svc/1") == (
        "(service web) (deployment ecs-svc/1) deployment completed."
    )
    assert messages.impaired("web") == f"(service web) is unable to consistently start tasks successfully.{tail}"
    assert messages.unplaced("web", none) == (
        f"{stem} Reason: No Container Instances were found in your cluster.{tail}"
    )
    assert messages.unplaced("web", small) == (
        f"{stem} The closest matching (container-instance i1) has insufficient CPU units available.{tail}"
    )
    assert messages.placement_failure("web", DEPLOYMENT_BLOCKED, None) == messages.blocked("web")
    assert messages.placement_failure("web", "", None) is None


def test_daemons_are_planned_before_replicas() -> None:
    one = (instance(1, remaining_memory=64),)
    web = service(desired=1)
    keeper = daemon(deployments=(deployment(5),))
    found = ClusterSnapshot(1, one, (), (web, keeper))

    made = plan(found, now=NOW, pace=PACE)

    assert [len(p.starts) for p in made.services] == [1, 0]
    assert made.services[1].placement_failure == "RESOURCE:MEMORY"
    assert not made.is_empty


def test_two_daemons_on_a_draining_instance_do_not_wait_for_each_other() -> None:
    instances = (instance(1, "a", status=DRAINING),)
    one, two = task(1, 5), task(1, 6)
    first = daemon(one, pk=8, name="first", deployments=(deployment(5),), desired=0)
    second = daemon(two, pk=9, deployments=(deployment(6),), desired=0)

    made = plan(ClusterSnapshot(1, instances, (one, two), (first, second)), now=NOW, pace=PACE)

    assert [len(p.stops) for p in made.services] == [1, 1]
