"""Finding an engine. What answers is a small server of our own; installing is tried by hand on a fresh machine."""

from __future__ import annotations

import http.server
import os
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ecsweb.management.launcher import engines
from ecsweb.management.launcher.options import read_options
from ecsweb.management.launcher.terminal import CannotStartError


class Answerer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/_ping" else 404)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        """Say nothing."""


@pytest.fixture
def engine_socket() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "docker.sock"
        with socketserver.ThreadingUnixStreamServer(str(path), Answerer) as server:
            server.daemon_threads = True
            # http.server wants a client address that can be subscripted; a Unix socket has an empty one.
            server.get_request = lambda: (server.socket.accept()[0], ("local", 0))  # type: ignore[method-assign]
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield path
            server.shutdown()


def test_an_engine_that_answers_is_found(engine_socket: Path) -> None:
    assert engines.answers(engine_socket)


def test_a_socket_file_without_a_daemon_is_no_engine(tmp_path: Path) -> None:
    (tmp_path / "docker.sock").touch()

    assert not engines.answers(tmp_path / "docker.sock")
    assert not engines.answers(tmp_path / "nothing.sock")


def test_docker_host_is_used_as_it_is(engine_socket: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{engine_socket}")

    choice = engines.choose(read_options(os.environ | {"HOST": "", "ECSWEB_ENGINE": "auto"}))

    assert (choice.kind, choice.docker_host) == ("docker", f"unix://{engine_socket}")


def test_a_silent_docker_host_is_not_replaced_by_another_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    choice = engines.choose(read_options(os.environ | {"HOST": "", "ECSWEB_ENGINE": "auto"}))

    assert choice.kind == "simulated"
    assert "DOCKER_HOST=tcp://127.0.0.1:1 does not answer" in choice.note


def test_docker_on_demand_that_cannot_be_had_is_an_error_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    with pytest.raises(CannotStartError, match=r"ECSWEB_ENGINE=docker, but(.|\n)*Docker Desktop"):
        engines.choose(read_options(os.environ | {"HOST": "", "ECSWEB_ENGINE": "docker"}))


def test_the_simulated_engine_on_demand_needs_no_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")

    choice = engines.choose(read_options(os.environ | {"HOST": "", "ECSWEB_ENGINE": "simulated"}))

    assert choice == engines.Choice("simulated", note="ECSWEB_ENGINE=simulated asks for it.")


@pytest.fixture
def machine_without_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `dockerd` on the PATH that only says that it began, and PID files of our own."""
    program = tmp_path / "bin" / "dockerd"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho begun\n", encoding="ascii")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(engines, "PID_FILE", tmp_path / "docker.pid")
    monkeypatch.setattr(engines, "CONTAINERD_PID_FILE", tmp_path / "containerd.pid")
    return tmp_path


def test_a_daemon_is_started_in_a_clone_that_has_no_data_folder_yet(machine_without_daemon: Path) -> None:
    log = machine_without_daemon / "var" / "deeper" / "dockerd.log"

    assert engines._start_daemon(log).wait(10) == 0
    assert log.read_text(encoding="ascii") == "begun\n"


def test_pid_files_that_outlived_their_daemon_do_not_stop_the_next(machine_without_daemon: Path) -> None:
    for name in ("docker.pid", "containerd.pid"):
        (machine_without_daemon / name).write_text(str(os.getpid()), encoding="ascii")

    assert not engines._is_starting()
    engines._start_daemon(machine_without_daemon / "dockerd.log").wait(10)

    assert not list(machine_without_daemon.glob("*.pid"))
