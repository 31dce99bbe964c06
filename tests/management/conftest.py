from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Start = Callable[..., "Supervised"]


class Supervised:
    """A running supervisor, what it has printed so far, and the ids of its children."""

    def __init__(self, asked: dict[str, Any], log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "tests.management.supervised", json.dumps(asked)]
        environment = {**os.environ, "ECSWEB_ENGINE": "simulated"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)

    @property
    def words(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def pids(self) -> list[int]:
        """Return the ids that the children told with a line `pid N`, oldest first."""
        return [int(line.split()[-1]) for line in self.words.splitlines() if "| pid " in line]

    def wait_for(self, is_true: Callable[[], bool], seconds: float = 10) -> None:
        deadline = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < deadline, self.words
            time.sleep(0.02)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def outside_of_make() -> dict[str, str]:
    """Return the environment without what an outer `make test` tells an inner one."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def is_alive(pid: int) -> bool:
    """Return whether the process runs; one that is dead but not yet buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def python(code: str) -> list[str]:
    """Return the command of a child that first tells its id."""
    return [sys.executable, "-uc", f"import os, signal, sys, time; print('pid', os.getpid()); {code}"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Supervised] = []

    def start_supervisor(*programs: dict[str, Any], **asked: Any) -> Supervised:
        supervised = Supervised({"programs": programs, **asked}, tmp_path / f"log-{len(started)}")
        started.append(supervised)
        return supervised

    yield start_supervisor
    for supervised in started:
        supervised.end()
        for pid in filter(is_alive, supervised.pids()):
            os.kill(pid, signal.SIGKILL)
