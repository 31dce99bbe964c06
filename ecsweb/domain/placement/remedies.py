"""What one can do now so that a task finds a place: the nearest change, in calls that can be made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ecsweb.domain.capacity.waiting import EMPTY_PROVIDER, WAITING_LIMIT
from ecsweb.domain.placement.filters import AGENT, CPU, DISTINCT_INSTANCE, ENI, MEMBER_OF, MEMORY, PORTS, STATUS
from ecsweb.domain.placement.scheduler import ACCOUNT_LIMIT
from ecsweb.domain.resources import INSTANCE_TYPES, RESERVED_TCP_PORTS, Demand, task_enis

# What another machine has, and what no machine is to blame for.
ANOTHER_HELPS = frozenset({CPU, MEMORY, PORTS, ENI, DISTINCT_INSTANCE})
NO_INSTANCE_HELPS = frozenset({ACCOUNT_LIMIT, EMPTY_PROVIDER, WAITING_LIMIT})
ZONES = ("a", "b", "c")
# A custom attribute that is to have a value, or to be there; other expressions have no single remedy.
_EQUALS = re.compile(r"\s*attribute:(?!ecs\.)([\w.\-]+)\s*==\s*([\w.\-]+)\s*")
_EXISTS = re.compile(r"\s*attribute:(?!ecs\.)([\w.\-]+)\s+exists\s*")


class RemedyKind(StrEnum):
    """Launch another container instance, or mend the nearest: its status, its agent, an attribute."""

    LAUNCH = "launch"
    ACTIVATE = "activate"
    AGENT = "agent"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Remedy:
    """One call: of an instance that there is, or a new one's type and the letter of its zone."""

    kind: RemedyKind
    instance_id: str = ""
    instance_type: str = ""
    zone: str = ""
    attribute: str = ""
    value: str = ""


def remedies(decision: Mapping[str, Any], demand: Demand, *, may_launch: bool = True) -> tuple[Remedy, ...]:
    """Return the calls after which the task of a kept decision fits, all of them needed; empty where none would help.

    The nearest instance is mended where mending is enough, else another is launched, the smallest that holds the task.
    `may_launch` is False where the instances come from a capacity provider: that launches its own.
    """
    if decision.get("chosen") or decision.get("rule") == "fargate" or decision.get("reason") in NO_INSTANCE_HELPS:
        return ()
    change = decision.get("nearest_change")
    rules = change["rules"] if change else []
    if change and not any(one["rule"] in ANOTHER_HELPS for one in rules):
        mended = [_mended(one, change["instance"]) for one in rules]
        return tuple(one for one in mended if one) if all(mended) else ()
    is_constrained = any(one["excluded_by"] == MEMBER_OF for one in decision["candidates"])
    if is_constrained or not may_launch or demand.tcp_ports & frozenset(RESERVED_TCP_PORTS):
        return ()
    instance_type = smallest_type(demand)
    return (Remedy(RemedyKind.LAUNCH, instance_type=instance_type, zone=_zone(decision)),) if instance_type else ()


def smallest_type(demand: Demand) -> str:
    """Return the instance type with the least memory that holds one such task when empty; empty where none does."""
    fitting = [
        (size.memory, size.vcpus, place, name)
        for place, (name, size) in enumerate(INSTANCE_TYPES.items())
        if size.registered_cpu >= demand.cpu
        and size.registered_memory >= demand.memory
        and task_enis(name) >= demand.enis
    ]
    return min(fitting)[-1] if fitting else ""


def _mended(one: Mapping[str, Any], instance_id: str) -> Remedy | None:
    if one["rule"] == STATUS and one["detail"] == "DRAINING":
        return Remedy(RemedyKind.ACTIVATE, instance_id)
    if one["rule"] == AGENT:
        return Remedy(RemedyKind.AGENT, instance_id)
    if one["rule"] == MEMBER_OF:
        if found := _EQUALS.fullmatch(one["detail"]):
            return Remedy(RemedyKind.ATTRIBUTE, instance_id, attribute=found[1], value=found[2])
        if found := _EXISTS.fullmatch(one["detail"]):
            return Remedy(RemedyKind.ATTRIBUTE, instance_id, attribute=found[1])
    return None


def _zone(decision: Mapping[str, Any]) -> str:
    """Return the letter of the zone with the fewest instances: there a spread service misses them most."""
    held = Counter(str(one["zone"])[-1:] for one in decision["candidates"])
    return min(ZONES, key=lambda letter: (held[letter], letter))
