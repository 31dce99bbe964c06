"""Volumes from registration to removal, on the simulated engine (`ecs-facts.md` 2.7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.agent import labels
from ecsweb.agent.sweep import sweep
from ecsweb.models import Task
from tests.world import World

pytestmark = pytest.mark.django_db
DATA = {"sourceVolume": "data", "containerPath": "/data"}


def register(world: World, volume: dict[str, Any], **second: Any) -> None:
    containers = [
        {"name": "app", "image": "ecsweb/web:1", "memory": 64, "mountPoints": [DATA]},
        {"name": "side", "image": "ecsweb/worker:1", "memory": 64, "essential": False, **second},
    ]
    world.call("RegisterTaskDefinition", family="web", containerDefinitions=containers, volumes=[volume])


def run(world: World) -> str:
    arn = str(world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"])
    world.converge()
    return arn


def purge(world: World) -> None:
    Task.objects.filter(last_status="STOPPED").update(is_purged=True)
    world.step_all()


@pytest.fixture
def machine(world: World) -> World:
    world.launch()
    return world


def test_a_volume_of_the_task_is_mounted_by_its_containers_and_goes_with_it(machine: World) -> None:
    register(machine, {"name": "data"}, volumesFrom=[{"sourceContainer": "app", "readOnly": True}])
    task = run(machine)
    (volume,) = machine.engine.list_volumes()
    shown = {one.labels[labels.CONTAINER]: one.mounts for one in machine.engine.list_containers()}

    assert [(m.volume, m.path, m.read_only) for m in shown["app"]] == [(volume, "/data", False)]
    assert [(m.volume, m.path, m.read_only) for m in shown["side"]] == [(volume, "/data", True)]
    assert machine.tasks()[0]["lastStatus"] == "RUNNING"

    machine.call("StopTask", cluster="demo", task=task)
    machine.converge()
    purge(machine)
    assert dict(machine.engine.list_volumes()) == {}


def test_two_tasks_have_a_volume_each(machine: World) -> None:
    register(machine, {"name": "data"})
    run(machine)
    run(machine)

    assert len(machine.engine.list_volumes()) == 2


def test_a_shared_volume_is_one_for_the_instance_and_stays_when_tasks_go(machine: World) -> None:
    register(machine, {"name": "data", "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True}})
    task, _other = run(machine), run(machine)
    (volume,) = machine.engine.list_volumes()

    machine.call("StopTask", cluster="demo", task=task)
    machine.converge()
    purge(machine)
    sweep(machine.engine, clock=machine.clock)
    assert list(machine.engine.list_volumes()) == [volume]

    machine.call("ResetAccount")
    machine.step_all()
    machine.step_all()
    assert dict(machine.engine.list_volumes()) == {}


def test_a_shared_volume_that_is_not_provisioned_keeps_the_task_from_starting(machine: World) -> None:
    register(machine, {"name": "data", "dockerVolumeConfiguration": {"scope": "shared"}})
    run(machine)
    (task,) = machine.tasks(desiredStatus="STOPPED")

    assert (task["stopCode"], task["stoppedReason"]) == ("TaskFailedToStart", "Task failed to start")
    reasons = [container.get("reason", "") for container in task["containers"]]
    assert reasons[0].startswith("CannotCreateVolumeError: no such volume: data")


def test_a_volume_of_a_path_of_the_host_is_offered_by_no_instance(machine: World) -> None:
    register(machine, {"name": "data", "host": {"sourcePath": "/etc"}})

    answer = machine.call("RunTask", cluster="demo", taskDefinition="web")

    assert [failure["reason"] for failure in answer["failures"]] == ["ATTRIBUTE"]


def test_a_network_file_system_is_stored_and_not_mounted(machine: World) -> None:
    register(machine, {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}})
    run(machine)

    assert machine.tasks()[0]["lastStatus"] == "RUNNING"
    assert dict(machine.engine.list_volumes()) == {}


def test_the_sweep_removes_volumes_of_tasks_that_are_forgotten(machine: World) -> None:
    register(machine, {"name": "data"})
    run(machine)
    instance = Task.objects.get().host.instance_id
    lost = {labels.INSTALL: machine.engine.install_id, labels.TASK: "0" * 32, labels.INSTANCE: instance}
    machine.engine.ensure_volume("ecsw-lost", lost)

    sweep(machine.engine, clock=machine.clock)

    assert "ecsw-lost" not in machine.engine.list_volumes()
    assert len(machine.engine.list_volumes()) == 1


def test_the_task_page_says_what_is_mounted_and_how_long_it_stays(client: Client, machine: World) -> None:
    register(machine, {"name": "data"}, volumesFrom=[{"sourceContainer": "app", "readOnly": True}])
    task = run(machine).rsplit("/", 1)[-1]

    english = client.get(f"/clusters/demo/tasks/{task}/", headers={"Accept-Language": "en"}).content.decode()
    korean = client.get(f"/clusters/demo/tasks/{task}/", headers={"Accept-Language": "ko"}).content.decode()

    assert "volume data at /data, of the task: gone with it" in english
    assert "(read-only)" in english
    assert "태스크와 함께 사라집니다" in korean
