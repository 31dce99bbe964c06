"""Faults that learners and laptops make: the engine goes, Redis forgets, somebody tidies up by hand (F06-F21)."""

from __future__ import annotations

import json
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.engine_proxy import EngineProxy
from tests.stack import Stack, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def proxy() -> Iterator[EngineProxy]:
    with tempfile.TemporaryDirectory(prefix="ecsp") as folder:
        made = EngineProxy(Path(folder) / "docker.sock")
        made.open()
        yield made
        made.close()


@pytest.fixture(scope="module")
def stack(proxy: EngineProxy) -> Iterator[Stack]:
    """A stack whose engine is behind the proxy."""
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        made = Stack(Path(folder), environment={"DOCKER_HOST": f"unix://{proxy.path}"})
        try:
            made.start()
            yield made
        finally:
            made.stop()
            made.sweep()


@pytest.fixture(autouse=True)
def world(stack: Stack) -> Iterator[Any]:
    """A cluster with two instances, a direct task and a service of two; emptied again afterwards."""
    ecs = stack.ecs()
    ecs.create_cluster(clusterName="demo")
    for zone in "ab":
        document = json.dumps({"instanceType": "t3.small", "availabilityZone": f"ap-northeast-2{zone}"})
        ecs.register_container_instance(cluster="demo", instanceIdentityDocument=document)
    container = {"name": "app", "image": "ecsweb/worker:1", "memory": 32}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    ecs.run_task(cluster="demo", taskDefinition="web", startedBy="somebody")
    ecs.create_service(cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    wait_until("three run", lambda: running(ecs) == 3)

    yield ecs

    stack.reset()


def running(ecs: Any) -> int:
    return sum(1 for task in tasks(ecs) if task["lastStatus"] == "RUNNING")


def tasks(ecs: Any, **filters: str) -> list[dict[str, Any]]:
    arns = ecs.list_tasks(cluster="demo", **filters)["taskArns"]
    return list(ecs.describe_tasks(cluster="demo", tasks=arns)["tasks"]) if arns else []


def page(stack: Stack, path: str) -> str:
    request = urllib.request.Request(stack.url + path, headers={"Accept-Language": "en"})
    with urllib.request.urlopen(request, timeout=3) as answer:
        return str(answer.read().decode())


def agents(ecs: Any) -> set[bool]:
    arns = ecs.list_container_instances(cluster="demo")["containerInstanceArns"]
    found = ecs.describe_container_instances(cluster="demo", containerInstances=arns)["containerInstances"]
    return {instance["agentConnected"] for instance in found}


def test_engine_goes_and_comes_back(stack: Stack, proxy: EngineProxy, world: Any) -> None:
    victim = tasks(world, serviceName="web")[0]

    proxy.close()
    wait_until("agents count as disconnected", lambda: agents(world) == {False}, seconds=25)
    wait_until("the pages say so", lambda: "does not answer" in page(stack, "/clusters/demo/"), seconds=25)
    # States are not invented, and what is asked for meanwhile is stored.
    docker("kill", victim["containers"][0]["runtimeId"])
    world.update_service(cluster="demo", service="web", desiredCount=3)
    assert running(world) == 3
    refused = world.run_task(cluster="demo", taskDefinition="web")
    assert [failure["reason"] for failure in refused["failures"]] == ["AGENT"]

    proxy.open()
    wait_until("agents are connected", lambda: agents(world) == {True}, seconds=25)
    wait_until("all is as wanted", lambda: running(world) == 4, seconds=25)
    stopped = tasks(world, desiredStatus="STOPPED")[0]
    assert (stopped["taskArn"], stopped["containers"][0]["exitCode"]) == (victim["taskArn"], 137)
    wait_until("the pages no longer say so", lambda: "does not answer" not in page(stack, "/"), seconds=25)


def test_removed_by_hand(stack: Stack, world: Any) -> None:
    direct = tasks(world, startedBy="somebody")[0]
    kept = tasks(world, serviceName="web")[0]

    docker("rm", "-f", direct["containers"][0]["runtimeId"], kept["containers"][0]["runtimeId"])

    wait_until("both are known to be gone", lambda: len(tasks(world, desiredStatus="STOPPED")) == 2, seconds=15)
    wait_until("the service's is replaced", lambda: running(world) == 2, seconds=15)
    gone = tasks(world, desiredStatus="STOPPED")
    assert all(t["lastStatus"] == "STOPPED" for t in gone)
    assert {t["taskArn"] for t in gone} == {direct["taskArn"], kept["taskArn"]}


def test_redis_forgets_everything(stack: Stack, world: Any) -> None:
    client = redis.Redis(unix_socket_path=str(stack.data / "valkey.sock"))
    stack.kill("worker")
    world.update_service(cluster="demo", service="web", desiredCount=5)

    client.flushall()
    stack.start_worker()

    wait_until("the sweep alone brings them", lambda: running(world) == 6, seconds=45)


def test_the_same_message_fifty_times(stack: Stack, world: Any) -> None:
    before = stack.containers()
    code = (
        "import django; django.setup(); from ecsweb.jobs.reconcile import reconcile; from ecsweb.models import Cluster;"
        "from ecsweb.jobs.agents import step; from ecsweb.models import ContainerInstance;"
        "[reconcile.delay(object_id=c) for c in Cluster.objects.values_list('pk', flat=True) for _ in range(50)];"
        "[step.delay(object_id=i) for i in ContainerInstance.objects.values_list('pk', flat=True) for _ in range(50)]"
    )

    world.update_service(cluster="demo", service="web", desiredCount=4)
    stack.run("-c", code)

    wait_until("five run", lambda: running(world) == 5)
    wait_until("no sixth", lambda: len(stack.containers()) == len(before) + 2, seconds=5)
    assert len(set(stack.containers())) == len(stack.containers())


def test_restart_of_everything_finds_it_as_it_was(stack: Stack, world: Any) -> None:
    def shown() -> list[str]:
        return sorted(c["runtimeId"] for t in tasks(world) for c in t["containers"])

    before = shown()
    stack.stop()

    stack.start()

    wait_until("the same containers", lambda: shown() == before)
    assert running(world) == 3
