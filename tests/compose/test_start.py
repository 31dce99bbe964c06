"""The Compose form, built and started: PostgreSQL, Redis, and each process in a container of its own."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.compose import stand_ins
from tests.stack import free_port

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]

COMPOSE = Path(sys.executable).parent / "docker-compose"


class Project:
    """One `docker-compose` project with a name, a port and secrets of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        self.name = f"ecsweb-test-{secrets.token_hex(3)}"
        self.variables = {
            "SECRET_KEY": secrets.token_hex(32),
            "POSTGRES_PASSWORD": secrets.token_hex(16),
            "REDIS_PASSWORD": secrets.token_hex(16),
            "PORT": str(self.port),
            "ECSWEB_IMAGE": stand_ins.OURS,
            "REDIS_IMAGE": stand_ins.REDIS,
            "POSTGRES_IMAGE": stand_ins.POSTGRES,
            "DOCKER_CONFIG": "/nonexistent",
        }

    def compose(self, *arguments: str) -> str:
        return stand_ins.run(COMPOSE, "--project-name", self.name, *arguments, **self.variables)

    def logs(self) -> str:
        return self.compose("logs", "--no-color", "--tail", "40")

    def states(self) -> dict[str, Any]:
        rows = [json.loads(line) for line in self.compose("ps", "--all", "--format", "json").splitlines()]
        return {row["Service"]: (row["State"], row["Health"], row["ExitCode"]) for row in rows}

    def ready(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz/ready", timeout=10) as answer:
            found: dict[str, Any] = json.loads(answer.read())
            return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    if not stand_ins.can_be_made():
        pytest.skip("stand-ins for the base images need root, debootstrap and docker")
    stand_ins.ensure_bases()
    stand_ins.build_ours(tmp_path_factory.mktemp("context"))
    started = Project()
    try:
        started.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "120")
        yield started
    except AssertionError as error:
        raise AssertionError(f"{error}\n{started.logs()}") from error
    finally:
        started.compose("down", "--volumes", "--timeout", "5", "--remove-orphans")


def test_every_part_becomes_healthy(project: Project) -> None:
    states = project.states()

    assert states.pop("migrate") == ("exited", "", 0)
    assert set(states) == {"web", "worker", "beat", "watcher", "redis", "postgres"}
    assert set(states.values()) == {("running", "healthy", 0)}


def test_the_web_says_that_every_part_is_well(project: Project) -> None:
    assert project.ready()["parts"] == {
        part: {"ok": True} for part in ("database", "redis", "worker", "beat", "watcher", "engine")
    }


def test_the_web_has_no_way_to_the_engine(project: Project) -> None:
    code = "import pathlib; print(pathlib.Path('/var/run/docker.sock').exists())"

    assert project.compose("exec", "-T", "web", "python", "-c", code).strip() == "False"
    assert project.compose("exec", "-T", "worker", "python", "-c", code).strip() == "True"


def test_the_web_runs_without_rights(project: Project) -> None:
    assert project.compose("exec", "-T", "web", "id", "-u").strip() == "10001"
    with pytest.raises(AssertionError, match="Read-only file system"):
        project.compose("exec", "-T", "web", "touch", "/srv/ecsweb/x")


def test_what_a_container_uses_is_seen_by_the_watcher(project: Project) -> None:
    container = project.compose("ps", "--quiet", "web").strip()
    code = (
        "from pathlib import Path; from ecsweb.agent.cgroups import folders_by_name as found; "
        f"one = found({container!r}, mountinfo=Path('/proc/self/mountinfo').read_text()); "
        "print(one.cpu_nanoseconds() > 0 < one.memory_bytes())"
    )

    assert project.compose("exec", "-T", "watcher", "python", "-c", code).strip() == "True"


def test_a_worker_that_dies_comes_back(project: Project) -> None:
    container = project.compose("ps", "--quiet", "worker").strip()
    pid = stand_ins.run("docker", "inspect", "--format", "{{.State.Pid}}", container).strip()
    # From outside, as an out-of-memory kill would: `docker kill` counts as a wish to have it stopped.
    subprocess.run(["kill", "-9", pid], check=True)

    project.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "60")

    assert stand_ins.run("docker", "inspect", "--format", "{{.RestartCount}}", container).strip() == "1"
