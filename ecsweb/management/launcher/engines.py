"""Find a Docker Engine; on Debian and Ubuntu root gets one installed and started; else the simulated one is used."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from . import packages
from .options import Options
from .terminal import CannotStartError, say
from .virtual_environment import PYTHON

DEFAULT_SOCKET = Path("/var/run/docker.sock")
PID_FILE = Path("/var/run/docker.pid")
CONTAINERD_PID_FILE = Path("/var/run/docker/containerd/containerd.pid")
START_SECONDS = 60.0
HOW_TO_GET_DOCKER = (
    "  Debian, Ubuntu: sudo apt-get install docker.io, and sudo usermod -aG docker $USER (then log in again)\n"
    "  macOS, Windows: Docker Desktop, OrbStack or colima; start it, then start ecsweb again\n"
    "  elsewhere:      DOCKER_HOST=unix:///path/to.sock, tcp://host:2376 or ssh://user@host"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that the processes get: its kind, DOCKER_HOST where it is not Docker's default, and a word on it."""

    kind: str
    docker_host: str = ""
    note: str = ""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def answers(path: Path) -> bool:
    """Return whether a Docker Engine answers on this Unix socket."""
    connection = _UnixConnection(path, timeout=3)
    try:
        connection.request("GET", "/_ping")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def choose(options: Options) -> Choice:
    """Return the engine to use. Raises CannotStartError when Docker is demanded and cannot be had."""
    if options.engine == "simulated":
        return Choice("simulated", note="ECSWEB_ENGINE=simulated asks for it.")
    choice = _named(options.docker_host) if options.docker_host else _default(options.data)
    if choice.kind == "simulated" and options.engine == "docker":
        raise CannotStartError(f"ECSWEB_ENGINE=docker, but {choice.note}\n{HOW_TO_GET_DOCKER}")
    return choice


def _named(docker_host: str) -> Choice:
    """Return the engine that DOCKER_HOST names; nothing else is tried in its place."""
    reason = _why_silent(docker_host)
    if reason:
        return Choice("simulated", note=f"DOCKER_HOST={docker_host} does not answer: {reason}")
    return Choice("docker", docker_host, f"the one that DOCKER_HOST names, {docker_host}.")


def _why_silent(docker_host: str) -> str:
    """Return why the engine does not answer, or nothing when it does."""
    if docker_host.startswith("unix://"):
        return "" if answers(Path(docker_host.removeprefix("unix://"))) else "no daemon listens on that socket."
    # The SDK knows TCP with TLS, and SSH.
    code = "import docker; docker.from_env(timeout=5).ping()"
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["no answer"])[-1]


def _default(data: Path) -> Choice:
    for path in _usual_sockets():
        if answers(path):
            is_default = path == DEFAULT_SOCKET
            return Choice("docker", "" if is_default else f"unix://{path}", f"the running one at {path}.")
    if DEFAULT_SOCKET.exists() and not os.access(DEFAULT_SOCKET, os.R_OK | os.W_OK):
        return Choice("simulated", note=f"{DEFAULT_SOCKET} may not be used by this user (not in the group docker).")
    if not packages.may_install():
        return Choice("simulated", note="no Docker Engine answers here.")
    return _start_own(data)


def _usual_sockets() -> list[Path]:
    """Docker's default first; then where Docker Desktop, OrbStack, colima, Rancher and rootless Docker listen."""
    home, runtime = Path.home(), os.environ.get("XDG_RUNTIME_DIR", "")
    places = [".docker/run", ".orbstack/run", ".colima/default", ".rd"]
    found = [DEFAULT_SOCKET, *(home / place / "docker.sock" for place in places)]
    return [path for path in [*found, Path(runtime or "/nowhere") / "docker.sock"] if path.exists()]


def _start_own(data: Path) -> Choice:
    wanted = packages.missing({"dockerd": "docker.io"})
    if not packages.install(wanted):
        return Choice("simulated", note="the package docker.io could not be installed (see above).")
    log = data / "dockerd.log"
    daemon: subprocess.Popen[bytes] | None = None
    if not answers(DEFAULT_SOCKET) and not _is_starting():
        say("Starting the Docker daemon …")
        if Path("/run/systemd/system").is_dir():
            subprocess.run(["systemctl", "start", "docker"], check=False)
        else:
            daemon = _start_daemon(log)
    if _wait_for_daemon(daemon):
        return Choice("docker", note=f"started just now; it is left running afterwards (its log: {log}).")
    return Choice("simulated", note=f"the Docker daemon was started but does not answer.\n{_last_lines(log)}")


def _is_starting() -> bool:
    """A second daemon in one network namespace would take the first one's bridge away: look before starting any."""
    return _runs(PID_FILE, "dockerd")


def _runs(pid_file: Path, name: str) -> bool:
    """Return whether the process that a PID file names is one of that name."""
    try:
        pid = int(pid_file.read_text(encoding="ascii"))
        return name in Path(f"/proc/{pid}/comm").read_text(encoding="ascii")
    except (OSError, ValueError):
        return False


def _forget_dead(pid_file: Path, name: str) -> None:
    """Remove a PID file that outlived its process: once the number is another's, dockerd refuses or waits for it."""
    if not _runs(pid_file, name):
        pid_file.unlink(missing_ok=True)


def _start_daemon(log: Path) -> subprocess.Popen[bytes]:
    _forget_dead(PID_FILE, "dockerd")
    _forget_dead(CONTAINERD_PID_FILE, "containerd")
    # `make test` in a fresh clone comes here before anything else needed the folder.
    log.parent.mkdir(parents=True, exist_ok=True)
    dockerd = shutil.which("dockerd") or "/usr/sbin/dockerd"
    with log.open("ab") as output:
        # Its own session: it serves others too and outlives us.
        return subprocess.Popen(
            [dockerd], stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )


def _wait_for_daemon(daemon: subprocess.Popen[bytes] | None) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and (daemon is None or daemon.poll() is None):
        if answers(DEFAULT_SOCKET):
            return True
        time.sleep(0.2)
    return False


def _last_lines(log: Path) -> str:
    """Return what the daemon said when it gave up; its stamped lines are for those who know it."""
    if not log.exists():
        return ""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    words = [line for line in lines if line.strip() and not line.startswith("time=")]
    return "\n".join(f"  {line}" for line in [*words[-2:], f"(its log: {log})"])
