"""A worker killed with -9 at each named failpoint: the world converges, no double, no orphan (F01-F04)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecsweb.agent import failpoints
from tests.stack import Stack, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(180)]


def service(ecs: Any) -> dict[str, Any]:
    found = ecs.describe_services(cluster="crash", services=["web"])["services"]
    return dict(found[0]) if found else {"runningCount": 0, "status": "INACTIVE", "deployments": []}


def is_world_right(stack: Stack, ecs: Any) -> bool:
    """Docker first, database second: no container without a task that wants it, no task with two (I1, I2, I6, I7)."""
    format_ = '{{.Label "ecsweb.task"}} {{.Label "ecsweb.container"}} {{.ID}}'
    label = f"label=ecsweb.install={stack.install_id}"
    shown = [line.split() for line in docker("ps", "--no-trunc", "--filter", label, "--format", format_).splitlines()]
    arns = ecs.list_tasks(cluster="crash")["taskArns"]
    tasks = ecs.describe_tasks(cluster="crash", tasks=arns)["tasks"] if arns else []
    wanted = [[t["taskArn"].rsplit("/", 1)[-1], c["name"], c["runtimeId"]] for t in tasks for c in t["containers"]]
    return sorted(shown) == sorted(wanted) and {t["lastStatus"] for t in tasks} <= {"RUNNING"}


@pytest.mark.parametrize("failpoint", failpoints.NAMES)
def test_the_world_converges_after_a_worker_died_at(stack: Stack, failpoint: str) -> None:
    ecs = stack.ecs()
    stack.reset()
    ecs.create_cluster(clusterName="crash")
    document = json.dumps({"instanceType": "t3.medium", "availabilityZone": "ap-northeast-2a"})
    ecs.register_container_instance(cluster="crash", instanceIdentityDocument=document)
    container = {"name": "app", "image": "ecsweb/worker:1", "memory": 32}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    armed = stack.data / "failpoint"
    armed.touch()
    stack.kill("worker")
    stack.start_worker(ECSWEB_FAILPOINT=failpoint, ECSWEB_FAILPOINT_FILE=str(armed))

    ecs.create_service(cluster="crash", serviceName="web", taskDefinition="web", desiredCount=2)
    if failpoint in {"during_stop", "before_remove", "after_remove"}:
        wait_until("two run", lambda: service(ecs)["runningCount"] == 2)
        ecs.update_service(cluster="crash", service="web", desiredCount=1)
    if failpoint in {"before_remove", "after_remove"}:
        ecs.delete_service(cluster="crash", service="web", force=True)
        stack.call_door("ResetAccount")
    died = wait_until("the worker died there", lambda: stack.processes["worker"].poll() is not None, seconds=30)
    assert not armed.exists(), died

    stack.start_worker()
    if failpoint in {"before_remove", "after_remove"}:
        stack.reset()
        assert stack.containers() == []
        return
    count = 1 if failpoint == "during_stop" else 2
    if count == 1:
        wait_until("one runs", lambda: service(ecs)["runningCount"] == 1, seconds=60)
    wait_until("as desired", lambda: is_settled(ecs, count), seconds=60)
    wait_until("no double, no orphan", lambda: is_world_right(stack, ecs), seconds=30)
    stack.reset()
    assert stack.containers() == []


def is_settled(ecs: Any, count: int) -> bool:
    arns = ecs.list_tasks(cluster="crash")["taskArns"]
    tasks = ecs.describe_tasks(cluster="crash", tasks=arns)["tasks"] if arns else []
    return len(tasks) == count and all(t["lastStatus"] == "RUNNING" for t in tasks)
