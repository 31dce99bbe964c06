"""`make bench`: the budget of the design, measured on all real processes and real containers, raw Docker beside it.

Absolute times vary from machine to machine; what counts is ours against raw Docker in the same run.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stack import ROOT, Stack, docker, wait_until

ROUNDS = 10
MANY = 60
IMAGE = "ecsweb/web:1"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured line: milliseconds, and the goal in milliseconds where there is one."""

    what: str
    times: Sequence[float]
    goal: float | None = None

    def line(self) -> str:
        """Return the figure as a row of the table."""
        middle, worst = statistics.median(self.times), max(self.times)
        word = "" if self.goal is None else f"≤ {self.goal:5.0f} ms {'met' if middle <= self.goal else 'MISSED'}"
        return f"{self.what:<62} {middle:7.0f} ms {worst:7.0f} ms  {word}".rstrip()


def milliseconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def until(is_true: Callable[[], bool]) -> None:
    """Look every 3 ms until something is true, at most for 60 s."""
    deadline = time.monotonic() + 60
    while not is_true():
        if time.monotonic() > deadline:
            raise AssertionError("not within 60 s")
        time.sleep(0.003)


@dataclass
class Bench:
    """The measurements; each leaves the cluster as it found it."""

    stack: Stack
    ecs: Any

    def prepare(self) -> None:
        self.ecs.create_cluster(clusterName="bench")
        for zone in "ab":
            identity = {"instanceType": "m5.xlarge", "availabilityZone": f"ap-northeast-2{zone}"}
            self.ecs.register_container_instance(cluster="bench", instanceIdentityDocument=json.dumps(identity))
        wait_until("the product's images", lambda: bool(docker("images", "-q", IMAGE).strip()), seconds=120)
        self.ecs.register_task_definition(
            family="web",
            containerDefinitions=[
                {"name": "app", "image": IMAGE, "memory": 32, "portMappings": [{"containerPort": 80}]}
            ],
        )

    def raw(self) -> float:
        """Create and start one container by Docker's own client, with the options that ours have."""
        options = ["--memory", "32m", "--pids-limit", "256", "-p", "127.0.0.1::80", "--security-opt=no-new-privileges"]
        made: list[str] = []
        spent = milliseconds(lambda: made.append(docker("run", "-d", *options, IMAGE).strip()))
        docker("rm", "-f", made[0])
        return spent

    def run_task(self) -> float:
        began = time.perf_counter()
        arn = self.ecs.run_task(cluster="bench", taskDefinition="web")["tasks"][0]["taskArn"]
        until(lambda: self.status(arn) == "RUNNING")
        spent = (time.perf_counter() - began) * 1000
        self.ecs.stop_task(cluster="bench", task=arn)
        until(lambda: self.status(arn) == "STOPPED")
        return spent

    def status(self, arn: str) -> str:
        return str(self.ecs.describe_tasks(cluster="bench", tasks=[arn])["tasks"][0]["lastStatus"])

    def service(self, name: str) -> Any:
        return self.ecs.describe_services(cluster="bench", services=[name])["services"][0]

    def kill(self) -> tuple[float, float]:
        """Kill a service's container; return when STOPPED was seen, and when the replacement was RUNNING."""
        time.sleep(1.2)  # a service starts one batch a second at most: not what is measured here
        arn = self.ecs.list_tasks(cluster="bench", serviceName="kept")["taskArns"][0]
        container = self.ecs.describe_tasks(cluster="bench", tasks=[arn])["tasks"][0]["containers"][0]
        docker("kill", container["runtimeId"])
        began = time.perf_counter()
        until(lambda: self.status(arn) == "STOPPED")
        red = (time.perf_counter() - began) * 1000
        until(lambda: self.service("kept")["runningCount"] == 3)
        return red, (time.perf_counter() - began) * 1000

    def keep(self, name: str, count: int) -> float:
        began = time.perf_counter()
        self.ecs.create_service(cluster="bench", serviceName=name, taskDefinition="web", desiredCount=count)
        until(lambda: self.service(name)["runningCount"] == count)
        return (time.perf_counter() - began) * 1000

    def page(self) -> float:
        def read() -> None:
            with urllib.request.urlopen(f"{self.stack.url}/clusters/bench/", timeout=10) as answer:
                answer.read()

        return milliseconds(read)

    def figures(self) -> list[Figure]:
        raws, runs = [], []
        for _ in range(ROUNDS):
            # Turn by turn, so that both meet the same weather.
            raws.append(self.raw())
            runs.append(self.run_task())
        raw = statistics.median(raws)
        three = self.keep("kept", 3)
        kills = [self.kill() for _ in range(ROUNDS)]
        many = self.keep("many", MANY)
        pages = [self.page() for _ in range(ROUNDS)]
        return [
            Figure("raw Docker: run one container", raws),
            Figure("RunTask to RUNNING", runs, raw + 150),
            Figure("docker kill to STOPPED seen", [red for red, _ in kills], 200),
            Figure("docker kill to the replacement RUNNING", [healed for _, healed in kills], 200 + raw + 150),
            Figure("service of 3: call to all RUNNING", [three]),
            Figure(f"service of {MANY}: call to all RUNNING", [many], (5 + MANY / 5) * 1000),
            Figure(f"cluster page with {MANY + 3} tasks", pages, 300),
            Figure("reset", [milliseconds(self.stack.reset)]),
        ]


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        stack = Stack(Path(folder))
        try:
            stack.start()
            bench = Bench(stack, stack.ecs())
            bench.prepare()
            sys.stdout.write(f"{'':<62} {'median':>10} {'worst':>10}  goal\n")
            sys.stdout.write("".join(f"{figure.line()}\n" for figure in bench.figures()))
            sys.stdout.flush()
            # Pages are measured without containers, in a process of their own.
            subprocess.run([sys.executable, "-m", "tests.bench_pages"], cwd=ROOT, check=True)
        finally:
            stack.stop()
            stack.sweep()
    return 0


if __name__ == "__main__":
    sys.exit(main())
