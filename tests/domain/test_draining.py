"""What moves off a DRAINING instance, in which order, and what stays (`ecs-facts.md` 3.4)."""

from __future__ import annotations

import pytest

from ecsweb.domain.placement.filters import STATUS, exclusions
from ecsweb.domain.placement.scheduler import choose_given
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.plan import ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ClusterSnapshot, TaskSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus, SchedulingStrategy, TaskStatus
from tests.domain.made import NOW, PACE, cluster, deployment, instance, service, task

DRAINING = instance(1, "a", status=ContainerInstanceStatus.DRAINING)
OTHER = instance(2, "b")
FULL = instance(2, "b", remaining_memory=0)


def planned(found: ClusterSnapshot) -> ServicePlan:
    return plan(found, now=NOW, pace=PACE).services[0]


def moves(made: ServicePlan) -> tuple[int, int]:
    """Return how many tasks are started and how many stopped in this pass."""
    return len(made.starts), len(made.stops)


def draining(*tasks: TaskSnapshot, minimum: int, maximum: int, other: object = OTHER) -> ServicePlan:
    found = service(*tasks, desired=len(tasks), minimum_healthy_percent=minimum, maximum_percent=maximum)
    return planned(cluster(found, instances=(DRAINING, other)))  # type: ignore[arg-type] # — one of the two above


def test_no_new_task_is_placed_on_a_draining_instance() -> None:
    excluded = next(iter(exclusions(Demand(), DRAINING)), None)
    assert excluded is not None
    assert (excluded.rule, excluded.detail) == (STATUS, "DRAINING")

    made = planned(cluster(service(desired=2), instances=(DRAINING, OTHER)))
    chosen = [start.decision.chosen for start in made.starts]
    assert [found.pk for found in chosen if found] == [2, 2]


def test_start_task_on_a_draining_instance_fails() -> None:
    found = cluster(instances=(DRAINING, OTHER))

    assert choose_given(found, Demand(), instance_pk=1, group="g", rule="start_task").chosen is None


def test_pending_service_tasks_on_it_are_stopped_at_once() -> None:
    pending = [task(1, status=TaskStatus.PENDING), task(1, status=TaskStatus.PENDING)]

    made = draining(*pending, minimum=100, maximum=100)

    assert {stop.task_pk for stop in made.stops} == {found.pk for found in pending}


def test_below_a_minimum_of_100_the_scheduler_stops_first_and_starts_next() -> None:
    made = draining(task(1), task(1), minimum=50, maximum=100)

    assert moves(made) == (0, 1)


def test_at_a_minimum_of_100_the_replacements_start_first() -> None:
    on_it = [task(1), task(1)]

    assert moves(draining(*on_it, minimum=100, maximum=200)) == (2, 0)
    found = service(*on_it, task(2), task(2), desired=2)
    assert moves(planned(cluster(found, instances=(DRAINING, OTHER)))) == (0, 2)


def test_a_replacement_counts_once_it_runs() -> None:
    found = service(task(1), task(1), task(2, status=TaskStatus.PENDING), task(2), desired=2)

    assert moves(planned(cluster(found, instances=(DRAINING, OTHER)))) == (0, 1)


def test_at_a_minimum_and_maximum_of_100_nothing_moves() -> None:
    made = draining(task(1), task(1), minimum=100, maximum=100)

    assert moves(made) == (0, 0)
    assert made.placement_failure == "DEPLOYMENT_CONFIGURATION"


def test_at_a_minimum_of_100_other_instances_must_have_room() -> None:
    made = draining(task(1), minimum=100, maximum=200, other=FULL)

    assert moves(made) == (0, 0)
    assert made.placement_failure == "RESOURCE:MEMORY"


def test_a_pending_task_without_room_elsewhere_is_an_unable_to_place_event() -> None:
    made = draining(task(1, status=TaskStatus.PENDING), minimum=100, maximum=200, other=FULL)

    assert moves(made) == (0, 1)
    assert made.placement_failure == "RESOURCE:MEMORY"


def test_daemon_tasks_leave_after_the_replicas_and_are_not_replaced_there() -> None:
    mine, other = task(1, 5), task(1, 1)
    values = {"pk": 2, "name": "logs", "desired_count": 2, "scheduling_strategy": SchedulingStrategy.DAEMON}
    daemon = service(mine, task(2, 5), desired=2, deployments=(deployment(5),))
    daemon = type(daemon)(**{**{name: getattr(daemon, name) for name in daemon.__slots__}, **values})
    web = service(other, desired=1)
    both = ClusterSnapshot(1, (DRAINING, OTHER), (mine, other), (daemon, web))
    alone = cluster(daemon, instances=(DRAINING, OTHER))

    assert all(stop.task_pk != mine.pk for made in plan(both, now=NOW, pace=PACE).services for stop in made.stops)
    made = planned(alone)
    assert [stop.task_pk for stop in made.stops] == [mine.pk]
    assert made.starts == ()


@pytest.mark.parametrize("count", [1, 5])
def test_a_drained_instance_asks_for_nothing_more(count: int) -> None:
    found = service(*(task(2) for _ in range(count)), desired=count, is_steady=True)

    assert planned(cluster(found, instances=(DRAINING, OTHER))).is_empty
