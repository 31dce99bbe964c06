from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from ecsweb.models import ContainerInstance, Task
from tests.world import World

pytestmark = pytest.mark.django_db
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.ECSWEB_ENGINE_SLOTS = 0
    world = World()
    world.call("CreateCluster", clusterName="demo")
    world.call(
        "RegisterTaskDefinition",
        family="web",
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "ecsweb/web:1"}],
    )
    return world


def run(world: World, **params: Any) -> list[dict[str, Any]]:
    wanted = {"launchType": "FARGATE", "networkConfiguration": NETWORK, "taskDefinition": "web", **params}
    return list(world.call("RunTask", cluster="demo", **wanted)["tasks"])


def test_fargate_tasks_run_without_a_container_instance(world: World) -> None:
    run(world, count=3)
    world.converge()

    tasks = world.tasks()

    assert [task["lastStatus"] for task in tasks] == ["RUNNING"] * 3
    assert sorted(task["availabilityZone"][-1] for task in tasks) == ["a", "b", "c"]
    for task in tasks:
        assert "containerInstanceArn" not in task
        assert (task["launchType"], task["platformVersion"], task["platformFamily"]) == ("FARGATE", "1.4.0", "Linux")
        assert (task["cpu"], task["memory"], task["ephemeralStorage"]) == ("256", "512", {"sizeInGiB": 20})
        task_id = task["taskArn"].rsplit("/", 1)[-1]
        assert re.fullmatch(rf"{task_id}-[0-9]{{10}}", task["containers"][0]["runtimeId"])


def test_what_carries_fargate_tasks_is_no_container_instance(world: World, client: Client) -> None:
    run(world)
    world.converge()

    cluster = world.call("DescribeClusters", clusters=["demo"], include=["STATISTICS"])["clusters"][0]
    statistics = {entry["name"]: entry["value"] for entry in cluster["statistics"]}
    host = ContainerInstance.everything.get(tasks__isnull=False)

    assert world.call("ListContainerInstances", cluster="demo")["containerInstanceArns"] == []
    described = world.call("DescribeContainerInstances", cluster="demo", containerInstances=[host.instance_id])
    assert [failure["reason"] for failure in described["failures"]] == ["MISSING"]
    assert (cluster["registeredContainerInstancesCount"], cluster["runningTasksCount"]) == (0, 1)
    assert (statistics["runningFargateTasksCount"], statistics["runningEC2TasksCount"]) == ("1", "0")
    assert host.instance_id not in client.get("/clusters/demo/").content.decode()
    assert host.instance_id not in str(Task.objects.get().decision["candidates"])
    world.register("bridge")
    with pytest.raises(EcsError, match="No Container Instances were found in your cluster"):
        world.call("RunTask", cluster="demo", taskDefinition="bridge")


def test_a_deleted_cluster_takes_its_fargate_hosts_along(world: World) -> None:
    (task,) = run(world)
    world.converge()
    world.call("StopTask", cluster="demo", task=task["taskArn"])
    world.converge()
    world.call("DeleteCluster", cluster="demo")
    Task.objects.update(is_purged=True)
    world.step_all()
    world.step_all()

    assert not ContainerInstance.everything.exists()


@pytest.mark.parametrize(
    ("params", "code", "message"),
    [
        (
            {"placementConstraints": [{"type": "distinctInstance"}]},
            "InvalidParameterException",
            "Placement constraints are not supported with FARGATE launch type.",
        ),
        (
            {"placementStrategy": [{"type": "random"}]},
            "InvalidParameterException",
            "Placement strategies are not supported with FARGATE launch type.",
        ),
        (
            {"overrides": {"memory": "513"}},
            "ClientException",
            "No Fargate configuration exists for given values: 256 CPU, 513 memory",
        ),
        ({"platformVersion": "7.0"}, "PlatformUnknownException", "The platform version 7.0 does not exist."),
    ],
)
def test_what_fargate_does_not_take_is_refused_and_nothing_made(
    world: World, params: dict[str, Any], code: str, message: str
) -> None:
    with pytest.raises(EcsError) as caught:
        run(world, **params)

    assert (caught.value.code, str(caught.value)) == (code, message)
    assert not Task.objects.exists()


def test_the_picture_shows_fargate_tasks_apart_from_instances(world: World, client: Client) -> None:
    form = {"task_definition": "web:1", "count": "1", "launch_type": "FARGATE", "where": ""}
    assert client.post("/clusters/demo/run/", form).status_code == 302
    world.converge()
    task = Task.objects.get()

    page = client.get("/clusters/demo/", headers={"accept-language": "en"}).content.decode()
    own = client.get(f"/clusters/demo/tasks/{task.task_id}/", headers={"accept-language": "en"}).content.decode()

    assert "FARGATE: no container instance" in page
    assert f'id="task-{task.task_id}"' in page
    assert "Why on FARGATE?" in own
    assert "nothing to choose but a zone" in own
