"""What a deployment would do, before it is done: bounds, rounds, and what stands in its way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.capacity.strategies import StrategyItem
from ecsweb.domain.resources import Demand, Room
from ecsweb.domain.service_scheduler.forecast import Forecast, Outcome, forecast
from ecsweb.domain.snapshots import InstanceSnapshot
from ecsweb.domain.statuses import DesiredStatus, SchedulingStrategy, TaskStatus
from tests.domain.made import NOW, cluster, deployment, instance, service, task

SMALL = Demand(cpu=128, memory=64)


def of(
    running: int,
    *,
    minimum: int = 100,
    maximum: int = 200,
    demand: Demand = SMALL,
    instances: tuple[InstanceSnapshot, ...] | None = None,
) -> Forecast:
    """Return the forecast for a service whose tasks stand on the first two instances in turn."""
    tasks = [task(1 + number % 2) for number in range(running)]
    found = service(*tasks, desired=running, minimum_healthy_percent=minimum, maximum_percent=maximum)
    return forecast(found, deployment(9, demand=demand), cluster(found, instances=instances), now=NOW)


def test_with_room_the_new_ones_start_first_and_then_the_old_ones_stop() -> None:
    found = of(2)

    assert (found.least, found.most, found.replaced) == (2, 4, 2)
    assert [(len(one.started), one.stopped, one.old, one.new) for one in found.rounds] == [(2, 0, 2, 2), (0, 2, 0, 2)]
    assert (found.lowest, found.highest, found.outcome) == (2, 4, Outcome.DONE)


def test_without_surplus_the_old_ones_go_first() -> None:
    found = of(2, minimum=50, maximum=100)

    assert (found.least, found.most) == (1, 2)
    assert [(len(one.started), one.stopped) for one in found.rounds] == [(0, 1), (1, 0), (0, 1), (1, 0)]
    assert (found.lowest, found.highest, found.outcome) == (1, 2, Outcome.DONE)


def test_what_the_percentages_forbid_is_blocked() -> None:
    assert of(2, minimum=100, maximum=100).outcome is Outcome.BLOCKED


def test_what_does_not_fit_names_the_decision() -> None:
    found = of(2, demand=Demand(cpu=128, memory=5000))

    assert found.outcome is Outcome.NO_ROOM
    assert found.rounds == ()
    assert found.unplaced is not None
    assert found.unplaced.reason == "RESOURCE:MEMORY"


def test_room_that_the_old_tasks_hold_is_there_once_they_are_gone() -> None:
    full = instance(1, remaining_cpu=0, remaining_memory=0)

    tight = of(1, minimum=100, instances=(full,))
    loose = of(1, minimum=0, instances=(full,))

    assert tight.outcome is Outcome.NO_ROOM
    assert loose.outcome is Outcome.DONE
    assert [(len(one.started), one.stopped) for one in loose.rounds] == [(0, 1), (1, 0)]


def test_a_fixed_port_is_free_when_its_task_has_stopped() -> None:
    port = Demand(cpu=1, memory=8, tcp_ports=frozenset({80}))
    only = instance(1, used_tcp_ports=frozenset({80}))
    found = service(
        task(1), desired=1, minimum_healthy_percent=0, maximum_percent=100, deployments=(deployment(1, demand=port),)
    )

    told = forecast(found, deployment(9, demand=port), cluster(found, instances=(only,)), now=NOW)

    assert told.outcome is Outcome.DONE


@pytest.mark.parametrize(("containers", "outcome"), [(0, Outcome.NO_ROOM), (1, Outcome.DONE)])
def test_what_an_account_of_a_class_may_run_holds_too(containers: int, outcome: Outcome) -> None:
    found = service(task(1), task(2), desired=2)
    shared = replace(cluster(found), room=Room(containers, 1000))

    assert forecast(found, deployment(9), shared, now=NOW).outcome is outcome


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 100), (100, 200)])
def test_what_waits_for_its_capacity_provider_is_not_without_a_place(minimum: int, maximum: int) -> None:
    full = instance(1, remaining_cpu=0, remaining_memory=0, capacity_provider="machines")
    found = service(
        task(1, capacity_provider="machines"),
        desired=1,
        minimum_healthy_percent=minimum,
        maximum_percent=maximum,
        providers=(StrategyItem("machines", 0, 1),),
        deployments=(deployment(1, demand=Demand()),),
    )
    scaled = replace(cluster(found, instances=(full,)), scaled_providers=frozenset({"machines"}))

    told = forecast(found, deployment(9), scaled, now=NOW)

    assert told.outcome is Outcome.WAITS
    assert not any(one.started for one in told.rounds)


def test_what_is_stopping_already_is_not_replaced_and_what_is_starting_is() -> None:
    leaving = task(1, desired_status=DesiredStatus.STOPPED)
    found = service(task(1), task(2, status=TaskStatus.PENDING), leaving, desired=2)

    told = forecast(found, deployment(9), cluster(found), now=NOW)

    assert (told.replaced, told.outcome) == (2, Outcome.DONE)


def test_a_daemon_is_replaced_on_each_instance_in_its_place() -> None:
    found = service(
        task(1),
        task(2),
        desired=2,
        scheduling_strategy=SchedulingStrategy.DAEMON,
        minimum_healthy_percent=0,
        maximum_percent=100,
    )

    told = forecast(found, deployment(9), cluster(found), now=NOW)

    assert (told.most, told.highest, told.outcome) == (2, 2, Outcome.DONE)
    assert [(sorted(one.started), one.stopped) for one in told.rounds] == [([], 2), (["i1", "i2"], 0)]


@pytest.mark.parametrize("running", [0, 1])
def test_a_service_of_none_and_of_one(running: int) -> None:
    assert of(running).outcome is Outcome.DONE


@given(st.integers(0, 6), st.integers(0, 100), st.integers(100, 300), st.integers(100, 1200))
def test_the_percentages_hold_in_every_round(running: int, minimum: int, maximum: int, memory: int) -> None:
    found = of(running, minimum=minimum, maximum=maximum, demand=Demand(cpu=1, memory=memory))

    assert found.lowest >= min(found.least, running)
    assert found.highest <= max(found.most, running)
    if found.outcome is Outcome.DONE:
        assert found.rounds == () or (found.rounds[-1].old, found.rounds[-1].new) == (0, running)
