"""Look at the engine and put what it shows into the values that decisions are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ecsweb.agent.engine import EngineContainer, EngineHealth
from ecsweb.domain.lifecycle import Observed, ObservedStatus
from ecsweb.domain.port_bindings import BoundPort, network_bindings
from ecsweb.domain.statuses import HealthStatus

HEALTH = {EngineHealth.HEALTHY: HealthStatus.HEALTHY, EngineHealth.UNHEALTHY: HealthStatus.UNHEALTHY}


def observed(container: EngineContainer) -> Observed:
    """Return an engine container as the domain sees it."""
    return Observed(
        runtime_id=container.runtime_id,
        status=ObservedStatus(container.status.value),
        exit_code=container.exit_code,
        oom_killed=container.oom_killed,
        error=container.error,
        started_at=container.started_at,
        finished_at=container.finished_at,
        health=HEALTH.get(container.health, HealthStatus.UNKNOWN),
    )


def by_label(containers: Iterable[EngineContainer], label: str) -> Mapping[str, list[EngineContainer]]:
    """Group engine containers by the value of one of our labels."""
    groups: dict[str, list[EngineContainer]] = {}
    for container in containers:
        groups.setdefault(container.labels.get(label, ""), []).append(container)
    return groups


def by_engine_name(shown: Iterable[EngineContainer], runtime_ids: Mapping[str, str]) -> dict[str, EngineContainer]:
    """Return a task's containers by the engine name that each was given, also where somebody renamed one.

    `runtime_ids` maps the engine's ids that are known to the names given: a name can be changed by hand, an id cannot
    (`reliability.md` F22).
    """
    return {runtime_ids.get(container.runtime_id, container.name): container for container in shown}


def bindings_of(container: EngineContainer, definition: Mapping[str, Any]) -> list[dict[str, object]]:
    """Return published ports in ECS's shape; `bindIP` is what ECS shows (`ecs-facts.md` 2.5).

    SIMPLIFIED: ECS binds 0.0.0.0; the real binding here is loopback only, and that is what is shown.
    """
    bound = [BoundPort(p.host_ip, p.container_port, p.host_port, p.protocol) for p in container.ports if p.host_port]
    ranges = [one for one in definition.get("portMappings") or () if one.get("containerPortRange")]
    return network_bindings(bound, ranges)
