"""The engines that must behave alike: simulated in memory and in a file, and Docker where it can be had.

Without a Docker engine its tests are skipped aloud; with CI=true that is a failure.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecsweb.agent import labels as label
from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.engine import Engine, EngineUnavailable
from ecsweb.agent.images import ensure_images
from ecsweb.agent.simulated_engine import SimulatedEngine

# Beside the product's own pool, so that a running product and the tests do not take each other's subnets.
POOL = "10.214.0.0/16"
# Containers that sleep two seconds need not take two seconds here.
SIMULATED_SPEED = 8


def docker(*words: str) -> str:
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.strip()


@dataclass(frozen=True)
class Host:
    """One engine under test, and a way to put somebody else's running container beside ours."""

    engine: Engine
    add_foreign: Callable[[str, Mapping[str, str]], str]
    is_running: Callable[[str], bool]


def sweep(install: str) -> None:
    mine = f"label={label.INSTALL}={install}"
    containers = docker("ps", "-aq", "--filter", mine).split()
    if containers:
        docker("rm", "-f", "-v", *containers)
    networks = docker("network", "ls", "-q", "--filter", mine).split()
    if networks:
        docker("network", "rm", *networks)
    volumes = docker("volume", "ls", "-q", "--filter", mine).split()
    if volumes:
        docker("volume", "rm", *volumes)


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[DockerEngine]:
    """A Docker engine with our images, under an installation of this test run; swept by label at the end."""
    engine = DockerEngine(secrets.token_hex(4), base_url=None, network_pool=POOL)
    try:
        engine.ping()
    except EngineUnavailable as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"These tests need a Docker engine, and CI must not skip them: {error}")
        pytest.skip(f"NO DOCKER ENGINE, so nothing is proved about it here: {error}")
    ensure_images(engine)
    yield engine
    sweep(engine.install_id)
    engine.close()


@pytest.fixture
def docker_host(docker_engine: DockerEngine) -> Iterator[Host]:
    decoys: list[str] = []

    def add_foreign(name: str, labels: Mapping[str, str]) -> str:
        words = [word for key, value in labels.items() for word in ("--label", f"{key}={value}")]
        decoys.append(docker("run", "-d", "--name", name, *words, "busybox:latest", "sleep", "600"))
        return decoys[-1]

    def is_running(runtime_id: str) -> bool:
        return bool(json.loads(docker("inspect", "--format", "{{json .State.Running}}", runtime_id)))

    yield Host(docker_engine, add_foreign, is_running)
    if decoys:
        docker("rm", "-f", *decoys)
    sweep(docker_engine.install_id)


@contextmanager
def simulated_host(path: Path | None) -> Iterator[Host]:
    begin = datetime.now(UTC)

    def clock() -> datetime:
        return begin + (datetime.now(UTC) - begin) * SIMULATED_SPEED

    engine = SimulatedEngine(secrets.token_hex(4), path=path, network_pool=POOL, clock=clock)

    def is_running(runtime_id: str) -> bool:
        record = engine.store.get(runtime_id)
        return record is not None and record.status == "running"

    yield Host(engine, engine.add_foreign, is_running)
    engine.close()


@pytest.fixture(params=["memory", "file", pytest.param("docker", marks=pytest.mark.docker)])
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    if request.param == "docker":
        yield request.getfixturevalue("docker_host")
        return
    with simulated_host(tmp_path / "engine.sqlite3" if request.param == "file" else None) as simulated:
        yield simulated


@pytest.fixture
def engine(host: Host) -> Engine:
    return host.engine
