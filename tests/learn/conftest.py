from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils.translation import override
from pytest_django.fixtures import Settings

from tests.learn.learners import Learner, barred_by_quota
from tests.world import World

WEB = {"name": "app", "image": "ecsweb/web:1", "memory": 64, "cpu": 64, "portMappings": [{"containerPort": 80}]}
SIDE_CAR = {"name": "log", "image": "ecsweb/worker:1", "memory": 32, "memoryReservation": 16, "essential": False}
# What a lesson leaves free of a class account's quotas, for whoever tries one thing more.
SPARE_CONTAINERS, SPARE_MEMORY = 2, 128
ROLE = "arn:aws:iam::123456789012:role/"


def full_definition() -> dict[str, Any]:
    """Return a definition that has most of what a word of the glossary is about."""
    check = {"command": ["CMD-SHELL", "true"]}
    app = {
        **WEB,
        "command": ["/ecsweb/web.sh"],
        "environment": [{"name": "COLOUR", "value": "green"}],
        "healthCheck": check,
        "restartPolicy": {"enabled": True},
        "dependsOn": [{"containerName": "log", "condition": "START"}],
        "mountPoints": [{"sourceVolume": "files", "containerPath": "/files"}],
    }
    return {
        "family": "full",
        "volumes": [{"name": "files"}],
        "taskRoleArn": f"{ROLE}app",
        "executionRoleArn": f"{ROLE}ecsTaskExecutionRole",
        "containerDefinitions": [app, SIDE_CAR],
    }


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Texts are English unless a test says otherwise; a page of another test leaves its language behind."""
    with override("en"):
        yield


@pytest.fixture
def rich(world: World) -> World:
    """A world with nearly everything that a word or a question can be about."""
    for zone in "ab":
        world.launch(zone=zone)
    world.launch(zone="c")
    world.register("web", portMappings=[{"containerPort": 80}])
    world.register("web", memory=72, portMappings=[{"containerPort": 80}])
    world.register("once", image="ecsweb/once:1")
    world.register("old")
    world.call("DeregisterTaskDefinition", taskDefinition=world.register("old", memory=65))
    world.call("RegisterTaskDefinition", **full_definition())
    world.call("RegisterTaskDefinition", family="alone", networkMode="awsvpc", containerDefinitions=[WEB])
    ecr = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/shop:1"
    world.register("ecr", image=ecr)
    world.register_fargate("serverless")
    world.call(
        "PutClusterCapacityProviders",
        cluster="demo",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[],
    )
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=3,
        placementStrategy=[{"type": "spread", "field": "attribute:ecs.availability-zone"}],
        placementConstraints=[{"type": "memberOf", "expression": "attribute:ecs.instance-type == t3.small"}],
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )
    world.call("CreateService", cluster="demo", serviceName="logs", taskDefinition="web:1", schedulingStrategy="DAEMON")
    external = {"deploymentController": {"type": "EXTERNAL"}, "desiredCount": 0}
    world.call("CreateService", cluster="demo", serviceName="moved", **external)
    world.call("CreateTaskSet", cluster="demo", service="moved", taskDefinition="web")
    one = world.call("RunTask", cluster="demo", taskDefinition="web:1")["tasks"][0]["taskArn"]
    override = {"containerOverrides": [{"name": "app", "environment": [{"name": "A", "value": "b"}]}]}
    world.call("RunTask", cluster="demo", taskDefinition="once", overrides=override)
    subnets = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    world.call(
        "RunTask", cluster="demo", taskDefinition="serverless", launchType="FARGATE", networkConfiguration=subnets
    )
    world.converge()
    kept = [task for task in world.tasks() if task["group"] == "service:web"]
    world.kill(kept[0]["taskArn"])
    world.kill(one)
    world.call("RunTask", cluster="demo", taskDefinition="web:1")
    world.converge()
    return world


@pytest.fixture
def within_class_quotas(db: None, settings: Settings) -> Iterator[None]:
    """A class's account with its default quotas but for a little room: whatever the test does must fit into them."""
    settings.ECSWEB_MODE = "class"
    settings.ECSWEB_CLASS_CONTAINERS -= SPARE_CONTAINERS
    settings.ECSWEB_CLASS_MEMORY -= SPARE_MEMORY
    yield
    assert barred_by_quota() == []


@pytest.fixture
def learner(db: None, settings: Settings) -> Learner:
    """Somebody in an account in which there is nothing yet."""
    settings.ECSWEB_ENGINE_SLOTS = 0
    return Learner(World())
