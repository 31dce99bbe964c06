"""The story of the notes through the AWS API on real containers, with strangers' containers beside it."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stack import Stack, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(300)]

DECOYS = {
    "plain": [],
    "ecs-labels": ["com.amazonaws.ecs.cluster=demo", "com.amazonaws.ecs.task-arn=arn:aws:ecs:x:1:task/demo/1"],
    "other-install": ["ecsweb.install=ffffffff", "ecsweb.task=00000000000000000000000000000000"],
    "our-task-label": ["ecsweb.task=00000000000000000000000000000000", "ecsweb.account=123456789012"],
}


@pytest.fixture(autouse=True)
def decoys(stack: Stack) -> Iterator[None]:
    """Strangers' containers; whatever the journey does, they are the same afterwards (`reliability.md` I3)."""
    names = []
    for kind, labels in DECOYS.items():
        name = f"decoy-{stack.install_id}-{kind}"
        arguments = [part for label in labels for part in ("--label", label)]
        docker("run", "-d", "--name", name, *arguments, "busybox:latest", "sleep", "3600")
        names.append(name)
    before = [fingerprint(name) for name in names]

    yield

    try:
        assert [fingerprint(name) for name in names] == before
    finally:
        docker("rm", "-f", *names)


def fingerprint(name: str) -> str:
    return docker("inspect", "--format", "{{.Id}} {{.State.Status}} {{.State.StartedAt}} {{.RestartCount}}", name)


def launch(ecs: Any, zone: str) -> str:
    document = json.dumps({"instanceType": "t3.small", "availabilityZone": f"ap-northeast-2{zone}"})
    answer = ecs.register_container_instance(cluster="demo", instanceIdentityDocument=document)
    return str(answer["containerInstance"]["containerInstanceArn"])


def register(ecs: Any, memory: int = 64) -> str:
    container = {
        "name": "app",
        "image": "ecsweb/web:1",
        "memory": memory,
        "portMappings": [{"containerPort": 80}],
    }
    answer = ecs.register_task_definition(family="web", containerDefinitions=[container])
    return str(answer["taskDefinition"]["taskDefinitionArn"])


def task(ecs: Any, arn: str) -> dict[str, Any]:
    return dict(ecs.describe_tasks(cluster="demo", tasks=[arn])["tasks"][0])


def service(ecs: Any, name: str) -> dict[str, Any]:
    return dict(ecs.describe_services(cluster="demo", services=[name])["services"][0])


def test_the_story_of_the_notes(stack: Stack) -> None:
    ecs = stack.ecs()

    # An empty cluster is fine, and has no compute of its own.
    ecs.create_cluster(clusterName="demo")
    first = register(ecs)
    with pytest.raises(ClientError, match=r"No Container Instances were found in your cluster\."):
        ecs.run_task(cluster="demo", taskDefinition="web")

    # Two container instances join; a direct task that dies stays dead.
    launch(ecs, "a")
    launch(ecs, "b")
    direct = ecs.run_task(cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"]
    ecs.get_waiter("tasks_running").wait(cluster="demo", tasks=[direct], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    port = task(ecs, direct)["containers"][0]["networkBindings"][0]["hostPort"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as page:
        assert "web" in page.read().decode()
    docker("kill", task(ecs, direct)["containers"][0]["runtimeId"])
    ecs.get_waiter("tasks_stopped").wait(cluster="demo", tasks=[direct], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    stopped = task(ecs, direct)
    assert (stopped["stopCode"], stopped["containers"][0]["exitCode"]) == ("EssentialContainerExited", 137)
    assert ecs.list_tasks(cluster="demo")["taskArns"] == []

    # REPLICA 3, healed after `docker kill` three times.
    ecs.create_service(cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    config = {"Delay": 1, "MaxAttempts": 40}
    ecs.get_waiter("services_stable").wait(cluster="demo", services=["web"], WaiterConfig=config)
    for _ in range(3):
        arn = ecs.list_tasks(cluster="demo", serviceName="web")["taskArns"][0]
        docker("kill", task(ecs, arn)["containers"][0]["runtimeId"])
        ecs.get_waiter("tasks_stopped").wait(cluster="demo", tasks=[arn], WaiterConfig=config)
        wait_until("three run again", lambda: service(ecs, "web")["runningCount"] == 3)

    # DAEMON: one on each instance, and on one that joins later.
    ecs.create_service(cluster="demo", serviceName="logs", taskDefinition="web", schedulingStrategy="DAEMON")
    wait_until("a daemon on both", lambda: service(ecs, "logs")["runningCount"] == 2)
    third = launch(ecs, "c")
    wait_until("a daemon on the third", lambda: service(ecs, "logs")["runningCount"] == 3)
    assert ecs.list_tasks(cluster="demo", containerInstance=third, serviceName="logs")["taskArns"]

    # Revision 2 is rolled out; never fewer than three run.
    second = register(ecs, memory=96)
    assert (first[-2:], second[-2:]) == (":1", ":2")
    ecs.update_service(cluster="demo", service="web", taskDefinition=second)
    lowest = [3]

    def is_rolled_out() -> bool:
        now = service(ecs, "web")
        lowest.append(now["runningCount"])
        return [d["rolloutState"] for d in now["deployments"]] == ["COMPLETED"]

    wait_until("revision 2 is rolled out", is_rolled_out, seconds=60)
    assert min(lowest) == 3
    arns = ecs.list_tasks(cluster="demo", serviceName="web")["taskArns"]
    assert {t["taskDefinitionArn"] for t in ecs.describe_tasks(cluster="demo", tasks=arns)["tasks"]} == {second}

    # The service goes, with its tasks.
    ecs.delete_service(cluster="demo", service="logs", force=True)
    ecs.get_waiter("services_inactive").wait(cluster="demo", services=["logs"], WaiterConfig=config)

    # Reset leaves none of ours.
    stack.reset()
    assert stack.containers() == []
    assert docker("network", "ls", "-q", "--filter", f"label=ecsweb.install={stack.install_id}") == ""
    assert ecs.list_clusters()["clusterArns"] == []
