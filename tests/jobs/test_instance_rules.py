"""What a container instance registers, shows and answers (`ecs-facts.md` 3.1, 3.3, 3.6)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.errors import EcsError
from ecsweb.domain.task_definitions import ADVERTISED_CAPABILITIES
from tests.world import World

HERE = {"cluster": "demo"}


def described(world: World, arn: str) -> dict[str, Any]:
    return dict(world.call("DescribeContainerInstances", **HERE, containerInstances=[arn])["containerInstances"][0])


def resources(instance: dict[str, Any], which: str) -> dict[str, Any]:
    return {one["name"]: one.get("stringSetValue", one["integerValue"]) for one in instance[which]}


def test_an_instance_registers_cpu_memory_and_reserved_ports_and_no_udp_port(world: World) -> None:
    found = resources(described(world, world.launch()), "registeredResources")

    assert found == {
        "CPU": 2048,
        "MEMORY": 1966,
        "PORTS": ["22", "2375", "2376", "51678", "51679", "51680"],
        "PORTS_UDP": [],
    }


@pytest.mark.parametrize(("protocol", "name"), [("tcp", "PORTS"), ("udp", "PORTS_UDP")])
def test_a_static_host_port_is_taken_when_the_task_is_placed_and_given_back_when_it_is_stopped(
    world: World, protocol: str, name: str
) -> None:
    arn = world.launch()
    before = resources(described(world, arn), "remainingResources")[name]
    world.register(portMappings=[{"containerPort": 53, "hostPort": 53, "protocol": protocol}])
    task = world.call("RunTask", **HERE, taskDefinition="web")["tasks"][0]["taskArn"]
    placed = resources(described(world, arn), "remainingResources")[name]
    world.converge()
    world.call("StopTask", **HERE, task=task)
    world.converge()

    assert set(placed) - set(before) == {"53"}
    assert resources(described(world, arn), "remainingResources")[name] == before


def test_a_container_without_cpu_takes_0_of_the_remaining_cpu(world: World) -> None:
    arn = world.launch()
    world.register(cpu=0)
    world.call("RunTask", **HERE, taskDefinition="web")

    assert resources(described(world, arn), "remainingResources")["CPU"] == 2048


def test_running_and_pending_tasks_are_counted(world: World) -> None:
    arn = world.launch()
    world.register()
    world.call("RunTask", **HERE, taskDefinition="web")
    world.converge()
    world.call("RunTask", **HERE, taskDefinition="web", count=2)

    found = described(world, arn)
    assert (found["runningTasksCount"], found["pendingTasksCount"]) == (1, 2)


def test_a_status_that_cannot_be_set_is_refused_in_the_words_of_ecs(world: World) -> None:
    with pytest.raises(EcsError) as refused:
        world.call("UpdateContainerInstancesState", **HERE, containerInstances=[world.launch()], status="DEREGISTERING")

    assert (refused.value.code, refused.value.message) == (
        "InvalidParameterException",
        "Container instance status should be one of [ACTIVE, DRAINING]",
    )


def test_describe_takes_at_most_100_and_names_unknown_ones_as_missing(world: World) -> None:
    answer = world.call("DescribeContainerInstances", **HERE, containerInstances=["a" * 32])
    assert [one["reason"] for one in answer["failures"]] == ["MISSING"]

    with pytest.raises(EcsError, match="100"):
        world.call("DescribeContainerInstances", **HERE, containerInstances=["a" * 32] * 101)


BUILT_IN = {
    "ecs.availability-zone": "ap-northeast-2b",
    "ecs.instance-type": "t3.small",
    "ecs.os-type": "linux",
    "ecs.os-family": "LINUX",
    "ecs.cpu-architecture": "x86_64",
}


@pytest.mark.parametrize("name", BUILT_IN)
def test_ecs_sets_the_attribute(world: World, name: str) -> None:
    attributes = {one["name"]: one.get("value") for one in described(world, world.launch(zone="b"))["attributes"]}

    assert attributes[name] == BUILT_IN[name]


def test_the_agents_capabilities_are_attributes_without_a_value(world: World) -> None:
    attributes = {one["name"]: one.get("value") for one in described(world, world.launch())["attributes"]}

    found = {name for name in attributes if ".capability." in name}
    assert found == set(ADVERTISED_CAPABILITIES)
    assert {attributes[name] for name in found} == {None}
    assert {"com.amazonaws.ecs.capability.docker-remote-api.1.17", "ecs.capability.container-ordering"} <= found
