"""What the agent needs of a container engine: a few idempotent methods, frozen values, and errors with names.

The protocol speaks ecsweb's needs, not Docker's. `docker_engine.py` is the only file that imports Docker;
`simulated_engine.py` obeys the same contract tests. No policy lives here: what may run is decided by `translate.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from ecsweb.domain.burdens import Burden
from ecsweb.domain.container_health import HealthCheck
from ecsweb.domain.usage import Reading, UsageGap


class EngineError(Exception):
    """The engine refused a call; `temporary` says whether the same call may succeed later."""

    def __init__(self, message: str, *, temporary: bool = False) -> None:
        super().__init__(message)
        self.temporary = temporary


class EngineUnavailable(EngineError):
    """No engine answers, or it did not answer in time."""

    def __init__(self, message: str) -> None:
        super().__init__(message, temporary=True)


class EngineTimeout(EngineUnavailable):
    """The engine took the call and did not answer it within `seconds`; it may answer others."""

    def __init__(self, message: str, *, seconds: float = 0) -> None:
        super().__init__(message)
        self.seconds = seconds


class NoSuchImage(EngineError):
    """The image is neither on the engine nor to be pulled."""


class NoSuchContainer(EngineError):
    """The engine container is gone."""


class PortInUse(EngineError):
    """A host port that the container wants is taken."""


class NameTaken(EngineError):
    """A container of that name exists and its labels are not the ones asked for: it is somebody else's."""


class UsageUnknown(EngineError):
    """What containers use cannot be read from here; `gap` says why."""

    def __init__(self, message: str, *, gap: UsageGap) -> None:
        super().__init__(message)
        self.gap = gap


class EngineStatus(StrEnum):
    """What the engine says of a container."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    EXITED = "exited"


class EngineHealth(StrEnum):
    """What the engine says of a container's health check; NONE where it has none or does not run."""

    NONE = "none"
    STARTING = "starting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class PortPublication:
    """A container port published on the host; `host_port` 0 lets the engine choose from its dynamic range."""

    container_port: int
    host_port: int
    protocol: str = "tcp"
    host_ip: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class VolumeMount:
    """A volume of ours, by its name on the engine, at a path of a container."""

    volume: str
    path: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class ContainerSpec:
    """Everything the engine is told about a container to create; made by `translate.py` only.

    `memory` and `memory_reservation` are bytes, `cpu_shares` Docker's relative weight, `nano_cpus` 10⁻⁹ CPUs (0: no
    cap). Without a `health_check` none is run, also where the image brings one along. `entrypoint` and `command` None
    keep the image's. `tmpfs` maps a path to mount options. `network` is the name of a network of ours, "none", or
    "container:" and the name of a container of ours whose network this one joins; that one has the ports.
    `links` are pairs of a container's name on the engine and the alias that only this container resolves to it.
    """

    name: str
    image: str
    labels: Mapping[str, str]
    network: str
    memory: int
    memory_reservation: int = 0
    cpu_shares: int = 2
    nano_cpus: int = 0
    pids_limit: int = 256
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""
    user: str = ""
    hostname: str = ""
    read_only: bool = False
    interactive: bool = False
    pseudo_terminal: bool = False
    init: bool = False
    ports: tuple[PortPublication, ...] = ()
    cap_drop: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    tmpfs: Mapping[str, str] = field(default_factory=dict)
    shm_size: int = 0
    ulimits: tuple[tuple[str, int, int], ...] = ()
    sysctls: Mapping[str, str] = field(default_factory=dict)
    extra_hosts: Mapping[str, str] = field(default_factory=dict)
    links: tuple[tuple[str, str], ...] = ()
    mounts: tuple[VolumeMount, ...] = ()
    health_check: HealthCheck | None = None


@dataclass(frozen=True, slots=True)
class EngineContainer:
    """One container of ours as the engine reports it now (the *observed* side)."""

    runtime_id: str
    name: str
    image: str
    image_id: str
    labels: Mapping[str, str]
    status: EngineStatus
    exit_code: int | None = None
    oom_killed: bool = False
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    ports: tuple[PortPublication, ...] = ()
    mounts: tuple[VolumeMount, ...] = ()
    address: str = ""
    mac_address: str = ""
    health: EngineHealth = EngineHealth.NONE


@dataclass(frozen=True, slots=True)
class EngineEvent:
    """Something happened to a container of ours; only a hint to look (level, not edge)."""

    action: str
    runtime_id: str
    labels: Mapping[str, str]
    time: float


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What the engine is, for the pages and `/healthz/ready`."""

    kind: str
    version: str
    engine_id: str
    live_restore: bool = False


class Engine(Protocol):
    """A container engine that holds the containers of one installation.

    Every method may raise `EngineUnavailable`. Only containers, networks and volumes that carry this installation's
    label (`labels.INSTALL`) are ever listed, touched or removed. All methods are safe to repeat.
    """

    def ping(self) -> EngineInfo:
        """Return what answers."""

    def list_containers(self, *, labels: Mapping[str, str] | None = None) -> tuple[EngineContainer, ...]:
        """Return our containers, running or not, that carry all of `labels`, in one coherent look."""

    def prepare_image(self, image: str) -> str:
        """Make sure that the engine has `image`, pulling it only when absent; return its id. Raises NoSuchImage."""

    def image_digest(self, image: str) -> str:
        """Return the digest ("sha256:…") under which a registry knows the image that the engine has; "" where none."""

    def ensure_network(self, name: str, labels: Mapping[str, str]) -> None:
        """Make sure that the network exists with a /24 of its own from the pool; what exists with our label is kept."""

    def remove_network(self, name: str) -> None:
        """Remove a network of ours; gone already is no error, one still in use raises a temporary EngineError."""

    def list_networks(self) -> Mapping[str, Mapping[str, str]]:
        """Return name and labels of our networks."""

    def ensure_volume(self, name: str, labels: Mapping[str, str]) -> None:
        """Make sure that the volume exists, empty when new; what exists with our label is kept. Raises NameTaken."""

    def remove_volume(self, name: str) -> None:
        """Remove a volume of ours with what is in it; gone already is no error, one that a container mounts raises a
        temporary EngineError."""

    def list_volumes(self) -> Mapping[str, Mapping[str, str]]:
        """Return name and labels of our volumes."""

    def create(self, spec: ContainerSpec) -> EngineContainer:
        """Create the container; one of that name with the same labels is returned as it is (adopted).

        Raises NoSuchImage, NameTaken (the name belongs to somebody else), EngineError.
        """

    def start(self, runtime_id: str) -> EngineContainer:
        """Start the container if it has not run yet; one that runs or has run is returned as it is, never run twice.

        Raises NoSuchContainer, PortInUse, EngineError; after a failed start it is still CREATED.
        """

    def restart(self, runtime_id: str) -> EngineContainer:
        """Start an exited container once more, under the same id; one that runs is returned as it is.

        Raises NoSuchContainer, PortInUse, EngineError.
        """

    def signal(self, runtime_id: str, signal: str = "") -> None:
        """Send `signal`, or the image's own stop signal where it is empty; not running any more is no error.

        Raises NoSuchContainer.
        """

    def burden(self, runtime_id: str, burden: Burden) -> None:
        """Let real work weigh upon a running container, from inside; not running any more is no error.

        Raises NoSuchContainer, and EngineError where there is no shell to do the work.
        """

    def remove(self, runtime_id: str) -> None:
        """Kill and remove the container; gone already is no error."""

    def logs(self, runtime_id: str, *, tail_bytes: int) -> bytes:
        """Return the last `tail_bytes` bytes of output, each line with Docker's RFC 3339 time stamp in front.

        Raises NoSuchContainer.
        """

    def usage(self, runtime_ids: Iterable[str]) -> Mapping[str, Reading]:
        """Return what those containers use, by id; one that does not run, is gone or is not ours is left out.

        Many at once may be left out until the next call. Raises UsageUnknown where none of them can be read from here.
        """

    def events(self, *, since: float) -> Iterator[EngineEvent]:
        """Yield events of our containers from `since` (epoch seconds) on until the engine goes away.

        Ends silently when the engine stops (the caller relists and asks again); raises EngineUnavailable if none runs.
        """
