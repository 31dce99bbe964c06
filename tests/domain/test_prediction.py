"""What will happen, computed by the scheduler itself on the picture with the change."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.prediction import (
    Lessened,
    Prediction,
    Replacement,
    if_agent_is_silent,
    if_instance_drains,
    if_instance_goes,
    if_machine_stops,
    if_tasks_end,
)
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import ClusterSnapshot, TaskSnapshot
from ecsweb.domain.statuses import SchedulingStrategy
from tests.domain.made import NOW, deployment, instance, service, task

DEMAND = Demand(memory=400)


def world(*places: int, memory: int = 1966, direct: int = 0) -> tuple[ClusterSnapshot, list[TaskSnapshot]]:
    """Return two instances with the tasks of a service at these places, and so many tasks run directly on the first."""
    tasks = [task(on=place, reserved=DEMAND) for place in places]
    alone = [task(on=1, deployment=0, group="family:web", reserved=DEMAND) for _ in range(direct)]
    alone = [replace(one, deployment_pk=None) for one in alone]
    every = [*tasks, *alone]
    instances = tuple(
        instance(pk, zone, remaining_memory=memory - 400 * sum(one.instance_pk == pk for one in every))
        for pk, zone in ((1, "a"), (2, "b"))
    )
    web = service(*tasks, desired=len(tasks), deployments=(deployment(demand=DEMAND),))
    return ClusterSnapshot(1, instances, tuple(every), (web,)), every


def test_a_service_replaces_a_task_that_ends_and_nobody_one_that_was_run_directly() -> None:
    cluster, tasks = world(1, 2, direct=1)

    found = if_tasks_end(cluster, {tasks[0].pk, tasks[2].pk}, now=NOW)

    assert found.ending == (tasks[0], tasks[2])
    assert found.alone == (tasks[2],)
    assert found.replacements == (Replacement("web", ((1, 1),)),)


def test_a_machine_that_goes_takes_its_tasks_along_and_the_service_starts_others_elsewhere() -> None:
    cluster, tasks = world(1, 1, 2)

    found = if_instance_goes(cluster, 1, now=NOW)

    assert found.ending == (tasks[0], tasks[1])
    assert found.replacements == (Replacement("web", ((2, 2),)),)


def test_what_finds_no_place_is_said_with_its_reason() -> None:
    cluster, _tasks = world(1, 1, 2, memory=1000)

    found = if_instance_goes(cluster, 1, now=NOW)

    assert found.replacements == (Replacement("web", ((2, 1),)),)
    assert found.unplaced == (("web", "RESOURCE:MEMORY"),)


def test_draining_moves_the_tasks_of_services_and_leaves_the_others() -> None:
    cluster, tasks = world(1, 2, direct=1)

    found = if_instance_drains(cluster, 1, now=NOW)

    assert (found.ending, found.moved, found.staying) == ((), (tasks[0],), (tasks[2],))
    assert found.replacements == (Replacement("web", ((2, 1),)),)


def test_a_silent_agent_ends_nothing() -> None:
    cluster, tasks = world(1, 2)

    found = if_agent_is_silent(cluster, 1, now=NOW)

    assert found == Prediction(unheard=(tasks[0],))


def test_a_daemon_is_not_started_elsewhere() -> None:
    cluster, tasks = world(1, 2)
    daemon = replace(cluster.services[0], scheduling_strategy=SchedulingStrategy.DAEMON)

    found = if_instance_goes(replace(cluster, services=(daemon,)), 1, now=NOW)

    assert found.ending == (tasks[0],)
    assert found.replacements == ()
    assert found.lessened == (Lessened("web", (tasks[0],), desired=1),)


def daemon_of(cluster: ClusterSnapshot) -> ClusterSnapshot:
    daemon = replace(
        cluster.services[0],
        scheduling_strategy=SchedulingStrategy.DAEMON,
        minimum_healthy_percent=0,
        maximum_percent=100,
    )
    return replace(cluster, services=(daemon,))


def test_draining_stops_the_task_of_a_daemon_and_moves_it_nowhere() -> None:
    cluster, tasks = world(1, 2, direct=1)

    found = if_instance_drains(daemon_of(cluster), 1, now=NOW)

    assert (found.moved, found.replacements) == ((), ())
    assert found.lessened == (Lessened("web", (tasks[0],), desired=1),)
    assert found.staying == (tasks[2],)


def test_a_daemon_still_wants_its_task_on_a_machine_that_is_only_stopped() -> None:
    cluster, tasks = world(1, 2)

    found = if_machine_stops(daemon_of(cluster), 1, now=NOW)

    assert (found.ending, found.replacements, found.lessened) == ((tasks[0],), (), ())
    assert found.unplaced == (("web", "AGENT"),)


def test_a_task_of_a_daemon_that_ends_is_started_again_where_it_was() -> None:
    cluster, tasks = world(1, 2)

    found = if_tasks_end(daemon_of(cluster), {tasks[0].pk}, now=NOW)

    assert (found.replacements, found.lessened) == ((Replacement("web", ((1, 1),)),), ())


@given(st.lists(st.sampled_from([1, 2]), max_size=8), st.integers(0, 3), st.integers(1, 2), st.integers(800, 4000))
def test_every_task_that_ends_is_replaced_or_it_is_said_why_not(
    places: list[int], direct: int, lost: int, memory: int
) -> None:
    room = max(memory, 400 * (len(places) + direct))
    cluster, _tasks = world(*places, memory=room, direct=direct)

    found = if_instance_goes(cluster, lost, now=NOW)

    started = sum(count for one in found.replacements for _place, count in one.places)
    of_service = len(found.ending) - len(found.alone)
    assert started == of_service or found.unplaced
    assert all(place != lost for one in found.replacements for place, _count in one.places)
