"""The launcher's view of the environment variables of `docs`; whatever is wrong is said before anything is started."""

from __future__ import annotations

import fcntl
import hashlib
import ipaddress
import os
import socket
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .terminal import CannotStartError

ROOT = Path(__file__).resolve().parents[3]
# sockaddr_un.sun_path is 104 bytes on macOS and the BSDs, 108 on Linux; a zero byte ends it.
SOCKET_PATH_LIMIT = 103
ENGINES = ("auto", "docker", "simulated")
MODES = ("solo", "class")


@dataclass(frozen=True, slots=True)
class Options:
    """What `make run` was asked for."""

    host: str
    port: int
    data: Path
    engine: str
    mode: str
    redis_url: str
    docker_host: str
    is_verbose: bool

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the web."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(self.host, self.host)  # noqa: S104
        return f"http://{host}:{self.port}"


def read_options(environ: Mapping[str, str]) -> Options:
    """Read and check the variables. Raises CannotStartError."""
    options = Options(
        host=environ.get("HOST", "") or "127.0.0.1",
        port=_port(environ.get("PORT", "") or "8000"),
        data=Path(environ.get("ECSWEB_DATA", "") or ROOT / "var").resolve(),
        engine=_one_of(environ, "ECSWEB_ENGINE", ENGINES),
        mode=_one_of(environ, "ECSWEB_MODE", MODES),
        redis_url=environ.get("REDIS_URL", ""),
        docker_host=environ.get("DOCKER_HOST", ""),
        is_verbose=environ.get("VERBOSE", "") not in {"", "0"},
    )
    if options.mode == "solo" and not _is_loopback(options.host):
        raise CannotStartError(
            f"HOST={options.host} would let other machines in, and solo mode has no login.\n"
            "  Leave HOST unset, or use accounts: make run ECSWEB_MODE=class HOST=… ALLOWED_HOSTS=…"
        )
    return options


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise CannotStartError(f"PORT must be a number from 1 to 65535, but is {text!r}.")
    return int(text)


def _one_of(environ: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = environ.get(name, "") or allowed[0]
    if value not in allowed:
        raise CannotStartError(f"{name} must be one of {', '.join(allowed)}, but is {value!r}.")
    return value


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_port(options: Options) -> None:
    """Raise CannotStartError when the web could not listen where it should."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As uvicorn does: connections in TIME_WAIT of an earlier run are no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotStartError(
            f"Cannot listen on {options.host} port {options.port}: {error.strerror}.\n"
            f"  Choose another port: make run PORT={options.port + 1 if options.port < 65535 else 8000}"
        ) from error


def lock_data_folder(options: Options) -> IO[str]:
    """Make the data folder and hold it until the returned file is closed or this process is gone.

    Raises CannotStartError when it cannot be written or another `make run` has it.
    """
    try:
        options.data.mkdir(parents=True, exist_ok=True)
        lock = (options.data / "run.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise CannotStartError(
            f"The data folder {options.data} cannot be written: {error.strerror}.\n"
            "  Mend its permissions or choose another: make run ECSWEB_DATA=/some/folder"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        raise CannotStartError(
            f"ecsweb is already running in the data folder {options.data} ({lock.read().strip() or 'starting'}).\n"
            "  Stop it there first, or give this one its own: make run ECSWEB_DATA=/some/folder PORT=8001"
        ) from error
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, {options.url}")
    lock.flush()
    return lock


def redis_socket(data: Path) -> Path:
    """Return where the embedded server listens: in the data folder, or where that path is too long, a private one."""
    wanted = data / "valkey.sock"
    if len(os.fsencode(wanted)) <= SOCKET_PATH_LIMIT:
        return wanted
    name = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"ecsweb-{os.getuid()}-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    # The temp folder is everybody's: a folder laid there by another user would give them our queue.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise CannotStartError(f"{folder} is not a private folder of this user; remove it, or shorten ECSWEB_DATA.")
    return folder / "valkey.sock"
