"""The events of ECS by their names, types and order (`ecs-facts.md` 6.8)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from ecsweb.models import Event
from tests.world import World

HERE = {"cluster": "demo"}
WEB = {**HERE, "service": "web"}
ON = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}


def create(world: World, definition: str = "web", **params: Any) -> None:
    if params.get("schedulingStrategy") != "DAEMON":
        params = {"desiredCount": 2, **params}
    world.call("CreateService", **HERE, serviceName="web", taskDefinition=definition, **params)
    settle(world)


def settle(world: World) -> None:
    for _ in range(8):
        world.converge(seconds=20)
        world.clock.forward(30)


def steady(world: World) -> None:
    create(world)


def daemon(world: World) -> None:
    create(world, schedulingStrategy="DAEMON")


def scaled_in(world: World) -> None:
    create(world)
    world.call("UpdateService", **WEB, desiredCount=1)
    settle(world)


def without_image(world: World) -> None:
    world.register("bad", image="nowhere.example/none:1")
    create(world, "bad", deploymentConfiguration=ON)


def without_room(world: World) -> None:
    world.register("big", memory=100_000)
    create(world, "big")


def task_set(world: World) -> None:
    world.call("CreateService", **HERE, serviceName="web", desiredCount=1, deploymentController={"type": "EXTERNAL"})
    world.call("CreateTaskSet", **WEB, taskDefinition="web", scale={"value": 100, "unit": "PERCENT"})
    settle(world)


SERVICE_ACTIONS: dict[str, tuple[Callable[[World], None], str]] = {
    "SERVICE_STEADY_STATE": (steady, "INFO"),
    "TASKSET_STEADY_STATE": (task_set, "INFO"),
    "SERVICE_DESIRED_COUNT_UPDATED": (daemon, "INFO"),
    "TASKS_STOPPED": (scaled_in, "INFO"),
    "SERVICE_TASK_START_IMPAIRED": (without_image, "WARN"),
    "SERVICE_TASK_PLACEMENT_FAILURE": (without_room, "ERROR"),
}
DEPLOYMENTS: dict[str, tuple[Callable[[World], None], str]] = {
    "SERVICE_DEPLOYMENT_IN_PROGRESS": (steady, "INFO"),
    "SERVICE_DEPLOYMENT_COMPLETED": (steady, "INFO"),
    "SERVICE_DEPLOYMENT_FAILED": (without_image, "ERROR"),
}


@pytest.fixture
def hosted(world: World) -> World:
    world.launch(instance_type="t3.medium")
    world.register()
    return world


def sent(detail_type: str, name: str) -> list[dict[str, Any]]:
    rows = Event.objects.filter(detail_type=detail_type, detail__eventName=name).order_by("sequence")
    return [row.detail for row in rows]


@pytest.mark.parametrize("name", SERVICE_ACTIONS)
def test_a_service_action_has_its_name_and_type(hosted: World, name: str) -> None:
    happen, kind = SERVICE_ACTIONS[name]
    happen(hosted)

    assert {one["eventType"] for one in sent("ECS Service Action", name)} == {kind}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_state_change_has_its_name_and_type(hosted: World, name: str) -> None:
    happen, kind = DEPLOYMENTS[name]
    happen(hosted)

    found = sent("ECS Deployment State Change", name)
    assert {one["eventType"] for one in found} == {kind}
    assert all(one["deploymentId"].startswith("ecs-svc/") for one in found)


@pytest.mark.parametrize(
    ("instance_type", "reason"), [("t3.small", "RESOURCE:MEMORY"), (None, "NO ACTIVE INSTANCES")], ids=["room", "none"]
)
def test_a_placement_failure_carries_its_reason(world: World, instance_type: str | None, reason: str) -> None:
    if instance_type:
        world.launch(instance_type=instance_type)
    without_room(world)

    assert {one["reason"] for one in sent("ECS Service Action", "SERVICE_TASK_PLACEMENT_FAILURE")} == {reason}


def test_the_detail_types_of_ecs_are_four_and_their_source_is_aws_ecs(hosted: World) -> None:
    scaled_in(hosted)
    instance = hosted.call("ListContainerInstances", **HERE)["containerInstanceArns"]
    hosted.call("UpdateContainerInstancesState", **HERE, containerInstances=instance, status="DRAINING")

    assert set(Event.objects.filter(source="aws.ecs").values_list("detail_type", flat=True)) == {
        "ECS Task State Change",
        "ECS Container Instance State Change",
        "ECS Service Action",
        "ECS Deployment State Change",
    }


def test_an_event_of_a_service_has_a_uuid_a_time_and_a_message_that_names_the_service(hosted: World) -> None:
    scaled_in(hosted)

    events = hosted.service("web")["events"]
    assert len({str(uuid.UUID(one["id"])) for one in events}) == len(events)
    assert all(one["message"].startswith("(service web) ") for one in events)
    assert [one["createdAt"] for one in events] == sorted((one["createdAt"] for one in events), reverse=True)


def test_a_roll_out_says_started_stopped_completed_and_steady_the_last_two_at_one_time(hosted: World) -> None:
    create(hosted)
    before = len(hosted.service("web")["events"])
    hosted.call("UpdateService", **WEB, forceNewDeployment=True)
    settle(hosted)

    events = hosted.service("web")["events"][:-before][::-1]
    words = ("has started", "has stopped", "deployment completed.", "has reached a steady state.")
    said = [next(word for word in words if word in one["message"]) for one in events]
    assert list(dict.fromkeys(said)) == list(words)
    assert said[-2:] == list(words[2:])
    assert events[-1]["createdAt"] == events[-2]["createdAt"]
