"""`dependsOn` and `links`: in which order containers of a task start, and in reverse stop (`ecs-facts.md` 2.6)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecsweb.domain.statuses import ContainerStatus


class Condition(StrEnum):
    """What the other container must have reached."""

    START = "START"
    COMPLETE = "COMPLETE"
    SUCCESS = "SUCCESS"
    HEALTHY = "HEALTHY"


class Verdict(StrEnum):
    """Whether a container may start now, must wait, or never can."""

    READY = "READY"
    WAIT = "WAIT"
    NEVER = "NEVER"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of `dependsOn`."""

    container_name: str
    condition: Condition


@dataclass(frozen=True, slots=True)
class Progress:
    """How far another container of the task has come."""

    last_status: ContainerStatus
    exit_code: int | None = None
    has_started: bool = False
    is_healthy: bool = False
    # When what waits for it to be healthy or to end gives up; None while it has not started.
    start_deadline: datetime | None = None


def verdict(dependency: Dependency, other: Progress) -> Verdict:
    """Tell whether the dependency is met. START is met, too, by a container that has run and stopped already."""
    is_stopped = other.last_status is ContainerStatus.STOPPED
    if _is_met(dependency.condition, other, is_stopped=is_stopped):
        return Verdict.READY
    return Verdict.NEVER if is_stopped else Verdict.WAIT


def _is_met(condition: Condition, other: Progress, *, is_stopped: bool) -> bool:
    match condition:
        case Condition.START:
            return other.has_started
        case Condition.COMPLETE:
            return is_stopped and other.has_started
        case Condition.SUCCESS:
            return is_stopped and other.exit_code == 0
        case Condition.HEALTHY:
            return other.is_healthy and not is_stopped


def start_verdict(dependencies: Sequence[Dependency], others: Mapping[str, Progress]) -> Verdict:
    """Return NEVER if one dependency can never be met, else WAIT if one is not met yet, else READY."""
    found = {verdict(d, others[d.container_name]) for d in dependencies if d.container_name in others}
    if Verdict.NEVER in found:
        return Verdict.NEVER
    return Verdict.WAIT if Verdict.WAIT in found else Verdict.READY


def start_deadlines(
    dependencies: Sequence[Dependency], others: Mapping[str, Progress]
) -> list[tuple[str, Condition, datetime]]:
    """Return until when each dependency that is not met yet is waited for: its container's `startTimeout`."""
    waiting = [(d, others[d.container_name]) for d in dependencies if d.container_name in others]
    return [
        (d.container_name, d.condition, other.start_deadline)
        for d, other in waiting
        if verdict(d, other) is Verdict.WAIT and other.start_deadline is not None
    ]


def has_cycle(graph: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether the names that depend on each other form a circle."""
    left = {name: {other for other in others if other in graph} for name, others in graph.items()}
    while ready := [name for name, others in left.items() if not others]:
        for name in ready:
            del left[name]
        for others in left.values():
            others.difference_update(ready)
    return bool(left)


LINK_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,255}")


def links_of(container: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return name and alias of each container that a definition links to; the alias is the name where none is given."""
    pairs = [str(link).partition(":") for link in container.get("links") or ()]
    named = [(name, alias or name) for name, _, alias in pairs]
    return tuple(pair for pair in named if all(LINK_NAME.fullmatch(word) for word in pair))


def dependencies_of(container: Mapping[str, Any]) -> tuple[Dependency, ...]:
    """Return what a container waits for: its `dependsOn`, and the start of what it links to (`ecs-facts.md` 2.5)."""
    said = [Dependency(one["containerName"], Condition(one["condition"])) for one in container.get("dependsOn") or ()]
    return (*said, *(Dependency(name, Condition.START) for name, _ in links_of(container)))
