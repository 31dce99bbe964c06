"""Cases of DAEMON services that generated histories found; the usual ones stand in `test_scheduling.py`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.plan import ClusterPlan, ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot, ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import (
    ContainerInstanceStatus,
    DeploymentStatus,
    RolloutState,
    SchedulingStrategy,
    TaskStatus,
)
from tests.domain.made import NOW, PACE, cluster, deployment, instance, service, task

ROLLING = (
    deployment(2, rollout_state=RolloutState.IN_PROGRESS),
    deployment(1, status=DeploymentStatus.ACTIVE),
)
DRAINING = ContainerInstanceStatus.DRAINING


def daemon(*tasks: TaskSnapshot, **fields: Any) -> ServiceSnapshot:
    values: dict[str, Any] = {
        "pk": 9,
        "name": "logs",
        "scheduling_strategy": SchedulingStrategy.DAEMON,
        "minimum_healthy_percent": 0,
        "maximum_percent": 100,
        "desired": 0,
    }
    return service(*tasks, **{**values, **fields})


def planned(*services: ServiceSnapshot, on: tuple[InstanceSnapshot, ...] | None = None) -> ClusterPlan:
    return plan(cluster(*services, instances=on), now=NOW, pace=PACE)


def only(found: ServiceSnapshot, *, on: tuple[InstanceSnapshot, ...] | None = None) -> ServicePlan:
    return planned(found, on=on).services[0]


def test_two_daemons_on_a_draining_instance_do_not_wait_for_each_other() -> None:
    first, second = task(1, 5), task(1, 6)

    made = planned(
        daemon(first, deployments=(deployment(5),)),
        daemon(second, pk=10, deployments=(deployment(6),)),
        on=(instance(1, status=DRAINING),),
    )

    assert [stop.task_pk for p in made.services for stop in p.stops] == [first.pk, second.pk]


def test_a_replica_that_waits_does_not_take_the_room_of_a_daemon_that_may_not_start_yet() -> None:
    room_for_one = (instance(1, remaining_memory=64),)
    retry = deployment(5, retry_at=NOW + timedelta(seconds=5))

    keeper, web = planned(daemon(deployments=(retry,)), service(desired=1), on=room_for_one).services

    assert (keeper.starts, web.starts, web.placement_failure) == ((), (), "RESOURCE:MEMORY")
    assert keeper.next_look_at == retry.retry_at


def test_a_failed_daemon_sets_nothing_aside() -> None:
    failed = deployment(5, rollout_state=RolloutState.FAILED)

    keeper, web = planned(
        daemon(deployments=(failed,)), service(desired=1), on=(instance(1, remaining_memory=64),)
    ).services

    assert (len(keeper.starts), len(web.starts)) == (0, 1)


def test_a_roll_out_leaves_the_minimum_running() -> None:
    old = [task(pk, 1) for pk in (1, 2, 3)]
    on = tuple(instance(pk) for pk in (1, 2, 3))

    made = only(daemon(*old, deployments=ROLLING, minimum_healthy_percent=50), on=on)

    assert [stop.task_pk for stop in made.stops] == [old[0].pk]


def test_a_task_that_leaves_a_draining_instance_is_not_counted_for_the_minimum() -> None:
    leaves, old = task(1, 1), [task(2, 1), task(3, 1)]
    on = (instance(1, status=DRAINING), instance(2), instance(3))

    made = only(daemon(leaves, *old, deployments=ROLLING, minimum_healthy_percent=50), on=on)

    assert [stop.task_pk for stop in made.stops] == [leaves.pk, old[0].pk]


def test_an_instance_without_the_attribute_is_not_counted_whether_its_agent_is_connected_or_not() -> None:
    gpu = deployment(5, demand=Demand(attributes=frozenset({"gpu"})))
    plain = instance(2)

    for other in (plain, replace(plain, agent_connected=False)):
        made = only(daemon(deployments=(gpu,)), on=(instance(1, attributes={"gpu": ""}), other))

        assert (made.desired_count, len(made.starts), made.placement_failure) == (1, 1, None)


def test_the_younger_of_two_on_one_instance_goes() -> None:
    first, second = task(1), task(1)

    assert [stop.task_pk for stop in only(daemon(second, first), on=(instance(1),)).stops] == [second.pk]


def test_a_roll_out_ends_when_each_instance_runs_the_new_one() -> None:
    made = only(daemon(task(1, 2), task(2, 2), desired=2, deployments=ROLLING))

    assert [(r.deployment_pk, r.status) for r in made.rollouts] == [
        (1, DeploymentStatus.INACTIVE),
        (2, DeploymentStatus.PRIMARY),
    ]
    assert (made.is_steady, made.placement_failure) == (True, None)


def test_without_instances_a_daemon_wants_none_and_is_steady() -> None:
    made = plan(ClusterSnapshot(1, services=(daemon(desired=2),)), now=NOW, pace=PACE).services[0]

    assert (made.desired_count, made.is_steady, made.starts) == (0, True, ())


def test_a_roll_out_is_not_over_while_an_old_task_runs_or_a_new_one_still_starts() -> None:
    old = only(daemon(task(1, 2), task(2, 1), desired=2, deployments=ROLLING, minimum_healthy_percent=100))
    starting = only(daemon(task(1), task(2, status=TaskStatus.PENDING), desired=2))

    assert (old.rollouts, old.is_steady, starting.is_steady) == ((), None, None)


def test_a_failure_is_forgotten_when_all_run() -> None:
    made = only(daemon(task(1), task(2), desired=2, placement_failure="RESOURCE:CPU"))

    assert (made.placement_failure, made.is_steady) == ("", True)


def test_a_daemon_starts_at_the_very_end_of_the_back_off() -> None:
    made = only(daemon(deployments=(deployment(5, retry_at=NOW),)))

    assert (len(made.starts), made.next_look_at) == (2, None)
