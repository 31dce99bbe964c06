"""The nearest change that would have let a task run: which instance, and what is missing there, all of it."""

from __future__ import annotations

from dataclasses import dataclass

from ecsweb.domain.placement.filters import (
    AGENT,
    ATTRIBUTE,
    CPU,
    DISTINCT_INSTANCE,
    ENI,
    MEMBER_OF,
    MEMORY,
    PORTS,
    STATUS,
    Exclusion,
)
from ecsweb.domain.placement.scheduler import Candidate, Decision, distance
from ecsweb.domain.statuses import ContainerInstanceStatus


@dataclass(frozen=True, slots=True)
class Change:
    """What would have to be otherwise on one instance; every exclusion is to be removed for the task to fit."""

    instance_id: str
    exclusions: tuple[Exclusion, ...]

    @property
    def missing(self) -> int | None:
        """Return how much is missing where one amount is all that is: CPU units or MiB."""
        if len(self.exclusions) != 1 or self.exclusions[0].wanted is None:
            return None
        return self.exclusions[0].wanted - (self.exclusions[0].available or 0)


def nearest_change(decision: Decision) -> Change | None:
    """Return the change of the instance that lacks the fewest things, of those the least; None where it was placed.

    One that has room, and is only DRAINING or out of reach, is nearer than any that lacks something: a call mends it.

    None, too, where there is no instance at all: then one is to be launched. Example: t3.small with 1838 MiB left and
    a task of 4096 → 2258 MiB missing there.
    """
    if decision.chosen is not None or not decision.candidates:
        return None
    best = min(decision.candidates, key=_how_far)
    return Change(best.instance.instance_id, best.exclusions)


def _how_far(candidate: Candidate) -> tuple[bool, int, tuple[int, float, int]]:
    is_mended = all(_is_mended_by_a_call(one) for one in candidate.exclusions)
    return not is_mended, len(candidate.exclusions), distance(candidate)


def _is_mended_by_a_call(one: Exclusion) -> bool:
    return one.rule == AGENT or (one.rule == STATUS and one.detail == ContainerInstanceStatus.DRAINING)


def failure_detail(decision: Decision) -> str:
    """Return `failures[].detail`: what the closest instance had, then the nearest change; AWS leaves the text open.

    Example: `4096 wanted, 1966 available. Nearest change on 1f2e: 2130 MiB more memory.`
    """
    change, exclusion = nearest_change(decision), decision.closest.exclusion if decision.closest else None
    had = exclusion.detail if exclusion else ""
    if exclusion and exclusion.wanted is not None:
        had = f"{exclusion.wanted} wanted, {exclusion.available} available"
    wishes = ", ".join(_wish(one) for one in change.exclusions) if change else ""
    near = f"Nearest change on {change.instance_id}: {wishes}." if change else ""
    return ". ".join(part for part in (had, near) if part)


def _wish(one: Exclusion) -> str:
    missing = (one.wanted or 0) - (one.available or 0)
    said = {
        CPU: f"{missing} more CPU units",
        MEMORY: f"{missing} MiB more memory",
        ENI: f"{missing} more network interface",
        PORTS: f"port {one.detail} free",
        AGENT: "a connected agent",
        ATTRIBUTE: f"the attribute {one.detail}",
        MEMBER_OF: f"{one.detail} must hold",
        DISTINCT_INSTANCE: f"no other task of {one.detail}",
    }
    return said.get(one.rule, "status ACTIVE")
