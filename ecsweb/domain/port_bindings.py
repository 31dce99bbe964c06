"""Published ports in ECS's shape: `networkBindings` (`ecs-facts.md` 2.5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Binding = dict[str, object]


@dataclass(frozen=True, slots=True)
class BoundPort:
    """A container port and the host port that it is published on."""

    host_ip: str
    container_port: int
    host_port: int
    protocol: str = "tcp"


def network_bindings(ports: Iterable[BoundPort], ranges: Iterable[Mapping[str, Any]] = ()) -> list[Binding]:
    """Return the bindings; `ranges` are the port mappings of the definition that have a `containerPortRange`.

    A range whose host ports follow each other is one binding with a `hostPortRange`.
    SIMPLIFIED: ECS looks for host ports that follow each other; here Docker chooses, and where they do not, each port
    of the range is a binding of its own.
    """
    left = list(ports)
    found: list[Binding] = []
    for mapping in ranges:
        inside = [port for port in left if _is_in(port, mapping)]
        if _follow_each_other(inside):
            left = [port for port in left if port not in inside]
            found.append(_range_binding(inside))
    return [*(_binding(port) for port in left), *found]


def _is_in(port: BoundPort, mapping: Mapping[str, Any]) -> bool:
    first, _, last = str(mapping.get("containerPortRange") or "").partition("-")
    if not (first.isdecimal() and last.isdecimal()):
        return False
    return port.protocol == (mapping.get("protocol") or "tcp") and int(first) <= port.container_port <= int(last)


def _follow_each_other(ports: Sequence[BoundPort]) -> bool:
    offsets = {port.host_port - port.container_port for port in ports}
    return len(offsets) == 1


def _range_binding(ports: Sequence[BoundPort]) -> Binding:
    first, last = min(ports, key=lambda p: p.container_port), max(ports, key=lambda p: p.container_port)
    return {
        "bindIP": first.host_ip,
        "protocol": first.protocol,
        "containerPortRange": f"{first.container_port}-{last.container_port}",
        "hostPortRange": f"{first.host_port}-{last.host_port}",
    }


def _binding(port: BoundPort) -> Binding:
    return {
        "bindIP": port.host_ip,
        "containerPort": port.container_port,
        "hostPort": port.host_port,
        "protocol": port.protocol,
    }
