"""The table of instance types (`ecs-facts.md` 3.2) and what a task of a definition takes of one (3.1)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.resources import INSTANCE_TYPES, demand_of

# type → (CPU units, RAM in MiB, most ENIs)
TABLE = {
    "t2.micro": (1024, 1024, 2),
    "t3.nano": (2048, 512, 2),
    "t3.micro": (2048, 1024, 2),
    "t3.small": (2048, 2048, 3),
    "t3.medium": (2048, 4096, 3),
    "t3.large": (2048, 8192, 3),
    "t3.xlarge": (4096, 16384, 4),
    "t3.2xlarge": (8192, 32768, 4),
    "m5.large": (2048, 8192, 3),
    "m5.xlarge": (4096, 16384, 4),
    "m5.2xlarge": (8192, 32768, 4),
    "m5.4xlarge": (16384, 65536, 8),
    "c5.large": (2048, 4096, 3),
    "c5.xlarge": (4096, 8192, 4),
    "c5.2xlarge": (8192, 16384, 4),
    "r5.large": (2048, 16384, 3),
    "r5.xlarge": (4096, 32768, 4),
}


@pytest.mark.parametrize("name", TABLE)
def test_an_instance_type_has_its_cpu_memory_and_enis(name: str) -> None:
    found = INSTANCE_TYPES[name]

    assert (found.registered_cpu, found.memory, found.max_enis) == TABLE[name]
    assert found.registered_memory < found.memory


APP: dict[str, Any] = {"cpu": 100, "memory": 300, "memoryReservation": 200}
SIDE: dict[str, Any] = {"memory": 50}


@pytest.mark.parametrize(
    ("task", "taken"),
    [
        pytest.param({}, (100, 250), id="sums of the containers, reservation before memory"),
        pytest.param({"cpu": "512"}, (512, 250), id="the task's cpu"),
        pytest.param({"memory": "1024"}, (100, 1024), id="the task's memory"),
    ],
)
def test_what_the_scheduler_subtracts(task: dict[str, str], taken: tuple[int, int]) -> None:
    found = demand_of({"containerDefinitions": [APP, SIDE], **task})

    assert (found.cpu, found.memory) == taken


@pytest.mark.parametrize(
    ("mapping", "mode", "taken"),
    [
        pytest.param({"containerPort": 80, "hostPort": 8080}, "bridge", {8080}, id="fixed"),
        pytest.param({"containerPort": 80, "hostPort": 0}, "bridge", set(), id="0 is dynamic"),
        pytest.param({"containerPort": 80}, "bridge", set(), id="left out is dynamic"),
        pytest.param({"containerPort": 80, "hostPort": 80}, "awsvpc", set(), id="awsvpc has its own"),
    ],
)
def test_which_ports_a_task_takes_of_its_instance(mapping: dict[str, int], mode: str, taken: set[int]) -> None:
    found = demand_of({"networkMode": mode, "containerDefinitions": [{**SIDE, "portMappings": [mapping]}]})

    assert found.tcp_ports == taken
