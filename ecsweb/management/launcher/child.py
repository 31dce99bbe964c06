"""One process under the supervisor: started through the shim, read line by line, stopped with all of its group."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

SHIM = Path(__file__).with_name("shim.py")
HOW = "pdeathsig" if sys.platform == "linux" else "poll"
LONGEST_LINE = 8192


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. What a program without `is_shown` writes is kept, and shown only when it ends unasked."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    is_shown: bool = True
    # The queue goes last, so that the others can put their work back into it.
    stops_last: bool = False


def shimmed(command: tuple[str, ...], how: str = HOW) -> list[str]:
    """Return the command line that runs `command` bound to the life of this process."""
    return [sys.executable, "-I", "-S", str(SHIM), how, str(os.getpid()), *command]


class Child:
    """A program's present process, and when to start the next one."""

    FIRST_PAUSE, LONGEST_PAUSE, STEADY_AFTER = 0.5, 10.0, 30.0

    def __init__(self, program: Program, write: Callable[[str, str], None]) -> None:
        self.program = program
        self.tail: deque[str] = deque(maxlen=20)
        self.restart_at = 0.0
        self._write = write
        self._pause = self.FIRST_PAUSE
        self._rest = b""
        self._started_at = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    @property
    def descriptor(self) -> int:
        """Where its lines come from; -1 when it does not run."""
        return self._process.stdout.fileno() if self._process and self._process.stdout else -1

    def start(self) -> int:
        """Start it and return the descriptor that its lines come from."""
        self.tail.clear()
        self._rest = b""
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            shimmed(self.program.command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **self.program.environment},
            # Its own session: the terminal's Ctrl-C is for the supervisor, which then ends everything in order.
            start_new_session=True,
        )
        os.set_blocking(self.descriptor, False)
        return self.descriptor

    def read(self) -> bool:
        """Pass on what it wrote; return whether there was anything."""
        if self._process is None or self._process.stdout is None:
            return False
        try:
            chunk = os.read(self._process.stdout.fileno(), 65536)
        except BlockingIOError:
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if not chunk or len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        for line in filter(None, lines):
            self._pass_on(line.decode(errors="replace").rstrip())
        return bool(chunk)

    def _pass_on(self, line: str) -> None:
        self.tail.append(line)
        if self.program.is_shown:
            self._write(self.program.name, line)

    def reap(self, *, before_closing: Callable[[], None]) -> int | None:
        """If it has ended, forget the process, end its group, and return the exit code (negative: the signal)."""
        code = self._process.poll() if self._process else None
        if self._process is None or code is None:
            return None
        self._signal(signal.SIGKILL)
        if self._process.stdout:
            while self.read():
                pass
            before_closing()
            self._process.stdout.close()
        self._process = None
        if time.monotonic() - self._started_at > self.STEADY_AFTER:
            self._pause = self.FIRST_PAUSE
        self.restart_at = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, self.LONGEST_PAUSE)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        if self._process:
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and whatever it started."""
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self._process:
            # The group has the child's id, since the child leads a session; it may be gone already.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
