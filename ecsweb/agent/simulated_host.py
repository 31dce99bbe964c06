"""The host under the simulated engine: it lets time pass, keeps the networks, and may be broken by tests."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

from ecsweb.agent import labels as label
from ecsweb.agent.docker_values import free_subnets
from ecsweb.agent.engine import EngineError, EngineStatus, EngineUnavailable, NameTaken, NoSuchContainer
from ecsweb.agent.simulated_store import Record, SimulatedStore

ACTIVE = (EngineStatus.RUNNING, EngineStatus.PAUSED)


def utc_now() -> datetime:
    """Return the time now."""
    return datetime.now(UTC)


class SimulatedHost:
    """A host in a SQLite file at `path` (None: in memory); engines that share a `store` share a host."""

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

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()

    def now(self) -> float:
        """Return this host's time in epoch seconds."""
        return self._clock().timestamp()

    @contextmanager
    def call(self, method: str) -> Iterator[float]:
        """Fail if told so; otherwise let the time pass and hold the store for the call. Gives epoch seconds."""
        if self._is_down:
            raise EngineUnavailable("The simulated engine is down.")
        for number, (name, error) in enumerate(self._failures):
            if name == method:
                del self._failures[number]
                raise error
        now = self.now()
        with self.store.transaction():
            for record in self.store.due(now):
                program = record.program
                self.end_at(record, record.ends_at or now, program.exit_code, oom_killed=program.oom_killed)
            yield now

    def end_at(self, record: Record, at: float, exit_code: int, *, oom_killed: bool = False) -> None:
        """Write that the container has ended at that moment, inside a call."""
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

    def own(self, runtime_id: str) -> Record:
        """Return a container of this installation, inside a call; raises NoSuchContainer."""
        record = self.store.get(runtime_id)
        if record is None or not self.is_ours(record.labels):
            raise NoSuchContainer(f"No such container of this installation: {runtime_id}")
        return record

    def is_ours(self, labels: Mapping[str, str]) -> bool:
        """Say whether what carries these labels is of this installation."""
        return labels.get(label.INSTALL) == self.install_id

    # --- networks: part of the engine protocol -----------------------------------------------------------------------
    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Make sure that the network exists; raises NameTaken for somebody else's."""
        if not self.is_ours(labels):
            raise EngineError(f"Network {name} does not carry the label of this installation.")
        with self.call("ensure_network"):
            networks = self.store.networks()
            if name not in networks:
                from_pool = free_subnets(self.network_pool, [IPv4Network(subnet) for subnet, _ in networks.values()])
                subnet = next(from_pool, None)
                if subnet is None:
                    raise EngineError(f"No free /24 is left in the network pool {self.network_pool}.")
                self.store.put_network(name, str(subnet), labels)
            elif not self.is_ours(networks[name][1]):
                raise NameTaken(f"Network {name} is not of this installation.")

    def remove_network(self, name: str) -> None:
        """Remove a network of ours; raises a temporary EngineError while a running container is in it."""
        with self.call("remove_network"):
            found = self.store.networks().get(name)
            if found is None:
                return
            if not self.is_ours(found[1]):
                raise NameTaken(f"Network {name} is not of this installation.")
            if any(one.network == name and one.status in ACTIVE for one in self.store.all()):
                raise EngineError(f"error while removing network: network {name} has active endpoints", temporary=True)
            self.store.delete_network(name)

    def list_networks(self) -> Mapping[str, Mapping[str, str]]:
        """Return name and labels of our networks."""
        with self.call("list_networks"):
            networks = self.store.networks()
        return {name: labels for name, (_, labels) in networks.items() if self.is_ours(labels)}

    # --- volumes: part of the engine protocol -------------------------------------------------------------------------
    def ensure_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Make sure that the volume exists; raises NameTaken for somebody else's."""
        if not self.is_ours(labels):
            raise EngineError(f"Volume {name} does not carry the label of this installation.")
        with self.call("ensure_volume"):
            found = self.store.volumes().get(name)
            if found is None:
                self.store.put_volume(name, labels)
            elif not self.is_ours(found):
                raise NameTaken(f"Volume {name} is not of this installation.")

    def remove_volume(self, name: str) -> None:
        """Remove a volume of ours; raises a temporary EngineError while a container mounts it, running or not."""
        with self.call("remove_volume"):
            found = self.store.volumes().get(name)
            if found is None:
                return
            if not self.is_ours(found):
                raise NameTaken(f"Volume {name} is not of this installation.")
            if any(mount.volume == name for one in self.store.all() for mount in one.mounts):
                raise EngineError(f"remove {name}: volume is in use", temporary=True)
            self.store.delete_volume(name)

    def list_volumes(self) -> Mapping[str, Mapping[str, str]]:
        """Return name and labels of our volumes."""
        with self.call("list_volumes"):
            volumes = self.store.volumes()
        return {name: labels for name, labels in volumes.items() if self.is_ours(labels)}

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
                self.store.add_event("destroy", record, self.now())

    def end(self, runtime_id: str, exit_code: int, *, oom_killed: bool = False) -> None:
        """Let a running container end now with that exit code."""
        with self.call("end") as now:
            self.end_at(self.own(runtime_id), now, exit_code, oom_killed=oom_killed)

    def set_health(self, runtime_id: str, health: str) -> None:
        """Let a container's health check give another verdict from now on."""
        with self.call("set_health"):
            self.store.put(dataclasses.replace(self.own(runtime_id), health_after=0.0, health=health))

    def add_foreign(self, name: str, labels: Mapping[str, str]) -> str:
        """Put somebody else's running container on the host; return its id."""
        record = Record(
            id=secrets.token_hex(32),
            name=name,
            image="busybox:latest",
            labels=labels,
            status=EngineStatus.RUNNING,
            started_at=self.now(),
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
