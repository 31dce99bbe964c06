"""A tag that moves: the deployment keeps its image until somebody asks for a new one (`ecs-facts.md` 2.7, 6.3)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.stack import Stack, docker, wait_until

pytestmark = [pytest.mark.docker, pytest.mark.slow, pytest.mark.timeout(120)]


@pytest.fixture
def tag() -> Iterator[str]:
    """A tag of our own, which first means the worker's image."""
    name = f"ecsweb-test-moving/{uuid4().hex[:12]}:latest"
    docker("tag", "ecsweb/worker:1", name)
    yield name
    docker("rmi", "-f", name)


def image_of(ecs: Any, old: str = "") -> str:
    """Return the id of the image that the service's one task runs, once it is another task than the old one."""
    found: list[dict[str, Any]] = []

    def runs() -> bool:
        arns = ecs.list_tasks(cluster="demo", serviceName="web")["taskArns"]
        tasks = ecs.describe_tasks(cluster="demo", tasks=arns)["tasks"] if arns else []
        found[:] = [t for t in tasks if t["lastStatus"] == "RUNNING"]
        return len(arns) == len(found) == 1 and found[0]["containers"][0]["runtimeId"] != old

    wait_until("the one task runs", runs, seconds=60)
    return str(found[0]["containers"][0]["runtimeId"])


def image_id(name: str) -> str:
    return docker("inspect", "--format", "{{.Image}}", name).strip()


def test_a_moved_tag_reaches_a_service_with_a_new_deployment_only(stack: Stack, tag: str) -> None:
    ecs = stack.ecs()
    ecs.create_cluster(clusterName="demo")
    identity = {"instanceType": "t3.medium", "availabilityZone": "ap-northeast-2a"}
    ecs.register_container_instance(cluster="demo", instanceIdentityDocument=json.dumps(identity))
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "app", "image": tag, "memory": 32}])
    ecs.create_service(cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    first = image_of(ecs)
    old = image_id(first)

    docker("tag", "ecsweb/web:1", tag)
    docker("kill", first)
    second = image_of(ecs, old=first)
    assert image_id(second) == old

    ecs.update_service(cluster="demo", service="web", forceNewDeployment=True)
    third = image_of(ecs, old=second)
    assert image_id(third) not in {old, ""}
    stack.reset()
