"""What is broken on purpose inside a task: its memory, its CPU, the images that it comes from."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.agent.engine import EngineError
from ecsweb.domain.errors import EcsError
from ecsweb.models import BrokenImage, Container, Event, Task
from tests.world import World

HERE = {"cluster": "demo"}
IMAGE = "ecsweb/web:1"


@pytest.fixture
def task(world: World) -> Task:
    """The only task of a service."""
    world.launch()
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    return Task.objects.get()


def burden(world: World, operation: str, task: Task) -> dict[str, Any]:
    return world.call(operation, **HERE, task=task.task_id, container="app")


def told(operation: str) -> list[dict[str, Any]]:
    rows = Event.objects.filter(detail_type="Engine Call").order_by("sequence")
    return [row.detail for row in rows if row.detail["operation"] == operation]


def test_memory_that_is_filled_ends_the_container_at_its_limit_and_the_service_heals(world: World, task: Task) -> None:
    burden(world, "FillMemory", task)
    world.converge()
    world.converge()

    container = Container.objects.get(task=task)
    assert (container.last_status, container.exit_code) == ("STOPPED", 137)
    assert container.reason.startswith("OutOfMemoryError")
    assert world.service("web")["runningCount"] == 1
    assert "oom_score_adj" in told("exec")[0]["script"]


def test_a_flooded_cpu_ends_nothing_and_is_done_once(world: World, task: Task) -> None:
    burden(world, "FloodCpu", task)
    world.converge()
    world.converge()

    assert Task.objects.get().last_status == "RUNNING"
    assert [one["container"] for one in told("exec")] == ["app"]
    assert Container.objects.get().burden == ""


def test_a_container_without_a_shell_says_so_in_the_log(world: World, task: Task) -> None:
    world.engine.fail_next("burden", EngineError('exec: "sh": executable file not found in $PATH'))
    burden(world, "FloodCpu", task)
    world.converge()

    assert "executable file not found" in told("exec")[0]["error"]
    assert Task.objects.get().last_status == "RUNNING"


def test_nobody_burdens_what_does_not_run_or_is_out_of_reach(world: World, task: Task) -> None:
    with pytest.raises(EcsError, match="no container named"):
        world.call("FillMemory", **HERE, task=task.task_id, container="other")
    instance = task.host.instance_id
    world.call("DisconnectAgent", **HERE, containerInstance=instance)
    with pytest.raises(EcsError, match="disconnected"):
        burden(world, "FillMemory", task)
    world.call("ReconnectAgent", **HERE, containerInstance=instance)
    world.call("UpdateService", **HERE, service="web", desiredCount=0)
    world.converge()
    with pytest.raises(EcsError, match="not running"):
        burden(world, "FloodCpu", task)


def test_a_broken_image_lets_run_what_runs_and_nothing_new_start_until_it_is_mended(world: World, task: Task) -> None:
    world.call("BreakImage", image=IMAGE)
    world.converge()
    assert Task.objects.get().last_status == "RUNNING"

    world.kill(task.arn)
    world.converge(seconds=5)
    failed = Container.objects.exclude(task=task).earliest("pk")
    assert failed.reason.startswith("CannotPullContainerError")
    assert failed.task.stop_code == "TaskFailedToStart"

    world.call("MendImage", image=IMAGE)
    for _ in range(6):
        world.clock.forward(60)
        world.converge()
    assert world.service("web")["runningCount"] == 1


def test_an_image_is_broken_once_and_a_reset_mends_it(world: World) -> None:
    world.call("BreakImage", image=IMAGE)
    world.call("BreakImage", image=IMAGE)
    assert Event.objects.filter(detail_type="Chaos").count() == 1
    for image in ("", 1, "x" * 300):
        with pytest.raises(EcsError):
            world.call("BreakImage", image=image)

    world.call("ResetAccount")
    assert not BrokenImage.objects.exists()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_panels_offer_it_ask_first_and_take_it_back(
    world: World, client: Client, task: Task, language: str
) -> None:
    headers = {"Accept-Language": language}
    said = client.get(f"/clusters/demo/panel/container/{task.task_id}~app/", headers=headers).content.decode()
    for operation in ("KillContainer", "FillMemory", "FloodCpu", "BreakImage"):
        assert f"/what-if/{operation}/" in said
        key = IMAGE if operation == "BreakImage" else f"{task.task_id}~app"
        asked = client.get(f"/clusters/demo/what-if/{operation}/{key}/", headers=headers)
        assert asked.status_code == 200
        assert "<li>" in asked.content.decode()

    burdened = client.post(
        f"/clusters/demo/tasks/{task.task_id}/burden/", {"operation": "FloodCpu", "container": "app"}
    )
    assert burdened.status_code == 302
    assert Container.objects.get().burden == "CPU"
    done = client.post("/images/chaos/", {"operation": "BreakImage", "image": IMAGE}, follow=True)
    assert "MendImage" in done.content.decode()
    panel = client.get("/clusters/demo/panel/definition/web:1/", headers=headers).content.decode()
    assert "CannotPullContainerError" in panel
    assert 'value="MendImage"' in panel


def test_a_task_that_never_ran_for_want_of_its_image_offers_to_mend_it(world: World, client: Client) -> None:
    world.launch()
    world.register()
    world.call("BreakImage", image=IMAGE)
    world.call("RunTask", **HERE, taskDefinition="web")
    world.converge()

    panel = client.get(f"/clusters/demo/panel/task/{Task.objects.get().task_id}/").content.decode()
    assert "TaskFailedToStart" in panel
    assert 'value="MendImage"' in panel


@pytest.mark.parametrize("address", ["/clusters/demo/tasks/a/burden/", "/images/chaos/"])
def test_an_operation_that_is_none_of_these_is_not_found(world: World, client: Client, address: str) -> None:
    assert client.post(address, {"operation": "ResetAccount"}).status_code == 404
