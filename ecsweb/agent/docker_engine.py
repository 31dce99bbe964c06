"""The engine protocol over Docker's HTTP API; the only file of ecsweb that imports Docker. No policy lives here.

Every call has its own time-out, calls that change something share four slots, and before any of them the install label
is looked at: what does not carry it is never touched. Docker's errors leave here as `engine.py`'s.
"""

from __future__ import annotations

import dataclasses
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import docker
import requests
import urllib3
from docker.context import ContextAPI
from docker.errors import APIError, DockerException
from docker.utils import kwargs_from_env

from ecsweb.agent import labels as label
from ecsweb.agent.docker_parts import CHANGE, LOOK, DockerImages, DockerNetworks, DockerVolumes
from ecsweb.agent.docker_usage import DockerUsage
from ecsweb.agent.docker_values import container_from_inspect, create_body, event_from_message, tail_of
from ecsweb.agent.engine import (
    ContainerSpec,
    EngineContainer,
    EngineError,
    EngineEvent,
    EngineInfo,
    EngineStatus,
    EngineTimeout,
    EngineUnavailable,
    NameTaken,
    NoSuchContainer,
    NoSuchImage,
    PortInUse,
)
from ecsweb.domain.burdens import Burden, command_of

_DEFAULT_ADDRESS = "unix:///var/run/docker.sock"
# Seconds after which a silent event stream is quietly reopened.
EVENTS = 60.0
# More than three or four engine calls at a time only add latency (`reliability.md` 7.1).
SLOTS = 4

_timeout: ContextVar[float] = ContextVar("docker_timeout", default=LOOK)
_PORT_TAKEN = ("port is already allocated", "address already in use", "Bind for ", "ports are not available")
_TEMPORARY = (
    "already in progress",
    "context deadline exceeded",
    "has active endpoints",
    "no space left",
    "resource busy",
    "temporarily unavailable",
    "timed out",
    "too many open files",
)


class _Client(docker.APIClient):
    """The SDK's client with a time-out on every call: for pulls, imports and events the SDK asks for none at all."""

    def _set_request_timeout(self, kwargs: dict[str, Any]) -> dict[str, Any]:
        kwargs["timeout"] = _timeout.get()
        return kwargs


def _error_from(error: APIError) -> EngineError:
    text = str(error.explanation or error)
    lowered = text.lower()
    if any(words.lower() in lowered for words in _PORT_TAKEN):
        return PortInUse(text)
    if error.status_code == 404 and "no such container" in lowered:
        return NoSuchContainer(text)
    if error.status_code == 404 and "no such image" in lowered:
        return NoSuchImage(text)
    # A network that somebody removed is made again by the next pass.
    is_network = error.status_code == 404 and "network" in lowered
    is_temporary = error.status_code == 503 or is_network or any(words in lowered for words in _TEMPORARY)
    return EngineError(text, temporary=is_temporary)


@contextmanager
def _translated(seconds: float) -> Iterator[None]:
    token = _timeout.set(seconds)
    try:
        yield
    except APIError as error:
        raise _error_from(error) from error
    except (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError) as error:
        raise EngineTimeout(f"The Docker engine did not answer within {seconds:.0f} s", seconds=seconds) from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, DockerException, OSError) as error:
        raise EngineUnavailable(f"The Docker engine does not answer: {error}") from error
    finally:
        _timeout.reset(token)


def _connection(base_url: str | None) -> dict[str, Any]:
    """Return how to reach the engine by Docker's own rules: DOCKER_HOST, else the current context, else the socket."""
    if base_url:
        return {**kwargs_from_env(), "base_url": base_url}
    settings: dict[str, Any] = {**kwargs_from_env()}
    context = None if "base_url" in settings else ContextAPI.get_current_context()
    if context is not None and context.Host:
        settings["base_url"] = context.Host
    return settings


def _knock(address: str) -> None:
    """Raise EngineUnavailable in plain words when nobody listens on a Unix socket: the SDK says it less well."""
    if not address.startswith("unix://"):
        return
    path = address.removeprefix("unix://")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_timeout.get())
        try:
            probe.connect(path)
        except OSError as error:
            raise EngineUnavailable(f"No Docker engine answers at {path}: {error.strerror or error}.") from error


class DockerEngine(DockerImages, DockerNetworks, DockerVolumes, DockerUsage):
    """`engine.Engine` on the Docker engine at `base_url` (None: Docker's own rules); one object serves all threads.

    `network_pool` is the IPv4 range from which every network of ours takes a /24.
    """

    kind = "docker"

    def __init__(self, install_id: str, *, base_url: str | None, network_pool: str) -> None:
        DockerImages.__init__(self)
        DockerNetworks.__init__(self)
        DockerUsage.__init__(self)
        self.install_id = install_id
        self.network_pool = network_pool
        self._base_url = base_url
        self._client: Any = None
        self._cpus = 0
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(SLOTS)

    @property
    def base_url(self) -> str | None:
        """Return the address that was asked for or that Docker's own rules give; None is the default socket."""
        return _connection(self._base_url).get("base_url")

    # --- the connection -----------------------------------------------------------------------------------------------
    @property
    def _api(self) -> Any:
        # Made at the first call that is answered, since the SDK asks for the engine's version when it is made; outside
        # the lock, so that threads do not wait one after the other for an engine that hangs.
        client = self._client
        if client is None:
            _knock(self.base_url or _DEFAULT_ADDRESS)
            client = _Client(**_connection(self._base_url), timeout=int(LOOK), max_pool_size=16)
            cpus = int(client.info().get("NCPU") or 0)
            with self._lock:
                self._client, self._cpus = self._client or client, cpus
                client = self._client
        return client

    @contextmanager
    def looking(self, seconds: float = LOOK) -> Iterator[Any]:
        """Give the client for calls that change nothing, with errors translated and `seconds` for each call."""
        with _translated(seconds):
            yield self._api

    @contextmanager
    def changing(self, seconds: float = CHANGE) -> Iterator[Any]:
        """Give the client for a call that changes something, in one of the slots."""
        if not self._slots.acquire(timeout=CHANGE):
            raise EngineUnavailable("The Docker engine is busy: no slot for another call became free in time.")
        try:
            with _translated(seconds):
                yield self._api
        finally:
            self._slots.release()

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        with self._lock:
            if self._client is not None:
                self._client.close()
            self._client = None

    def ping(self) -> EngineInfo:
        """Return what answers; raises EngineUnavailable."""
        with self.looking() as api:
            info = api.info()
        return EngineInfo(
            kind=self.kind,
            version=str(info.get("ServerVersion", "")),
            engine_id=str(info.get("ID", "")),
            live_restore=bool(info.get("LiveRestoreEnabled")),
        )

    # --- containers ---------------------------------------------------------------------------------------------------
    def list_containers(self, *, labels: Mapping[str, str] | None = None) -> tuple[EngineContainer, ...]:
        """Return our containers that carry all of `labels`; what vanishes during the look is left out."""
        wanted = {**(labels or {}), label.INSTALL: self.install_id}
        with self.looking() as api:
            found = api.containers(all=True, filters={"label": [f"{key}={value}" for key, value in wanted.items()]})
        containers = (self._inspect(str(one["Id"])) for one in found)
        return tuple(one for one in containers if one is not None)

    def document(self, name_or_id: str) -> Mapping[str, Any] | None:
        """Return Docker's inspect answer, ours or not; None when there is no such container."""
        if not name_or_id:
            return None
        try:
            with self.looking() as api:
                document: Mapping[str, Any] = api.inspect_container(name_or_id)
                return document
        except NoSuchContainer:
            return None

    def _inspect(self, name_or_id: str) -> EngineContainer | None:
        document = self.document(name_or_id)
        return None if document is None else container_from_inspect(document)

    def _is_ours(self, container: EngineContainer) -> bool:
        return container.labels.get(label.INSTALL) == self.install_id

    def _own(self, runtime_id: str) -> EngineContainer:
        container = self._inspect(runtime_id)
        if container is None or not self._is_ours(container):
            raise NoSuchContainer(f"No such container of this installation: {runtime_id}")
        return container

    def create(self, spec: ContainerSpec) -> EngineContainer:
        """Create the container, or adopt the one of that name with the same labels (`engine.Engine.create`)."""
        if spec.labels.get(label.INSTALL) != self.install_id:
            raise EngineError(f"Container {spec.name} does not carry the label of this installation.")
        for _attempt in range(2):
            try:
                with self.changing() as api:
                    # Docker refuses more CPUs than the host has; on a smaller host that cap is no cap.
                    cpus = min(spec.nano_cpus, self._cpus * 10**9) if self._cpus else spec.nano_cpus
                    body = create_body(dataclasses.replace(spec, nano_cpus=cpus))
                    made = api.create_container_from_config(body, spec.name)
                return self._own(str(made["Id"]))
            except EngineError as error:
                if not _is_name_conflict(error):
                    raise
            existing = self._inspect(spec.name)
            if existing is not None:
                return _adopted(existing, spec)
        raise EngineError(f"Container {spec.name} comes and goes.", temporary=True)

    def start(self, runtime_id: str) -> EngineContainer:
        """Start a container that has not run yet; one that runs or has run is returned as it is."""
        container = self._own(runtime_id)
        return self._started(container) if container.status is EngineStatus.CREATED else container

    def restart(self, runtime_id: str) -> EngineContainer:
        """Start one that has exited once more; one that runs is returned as it is."""
        container = self._own(runtime_id)
        return self._started(container) if container.status is EngineStatus.EXITED else container

    def _started(self, container: EngineContainer) -> EngineContainer:
        with self.changing() as api:
            api.start(container.runtime_id)
        return self._own(container.runtime_id)

    def signal(self, runtime_id: str, signal: str = "") -> None:
        """Send a signal; the empty one means the stop signal of container or image."""
        document = self.document(runtime_id)
        container = None if document is None else container_from_inspect(document)
        if document is None or container is None or not self._is_ours(container):
            raise NoSuchContainer(f"No such container of this installation: {runtime_id}")
        if container.status not in (EngineStatus.RUNNING, EngineStatus.PAUSED):
            return
        name = signal or str(document["Config"].get("StopSignal") or "SIGTERM")
        try:
            with self.changing() as api:
                api.kill(container.runtime_id, signal=name)
        except NoSuchContainer:
            raise
        except EngineError as error:
            if "is not running" not in str(error):
                raise

    def burden(self, runtime_id: str, burden: Burden) -> None:
        """Run the burden's script inside, and do not wait for its end."""
        container = self._own(runtime_id)
        if container.status is not EngineStatus.RUNNING:
            return
        try:
            with self.changing() as api:
                made = api.exec_create(container.runtime_id, list(command_of(burden)), stdout=False, stderr=False)
                api.exec_start(made["Id"], detach=True)
        except EngineError as error:
            if "is not running" not in str(error):
                raise

    def remove(self, runtime_id: str) -> None:
        """Kill and remove one of ours; gone already is no error, somebody else's raises NameTaken."""
        container = self._inspect(runtime_id)
        if container is None:
            return
        if not self._is_ours(container):
            raise NameTaken(f"Container {runtime_id} is not of this installation.")
        try:
            with self.changing() as api:
                api.remove_container(container.runtime_id, v=True, force=True)
        except NoSuchContainer:
            return

    def logs(self, runtime_id: str, *, tail_bytes: int) -> bytes:
        """Return the end of the output with time stamps, stdout and stderr in order."""
        container = self._own(runtime_id)
        with self.looking() as api:
            # A time stamp takes 31 bytes of each line, so that more lines than this cannot fit.
            output = api.logs(
                container.runtime_id, stdout=True, stderr=True, timestamps=True, tail=tail_bytes // 31 + 1, follow=False
            )
        return tail_of(bytes(output), tail_bytes)

    def events(self, *, since: float) -> Iterator[EngineEvent]:
        """Yield events of our containers; ends silently when the engine goes away."""
        filters = {"type": "container", "label": f"{label.INSTALL}={self.install_id}"}
        moment = since
        while True:
            with _translated(EVENTS):
                stream = self._api.events(since=f"{moment:.9f}", filters=filters, decode=True)
            try:
                for message in stream:
                    event = event_from_message(message)
                    if event is not None:
                        moment = max(moment, event.time + 1e-9)
                        yield event
                return
            except (urllib3.exceptions.ReadTimeoutError, requests.exceptions.ReadTimeout):
                moment = max(moment, time.time() - 2 * EVENTS)  # silent for a while: look whether it is still there
            except (urllib3.exceptions.HTTPError, requests.RequestException, DockerException, OSError):
                return
            finally:
                _close(stream)


def _is_name_conflict(error: EngineError) -> bool:
    return "is already in use by container" in str(error)


def _adopted(existing: EngineContainer, spec: ContainerSpec) -> EngineContainer:
    if any(existing.labels.get(key) != value for key, value in spec.labels.items()):
        raise NameTaken(f"Container name {spec.name} is taken by a container with other labels.")
    return existing


def _close(stream: Any) -> None:
    # A stream whose socket is gone already cannot be shut down: that is what was wanted. Its response is closed anyway.
    with suppress(OSError, AttributeError, ValueError, DockerException):
        stream.close()
    stream._response.close()  # noqa: SLF001 - the SDK gives no other way
