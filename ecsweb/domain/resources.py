"""CPU, memory and ports: what instance types offer and what a task takes (`ecs-facts.md` 2.4, 3.1, 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

CPU_UNITS_A_VCPU = 1024


@dataclass(frozen=True, slots=True)
class InstanceType:
    """vCPUs, nominal RAM in MiB and the most ENIs of an EC2 instance type."""

    vcpus: int
    memory: int
    max_enis: int

    @property
    def registered_cpu(self) -> int:
        """Return the CPU units that the agent registers."""
        return self.vcpus * CPU_UNITS_A_VCPU

    @property
    def registered_memory(self) -> int:
        """Return the MiB that the agent registers: less than nominal, as kernel and hypervisor take some.

        SIMPLIFIED: nominal × 0.96, rounded down; AWS's exact values vary by type and image (`ecs-facts.md` 3.2).
        Example: t3.small, 2048 nominal → 1966.
        """
        return self.memory * 96 // 100


INSTANCE_TYPES: Mapping[str, InstanceType] = {
    "t2.micro": InstanceType(1, 1024, 2),
    "t3.nano": InstanceType(2, 512, 2),
    "t3.micro": InstanceType(2, 1024, 2),
    "t3.small": InstanceType(2, 2048, 3),
    "t3.medium": InstanceType(2, 4096, 3),
    "t3.large": InstanceType(2, 8192, 3),
    "t3.xlarge": InstanceType(4, 16384, 4),
    "t3.2xlarge": InstanceType(8, 32768, 4),
    "m5.large": InstanceType(2, 8192, 3),
    "m5.xlarge": InstanceType(4, 16384, 4),
    "m5.2xlarge": InstanceType(8, 32768, 4),
    "m5.4xlarge": InstanceType(16, 65536, 8),
    "c5.large": InstanceType(2, 4096, 3),
    "c5.xlarge": InstanceType(4, 8192, 4),
    "c5.2xlarge": InstanceType(8, 16384, 4),
    "r5.large": InstanceType(2, 16384, 3),
    "r5.xlarge": InstanceType(4, 32768, 4),
}

# An instance of no known type has as many as the smaller types of the table.
USUAL_ENIS = 3


def task_enis(instance_type: str) -> int:
    """Return how many awsvpc tasks an instance takes: its most ENIs without its own (`ecs-facts.md` 3.2)."""
    known = INSTANCE_TYPES.get(instance_type)
    return (known.max_enis if known else USUAL_ENIS) - 1


# SIMPLIFIED: the documentation lists 51678-51680, the agent's code adds 51680 only with metrics on; we reserve all six.
RESERVED_TCP_PORTS = (22, 2375, 2376, 51678, 51679, 51680)


@dataclass(frozen=True, slots=True)
class Demand:
    """What placement subtracts for one task: CPU units, MiB, fixed host ports, network interfaces, and attributes an
    instance must have."""

    cpu: int = 0
    memory: int = 0
    tcp_ports: frozenset[int] = frozenset()
    udp_ports: frozenset[int] = frozenset()
    enis: int = 0
    attributes: frozenset[str] = field(default=frozenset())
    # What the machine behind all instances carries: containers, and the MiB at which they are killed.
    containers: int = field(default=1, compare=False)
    hard_memory: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Room:
    """What is left to an account of a class: containers, and MiB of their hard limits (`reliability.md` 7.3)."""

    containers: int
    memory: int

    def holds(self, demand: Demand) -> bool:
        """Tell whether a task of `demand` may run beside what runs already."""
        return demand.containers <= self.containers and demand.hard_memory <= self.memory

    def minus(self, demand: Demand) -> Room:
        """Return what is left once it runs."""
        return Room(self.containers - demand.containers, self.memory - demand.hard_memory)

    def plus(self, demand: Demand) -> Room:
        """Return what is left once it has stopped."""
        return Room(self.containers + demand.containers, self.memory + demand.hard_memory)


# A container with a soft limit only gets four times that as its hard one, and never less than this (MiB).
LEAST_HARD_MEMORY = 512


def hard_memory(container: Mapping[str, Any], task_memory: int) -> int:
    """Return the MiB at which the container is killed: its `memory`, else the task's, else a multiple of the soft."""
    soft = int(container.get("memoryReservation") or 0)
    return int(container.get("memory") or task_memory or max(4 * soft, LEAST_HARD_MEMORY))


def container_memory(container: Mapping[str, Any]) -> int:
    """Return the MiB that the scheduler subtracts for a container: memoryReservation when given, otherwise memory."""
    return int(container.get("memoryReservation") or container.get("memory") or 0)


def demand_of(document: Mapping[str, Any], requires_attributes: Iterable[str] = ()) -> Demand:
    """Return what a task of this definition takes (`ecs-facts.md` 3.1).

    CPU is task-level cpu, else Σ container cpu; memory is task-level memory, else Σ (memoryReservation, else memory);
    ports are only fixed host ports, and none in awsvpc mode, which takes an ENI. Example: two containers of 128 CPU and
    64 MiB without task-level values → 256 CPU, 128 MiB.
    """
    containers = document.get("containerDefinitions", [])
    cpu = int(document["cpu"]) if document.get("cpu") else sum(int(c.get("cpu") or 0) for c in containers)
    memory = int(document["memory"]) if document.get("memory") else sum(container_memory(c) for c in containers)
    ports: dict[str, set[int]] = {"tcp": set(), "udp": set()}
    if document.get("networkMode", "bridge") != "awsvpc":
        for container in containers:
            for mapping in container.get("portMappings", []):
                if mapping.get("hostPort"):
                    ports[mapping.get("protocol", "tcp")].add(int(mapping["hostPort"]))
    return Demand(
        cpu=cpu,
        memory=memory,
        tcp_ports=frozenset(ports["tcp"]),
        udp_ports=frozenset(ports["udp"]),
        enis=int(document.get("networkMode") == "awsvpc"),
        containers=len(containers),
        hard_memory=sum(hard_memory(c, memory if document.get("memory") else 0) for c in containers),
        attributes=frozenset(requires_attributes),
    )
