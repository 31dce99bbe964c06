"""A container instance's record: reserved memory and ports, statuses, capabilities (`ecs-facts.md` 3.1, 3.3, 3.6)."""

from __future__ import annotations

import pytest

from ecsweb.domain.container_instances import (
    check_reserved_ports,
    check_room_for_tasks,
    check_same_type,
    check_settable_status,
    kept_attributes,
    memory_to_register,
    with_capabilities,
)
from ecsweb.domain.errors import EcsError
from ecsweb.domain.resources import INSTANCE_TYPES, RESERVED_TCP_PORTS

OLD = [{"name": "stack", "value": "blue"}, {"name": "ecs.os-type", "value": "linux"}, {"name": "ecs.capability.old"}]


def test_an_agent_registers_a_thousand_and_24_cpu_units_a_cpu() -> None:
    assert INSTANCE_TYPES["t3.small"].registered_cpu == 2048
    assert INSTANCE_TYPES["m5.4xlarge"].registered_cpu == 16 * 1024


def test_reserved_memory_is_not_registered() -> None:
    assert memory_to_register("t3.small", 0) == 1966
    assert memory_to_register("t3.small", 256) == 1710
    assert memory_to_register("t3.small", 1965) == 1


@pytest.mark.parametrize("reserved", [-1, 1966, 10**9])
def test_what_leaves_no_memory_cannot_be_reserved(reserved: int) -> None:
    with pytest.raises(EcsError, match="ECS_RESERVED_MEMORY must be from 0 to 1965 MiB"):
        memory_to_register("t3.small", reserved)


def test_ssh_docker_and_the_agent_s_own_ports_are_reserved() -> None:
    assert set(RESERVED_TCP_PORTS) >= {22, 2375, 2376, 51678, 51679}


def test_at_most_a_hundred_ports_are_reserved() -> None:
    check_reserved_ports(range(1, 61), range(1, 41))
    check_reserved_ports([22] * 200, [])
    with pytest.raises(EcsError, match="At most 100 ports"):
        check_reserved_ports(range(1, 61), range(1, 42))


@pytest.mark.parametrize("status", ["REGISTERING", "DEREGISTERING", "REGISTRATION_FAILED", "INACTIVE", "drain"])
def test_only_active_and_draining_can_be_set(status: str) -> None:
    check_settable_status("ACTIVE")
    check_settable_status("DRAINING")
    with pytest.raises(EcsError) as refused:
        check_settable_status(status)
    assert refused.value.message == "Container instance status should be one of [ACTIVE, DRAINING]"


def test_an_instance_cannot_become_another_type_of_machine() -> None:
    check_same_type("t3.small", "t3.small")
    check_same_type("t3.small", "")
    check_same_type("", "t3.small")
    with pytest.raises(EcsError, match="Container instance type changes are not supported"):
        check_same_type("t3.small", "t3.large")


@pytest.mark.parametrize(("cpu", "memory", "fits"), [(128, 64, True), (127, 64, False), (128, 63, False)])
def test_an_instance_does_not_shrink_below_what_its_tasks_have_reserved(cpu: int, memory: int, fits: bool) -> None:
    if fits:
        check_room_for_tasks(cpu=cpu, memory=memory, reserved_cpu=128, reserved_memory=64)
        return
    with pytest.raises(EcsError, match="its tasks have reserved 128 and 64"):
        check_room_for_tasks(cpu=cpu, memory=memory, reserved_cpu=128, reserved_memory=64)


def test_custom_attributes_are_kept_and_the_agent_s_own_are_told_anew() -> None:
    assert kept_attributes([*OLD, {"name": "com.amazonaws.ecs.capability.x"}, {"name": "ecsweb.capability.y"}]) == [
        OLD[0]
    ]


def test_an_updated_agent_s_capabilities_replace_the_old_ones_and_nothing_else() -> None:
    assert with_capabilities(OLD, ["ecs.capability.old"]) is None
    assert with_capabilities(OLD, ["ecs.capability.new", "com.amazonaws.ecs.capability.b"]) == [
        OLD[0],
        OLD[1],
        {"name": "com.amazonaws.ecs.capability.b"},
        {"name": "ecs.capability.new"},
    ]
    assert with_capabilities(OLD[:2], []) is None
