"""Volumes on real Docker: two containers share one, a task's own goes with it, a shared one stays on the instance."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import Stack, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(120)]
MOUNT = [{"sourceVolume": "data", "containerPath": "/data"}]


@pytest.fixture(autouse=True)
def ecs(stack: Stack) -> Iterator[Any]:
    """A cluster with an instance."""
    client = stack.ecs()
    client.create_cluster(clusterName="demo")
    identity = {"instanceType": "t3.medium", "availabilityZone": "ap-northeast-2a"}
    client.register_container_instance(cluster="demo", instanceIdentityDocument=json.dumps(identity))

    yield client

    stack.reset()


def run(ecs: Any, volume: dict[str, Any], written: str, read: str) -> str:
    """Run a task whose one container writes into a volume and whose other reads what is there."""
    containers = [
        {
            "name": "writer",
            "image": "ecsweb/worker:1",
            "memory": 32,
            "entryPoint": ["sh", "-c"],
            "command": [f"{written}; echo written; sleep 300"],
            "mountPoints": MOUNT,
        },
        {
            "name": "reader",
            "image": "ecsweb/worker:1",
            "memory": 32,
            "entryPoint": ["sh", "-c"],
            "command": [f"sleep 1; {read}; sleep 300"],
            "volumesFrom": [{"sourceContainer": "writer", "readOnly": True}],
            "dependsOn": [{"containerName": "writer", "condition": "START"}],
        },
    ]
    ecs.register_task_definition(family="pair", containerDefinitions=containers, volumes=[volume])
    arn = ecs.run_task(cluster="demo", taskDefinition="pair")["tasks"][0]["taskArn"]
    wait_until("it runs", lambda: task(ecs, arn)["lastStatus"] == "RUNNING", seconds=30)
    return str(arn)


def task(ecs: Any, arn: str) -> dict[str, Any]:
    return dict(ecs.describe_tasks(cluster="demo", tasks=[arn])["tasks"][0])


def output(ecs: Any, arn: str, name: str) -> str:
    found = next(c for c in task(ecs, arn)["containers"] if c["name"] == name)
    return docker("logs", found["runtimeId"])


def volumes(stack: Stack) -> list[str]:
    return docker("volume", "ls", "-q", "--filter", f"label=ecsweb.install={stack.install_id}").split()


def test_containers_of_a_task_share_its_volume_which_goes_with_the_task(ecs: Any, stack: Stack) -> None:
    read = "cat /data/x; echo no > /data/y || echo read-only"
    arn = run(ecs, {"name": "data"}, "echo hello > /data/x", read)
    wait_until("it has read", lambda: "read-only" in output(ecs, arn, "reader"), seconds=20)

    assert "hello" in output(ecs, arn, "reader")
    assert len(volumes(stack)) == 1

    stack.reset()
    assert volumes(stack) == []


def test_a_shared_volume_keeps_what_a_task_wrote_for_the_next(ecs: Any, stack: Stack) -> None:
    shared = {"name": "data", "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True}}
    first = run(ecs, shared, "echo kept > /data/x", "true")
    wait_until("it has written", lambda: "written" in output(ecs, first, "writer"), seconds=20)
    ecs.stop_task(cluster="demo", task=first)
    wait_until("it is over", lambda: task(ecs, first)["lastStatus"] == "STOPPED", seconds=60)

    second = run(ecs, shared, "true", "cat /data/x")

    wait_until("it has read what the other wrote", lambda: "kept" in output(ecs, second, "reader"), seconds=20)
    assert len(volumes(stack)) == 1
