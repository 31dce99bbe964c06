"""Names and settings of capacity providers, and the tasks that wait for them (`ecs-facts.md` 1.2, 5.1, 6.11)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.capacity.managed_scaling import ScalingSettings
from ecsweb.domain.capacity.providers import (
    check_auto_scaling_group,
    check_protection,
    check_provider_name,
    managed_scaling_of,
    scaling_settings,
)
from ecsweb.domain.capacity.strategies import StrategyItem, launch_type_of, strategy_of
from ecsweb.domain.capacity.waiting import EMPTY_PROVIDER, WaitingTask, may_wait, of_provider, plan_waiting
from ecsweb.domain.errors import EcsError, InvalidParameterException
from ecsweb.domain.placement.scheduler import Decision
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus, LaunchType

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MACHINE = InstanceSnapshot(
    1, "one", ContainerInstanceStatus.ACTIVE, True, "a", 2048, 1024, capacity_provider="machines"
)
TASK = WaitingTask(1, "family:web", "machines", Demand(memory=400), NOW)
MINUTES = timedelta(minutes=15)


@pytest.mark.parametrize("name", ["", "aws-mine", "ECS", "fargate2", "a b", "x" * 256, "ümlaut", "a/b"])
def test_a_capacity_provider_is_not_named_as_awss_own_are(name: str) -> None:
    with pytest.raises(InvalidParameterException, match="capacity provider name is invalid"):
        check_provider_name(name)
    check_provider_name("my-aws_provider")


def test_managed_scaling_has_awss_defaults_and_keeps_what_an_update_leaves_out() -> None:
    first = managed_scaling_of({"targetCapacity": 80})
    assert first == {
        "status": "ENABLED",
        "targetCapacity": 80,
        "minimumScalingStepSize": 1,
        "maximumScalingStepSize": 10_000,
        "instanceWarmupPeriod": 300,
    }
    assert managed_scaling_of(None)["status"] == "DISABLED"
    assert managed_scaling_of({"status": "DISABLED"}, before=first)["targetCapacity"] == 80


@pytest.mark.parametrize(
    "asked",
    [
        {"targetCapacity": 0},
        {"targetCapacity": 101},
        {"minimumScalingStepSize": 0},
        {"maximumScalingStepSize": 10_001},
        {"instanceWarmupPeriod": -1},
        {"minimumScalingStepSize": 5, "maximumScalingStepSize": 4},
    ],
)
def test_settings_of_managed_scaling_stay_in_their_bounds(asked: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterException):
        managed_scaling_of(asked)


def test_termination_protection_needs_managed_scaling() -> None:
    with pytest.raises(InvalidParameterException, match="enable managed scaling"):
        check_protection("ENABLED", managed_scaling_of(None))
    check_protection("ENABLED", managed_scaling_of({}))


def test_the_warm_up_is_divided_by_the_speed() -> None:
    assert scaling_settings(managed_scaling_of({}), speed=10) == ScalingSettings(warmup=timedelta(seconds=30))
    assert scaling_settings(managed_scaling_of(None), speed=10) is None


@pytest.mark.parametrize(
    ("name", "instance_type", "sizes"),
    [
        ("", "t3.micro", (0, 0, 1)),
        ("a", "t9.huge", (0, 0, 1)),
        ("a", "t3.micro", (2, 2, 1)),
        ("a", "t3.micro", (0, 2, 1)),
    ],
)
def test_a_group_has_a_name_a_known_type_and_sizes_in_order(
    name: str, instance_type: str, sizes: tuple[int, int, int]
) -> None:
    with pytest.raises(InvalidParameterException):
        check_auto_scaling_group(name, instance_type, sizes)


def test_a_strategy_never_mixes_fargate_and_groups() -> None:
    both = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "machines", "weight": 1}]
    with pytest.raises(InvalidParameterException, match="mix of capacity providers"):
        strategy_of(both, associated=["FARGATE", "machines"])
    assert launch_type_of((StrategyItem("machines", 0, 1),)) is LaunchType.EC2
    assert launch_type_of((StrategyItem("FARGATE_SPOT", 0, 1),)) is LaunchType.FARGATE


def test_only_the_instances_of_a_provider_count_for_it() -> None:
    other = replace(MACHINE, pk=2, capacity_provider="")
    cluster = ClusterSnapshot(1, (MACHINE, other))

    assert of_provider(cluster, "machines").instances == (MACHINE,)
    assert of_provider(cluster, "").instances == (MACHINE, other)


def test_tasks_wait_only_where_managed_scaling_may_bring_capacity() -> None:
    nothing = Decision("random", (), None, "NO_INSTANCES")
    cluster = ClusterSnapshot(1, scaled_providers=frozenset({"machines"}))

    assert may_wait(cluster, "machines", nothing)
    assert not may_wait(cluster, "others", nothing)
    assert not may_wait(cluster, "machines", replace(nothing, chosen=MACHINE))
    assert not may_wait(cluster, "machines", replace(nothing, reason="ACCOUNT_LIMIT"))


def test_waiting_tasks_are_placed_the_oldest_first_as_far_as_there_is_room() -> None:
    waiting = [replace(TASK, pk=pk, created_at=NOW - timedelta(seconds=pk)) for pk in (1, 2, 3)]
    found, after = plan_waiting(ClusterSnapshot(1, (MACHINE,)), waiting, now=NOW, waits_for=MINUTES)

    assert [task.pk for task, _decision in found.placed] == [3, 2]
    assert [(task.pk, decision.reason) for task, decision in found.left] == [(1, "RESOURCE:MEMORY")]
    assert after.instances[0].remaining_memory == 1024 - 800
    assert found.next_look_at == NOW - timedelta(seconds=1) + MINUTES


def test_a_task_that_has_waited_too_long_is_given_up_with_its_reason() -> None:
    old = replace(TASK, created_at=NOW - MINUTES)
    empty, _after = plan_waiting(ClusterSnapshot(1), [old], now=NOW, waits_for=MINUTES)
    large = replace(old, demand=Demand(cpu=4096))
    full, _after = plan_waiting(ClusterSnapshot(1, (MACHINE,)), [large], now=NOW, waits_for=MINUTES)

    assert [reason for _task, reason in empty.given_up] == [EMPTY_PROVIDER]
    assert [reason for _task, reason in full.given_up] == ["RESOURCE:CPU"]


machines = st.builds(
    InstanceSnapshot,
    pk=st.integers(1, 10**6),
    instance_id=st.uuids().map(str),
    status=st.sampled_from([ContainerInstanceStatus.ACTIVE, ContainerInstanceStatus.DRAINING]),
    agent_connected=st.booleans(),
    availability_zone=st.sampled_from("ab"),
    remaining_cpu=st.integers(0, 2048),
    remaining_memory=st.integers(0, 1024),
    remaining_enis=st.integers(0, 2),
    capacity_provider=st.sampled_from(["machines", "others", ""]),
)
waiting_tasks = st.builds(
    WaitingTask,
    pk=st.integers(1, 10**6),
    group=st.sampled_from(["family:web", "service:web"]),
    provider=st.sampled_from(["machines", "others"]),
    demand=st.builds(
        Demand,
        cpu=st.integers(0, 1024),
        memory=st.integers(1, 512),
        tcp_ports=st.sampled_from([frozenset[int](), frozenset({8080})]),
        enis=st.integers(0, 1),
    ),
    created_at=st.integers(0, 20).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    is_of_service=st.booleans(),
)


@given(
    st.lists(machines, max_size=5, unique_by=lambda one: one.pk),
    st.lists(waiting_tasks, max_size=8, unique_by=lambda one: one.pk),
)
def test_whatever_waits_goes_only_where_there_is_room_and_a_second_pass_moves_nothing(
    found: list[InstanceSnapshot], waiting: list[WaitingTask]
) -> None:
    plan, after = plan_waiting(ClusterSnapshot(1, tuple(found)), waiting, now=NOW, waits_for=MINUTES)

    left = {one.pk: one for one in found}
    for task, decision in plan.placed:
        assert decision.chosen is not None
        place = left[decision.chosen.pk]
        assert (place.status, place.agent_connected) == (ContainerInstanceStatus.ACTIVE, True)
        assert place.capacity_provider == task.provider
        assert not place.used_tcp_ports & task.demand.tcp_ports
        left[place.pk] = place = place.minus(task.demand)
        assert min(place.remaining_cpu, place.remaining_memory, place.remaining_enis) >= 0
    ended = [task.pk for part in (plan.placed, plan.given_up, plan.left) for task, _why in part]
    assert sorted(ended) == sorted(task.pk for task in waiting)
    assert all(task.created_at + MINUTES <= NOW and reason for task, reason in plan.given_up)
    assert all(task.created_at + MINUTES > NOW for task, _decision in plan.left)
    again, _same = plan_waiting(after, [task for task, _decision in plan.left], now=NOW, waits_for=MINUTES)
    assert (again.placed, again.given_up) == ((), ())


def test_errors_name_their_parameter() -> None:
    with pytest.raises(EcsError) as refused:
        managed_scaling_of({"targetCapacity": 0})

    assert refused.value.field == "autoScalingGroupProvider.managedScaling.targetCapacity"
