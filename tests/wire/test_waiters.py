"""The waiters of the CLI and the SDKs end where they should on what is answered here (`ecs-facts.md` 4.6)."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.waiter import WaiterModel

from tests.world import World

HERE = {"cluster": "demo"}
WEB = {**HERE, "service": "web"}
MODEL = WaiterModel(Loader().load_service_model("ecs", "waiters-2"))


def verdict(waiter: str, answer: dict[str, Any]) -> str:
    """Return what a waiter makes of an answer: the state of the first acceptor that matches, or that it waits on."""
    acceptors = MODEL.get_waiter(waiter).acceptors
    return next((one.state for one in acceptors if one.matcher_func(answer)), "retry")


def services(world: World, *names: str) -> dict[str, Any]:
    return world.call("DescribeServices", **HERE, services=list(names or ("web",)))


def tasks(world: World, arn: str) -> dict[str, Any]:
    return world.call("DescribeTasks", **HERE, tasks=[arn])


@pytest.fixture
def hosted(world: World) -> World:
    world.launch()
    world.register()
    return world


@pytest.mark.parametrize(
    ("waiter", "delay", "attempts"),
    [("TasksRunning", 6, 100), ("TasksStopped", 6, 100), ("ServicesStable", 15, 40), ("ServicesInactive", 15, 40)],
)
def test_how_often_a_waiter_asks(waiter: str, delay: int, attempts: int) -> None:
    found = MODEL.get_waiter(waiter)

    assert (found.delay, found.max_attempts) == (delay, attempts)


def test_tasks_running_waits_then_succeeds_and_fails_at_once_on_stopped_or_missing(hosted: World) -> None:
    arn = hosted.call("RunTask", **HERE, taskDefinition="web")["tasks"][0]["taskArn"]
    said = [verdict("TasksRunning", tasks(hosted, arn))]
    hosted.converge()
    said.append(verdict("TasksRunning", tasks(hosted, arn)))
    hosted.call("StopTask", **HERE, task=arn)
    hosted.converge()
    said += [verdict("TasksRunning", tasks(hosted, one)) for one in (arn, "a" * 32)]

    assert said == ["retry", "success", "failure", "failure"]


def test_tasks_stopped_waits_then_succeeds(hosted: World) -> None:
    arn = hosted.call("RunTask", **HERE, taskDefinition="web")["tasks"][0]["taskArn"]
    hosted.converge()
    said = [verdict("TasksStopped", tasks(hosted, arn))]
    hosted.call("StopTask", **HERE, task=arn)
    hosted.converge()

    assert [*said, verdict("TasksStopped", tasks(hosted, arn))] == ["retry", "success"]


def test_services_stable_succeeds_with_one_deployment_and_all_running(hosted: World) -> None:
    hosted.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    said = [verdict("ServicesStable", services(hosted))]
    hosted.converge()
    said.append(verdict("ServicesStable", services(hosted)))
    hosted.call("UpdateService", **WEB, forceNewDeployment=True)
    said.append(verdict("ServicesStable", services(hosted)))

    assert said == ["retry", "success", "retry"]


def test_services_stable_fails_on_missing_draining_and_inactive(hosted: World) -> None:
    hosted.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    hosted.converge()
    hosted.call("DeleteService", **WEB, force=True)
    said = [verdict("ServicesStable", services(hosted, name)) for name in ("nope", "web")]
    hosted.converge()

    assert services(hosted)["services"][0]["status"] == "INACTIVE"
    assert [*said, verdict("ServicesStable", services(hosted))] == ["failure"] * 3


def test_services_inactive_waits_then_succeeds_and_fails_on_missing(hosted: World) -> None:
    hosted.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    hosted.converge()
    hosted.call("DeleteService", **WEB, force=True)
    said = [verdict("ServicesInactive", services(hosted, name)) for name in ("web", "nope")]
    hosted.converge()

    assert [*said, verdict("ServicesInactive", services(hosted))] == ["retry", "failure", "success"]
