"""Managed scaling and the groups that follow it (`ecs-facts.md` 6.11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.capacity.groups import GroupPlan, ScalingPace, plan_group, scaling_pace
from ecsweb.domain.capacity.managed_scaling import (
    Group,
    GroupInstance,
    ScalingSettings,
    instances_needed,
    measure,
    reservation,
    wanted_instances,
)
from ecsweb.domain.placement.filters import exclusions
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import InstanceSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRESH = InstanceSnapshot(0, "fresh", ContainerInstanceStatus.ACTIVE, True, "a", 2048, 1966)
HALF = Demand(cpu=1024, memory=512)
SETTINGS = ScalingSettings(warmup=timedelta(seconds=300))
PACE = ScalingPace()
MINUTE = timedelta(minutes=1)


def group(*occupied: bool, **fields: Any) -> Group:
    found = tuple(GroupInstance(replace(FRESH, pk=pk), is_on, NOW) for pk, is_on in enumerate(occupied, 1))
    values = {"minimum": 0, "maximum": 100, "desired": len(occupied), "settings": SETTINGS, **fields}
    return Group(pk=1, fresh=FRESH, zones=("a", "b"), provider="machines", instances=found, **values)


@pytest.mark.parametrize(
    ("needed", "present", "percent"), [(0, 0, 100), (1, 0, 200), (3, 4, 75), (4, 2, 200), (0, 2, 0)]
)
def test_capacity_provider_reservation_is_what_is_needed_of_what_is_there(
    needed: int, present: int, percent: float
) -> None:
    assert reservation(needed, present) == percent


@pytest.mark.parametrize(
    ("waiting", "needed"),
    [
        ([HALF] * 3, 2),
        ([Demand(memory=1000)] * 2, 2),
        ([Demand(tcp_ports=frozenset({80}))] * 3, 3),
        ([Demand(enis=1)] * 5, 3),
        ([Demand(cpu=4096)], 0),
    ],
    ids=["CPU", "memory", "ports", "ENIs", "too large for any instance"],
)
def test_the_instances_needed_are_those_that_the_waiting_tasks_fill(waiting: list[Demand], needed: int) -> None:
    assert instances_needed(waiting, group()) == needed


def test_waiting_tasks_fill_occupied_instances_first_then_empty_ones() -> None:
    assert instances_needed([HALF] * 2, group(True, False)) == 1
    assert instances_needed([HALF] * 3, group(True, False)) == 2


def desired(waiting: list[Demand], found: Group, settings: ScalingSettings) -> int:
    return measure(waiting, found, settings, now=NOW, in_after=PACE.in_after).desired


def test_out_goes_by_steps_up_to_the_maximum() -> None:
    steps = ScalingSettings(minimum_step=2, maximum_step=3)

    assert desired([HALF], group(), steps) == 2
    assert desired([HALF] * 20, group(), steps) == 3
    assert desired([HALF] * 20, group(maximum=1), steps) == 1


def test_machines_that_start_up_count_as_present_so_that_no_minute_launches_them_again() -> None:
    found = measure([HALF] * 2, group(booting=(NOW + MINUTE,)), SETTINGS, now=NOW, in_after=PACE.in_after)

    assert (found.needed, found.present, found.desired) == (1, 1, 0)


def test_in_goes_after_a_quarter_of_an_hour_below_the_target_and_not_while_tasks_wait() -> None:
    found = measure([], group(True, False), SETTINGS, now=NOW, in_after=PACE.in_after)
    assert (found.desired, found.below_since) == (2, NOW)

    since = replace(group(True, False), below_since=NOW)
    later = measure([], since, SETTINGS, now=NOW + timedelta(minutes=15), in_after=PACE.in_after)
    assert later.desired == 1
    waits = measure([Demand(cpu=4096)], since, SETTINGS, now=NOW + timedelta(minutes=15), in_after=PACE.in_after)
    assert waits.desired == 2


def test_a_target_below_100_keeps_spare_instances() -> None:
    assert wanted_instances(3, group(), ScalingSettings(target_capacity=75)) == 4


def plan(found: Group, waiting: list[Demand] | None = None, *, now: datetime = NOW) -> GroupPlan:
    return plan_group(found, waiting or [], now=now, pace=PACE)


def test_a_group_launches_what_is_missing_and_registers_it_when_it_is_up() -> None:
    found = plan(group(True, desired=3, settings=None))
    assert found.booting == (NOW + MINUTE, NOW + MINUTE)

    up = plan(group(True, desired=3, settings=None, booting=found.booting), now=NOW + MINUTE)
    # Zone a has one already.
    assert (up.register, up.booting) == (("b", "a"), ())


def test_a_group_ends_empty_machines_first_and_drains_the_others_unless_they_are_protected() -> None:
    two_less = group(True, False, True, desired=1, settings=None)
    assert plan(two_less).end == (2,)
    assert len(plan(two_less).drain) == 1

    assert plan(replace(two_less, drains=False)).drain == ()
    assert len(plan(replace(two_less, drains=False)).end) == 2
    kept = plan(replace(two_less, protects_tasks=True))
    assert (kept.end, kept.drain) == ((2,), ())


def test_a_machine_that_warms_up_is_not_ended() -> None:
    found = group(False, False, desired=1)

    assert plan(found, now=NOW + timedelta(seconds=299)).end == ()
    assert len(plan(found, now=NOW + timedelta(seconds=300)).end) == 1


def test_a_draining_machine_ends_when_its_last_task_has_gone() -> None:
    found = group(True, desired=0, settings=None)
    ending = tuple(replace(one, is_ending=True) for one in found.instances)

    assert plan(replace(found, instances=ending)).end == ()
    empty = tuple(replace(one, is_occupied=False) for one in ending)
    assert plan(replace(found, instances=empty)).end == (1,)


def test_a_machine_that_still_starts_up_is_spared_before_any_is_ended() -> None:
    found = plan(group(True, desired=1, settings=None, booting=(NOW + MINUTE,)))

    assert (found.booting, found.end, found.drain) == ((), (), ())


def test_the_waits_of_scaling_are_divided_by_the_speed() -> None:
    assert scaling_pace(speed=10) == ScalingPace(timedelta(seconds=6), timedelta(seconds=90), timedelta(seconds=6))


demands = st.builds(Demand, cpu=st.integers(0, 2048), memory=st.integers(1, 1966), enis=st.integers(0, 1))
settings_of = st.builds(
    ScalingSettings,
    target_capacity=st.integers(1, 100),
    minimum_step=st.integers(1, 3),
    maximum_step=st.integers(3, 6),
    warmup=st.just(timedelta(seconds=60)),
)


def place(waiting: list[Demand], found: Group) -> tuple[list[Demand], Group]:
    """Give waiting tasks to instances as they come: what the scheduler does between two measurements."""
    rooms, left = list(found.instances), []
    for demand in sorted(waiting, key=lambda one: (one.cpu, one.memory), reverse=True):
        for index, one in enumerate(rooms):
            if not exclusions(demand, one.instance):
                rooms[index] = replace(one, instance=one.instance.minus(demand), is_occupied=True)
                break
        else:
            left.append(demand)
    return left, replace(found, instances=tuple(rooms))


def follow(found: Group, made: GroupPlan, *, now: datetime, pk: int) -> Group:
    """Return the group as it is once the plan is written."""
    kept = tuple(one for one in found.instances if one.instance.pk not in made.end)
    new = tuple(
        GroupInstance(replace(FRESH, pk=pk + i, availability_zone=zone), False, now)
        for i, zone in enumerate(made.register)
    )
    measured = made.measurement
    return replace(
        found,
        instances=kept + new,
        desired=made.desired,
        booting=made.booting,
        measured_at=now if measured else found.measured_at,
        below_since=measured.below_since if measured else found.below_since,
    )


@given(st.lists(demands, max_size=12), settings_of, st.integers(0, 3), st.integers(3, 30))
def test_a_constant_load_comes_to_its_target_within_the_bounds_and_then_nothing_moves(
    waiting: list[Demand], settings: ScalingSettings, minimum: int, maximum: int
) -> None:
    found = group(minimum=minimum, maximum=maximum, desired=minimum, settings=settings, protects_tasks=True)
    now, moves = NOW, []
    for minute in range(60):
        waiting, found = place(waiting, found)
        made = plan(found, waiting, now=now)
        assert not any(one.is_occupied for one in found.instances if one.instance.pk in made.end)
        moves.append((made.desired > found.desired) - (made.desired < found.desired))
        found, now = follow(found, made, now=now, pk=100 * (minute + 1)), now + MINUTE
        assert found.size <= maximum
        assert found.minimum <= found.desired <= found.maximum

    assert moves[-1] == 0
    # Out, and in once at the most: no swing between the two.
    turns = [move for move in moves if move]
    assert turns == sorted(turns, reverse=True)
    assert plan(found, waiting, now=now).end == ()
    last = measure(waiting, found, settings, now=now, in_after=PACE.in_after)
    assert last.reservation <= settings.target_capacity or found.size == maximum or not last.present
