"""Logs, digests, versions and time-outs of containers, on the simulated engine (`ecs-facts.md` 2.7, 4.4)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.agent.engine import EngineError, EngineTimeout, EngineUnavailable
from ecsweb.models import Container, ContainerLog, Deployment
from tests.world import World

pytestmark = pytest.mark.django_db
AWSLOGS = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "ecs"}}


@pytest.fixture
def machine(world: World) -> World:
    world.launch()
    return world


def run(world: World, **container: Any) -> dict[str, Any]:
    world.register(**container)
    arn = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"]
    world.converge()
    return dict(world.call("DescribeTasks", cluster="demo", tasks=[arn])["tasks"][0])


def page_of(client: Client, task: dict[str, Any]) -> str:
    address = f"/clusters/demo/tasks/{task['taskArn'].rsplit('/', 1)[-1]}/"
    return client.get(address, headers={"Accept-Language": "en"}).content.decode()


def test_awslogs_names_its_group_and_stream_and_the_output_is_here(client: Client, machine: World) -> None:
    task = run(machine, image="ecsweb/once:1", logConfiguration=AWSLOGS)
    machine.clock.forward(60)
    machine.converge()

    text = page_of(client, task)
    assert "<code>/ecs/web</code>" in text
    assert f"<code>ecs/app/{task['taskArn'].rsplit('/', 1)[-1]}</code>" in text
    assert ContainerLog.objects.exists()


def test_another_driver_is_offered_by_no_instance(machine: World) -> None:
    machine.register(logConfiguration={"logDriver": "splunk"})

    answer = machine.call("RunTask", cluster="demo", taskDefinition="web")

    assert [failure["reason"] for failure in answer["failures"]] == ["ATTRIBUTE"]


def test_the_image_digest_is_the_registry_s_and_absent_for_an_image_made_here(machine: World) -> None:
    pulled, own = run(machine, image="nginx:latest"), run(machine, image="ecsweb/web:1")

    assert pulled["containers"][0]["imageDigest"].startswith("sha256:")
    assert "imageDigest" not in own["containers"][0]


def serve(world: World, **container: Any) -> None:
    world.register(**container)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()


def test_a_deployment_s_tasks_use_the_image_that_its_first_task_found(machine: World) -> None:
    serve(machine)
    first = dict(Deployment.objects.get().resolved_images)
    assert first["app"].startswith("sha256:")

    # The tag means another image now, and the one that the deployment began with is gone.
    Deployment.objects.update(resolved_images={"app": "sha256:gone"})
    machine.kill(machine.tasks()[0]["taskArn"])
    machine.converge(seconds=3)
    reasons = {c["reason"] for t in machine.tasks(desiredStatus="STOPPED") for c in t["containers"] if c.get("reason")}
    assert reasons == {"CannotPullImageManifestError: manifest unknown: Requested image not found"}

    machine.call("UpdateService", cluster="demo", service="web", forceNewDeployment=True)
    machine.converge()
    assert machine.service("web")["runningCount"] == 1
    assert Deployment.objects.get(status="PRIMARY").resolved_images == first


def test_without_version_consistency_each_task_takes_what_the_tag_means_then(machine: World) -> None:
    serve(machine, versionConsistency="disabled")

    assert Deployment.objects.get().resolved_images == {}


@pytest.mark.parametrize(("method", "state"), [("create", "created"), ("start", "started")])
def test_an_engine_that_lives_and_does_not_do_it_in_time_is_a_docker_timeout_error(
    machine: World, method: str, state: str
) -> None:
    machine.engine.fail_next(method, EngineTimeout("no answer", seconds=240))
    task = run(machine)

    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["containers"][0]["reason"] == (
        f"DockerTimeoutError: Could not transition to {state}; timed out after waiting 4m0s"
    )
    assert [c.status for c in machine.engine.list_containers()] in ([], ["created"])


def test_an_engine_that_lives_no_more_is_no_failure_of_the_task(machine: World) -> None:
    machine.engine.fail_next("create", EngineUnavailable("gone"))

    assert run(machine)["lastStatus"] == "RUNNING"


def test_a_stop_signal_that_the_engine_refuses_is_told_and_followed_by_sigkill(machine: World) -> None:
    task = run(machine)
    machine.engine.fail_next("signal", EngineError("permission denied"))
    machine.call("StopTask", cluster="demo", task=task["taskArn"])
    machine.step_all()
    assert Container.objects.get().reason == "CannotStopContainerError: permission denied"

    machine.converge(seconds=60)
    assert machine.tasks(desiredStatus="STOPPED")[0]["lastStatus"] == "STOPPED"
