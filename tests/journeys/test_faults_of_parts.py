"""Faults of own parts: a frozen Redis, a held database, a web that ends under open pages (F15, F30, F33, F36)."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from tests.stack import Stack, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(180)]

LONGEST_ANSWER = 3.0
STREAMS = 40


@pytest.fixture(autouse=True)
def world(stack: Stack) -> Iterator[Any]:
    """A cluster with an instance and a definition; emptied again afterwards."""
    ecs = stack.ecs()
    ecs.create_cluster(clusterName="demo")
    identity = {"instanceType": "t3.small", "availabilityZone": "ap-northeast-2a"}
    ecs.register_container_instance(cluster="demo", instanceIdentityDocument=json.dumps(identity))
    ecs.register_task_definition(
        family="web", containerDefinitions=[{"name": "app", "image": "ecsweb/worker:1", "memory": 32}]
    )

    yield ecs

    stack.reset()


def task(ecs: Any, arn: str) -> dict[str, Any]:
    return dict(ecs.describe_tasks(cluster="demo", tasks=[arn])["tasks"][0])


def running(ecs: Any, service: str) -> int:
    return int(ecs.describe_services(cluster="demo", services=[service])["services"][0]["runningCount"])


def run_on_port(ecs: Any, port: int) -> str:
    mapping = {"containerPort": 80, "hostPort": port}
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 32, "portMappings": [mapping]}
    ecs.register_task_definition(family="port", containerDefinitions=[container])
    return str(ecs.run_task(cluster="demo", taskDefinition="port")["tasks"][0]["taskArn"])


def raw_call(stack: Stack, operation: str, params: dict[str, Any]) -> tuple[int, str, dict[str, Any]]:
    """Call without a client that tries again by itself; return status, Retry-After and body."""
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"AmazonEC2ContainerServiceV20141113.{operation}",
    }
    with closing(http.client.HTTPConnection("127.0.0.1", stack.port, timeout=20)) as connection:
        connection.request("POST", "/", json.dumps(params), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Retry-After"], json.loads(answer.read())


def bind_address(ecs: Any) -> str:
    """Return the address on which the instance's ports are published."""
    arn = run_on_port(ecs, 0)
    wait_until("a task with a dynamic port runs", lambda: task(ecs, arn)["lastStatus"] == "RUNNING", seconds=30)
    address = str(task(ecs, arn)["containers"][0]["networkBindings"][0]["bindIP"])
    ecs.stop_task(cluster="demo", task=arn)
    wait_until("it has stopped", lambda: task(ecs, arn)["lastStatus"] == "STOPPED", seconds=30)
    return address


def test_a_frozen_redis_delays_no_answer_and_loses_no_wish(stack: Stack, world: Any) -> None:
    valkey = stack.processes["valkey"]
    valkey.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        world.create_service(cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
        assert time.monotonic() - began < LONGEST_ANSWER
        began = time.monotonic()
        assert world.describe_clusters(clusters=["demo"])["clusters"][0]["activeServicesCount"] == 1
        assert time.monotonic() - began < LONGEST_ANSWER
        time.sleep(8)
    finally:
        valkey.send_signal(signal.SIGCONT)

    wait_until("the worker goes on where it was", lambda: running(world, "web") == 2, seconds=20)


def test_a_held_database_refuses_in_words_and_stores_nothing(stack: Stack, world: Any) -> None:
    with closing(sqlite3.connect(stack.data / "ecsweb.sqlite3", isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        status, retry_after, answer = raw_call(stack, "CreateCluster", {"clusterName": "held"})
        spent = time.monotonic() - began
        holder.execute("ROLLBACK")

    assert (status, retry_after, answer["__type"]) == (503, "1", "ServerException")
    assert spent < LONGEST_ANSWER
    assert world.describe_clusters(clusters=["held"])["failures"][0]["reason"] == "MISSING"
    assert world.create_cluster(clusterName="held")["cluster"]["status"] == "ACTIVE"


def test_a_port_that_a_stranger_holds_fails_the_task_and_leaves_nothing(stack: Stack, world: Any) -> None:
    address = bind_address(world)
    with socket.create_server((address, 0)) as stranger:
        port = stranger.getsockname()[1]
        arn = run_on_port(world, port)
        wait_until("the task has failed", lambda: task(world, arn)["lastStatus"] == "STOPPED", seconds=30)

    stopped = [name for name in stack.containers() if arn.rsplit("/", 1)[-1] not in name]
    found = task(world, arn)
    assert found["stopCode"] == "TaskFailedToStart"
    assert found["containers"][0]["reason"].startswith("CannotStartContainerError: ")
    wait_until("its leftover is gone", lambda: stack.containers() == stopped, seconds=20)
    instance = world.list_container_instances(cluster="demo")["containerInstanceArns"][0]
    shown = world.describe_container_instances(cluster="demo", containerInstances=[instance])["containerInstances"][0]
    used = next(r for r in shown["remainingResources"] if r["name"] == "PORTS")["stringSetValue"]
    assert str(port) not in used


def stream(stack: Stack, opened: ExitStack, last_event_id: str = "") -> http.client.HTTPResponse:
    """Open a page's stream and read its first line."""
    connection = opened.enter_context(closing(http.client.HTTPConnection("127.0.0.1", stack.port, timeout=10)))
    headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_event_id} if last_event_id else {})}
    connection.request("GET", "/live/", headers=headers)
    answer = opened.enter_context(closing(connection.getresponse()))
    assert answer.status == 200
    assert answer.readline().startswith(b"retry:")
    return answer


def last_id(answer: http.client.HTTPResponse) -> int:
    while not (line := answer.readline()).startswith(b"id:"):
        assert line
    return int(line.removeprefix(b"id:"))


def test_the_web_ends_quickly_under_open_pages_and_they_miss_nothing(stack: Stack, world: Any) -> None:
    with ExitStack() as opened:
        streams = [stream(stack, opened) for _ in range(STREAMS)]
        world.create_cluster(clusterName="seen")
        seen = last_id(streams[0])

        web = stack.processes.pop("web")
        began = time.monotonic()
        web.terminate()
        web.wait(timeout=10)
        assert time.monotonic() - began < 5
        assert all(answer.read() is not None for answer in streams)

        # Something happens while nobody serves pages.
        stack.call_door("CreateCluster")
        stack.start_web()
        assert last_id(stream(stack, opened, last_event_id=str(seen))) > seen
