"""Steps 1 and 2 of placement: which instances could take the task, and for each of the others the rule that says no.

SIMPLIFIED: resources come back when a task is STOPPED, so no agent ever has to queue a task on a full instance.

The order is the one in which a learner should read the reasons; the first rule that says no is the reason
(`ecs-facts.md` 5.1, 5.2). The codes are ECS's literal failure reasons where ECS has one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import InstanceSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus

STATUS = "STATUS"
AGENT = "AGENT"
ATTRIBUTE = "ATTRIBUTE"
CPU = "RESOURCE:CPU"
MEMORY = "RESOURCE:MEMORY"
PORTS = "RESOURCE:PORTS"
ENI = "RESOURCE:ENI"
# SIMPLIFIED: ECS's words for the former are not published; they follow those of the latter.
DISTINCT_INSTANCE = "DistinctInstance placement constraint unsatisfied"
MEMBER_OF = "MemberOf placement constraint unsatisfied"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why an instance cannot take the task: the rule, how much was wanted and there, or the thing that is missing."""

    rule: str
    wanted: int | None = None
    available: int | None = None
    detail: str = ""


def is_active(demand: Demand, instance: InstanceSnapshot) -> Exclusion | None:
    """Refuse every instance that is not ACTIVE: a DRAINING one takes nothing new (`ecs-facts.md` 3.4)."""
    if instance.status is ContainerInstanceStatus.ACTIVE:
        return None
    return Exclusion(STATUS, detail=instance.status)


def has_agent(demand: Demand, instance: InstanceSnapshot) -> Exclusion | None:
    """Refuse an instance whose agent is disconnected: nobody there would start the task (`ecs-facts.md` 3.1)."""
    return None if instance.agent_connected else Exclusion(AGENT)


def has_attributes(demand: Demand, instance: InstanceSnapshot) -> Exclusion | None:
    """Refuse an instance that lacks an attribute or capability the task definition requires (`ecs-facts.md` 3.6)."""
    missing = sorted(demand.attributes - instance.attributes.keys())
    return Exclusion(ATTRIBUTE, detail=missing[0]) if missing else None


def has_cpu(demand: Demand, instance: InstanceSnapshot) -> Exclusion | None:
    """Refuse an instance with fewer CPU units left than the task reserves."""
    if demand.cpu <= instance.remaining_cpu:
        return None
    return Exclusion(CPU, wanted=demand.cpu, available=instance.remaining_cpu)


def has_memory(demand: Demand, instance: InstanceSnapshot) -> Exclusion | None:
    """Refuse an instance with less memory left than the task reserves; what is *used* does not matter."""
    if demand.memory <= instance.remaining_memory:
        return None
    return Exclusion(MEMORY, wanted=demand.memory, available=instance.remaining_memory)


def has_ports(demand: Demand, instance: InstanceSnapshot) -> Exclusion | None:
    """Refuse an instance on which a fixed host port of the task is in use; dynamic ports never collide.

    SIMPLIFIED: AWS allows 100 host ports at once on an instance; here only the reserved ones are bounded.
    """
    taken = sorted(demand.tcp_ports & instance.used_tcp_ports) or sorted(demand.udp_ports & instance.used_udp_ports)
    return Exclusion(PORTS, detail=str(taken[0])) if taken else None


def has_enis(demand: Demand, instance: InstanceSnapshot) -> Exclusion | None:
    """Refuse an instance without a network interface left for an awsvpc task (`ecs-facts.md` 3.2)."""
    if demand.enis <= instance.remaining_enis:
        return None
    return Exclusion(ENI, wanted=demand.enis, available=instance.remaining_enis)


# CPU and memory before ports and attributes last of all would hide the lesson; this order is ours, the codes are ECS's.
FILTERS: tuple[Callable[[Demand, InstanceSnapshot], Exclusion | None], ...] = (
    is_active,
    has_agent,
    has_attributes,
    has_cpu,
    has_memory,
    has_ports,
    has_enis,
)


def exclusions(demand: Demand, instance: InstanceSnapshot) -> tuple[Exclusion, ...]:
    """Return every rule that keeps the task off this instance, in the order of reading; none when it fits."""
    return tuple(found for rule in FILTERS if (found := rule(demand, instance)))
