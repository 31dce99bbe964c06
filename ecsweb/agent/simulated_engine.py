"""The engine protocol without Docker: containers that run by the clock, for tests and where no engine can be had.

It obeys the same contract tests as Docker. Every call first lets the time pass that has passed: what has ended by now
ends, at its own moment. Tests give their own clock and may break things: see the last section of the class.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

from ecsweb.agent import labels as label
from ecsweb.agent.docker_values import free_subnets, tail_of
from ecsweb.agent.engine import (
    ContainerSpec,
    EngineContainer,
    EngineError,
    EngineEvent,
    EngineInfo,
    EngineStatus,
    EngineUnavailable,
    NameTaken,
    NoSuchContainer,
    NoSuchImage,
    PortInUse,
    PortPublication,
)
from ecsweb.agent.simulated_programs import filled, image_program, printed, program_of
from ecsweb.agent.simulated_store import Record, SimulatedStore

VERSION = "1"
FIRST_DYNAMIC_PORT = 32768
_POLL_SECONDS = 0.1
_ACTIVE = (EngineStatus.RUNNING, EngineStatus.PAUSED)
_KILL = ("KILL", "SIGKILL", "9")
_NAMES = {"family": "ECSWEB_FAMILY", "revision": "ECSWEB_REVISION", "task": "ECSWEB_TASK_ID", "instance": "ECSWEB_INSTANCE"}


def utc_now() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class SimulatedEngine:
    """`engine.Engine` in a SQLite file at `path` (None: in memory); engines that share a `store` share a host."""

    kind = "simulated"

    def __init__(
        self,
        install_id: str,
        *,
        path: Path | None = None,
        store: SimulatedStore | None = None,
        clock: Callable[[], datetime] = utc_now,
        network_pool: str = "10.213.0.0/16",
    ) -> None:
        self.install_id = install_id
        self.store = store or SimulatedStore(path)
        self.network_pool = network_pool
        self._clock = clock
        self._is_down = False
        self._failures: list[tuple[str, EngineError]] = []

    @contextmanager
    def _call(self, method: str) -> Iterator[float]:
        """Fail if told so; otherwise let the time pass and hold the store for the call. Gives epoch seconds."""
        if self._is_down:
            raise EngineUnavailable("The simulated engine is down.")
        for number, (name, error) in enumerate(self._failures):
            if name == method:
                del self._failures[number]
                raise error
        now = self._clock().timestamp()
        with self.store.transaction():
            for record in self.store.due(now):
                program = record.program
                self._end(record, record.ends_at or now, program.exit_code, oom_killed=program.oom_killed)
            yield now

    def _end(self, record: Record, at: float, exit_code: int, *, oom_killed: bool = False) -> None:
        ended = dataclasses.replace(
            record,
            status=EngineStatus.EXITED,
            finished_at=at,
            ends_at=None,
            exit_code=exit_code,
            oom_killed=oom_killed,
            ports=(),
        )
        self.store.put(ended)
        if oom_killed:
            self.store.add_event("oom", ended, at)
        self.store.add_event("die", ended, at)

    def _own(self, runtime_id: str) -> Record:
        record = self.store.get(runtime_id)
        if record is None or not self._is_ours(record.labels):
            raise NoSuchContainer(f"No such container of this installation: {runtime_id}")
        return record

    def _is_ours(self, labels: Mapping[str, str]) -> bool:
        return labels.get(label.INSTALL) == self.install_id

    # --- the protocol -------------------------------------------------------------------------------------------------
    def ping(self) -> EngineInfo:
        """Return what answers: this."""
        with self._call("ping"):
            return EngineInfo(kind=self.kind, version=VERSION, engine_id="simulated", live_restore=True)

    def list_containers(self, *, labels: Mapping[str, str] | None = None) -> tuple[EngineContainer, ...]:
        """Return our containers that carry all of `labels`."""
        wanted = {**(labels or {}), label.INSTALL: self.install_id}
        with self._call("list_containers"):
            records = self.store.all()
        return tuple(_shown(one) for one in records if wanted.items() <= dict(one.labels).items())

    def prepare_image(self, image: str) -> str:
        """Return an id for an image of the catalogue; raises NoSuchImage for any other."""
        with self._call("prepare_image"):
            if image_program(image) is None:
                raise NoSuchImage(
                    f"pull access denied for {image}, repository does not exist: the simulated engine has the images "
                    "of the labs and a few well-known ones"
                )
        return f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"

    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Make sure that the network exists; raises NameTaken for somebody else's."""
        if not self._is_ours(labels):
            raise EngineError(f"Network {name} does not carry the label of this installation.")
        with self._call("ensure_network"):
            networks = self.store.networks()
            if name not in networks:
                from_pool = free_subnets(self.network_pool, [IPv4Network(subnet) for subnet, _ in networks.values()])
                subnet = next(from_pool, None)
                if subnet is None:
                    raise EngineError(f"No free /24 is left in the network pool {self.network_pool}.")
                self.store.put_network(name, str(subnet), labels)
            elif not self._is_ours(networks[name][1]):
                raise NameTaken(f"Network {name} is not of this installation.")

    def remove_network(self, name: str) -> None:
        """Remove a network of ours; raises a temporary EngineError while a running container is in it."""
        with self._call("remove_network"):
            found = self.store.networks().get(name)
            if found is None:
                return
            if not self._is_ours(found[1]):
                raise NameTaken(f"Network {name} is not of this installation.")
            if any(one.network == name and one.status in _ACTIVE for one in self.store.all()):
                raise EngineError(f"error while removing network: network {name} has active endpoints", temporary=True)
            self.store.delete_network(name)

    def list_networks(self) -> Mapping[str, Mapping[str, str]]:
        """Return name and labels of our networks."""
        with self._call("list_networks"):
            networks = self.store.networks()
        return {name: labels for name, (_, labels) in networks.items() if self._is_ours(labels)}

    def create(self, spec: ContainerSpec) -> EngineContainer:
        """Create the container, or adopt the one of that name with the same labels."""
        if not self._is_ours(spec.labels):
            raise EngineError(f"Container {spec.name} does not carry the label of this installation.")
        with self._call("create") as now:
            existing = self.store.get(spec.name)
            if existing is not None:
                if not spec.labels.items() <= dict(existing.labels).items():
                    raise NameTaken(f"Container name {spec.name} is taken by a container with other labels.")
                return _shown(existing)
            if image_program(spec.image) is None:
                raise NoSuchImage(f"No such image: {spec.image}")
            record = _created(spec)
            self.store.put(record)
            self.store.add_event("create", record, now)
            return _shown(record)

    def start(self, runtime_id: str) -> EngineContainer:
        """Start a container that has not run yet; one that runs or has run is returned as it is."""
        with self._call("start") as now:
            record = self._own(runtime_id)
            if record.status is not EngineStatus.CREATED:
                return _shown(record)
            if record.program_error:
                raise EngineError(record.program_error)
            if record.network != "none" and record.network not in self.store.networks():
                raise EngineError(f"network {record.network} not found", temporary=True)
            seconds = record.program.seconds
            started = dataclasses.replace(
                record,
                status=EngineStatus.RUNNING,
                started_at=now,
                ends_at=None if seconds is None else now + seconds,
                ports=self._bound(record.wanted_ports),
            )
            self.store.put(started)
            self.store.add_event("start", started, now)
            return _shown(started)

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
        with self._call("signal") as now:
            record = self._own(runtime_id)
            if record.status not in _ACTIVE:
                return
            self.store.add_event("kill", record, now)
            if signal.upper() in _KILL:
                self._end(record, now, 137)
            elif record.program.term_exit is not None:
                self._end(dataclasses.replace(record, got_term=True), now, record.program.term_exit)

    def remove(self, runtime_id: str) -> None:
        """Kill and remove one of ours; gone already is no error, somebody else's raises NameTaken."""
        with self._call("remove") as now:
            record = self.store.get(runtime_id)
            if record is None:
                return
            if not self._is_ours(record.labels):
                raise NameTaken(f"Container {runtime_id} is not of this installation.")
            if record.status in _ACTIVE:
                self._end(record, now, 137)
            self.store.delete(record)
            self.store.add_event("destroy", record, now)

    def logs(self, runtime_id: str, *, tail_bytes: int) -> bytes:
        """Return the end of what it has printed so far."""
        with self._call("logs") as now:
            record = self._own(runtime_id)
        if record.started_at is None:
            return b""
        started = record.started_at
        ran = (record.finished_at or now) - started
        lines = printed(record.program, ran=ran, names=record.names)
        if record.got_term and record.program.term_line:
            lines.append((ran, filled(record.program.term_line, record.names)))
        stamped = [f"{datetime.fromtimestamp(started + at, UTC):%Y-%m-%dT%H:%M:%S.%f000Z} {text}\n" for at, text in lines]
        return tail_of("".join(stamped).encode(), tail_bytes)

    def events(self, *, since: float) -> Iterator[EngineEvent]:
        """Yield events of our containers, looking for new ones ten times a second, until the engine goes down."""
        number, first = 0, True
        while True:
            try:
                with self._call("events"):
                    found = self.store.events(after=number, since=since)
            except EngineUnavailable:
                if first:
                    raise
                return
            first = False
            for number, event in found:
                if self._is_ours(event.labels):
                    yield event
            if not found:
                time.sleep(_POLL_SECONDS)

    # --- what tests may do to it --------------------------------------------------------------------------------------
    def fail_next(self, method: str, error: EngineError) -> None:
        """Let the next call of `method` raise `error`; several are kept in order."""
        self._failures.append((method, error))

    def lose(self, runtime_id: str) -> None:
        """Let a container vanish, as `docker rm -f` by hand does."""
        with self.store.transaction():
            record = self.store.get(runtime_id)
            if record is not None:
                self.store.delete(record)
                self.store.add_event("destroy", record, self._clock().timestamp())

    def end(self, runtime_id: str, exit_code: int, *, oom_killed: bool = False) -> None:
        """Let a running container end now with that exit code."""
        with self._call("end") as now:
            self._end(self._own(runtime_id), now, exit_code, oom_killed=oom_killed)

    def add_foreign(self, name: str, labels: Mapping[str, str]) -> str:
        """Put somebody else's running container on the host; return its id."""
        record = Record(
            id=secrets.token_hex(32),
            name=name,
            image="busybox:latest",
            labels=labels,
            status=EngineStatus.RUNNING,
            started_at=self._clock().timestamp(),
        )
        with self.store.transaction():
            self.store.put(record)
        return record.id

    def go_down(self) -> None:
        """Stop answering; containers live on, as with Docker's live-restore."""
        self._is_down = True

    def come_back(self) -> None:
        """Answer again."""
        self._is_down = False


def _created(spec: ContainerSpec) -> Record:
    record = Record(
        id=secrets.token_hex(32),
        name=spec.name,
        image=spec.image,
        labels=dict(spec.labels),
        network=spec.network,
        wanted_ports=spec.ports,
        names={name: spec.environment.get(variable, "") for name, variable in _NAMES.items()},
    )
    try:
        return dataclasses.replace(record, program=program_of(spec))
    except EngineError as error:
        # Docker finds out at the start, not when the container is created.
        return dataclasses.replace(record, program_error=str(error))


def _shown(record: Record) -> EngineContainer:
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
    )
