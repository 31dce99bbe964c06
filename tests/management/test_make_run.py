"""`make run` as a person uses it: from the prompt to a page, Ctrl-C, kill -9, a second start."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.management.conftest import ROOT, outside_of_make
from tests.stack import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


class Run:
    """A `make run` with the simulated engine in a data folder and on a port of its own."""

    def __init__(self, data: Path, port: int, **variables: str) -> None:
        self.data, self.port = data, port
        self.log = data.parent / f"{data.name}-{port}.log"
        names = {"ECSWEB_DATA": str(data), "PORT": str(port), "ECSWEB_ENGINE": "simulated", **variables}
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                ["make", "run"],
                cwd=ROOT,
                env={**outside_of_make(), **names},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def words(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def get(self, path: str) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def wait(self, seconds: float = 60) -> None:
        begun = time.monotonic()
        while "ecsweb is ready" not in self.words:
            assert self.process.poll() is None, self.words
            assert time.monotonic() - begun < seconds, self.words
            time.sleep(0.05)

    def processes(self) -> list[int]:
        """Return every living process of this run; Valkey hides its environment, but stands in the data folder."""
        mark = f"ECSWEB_DATA={self.data}\0".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (folder / "environ").read_bytes() or (folder / "cwd").readlink().is_relative_to(self.data):
                    found.append(int(folder.name))
        return found

    def supervisor(self) -> int:
        return int((self.data / "run.lock").read_text(encoding="utf-8").split()[1].rstrip(","))

    def end(self) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    running = Run(tmp_path / "data", free_port())
    yield running
    running.end()


def wait_until_gone(running: Run, seconds: float) -> float:
    begun = time.monotonic()
    while running.processes():
        assert time.monotonic() - begun < seconds, running.words
        time.sleep(0.05)
    return time.monotonic() - begun


def test_a_first_start_becomes_ready_and_an_interrupt_ends_it(run: Run) -> None:
    run.wait()
    deadline = time.monotonic() + 30
    while run.get("/healthz/ready")[0] != 200:
        assert time.monotonic() < deadline, run.get("/healthz/ready")
        time.sleep(0.2)

    assert run.get("/healthz/live") == (200, {"status": "ok"})
    assert f"ecsweb is ready: http://127.0.0.1:{run.port}" in run.words
    assert "Simulated engine: ECSWEB_ENGINE=simulated asks for it." in run.words
    assert run.words.count("password") == 1
    assert len(run.processes()) == 7, "make, the supervisor, web, worker, beat, watcher, the queue"

    os.killpg(run.process.pid, signal.SIGINT)

    assert wait_until_gone(run, seconds=6) < 5
    assert "Traceback" not in run.words


def test_an_open_page_does_not_hold_the_end(run: Run) -> None:
    run.wait()
    with urllib.request.urlopen(f"http://127.0.0.1:{run.port}/live/", timeout=10) as stream:
        assert stream.readline().startswith(b"retry:")

        os.kill(run.supervisor(), signal.SIGTERM)

        assert wait_until_gone(run, seconds=6) < 5
    assert "Traceback" not in run.words
    assert "timeout graceful shutdown exceeded" not in run.words


def test_kill_9_of_make_ends_everything(run: Run) -> None:
    run.wait()

    run.process.kill()

    wait_until_gone(run, seconds=6)
    assert "ecsweb has stopped." in run.words


def test_kill_9_leaves_nobody_and_does_not_hinder_the_next_start(run: Run) -> None:
    begun = time.monotonic()
    run.wait()
    # How long a start takes is the machine's matter; one that waits for the killed one's leavings takes far longer.
    longest = max(20, 2 * (time.monotonic() - begun))

    os.kill(run.supervisor(), signal.SIGKILL)
    wait_until_gone(run, seconds=3)
    second = Run(run.data, run.port)
    begun = time.monotonic()

    try:
        second.wait(seconds=longest)
        # The words of both are in one file; the first one's are there already.
        while second.words.count("ecsweb is ready") < 2:
            assert time.monotonic() - begun < longest, second.words
            time.sleep(0.05)
        assert second.words.count("password") == 1
    finally:
        second.end()


def test_a_second_run_in_one_data_folder_says_so(run: Run) -> None:
    run.wait()
    second = Run(run.data, free_port())

    assert second.process.wait(timeout=20) != 0
    assert "already running in the data folder" in second.words
    assert run.get("/healthz/live") == (200, {"status": "ok"})


def test_a_taken_port_is_said_before_anything_is_started(run: Run, tmp_path: Path) -> None:
    run.wait()
    second = Run(tmp_path / "other", run.port)

    assert second.process.wait(timeout=20) != 0
    assert f"Cannot listen on 127.0.0.1 port {run.port}: Address already in use." in second.words
    assert not (second.data / "ecsweb.sqlite3").exists()


def test_a_process_that_is_killed_comes_back(run: Run) -> None:
    run.wait()
    web = next(pid for pid in run.processes() if b"uvicorn" in Path(f"/proc/{pid}/cmdline").read_bytes())

    os.kill(web, signal.SIGKILL)

    deadline = time.monotonic() + 15
    while True:
        with contextlib.suppress(OSError):
            if run.get("/healthz/live")[0] == 200:
                break
        assert time.monotonic() < deadline, run.words
        time.sleep(0.1)
    assert "web | ended (signal 9); starting it again in 0.5 s" in run.words


def test_a_wrong_setting_is_said_in_one_line(tmp_path: Path) -> None:
    wrong = Run(tmp_path / "data", free_port(), ECSWEB_SPEED="fast")

    assert wrong.process.wait(timeout=30) != 0
    assert "ECSWEB_SPEED must be a number above 0 and up to 1000, but is 'fast'." in wrong.words
    assert "Traceback" not in wrong.words


def test_a_data_folder_with_a_long_path_works(tmp_path: Path) -> None:
    parent = tmp_path / ("long" * 25)
    parent.mkdir()
    running = Run(parent / "데이터", free_port())

    try:
        running.wait()
        assert running.get("/healthz/ready")[1]["parts"]["redis"] == {"ok": True}
    finally:
        running.end()
