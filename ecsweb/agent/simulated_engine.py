"""The engine protocol without Docker: containers that run by the clock, for tests and where no engine can be had.

It obeys the same contract tests as Docker. Every call first lets the time pass that has passed: what has ended by now
ends, at its own moment. Tests give their own clock and may break things: see `simulated_host.py`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Network

from ecsweb.agent import labels as label
from ecsweb.agent.docker_values import tail_of
from ecsweb.agent.engine import (
    ContainerSpec,
    EngineContainer,
    EngineError,
    EngineEvent,
    EngineHealth,
    EngineInfo,
    EngineStatus,
    EngineUnavailable,
    NameTaken,
    NoSuchImage,
    PortInUse,
    PortPublication,
)
from ecsweb.agent.simulated_host import ACTIVE, SimulatedHost
from ecsweb.agent.simulated_programs import (
    command_succeeds,
    cpu_nanoseconds,
    filled,
    filling,
    image_program,
    memory_held,
    printed,
    program_of,
)
from ecsweb.agent.simulated_store import Record
from ecsweb.domain.burdens import FLOOD_SECONDS, Burden
from ecsweb.domain.usage import MIB, NANOSECONDS, Reading, mebibytes

VERSION = "1"
FIRST_DYNAMIC_PORT = 32768
_POLL_SECONDS = 0.1
# How long a greedy process takes to its memory limit.
_SECONDS_TO_LIMIT = 1.0
_KILL = ("KILL", "SIGKILL", "9")
_NAMES = {
    "family": "ECSWEB_FAMILY",
    "revision": "ECSWEB_REVISION",
    "task": "ECSWEB_TASK_ID",
    "instance": "ECSWEB_INSTANCE",
}


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class SimulatedEngine(SimulatedHost):
    """`engine.Engine` in a SQLite file at `path` (None: in memory); engines that share a `store` share a host."""

    kind = "simulated"

    def ping(self) -> EngineInfo:
        """Return what answers: this."""
        with self.call("ping"):
            return EngineInfo(kind=self.kind, version=VERSION, engine_id="simulated", live_restore=True)

    def list_containers(self, *, labels: Mapping[str, str] | None = None) -> tuple[EngineContainer, ...]:
        """Return our containers that carry all of `labels`."""
        wanted = {**(labels or {}), label.INSTALL: self.install_id}
        with self.call("list_containers") as now:
            records = self.store.all()
        return tuple(_shown(one, now) for one in records if wanted.items() <= dict(one.labels).items())

    def prepare_image(self, image: str) -> str:
        """Return an id for an image of the catalogue; raises NoSuchImage for any other."""
        with self.call("prepare_image"):
            if image_program(image) is None:
                raise NoSuchImage(
                    f"pull access denied for {image}, repository does not exist: the simulated engine has the images "
                    "of the labs and a few well-known ones"
                )
        return f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"

    def image_digest(self, image: str) -> str:
        """Return a digest for an image of the catalogue, as if a registry had it; ours are made here and have none."""
        if image.startswith("ecsweb/") or image_program(image) is None:
            return ""
        return f"sha256:{hashlib.sha256(b'digest ' + image.encode()).hexdigest()}"

    def create(self, spec: ContainerSpec) -> EngineContainer:
        """Create the container, or adopt the one of that name with the same labels."""
        if not self.is_ours(spec.labels):
            raise EngineError(f"Container {spec.name} does not carry the label of this installation.")
        with self.call("create") as now:
            existing = self.store.get(spec.name)
            if existing is not None:
                if not spec.labels.items() <= dict(existing.labels).items():
                    raise NameTaken(f"Container name {spec.name} is taken by a container with other labels.")
                return _shown(existing, now)
            if image_program(spec.image) is None:
                raise NoSuchImage(f"No such image: {spec.image}")
            self._provision(spec)
            record = _created(spec)
            self.store.put(record)
            self.store.add_event("create", record, now)
            return _shown(record, now)

    def _provision(self, spec: ContainerSpec) -> None:
        """Make the volumes that nobody has made, as Docker does, without a label of ours."""
        known = self.store.volumes()
        for volume in {mount.volume for mount in spec.mounts} - known.keys():
            self.store.put_volume(volume, {})

    def start(self, runtime_id: str) -> EngineContainer:
        """Start a container that has not run yet; one that runs or has run is returned as it is."""
        with self.call("start") as now:
            record = self.own(runtime_id)
            return _shown(self._started(record, now) if record.status is EngineStatus.CREATED else record, now)

    def restart(self, runtime_id: str) -> EngineContainer:
        """Start one that has exited once more; one that runs is returned as it is."""
        with self.call("restart") as now:
            record = self.own(runtime_id)
            return _shown(self._started(record, now) if record.status is EngineStatus.EXITED else record, now)

    def _started(self, record: Record, now: float) -> Record:
        if record.program_error:
            raise EngineError(record.program_error)
        self._check_network(record)
        seconds = record.program.seconds
        address, mac_address = self._addresses(record)
        started = dataclasses.replace(
            record,
            status=EngineStatus.RUNNING,
            started_at=now,
            ends_at=None if seconds is None else now + seconds,
            finished_at=None,
            exit_code=None,
            oom_killed=False,
            got_term=False,
            ports=self._bound(record.wanted_ports),
            address=address,
            mac_address=mac_address,
        )
        self.store.put(started)
        self.store.add_event("start", started, now)
        return started

    def _check_network(self, record: Record) -> None:
        kind, _, name = record.network.partition(":")
        if kind == "container":
            other = self.store.get(name)
            if other is None or other.status not in ACTIVE:
                raise EngineError(f"cannot join network of a non running container: {name}")
        elif kind != "none" and record.network not in self.store.networks():
            raise EngineError(f"network {record.network} not found", temporary=True)

    def _addresses(self, record: Record) -> tuple[str, str]:
        """Return a free IPv4 address of the network's subnet and a MAC address, both empty without a network."""
        found = self.store.networks().get(record.network)
        if found is None:
            return "", ""
        taken = {one.address for one in self.store.all() if one.network == record.network and one.status in ACTIVE}
        hosts = (str(host) for host in list(IPv4Network(found[0]).hosts())[1:])
        address = next((host for host in hosts if host not in taken), "")
        parts = [int(part) for part in address.split(".")] if address else []
        return address, ":".join(f"{part:02x}" for part in (2, 66, *parts))

    def _bound(self, wanted: tuple[PortPublication, ...]) -> tuple[PortPublication, ...]:
        taken = {(port.host_port, port.protocol) for record in self.store.all() for port in record.ports}
        bound = []
        for port in wanted:
            number = port.host_port or FIRST_DYNAMIC_PORT
            while not port.host_port and (number, port.protocol) in taken:
                number += 1
            if (number, port.protocol) in taken:
                raise PortInUse(f"Bind for {port.host_ip}:{number} failed: port is already allocated")
            taken.add((number, port.protocol))
            bound.append(dataclasses.replace(port, host_port=number))
        return tuple(bound)

    def signal(self, runtime_id: str, signal: str = "") -> None:
        """Send a signal: KILL always ends it, any other as its program has it."""
        with self.call("signal") as now:
            record = self.own(runtime_id)
            if record.status not in ACTIVE:
                return
            self.store.add_event("kill", record, now)
            if signal.upper() in _KILL:
                self.end_at(record, now, 137)
            elif record.program.term_exit is not None:
                self.end_at(dataclasses.replace(record, got_term=True), now, record.program.term_exit)

    def burden(self, runtime_id: str, burden: Burden) -> None:
        """Let a running one reach its memory limit, or keep its CPU busy for a while."""
        with self.call("burden") as now:
            record = self.own(runtime_id)
            if record.status is not EngineStatus.RUNNING:
                return
            if burden is Burden.CPU:
                self.store.put(dataclasses.replace(record, busy_until=now + FLOOD_SECONDS))
                return
            ran = now - (record.started_at or now)
            limit = mebibytes(record.memory_limit)
            program = filling(record.program, ran=ran, seconds=_SECONDS_TO_LIMIT, limit=limit)
            self.store.put(dataclasses.replace(record, program=program, ends_at=now + _SECONDS_TO_LIMIT))

    def remove(self, runtime_id: str) -> None:
        """Kill and remove one of ours; gone already is no error, somebody else's raises NameTaken."""
        with self.call("remove") as now:
            record = self.store.get(runtime_id)
            if record is None:
                return
            if not self.is_ours(record.labels):
                raise NameTaken(f"Container {runtime_id} is not of this installation.")
            if record.status in ACTIVE:
                self.end_at(record, now, 137)
            self.store.delete(record)
            self.store.add_event("destroy", record, now)

    def logs(self, runtime_id: str, *, tail_bytes: int) -> bytes:
        """Return the end of what it has printed so far."""
        with self.call("logs") as now:
            record = self.own(runtime_id)
        if record.started_at is None:
            return b""
        started = record.started_at
        ran = (record.finished_at or now) - started
        lines = printed(record.program, ran=ran, names=record.names)
        if record.got_term and record.program.term_line:
            lines.append((ran, filled(record.program.term_line, record.names)))
        stamped = [
            f"{datetime.fromtimestamp(started + at, UTC):%Y-%m-%dT%H:%M:%S.%f000Z} {text}\n" for at, text in lines
        ]
        return tail_of("".join(stamped).encode(), tail_bytes)

    def usage(self, runtime_ids: Iterable[str]) -> Mapping[str, Reading]:
        """Return what the programs of those that run have used, at the time of this host."""
        with self.call("usage") as now:
            records = {one: self.store.get(one) for one in runtime_ids}
        return {
            one: _reading(record, record.started_at, now)
            for one, record in records.items()
            if record is not None and record.id == one and self.is_ours(record.labels)
            if record.status in ACTIVE and record.started_at is not None
        }

    def events(self, *, since: float) -> Iterator[EngineEvent]:
        """Yield events of our containers, looking for new ones ten times a second, until the engine goes down."""
        number, first = 0, True
        while True:
            try:
                with self.call("events"):
                    found = self.store.events(after=number, since=since)
            except EngineUnavailable:
                if first:
                    raise
                return
            first, number = False, found[-1][0] if found else number
            for _number, event in found:
                if self.is_ours(event.labels):
                    yield event
            if not found:
                time.sleep(_POLL_SECONDS)


def _reading(record: Record, started_at: float, now: float) -> Reading:
    ran = now - started_at
    flood_began = max(started_at, record.busy_until - FLOOD_SECONDS)
    flooded = max(0.0, min(now, record.busy_until) - flood_began) * min(1.0, record.cpu_cap or 1.0)
    cpu = cpu_nanoseconds(record.program, ran=ran, cap=record.cpu_cap) + int(flooded * NANOSECONDS)
    return Reading(cpu=cpu, memory=int(memory_held(record.program, ran=ran) * MIB), at=now)


def _created(spec: ContainerSpec) -> Record:
    health_after, health = _health_check(spec)
    record = Record(
        id=secrets.token_hex(32),
        name=spec.name,
        image=spec.image,
        labels=dict(spec.labels),
        network=spec.network,
        wanted_ports=spec.ports,
        names={name: spec.environment.get(variable, "") for name, variable in _NAMES.items()},
        health_after=health_after,
        health=health,
        mounts=tuple(sorted(spec.mounts, key=lambda mount: mount.path)),
        cpu_cap=spec.nano_cpus / NANOSECONDS,
        memory_limit=spec.memory,
    )
    try:
        return dataclasses.replace(record, program=program_of(spec))
    except EngineError as error:
        # Docker finds out at the start, not when the container is created.
        return dataclasses.replace(record, program_error=str(error))


def _health_check(spec: ContainerSpec) -> tuple[float | None, str]:
    """Return when the check gives its verdict and which: one success is enough, a failure needs all its retries."""
    check = spec.health_check
    if check is None:
        return None, ""
    is_healthy = command_succeeds(check.command)
    failures = 0 if is_healthy else (check.retries - 1) * check.interval + check.start_period
    return float(check.interval + failures), EngineHealth.HEALTHY if is_healthy else EngineHealth.UNHEALTHY


def _health(record: Record, now: float) -> EngineHealth:
    if record.health_after is None or record.status not in ACTIVE or record.started_at is None:
        return EngineHealth.NONE
    is_known = now >= record.started_at + record.health_after
    return EngineHealth(record.health) if is_known else EngineHealth.STARTING


def _shown(record: Record, now: float) -> EngineContainer:
    return EngineContainer(
        runtime_id=record.id,
        name=record.name,
        image=record.image,
        image_id=f"sha256:{hashlib.sha256(record.image.encode()).hexdigest()}",
        labels=dict(record.labels),
        status=record.status,
        exit_code=record.exit_code,
        oom_killed=record.oom_killed,
        error=record.error,
        started_at=_moment(record.started_at),
        finished_at=_moment(record.finished_at),
        ports=record.ports,
        health=_health(record, now),
        mounts=record.mounts,
        address=record.address if record.status in ACTIVE else "",
        mac_address=record.mac_address if record.status in ACTIVE else "",
    )
