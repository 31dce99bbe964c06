"""Docker's JSON on one side, the engine protocol's frozen values on the other; pure, and without the Docker SDK.

`create_body` is the only place where a create call is worded: field by field, nothing is passed through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from ecsweb.agent.engine import (
    ContainerSpec,
    EngineContainer,
    EngineEvent,
    EngineHealth,
    EngineStatus,
    PortPublication,
    VolumeMount,
)
from ecsweb.domain.container_health import HealthCheck

# Everything that a create call may say; the policy's property test holds `create_body` to it.
HOST_CONFIG_KEYS = frozenset(
    {
        "AutoRemove",
        "Binds",
        "CapAdd",
        "CapDrop",
        "CpuShares",
        "Devices",
        "ExtraHosts",
        "Init",
        "IpcMode",
        "LogConfig",
        "Memory",
        "MemoryReservation",
        "MemorySwap",
        "Mounts",
        "NanoCpus",
        "NetworkMode",
        "PidMode",
        "PidsLimit",
        "PortBindings",
        "Privileged",
        "PublishAllPorts",
        "ReadonlyRootfs",
        "RestartPolicy",
        "SecurityOpt",
        "ShmSize",
        "Sysctls",
        "Tmpfs",
        "UTSMode",
        "Ulimits",
        "UsernsMode",
    }
)

NANOSECONDS = 10**9
_STATUSES = {
    "created": EngineStatus.CREATED,
    "running": EngineStatus.RUNNING,
    "restarting": EngineStatus.RUNNING,
    "paused": EngineStatus.PAUSED,
}
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$")
_LABEL_PREFIXES = ("ecsweb.", "com.amazonaws.")


def create_body(spec: ContainerSpec) -> dict[str, Any]:
    """Return the body of Docker's create call for `spec`: what is not worded here cannot be asked for."""
    body: dict[str, Any] = {
        "Image": spec.image,
        "Labels": dict(spec.labels),
        "Env": [f"{name}={value}" for name, value in spec.environment.items()],
        "WorkingDir": spec.working_directory,
        "User": spec.user,
        "Hostname": spec.hostname,
        "OpenStdin": spec.interactive,
        "StdinOnce": False,
        "Tty": spec.pseudo_terminal,
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "ExposedPorts": {f"{port.container_port}/{port.protocol}": {} for port in spec.ports},
        # ECS ignores the HEALTHCHECK that an image brings along unless the container definition repeats it.
        "Healthcheck": _health_check(spec.health_check),
        "HostConfig": _host_config(spec),
    }
    if spec.links:
        links = [f"{name}:{alias}" for name, alias in spec.links]
        body["NetworkingConfig"] = {"EndpointsConfig": {spec.network: {"Links": links}}}
    if spec.entrypoint is not None:
        body["Entrypoint"] = list(spec.entrypoint)
    if spec.command is not None:
        body["Cmd"] = list(spec.command)
    return body


def _health_check(check: HealthCheck | None) -> dict[str, Any]:
    """Return Docker's health check; its times are nanoseconds."""
    if check is None:
        return {"Test": ["NONE"]}
    return {
        "Test": list(check.command),
        "Interval": check.interval * NANOSECONDS,
        "Timeout": check.timeout * NANOSECONDS,
        "Retries": check.retries,
        "StartPeriod": check.start_period * NANOSECONDS,
    }


def _host_config(spec: ContainerSpec) -> dict[str, Any]:
    return {
        "AutoRemove": False,
        "Binds": [],
        "CapAdd": list(spec.cap_add),
        "CapDrop": list(spec.cap_drop),
        "CpuShares": spec.cpu_shares,
        "Devices": [],
        "ExtraHosts": [f"{name}:{address}" for name, address in spec.extra_hosts.items()],
        "Init": spec.init,
        "IpcMode": "private",
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}},
        "Memory": spec.memory,
        "MemoryReservation": spec.memory_reservation,
        "MemorySwap": spec.memory,
        "Mounts": [_mount(one) for one in spec.mounts],
        "NanoCpus": spec.nano_cpus,
        "NetworkMode": spec.network,
        "PidMode": "",
        "PidsLimit": spec.pids_limit,
        "PortBindings": _port_bindings(spec.ports),
        "Privileged": False,
        "PublishAllPorts": False,
        "ReadonlyRootfs": spec.read_only,
        "RestartPolicy": {"Name": "", "MaximumRetryCount": 0},
        "SecurityOpt": ["no-new-privileges"],
        "ShmSize": spec.shm_size,
        "Sysctls": dict(spec.sysctls),
        "Tmpfs": dict(spec.tmpfs),
        "Ulimits": [{"Name": name, "Soft": soft, "Hard": hard} for name, soft, hard in spec.ulimits],
        "UsernsMode": "",
        "UTSMode": "",
    }


def _mount(mount: VolumeMount) -> dict[str, Any]:
    """Return a mount of a volume: never a path of the host."""
    return {"Type": "volume", "Source": mount.volume, "Target": mount.path, "ReadOnly": mount.read_only}


def _port_bindings(ports: Iterable[PortPublication]) -> dict[str, list[dict[str, str]]]:
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        host_port = str(port.host_port) if port.host_port else ""
        binding = {"HostIp": port.host_ip, "HostPort": host_port}
        bindings.setdefault(f"{port.container_port}/{port.protocol}", []).append(binding)
    return bindings


def _health(state: Mapping[str, Any]) -> EngineHealth:
    found = str((state.get("Health") or {}).get("Status") or "none")
    known = found in set(EngineHealth) and state.get("Status") in {"running", "paused"}
    return EngineHealth(found) if known else EngineHealth.NONE


def container_from_inspect(document: Mapping[str, Any]) -> EngineContainer:
    """Return the engine container that Docker's inspect answer describes; dead and removing ones count as exited."""
    state = document["State"]
    status = _STATUSES.get(state.get("Status", ""), EngineStatus.EXITED)
    config = document.get("Config") or {}
    # A failed start leaves `created` behind with Docker's exit code 127 or 128: it never ran, so it has none for us.
    exit_code = int(state["ExitCode"]) if status is EngineStatus.EXITED else None
    return EngineContainer(
        runtime_id=document["Id"],
        name=document["Name"].removeprefix("/"),
        image=config.get("Image", ""),
        image_id=document.get("Image", ""),
        labels=config.get("Labels") or {},
        status=status,
        exit_code=exit_code,
        oom_killed=bool(state.get("OOMKilled")),
        error=state.get("Error") or "",
        started_at=parse_time(state.get("StartedAt")),
        finished_at=parse_time(state.get("FinishedAt")),
        ports=tuple(_ports((document.get("NetworkSettings") or {}).get("Ports") or {})),
        health=_health(state),
        mounts=tuple(_mounts(document.get("Mounts") or ())),
        **_addresses(document),
    )


def _addresses(document: Mapping[str, Any]) -> dict[str, str]:
    """Return IPv4 and MAC address in the network that it is in; none while it does not run."""
    networks = (document.get("NetworkSettings") or {}).get("Networks") or {}
    for found in networks.values():
        return {"address": str(found.get("IPAddress") or ""), "mac_address": str(found.get("MacAddress") or "")}
    return {}


def _mounts(mounts: Iterable[Mapping[str, Any]]) -> Iterator[VolumeMount]:
    for mount in sorted(mounts, key=lambda one: str(one.get("Destination"))):
        if mount.get("Type") == "volume":
            yield VolumeMount(str(mount["Name"]), str(mount["Destination"]), read_only=not mount.get("RW", True))


def _ports(ports: Mapping[str, list[dict[str, str]] | None]) -> Iterator[PortPublication]:
    for key, bindings in sorted(ports.items()):
        number, _, protocol = key.partition("/")
        for binding in bindings or ():
            yield PortPublication(
                container_port=int(number),
                host_port=int(binding.get("HostPort") or 0),
                protocol=protocol or "tcp",
                host_ip=binding.get("HostIp", ""),
            )


def parse_time(text: str | None) -> datetime | None:
    """Return Docker's RFC 3339 time (nanoseconds, any zone) as an aware UTC one; None for its zero time or none."""
    found = _TIME.match(text or "")
    if found is None or found[1].startswith("0001-"):
        return None
    zone = "+00:00" if found[3] == "Z" else found[3]
    micro = (found[2] or "")[:6].ljust(6, "0")
    return datetime.fromisoformat(f"{found[1]}.{micro}{zone}").astimezone(UTC)


def event_from_message(message: Mapping[str, Any]) -> EngineEvent | None:
    """Return a container event, or None for what nobody waits for (`exec_…` comes with every health check)."""
    action = str(message.get("Action", ""))
    actor = message.get("Actor") or {}
    if not action or action.startswith("exec_") or not actor.get("ID"):
        return None
    attributes = actor.get("Attributes") or {}
    return EngineEvent(
        action=action,
        runtime_id=actor["ID"],
        labels={key: value for key, value in attributes.items() if key.startswith(_LABEL_PREFIXES)},
        time=int(message.get("timeNano") or 0) / 1e9 or float(message.get("time") or 0),
    )


def tail_of(output: bytes, tail_bytes: int) -> bytes:
    """Return the last `tail_bytes` bytes, beginning at a line where that leaves one; a lone overlong line is cut."""
    if len(output) <= tail_bytes:
        return output
    tail = output[len(output) - tail_bytes :]
    if output[len(output) - tail_bytes - 1 : len(output) - tail_bytes] == b"\n":
        return tail
    _, newline, rest = tail.partition(b"\n")
    return rest if newline and rest else tail


def subnets_of(networks: Iterable[Mapping[str, Any]]) -> list[IPv4Network | IPv6Network]:
    """Return every subnet that Docker's network list answer names."""
    configs = [config for network in networks for config in (network.get("IPAM") or {}).get("Config") or ()]
    return [ip_network(config["Subnet"], strict=False) for config in configs if config.get("Subnet")]


def free_subnets(pool: str, taken: Iterable[IPv4Network | IPv6Network]) -> Iterator[IPv4Network]:
    """Yield the /24s of `pool`, lowest first, that overlap none of `taken`.

    Explicit subnets, because Docker's default pools end at about 30 networks. Example: pool 10.213.0.0/16 with
    10.213.0.0/24 taken → 10.213.1.0/24, 10.213.2.0/24, …
    """
    used = [network for network in taken if isinstance(network, IPv4Network)]
    for subnet in IPv4Network(pool).subnets(new_prefix=24):
        if not any(subnet.overlaps(other) for other in used):
            yield subnet


def network_body(name: str, subnet: IPv4Network, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments of the create-network call: a bridge with that one subnet."""
    return {
        "name": name,
        "driver": "bridge",
        "ipam": {"Driver": "default", "Config": [{"Subnet": str(subnet)}], "Options": None},
        "check_duplicate": True,
        "labels": dict(labels),
        "enable_ipv6": False,
    }
