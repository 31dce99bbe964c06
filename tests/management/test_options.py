from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from ecsweb.management.launcher import options
from ecsweb.management.launcher.terminal import CannotStartError
from tests.management.conftest import ROOT


def read(tmp_path: Path, **variables: str) -> options.Options:
    return options.read_options({"ECSWEB_DATA": str(tmp_path), **variables})


def test_defaults_are_those_of_one_learner() -> None:
    found = options.read_options({})

    assert found.url == "http://127.0.0.1:8000"
    assert (found.data, found.engine, found.mode) == (ROOT / "var", "auto", "solo")


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        pytest.param({"PORT": "http"}, "PORT must be a number", id="port-word"),
        pytest.param({"PORT": "65536"}, "PORT must be a number", id="port-too-great"),
        pytest.param({"PORT": "０"}, "PORT must be a number", id="port-other-digits"),
        pytest.param({"ECSWEB_ENGINE": "podman"}, "auto, docker, simulated", id="engine"),
        pytest.param({"ECSWEB_MODE": "school"}, "solo, class", id="mode"),
        pytest.param({"HOST": "0.0.0.0"}, "solo mode has no login", id="open-without-login"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, variables: dict[str, str], words: str) -> None:
    with pytest.raises(CannotStartError, match=words):
        read(tmp_path, **variables)


def test_class_mode_may_listen_to_others_and_tells_a_usable_address(tmp_path: Path) -> None:
    found = read(tmp_path, ECSWEB_MODE="class", HOST="0.0.0.0", PORT="8080")

    assert found.url == "http://127.0.0.1:8080"


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotStartError, match=rf"port {port}: Address already in use(.|\n)*make run PORT="):
            options.check_port(read(tmp_path, PORT=str(port)))


def test_a_data_folder_is_held_by_one_only(tmp_path: Path) -> None:
    asked = read(tmp_path, PORT="8123")
    code = (
        "import sys; from ecsweb.management.launcher import options; import os;"
        "options.lock_data_folder(options.read_options(os.environ))"
    )
    environment = {**os.environ, "ECSWEB_DATA": str(tmp_path), "PORT": "8124"}

    with options.lock_data_folder(asked):
        second = subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, check=False
        )
    third = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, check=False)

    assert "already running" in second.stderr.decode()
    assert f"process {os.getpid()}, http://127.0.0.1:8123" in second.stderr.decode()
    assert third.returncode == 0


def test_a_data_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotStartError, match=r"cannot be written(.|\n)*ECSWEB_DATA="):
        options.lock_data_folder(replace(read(tmp_path), data=tmp_path / "file" / "var"))


def test_the_socket_stands_in_the_data_folder_when_its_path_is_short(tmp_path: Path) -> None:
    assert options.redis_socket(Path("/tmp/data")) == Path("/tmp/data/valkey.sock")


def test_a_long_data_path_gets_a_private_socket_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    long_path = Path("/tmp") / ("가" * 40)

    found = options.redis_socket(long_path)

    assert found == options.redis_socket(long_path)
    assert found.parent.parent == tmp_path
    assert found.parent.stat().st_mode & 0o777 == 0o700


def test_a_socket_folder_open_to_others_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    long_path = Path("/tmp") / ("x" * 120)
    options.redis_socket(long_path).parent.chmod(0o777)

    with pytest.raises(CannotStartError, match="not a private folder"):
        options.redis_socket(long_path)
