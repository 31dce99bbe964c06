from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ecsweb.domain.capacity.definitions import FARGATE_MEMORY, is_fargate_size
from ecsweb.domain.capacity.fargate import check_fargate, check_platform_version, choose_on_fargate, fargate_facts
from ecsweb.domain.errors import EcsError
from ecsweb.domain.placement.scheduler import planned_task
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import ClusterSnapshot
from ecsweb.domain.statuses import LaunchType
from ecsweb.domain.task_definitions import compatibilities
from tests.domain.made import NOW, instance

READY: dict[str, Any] = {"networkMode": "awsvpc", "cpu": "256", "memory": "512"}


@pytest.mark.parametrize(
    ("cpu", "fits", "fits_not"),
    [
        (256, (512, 1024, 2048), (511, 1536, 3072)),
        (512, (1024, 4096), (512, 1500, 5120)),
        (1024, (2048, 8192), (1024, 9216)),
        (2048, (4096, 16384), (3072, 17408)),
        (4096, (8192, 30720), (7168, 31744)),
        (8192, (16384, 20480, 61440), (17408, 65536)),
        (16384, (32768, 40960, 122880), (33792, 131072)),
        (300, (), (512,)),
    ],
)
def test_fargate_has_the_pairs_of_cpu_and_memory_of_its_table(
    cpu: int, fits: tuple[int, ...], fits_not: tuple[int, ...]
) -> None:
    assert [is_fargate_size(str(cpu), str(memory)) for memory in fits] == [True] * len(fits)
    assert [is_fargate_size(str(cpu), str(memory)) for memory in fits_not] == [False] * len(fits_not)


def test_what_is_no_number_is_no_size_of_fargate() -> None:
    assert [is_fargate_size(cpu, "512") for cpu in (None, "", "1 vCPU", "²", "-256", "9" * 5000)] == [False] * 6
    assert len(FARGATE_MEMORY) == 7


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ["EC2", "FARGATE"]),
        ({"networkMode": "bridge"}, ["EXTERNAL", "EC2"]),
        ({"memory": "513"}, ["EC2"]),
        ({"cpu": None}, ["EC2"]),
        ({"placementConstraints": [{"type": "memberOf"}]}, ["EC2"]),
        ({"pidMode": "host"}, ["EC2"]),
        ({"ipcMode": "task"}, ["EC2"]),
        ({"containerDefinitions": [{"resourceRequirements": [{"type": "GPU"}]}]}, ["EC2"]),
    ],
)
def test_compatibilities_name_fargate_for_what_it_can_run(change: dict[str, Any], expected: list[str]) -> None:
    assert compatibilities({**READY, **change}) == expected


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"networkMode": "bridge"},
            "InvalidParameterException",
            "Task definition does not support launch_type FARGATE.",
        ),
        ({"memory": None}, "InvalidParameterException", "Task definition does not support launch_type FARGATE."),
        (
            {"memory": "513"},
            "ClientException",
            "No Fargate configuration exists for given values: 256 CPU, 513 memory",
        ),
    ],
)
def test_fargate_refuses_definitions_that_are_not_made_for_it(change: dict[str, Any], code: str, message: str) -> None:
    with pytest.raises(EcsError) as caught:
        check_fargate({**READY, **change}, ())
    assert (caught.value.code, str(caught.value)) == (code, message)


def test_what_no_capacity_here_offers_is_refused_on_fargate_too() -> None:
    check_fargate(READY, ("ecs.capability.task-eni",))
    with pytest.raises(EcsError, match=r"ecsweb\.capability\.volumes"):
        check_fargate(READY, ("ecs.capability.task-eni", "ecsweb.capability.volumes"))


@pytest.mark.parametrize(
    ("version", "launch_type", "code"),
    [
        (None, LaunchType.EC2, ""),
        ("LATEST", LaunchType.FARGATE, ""),
        ("1.4.0", LaunchType.FARGATE, ""),
        ("9.9", LaunchType.FARGATE, "PlatformUnknownException"),
        ("LATEST", LaunchType.EC2, "InvalidParameterException"),
    ],
)
def test_a_platform_version_is_fargate_s_and_must_exist(
    version: str | None, launch_type: LaunchType, code: str
) -> None:
    try:
        check_platform_version(version, launch_type)
        found = ""
    except EcsError as error:
        found = error.code
    assert found == code


def test_fargate_spreads_over_the_zones_and_asks_no_instance_for_room() -> None:
    hosts = tuple(instance(pk, zone, remaining_cpu=10**9, remaining_memory=10**9) for pk, zone in enumerate("abc", 1))
    cluster = ClusterSnapshot(pk=1, instances=(instance(9, "z"),), fargate_hosts=hosts)
    zones = []
    for _ in range(6):
        decision = choose_on_fargate(cluster, Demand(cpu=16384, memory=122880), group="family:web")
        assert decision.chosen is not None
        assert (decision.rule, decision.candidates) == ("fargate", ())
        zones.append(decision.chosen.availability_zone)
        planned = planned_task(decision.chosen.pk, group="family:web", now=NOW)
        cluster = replace(cluster, tasks=(*cluster.tasks, planned))
    assert sorted(zones) == ["a", "a", "b", "b", "c", "c"]


def test_ephemeral_storage_is_20_gib_where_nothing_is_said() -> None:
    assert fargate_facts({}, {})["ephemeralStorage"] == {"sizeInGiB": 20}
    assert fargate_facts({"ephemeralStorage": {"sizeInGiB": 30}}, {})["ephemeralStorage"] == {"sizeInGiB": 30}
