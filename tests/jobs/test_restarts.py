"""Restart policies and start timeouts in the whole of ecsweb, on the simulated engine (`ecs-facts.md` 2.6)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.models import Container, Event
from tests.world import World

pytestmark = pytest.mark.django_db
# Divided by the speed of ten: six seconds.
POLICY = {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [7]}


@pytest.fixture
def machine(world: World) -> World:
    world.launch()
    return world


def run(world: World, **container: Any) -> str:
    world.register(restartPolicy=POLICY, **container)
    arn = str(world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"])
    world.converge()
    return arn


def end(world: World, exit_code: int) -> None:
    world.engine.end(Container.objects.get().runtime_id, exit_code)
    world.step_all()
    world.step_all()


def test_an_essential_container_is_restarted_in_place_and_its_task_runs_on(machine: World) -> None:
    run(machine)
    before = machine.tasks()[0]
    machine.clock.forward(10)
    end(machine, 1)

    after = machine.tasks()[0]
    assert (after["lastStatus"], after["version"]) == ("RUNNING", before["version"])
    assert after["containers"][0]["runtimeId"] == before["containers"][0]["runtimeId"]
    assert "exitCode" not in after["containers"][0]
    assert Container.objects.get().restart_count == 1
    assert Event.objects.get(detail_type="Container Restart").detail["restartCount"] == 1

    machine.clock.forward(10)
    end(machine, 1)
    assert Container.objects.get().restart_count == 2


@pytest.mark.parametrize(("seconds", "exit_code"), [(1, 1), (10, 7)])
def test_too_soon_or_with_an_ignored_code_the_end_of_the_container_is_the_end_of_the_task(
    machine: World, seconds: float, exit_code: int
) -> None:
    run(machine)
    machine.clock.forward(seconds - 1)
    end(machine, exit_code)
    machine.converge()

    (task,) = machine.tasks(desiredStatus="STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", exit_code)
    assert Container.objects.get().restart_count == 0


def test_a_stopped_task_is_not_restarted(machine: World) -> None:
    arn = run(machine)
    machine.clock.forward(100)
    machine.call("StopTask", cluster="demo", task=arn)
    machine.converge()

    assert [task["lastStatus"] for task in machine.tasks(desiredStatus="STOPPED")] == ["STOPPED"]
    assert Container.objects.get().restart_count == 0


def test_an_agent_that_died_after_the_restart_counts_it_when_it_is_back(machine: World) -> None:
    run(machine)
    machine.clock.forward(10)
    container = Container.objects.get()
    machine.engine.end(container.runtime_id, 1)
    machine.engine.restart(container.runtime_id)

    machine.step_all()
    machine.step_all()

    assert Container.objects.get().restart_count == 1


def test_the_page_of_the_task_shows_restarts_and_describe_tasks_does_not(client: Client, machine: World) -> None:
    task = run(machine).rsplit("/", 1)[-1]
    machine.clock.forward(10)
    end(machine, 1)

    assert "restart" not in str(machine.tasks()[0]["containers"]).lower()
    english = client.get(f"/clusters/demo/tasks/{task}/", headers={"Accept-Language": "en"}).content.decode()
    korean = client.get(f"/clusters/demo/tasks/{task}/", headers={"Accept-Language": "ko"}).content.decode()
    assert "restarted 1 time by its restart policy" in english
    assert "1번 다시 시작됨" in korean


def test_a_task_whose_dependency_does_not_come_in_time_fails_to_start(machine: World) -> None:
    containers = [
        {"name": "slow", "image": "ecsweb/worker:1", "memory": 64, "essential": False, "startTimeout": 5},
        {
            "name": "app",
            "image": "ecsweb/web:1",
            "memory": 64,
            "dependsOn": [{"containerName": "slow", "condition": "COMPLETE"}],
        },
    ]
    machine.call("RegisterTaskDefinition", family="web", containerDefinitions=containers)
    machine.call("RunTask", cluster="demo", taskDefinition="web")
    machine.converge()

    (task,) = machine.tasks(desiredStatus="STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == ("TaskFailedToStart", "Task failed to start")
    reasons = {container["name"]: container.get("reason", "") for container in task["containers"]}
    assert reasons["app"].startswith("TaskDependencyError: container slow did not meet the condition COMPLETE")
