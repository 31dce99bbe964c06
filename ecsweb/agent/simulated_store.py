"""Where the simulated engine keeps its containers, networks and events: a small SQLite file, or memory for tests.

The file is shared by the processes of one installation and outlives them, as a Docker engine's state does.
"""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ecsweb.agent.engine import EngineEvent, EngineStatus, EngineUnavailable, PortPublication, VolumeMount
from ecsweb.agent.simulated_programs import Program

_SCHEMA = """
CREATE TABLE IF NOT EXISTS container (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
                                      ends_at REAL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS container_ends_at ON container (status, ends_at);
CREATE TABLE IF NOT EXISTS network (name TEXT PRIMARY KEY, subnet TEXT NOT NULL UNIQUE, labels TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS volume (name TEXT PRIMARY KEY, labels TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS event (number INTEGER PRIMARY KEY AUTOINCREMENT, action TEXT NOT NULL,
                                  runtime_id TEXT NOT NULL, time REAL NOT NULL, labels TEXT NOT NULL);
"""
# Docker keeps its last 256 events as well.
_KEPT_EVENTS = 256


@dataclass(frozen=True, slots=True)
class Record:
    """One container; times are epoch seconds. `wanted_ports` are the spec's, `ports` those bound while it runs."""

    id: str
    name: str
    image: str
    labels: Mapping[str, str]
    network: str = "none"
    wanted_ports: tuple[PortPublication, ...] = ()
    program: Program = field(default_factory=Program)
    program_error: str = ""
    status: EngineStatus = EngineStatus.CREATED
    started_at: float | None = None
    ends_at: float | None = None
    finished_at: float | None = None
    exit_code: int | None = None
    oom_killed: bool = False
    error: str = ""
    got_term: bool = False
    # Until when a flood keeps its CPU busy.
    busy_until: float = 0.0
    ports: tuple[PortPublication, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    mounts: tuple[VolumeMount, ...] = ()
    address: str = ""
    mac_address: str = ""
    # Seconds after the start at which the health check gives its first verdict, and which; None without a check.
    health_after: float | None = None
    health: str = ""
    # CPUs that it may take at most, 0 without a cap, and bytes.
    cpu_cap: float = 0.0
    memory_limit: int = 0


class SimulatedStore:
    """Containers, networks and events behind one connection; `path` None keeps them in memory."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        try:
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=5, isolation_level=None, check_same_thread=False
            )
            self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; {_SCHEMA}")
        except sqlite3.Error as error:
            raise EngineUnavailable(f"The simulated engine cannot open its file {path}: {error}") from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold everybody else off; what happens inside is written whole or not at all."""
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield
                except BaseException:
                    self._connection.execute("ROLLBACK")
                    raise
                self._connection.execute("COMMIT")
            except sqlite3.Error as error:
                raise EngineUnavailable(f"The simulated engine's file does not answer: {error}") from error

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def get(self, name_or_id: str) -> Record | None:
        """Return the container of that id or name."""
        found = self._connection.execute(
            "SELECT body FROM container WHERE id = ? OR name = ?", (name_or_id, name_or_id)
        )
        row = found.fetchone()
        return None if row is None else _record(row[0])

    def all(self) -> list[Record]:
        """Return every container, oldest first."""
        return [_record(row[0]) for row in self._connection.execute("SELECT body FROM container ORDER BY rowid")]

    def due(self, now: float) -> list[Record]:
        """Return the running containers whose program has ended by now, first ended first."""
        found = self._connection.execute(
            "SELECT body FROM container WHERE status = 'running' AND ends_at <= ? ORDER BY ends_at", (now,)
        )
        return [_record(row[0]) for row in found]

    def put(self, record: Record) -> None:
        """Write the container, new or changed."""
        self._connection.execute(
            "INSERT INTO container VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " name = excluded.name, status = excluded.status, ends_at = excluded.ends_at, body = excluded.body",
            (record.id, record.name, record.status, record.ends_at, json.dumps(dataclasses.asdict(record))),
        )

    def delete(self, record: Record) -> None:
        """Forget the container."""
        self._connection.execute("DELETE FROM container WHERE id = ?", (record.id,))

    def networks(self) -> dict[str, tuple[str, Mapping[str, str]]]:
        """Return subnet and labels of every network by its name."""
        found = self._connection.execute("SELECT name, subnet, labels FROM network ORDER BY rowid")
        return {name: (subnet, json.loads(labels)) for name, subnet, labels in found}

    def put_network(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Write a new network."""
        self._connection.execute("INSERT INTO network VALUES (?, ?, ?)", (name, subnet, json.dumps(dict(labels))))

    def delete_network(self, name: str) -> None:
        """Forget the network."""
        self._connection.execute("DELETE FROM network WHERE name = ?", (name,))

    def volumes(self) -> dict[str, Mapping[str, str]]:
        """Return the labels of every volume by its name."""
        found = self._connection.execute("SELECT name, labels FROM volume ORDER BY rowid")
        return {name: json.loads(labels) for name, labels in found}

    def put_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Write a new volume."""
        self._connection.execute("INSERT INTO volume VALUES (?, ?)", (name, json.dumps(dict(labels))))

    def delete_volume(self, name: str) -> None:
        """Forget the volume."""
        self._connection.execute("DELETE FROM volume WHERE name = ?", (name,))

    def add_event(self, action: str, record: Record, time: float) -> None:
        """Append an event and drop those that are too old to be kept."""
        made = self._connection.execute(
            "INSERT INTO event (action, runtime_id, time, labels) VALUES (?, ?, ?, ?)",
            (action, record.id, time, json.dumps(dict(record.labels))),
        )
        self._connection.execute("DELETE FROM event WHERE number <= ?", ((made.lastrowid or 0) - _KEPT_EVENTS,))

    def events(self, *, after: int, since: float) -> list[tuple[int, EngineEvent]]:
        """Return the events with a number above `after` and a time from `since` on."""
        found = self._connection.execute(
            "SELECT number, action, runtime_id, labels, time FROM event WHERE number > ? AND time >= ? ORDER BY number",
            (after, since),
        )
        return [
            (number, EngineEvent(action, id_, json.loads(labels), time)) for number, action, id_, labels, time in found
        ]


def _record(body: str) -> Record:
    values = json.loads(body)
    values["status"] = EngineStatus(values["status"])
    for name in ("wanted_ports", "ports"):
        values[name] = tuple(PortPublication(**port) for port in values[name])
    # A file of an earlier version has none.
    values["mounts"] = tuple(VolumeMount(**mount) for mount in values.get("mounts", ()))
    program = values["program"]
    program["lines"] = tuple((at, text) for at, text in program["lines"])
    if "memory" in program:
        program["memory"] = tuple((at, size) for at, size in program["memory"])
    values["program"] = Program(**program)
    return Record(**values)
