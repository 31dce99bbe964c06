"""Look at the engine and put what it shows into the values that decisions are made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ecsweb.agent.engine import EngineContainer, PortPublication
from ecsweb.domain.lifecycle import Observed, ObservedStatus


def observed(container: EngineContainer) -> Observed:
    """Return an engine container as the domain sees it."""
    return Observed(
        runtime_id=container.runtime_id,
        status=ObservedStatus(container.status.value),
        exit_code=container.exit_code,
        oom_killed=container.oom_killed,
        error=container.error,
        started_at=container.started_at,
    )


def by_label(containers: Iterable[EngineContainer], label: str) -> Mapping[str, list[EngineContainer]]:
    """Group engine containers by the value of one of our labels."""
    groups: dict[str, list[EngineContainer]] = {}
    for container in containers:
        groups.setdefault(container.labels.get(label, ""), []).append(container)
    return groups


def network_bindings(ports: Iterable[PortPublication]) -> list[dict[str, object]]:
    """Return published ports in ECS's shape; `bindIP` is what ECS shows (`ecs-facts.md` 2.5).

    SIMPLIFIED: ECS binds 0.0.0.0; the real binding here is loopback only, and that is what is shown.
    """
    return [
        {
            "bindIP": port.host_ip,
            "containerPort": port.container_port,
            "hostPort": port.host_port,
            "protocol": port.protocol,
        }
        for port in ports
        if port.host_port
    ]
