"""A service whose image is broken, on real Docker: it stops trying at ECS's rhythm, says so in ECS's words, rolls back
when the circuit breaker is on, and recovers by itself when the image appears."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest

from tests.stack import Stack, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(240)]

IMPAIRED = (
    "(service web) is unable to consistently start tasks successfully. For more information, see the Troubleshooting "
    "section of the Amazon ECS Developer Guide."
)


@pytest.fixture(autouse=True)
def ecs(stack: Stack) -> Iterator[Any]:
    """A cluster with an instance, a good revision 1 and a revision 2 whose image nobody has."""
    client = stack.ecs()
    client.create_cluster(clusterName="demo")
    identity = {"instanceType": "t3.medium", "availabilityZone": "ap-northeast-2a"}
    client.register_container_instance(cluster="demo", instanceIdentityDocument=json.dumps(identity))
    register(client, "ecsweb/worker:1")

    yield client

    stack.reset()


@pytest.fixture
def ghost() -> Iterator[str]:
    """The name of an image that does not exist yet."""
    name = f"ecsweb-test-ghost/{uuid4().hex[:12]}:1"
    yield name
    if docker("images", "-q", name).strip():
        docker("rmi", name)


def register(ecs: Any, image: str) -> str:
    container = {"name": "app", "image": image, "memory": 32}
    return str(
        ecs.register_task_definition(family="web", containerDefinitions=[container])["taskDefinition"][
            "taskDefinitionArn"
        ]
    )


def service(ecs: Any) -> dict[str, Any]:
    return dict(ecs.describe_services(cluster="demo", services=["web"])["services"][0])


def said(ecs: Any) -> list[str]:
    return [event["message"] for event in reversed(service(ecs)["events"])]


def tries(ecs: Any) -> list[float]:
    """Return when the tasks that could not start were created, in seconds."""
    arns = ecs.list_tasks(cluster="demo", serviceName="web", desiredStatus="STOPPED")["taskArns"]
    found = ecs.describe_tasks(cluster="demo", tasks=arns)["tasks"] if arns else []
    assert all(task["stopCode"] == "TaskFailedToStart" for task in found)
    assert all(task["containers"][0]["reason"].startswith("CannotPullContainerError: ") for task in found)
    return sorted(task["createdAt"].timestamp() for task in found)


def test_it_tries_ever_more_slowly_says_so_and_recovers_when_the_image_appears(ecs: Any, ghost: str) -> None:
    register(ecs, ghost)
    ecs.create_service(cluster="demo", serviceName="web", taskDefinition="web:2", desiredCount=1)

    wait_until("it has said that it is impaired", lambda: IMPAIRED in said(ecs), seconds=60)
    wait_until("it has tried four times", lambda: len(tries(ecs)) >= 4, seconds=60)
    moments = tries(ecs)
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    # ECS's 10, 20, 40 s, divided by the ten of ECSWEB_SPEED; no timer is lost, or a pause would last until the sweep.
    for pause, wanted in zip(pauses, (1, 2, 4), strict=False):
        assert wanted - 0.2 <= pause <= wanted + 4
    assert said(ecs).count(IMPAIRED) == 1

    docker("tag", "ecsweb/worker:1", ghost)
    wait_until("it runs by itself", lambda: service(ecs)["runningCount"] == 1, seconds=60)
    wait_until("it is steady", lambda: said(ecs)[-1] == "(service web) has reached a steady state.", seconds=30)
    assert service(ecs)["deployments"][0]["failedTasks"] == 0


def test_the_circuit_breaker_rolls_back_without_touching_what_runs(ecs: Any, ghost: str) -> None:
    ecs.create_service(
        cluster="demo",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=2,
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )
    wait_until("two run", lambda: service(ecs)["deployments"][0]["rolloutState"] == "COMPLETED", seconds=60)
    good, kept = service(ecs)["deployments"][0]["id"], set(running(ecs))
    register(ecs, ghost)

    ecs.update_service(cluster="demo", service="web", taskDefinition="web:2")
    bad = service(ecs)["deployments"][0]["id"]
    wait_until("it is rolled back", lambda: service(ecs)["deployments"][0]["id"] == good, seconds=90)
    wait_until("and completed", lambda: len(service(ecs)["deployments"]) == 1, seconds=60)
    wait_until("and steady", lambda: said(ecs)[-1] == "(service web) has reached a steady state.", seconds=30)

    assert service(ecs)["taskDefinition"].endswith("web:1")
    assert set(running(ecs)) == kept
    words = said(ecs)
    failed = words.index(f"(service web) (deployment {bad}) deployment failed: tasks failed to start.")
    back = words.index(f"(service web) rolling back to deployment {good}.")
    assert failed < back < len(words) - 1
    # Nothing of the broken revision is tried any more.
    before = len(tries(ecs))
    time.sleep(5)
    assert len(tries(ecs)) == before


def running(ecs: Any) -> list[str]:
    return list(ecs.list_tasks(cluster="demo", serviceName="web")["taskArns"])
