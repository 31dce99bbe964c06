from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from ecsweb.models import Service
from tests.jobs.test_fargate import NETWORK
from tests.world import World

pytestmark = pytest.mark.django_db
SIZED = {"networkMode": "awsvpc", "cpu": "256", "memory": "512"}


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.ECSWEB_ENGINE_SLOTS = 0
    world = World()
    world.call("CreateCluster", clusterName="demo")
    for _revision in range(2):
        container = {"name": "app", "image": "ecsweb/web:1"}
        world.call("RegisterTaskDefinition", family="web", containerDefinitions=[container], **SIZED)
    return world


def create(world: World, **params: Any) -> dict[str, Any]:
    wanted = {"taskDefinition": "web:1", "desiredCount": 4, "launchType": "FARGATE", "networkConfiguration": NETWORK}
    return dict(world.call("CreateService", cluster="demo", serviceName="web", **{**wanted, **params})["service"])


def test_a_service_on_fargate_spreads_its_tasks_over_zones_without_instances(world: World) -> None:
    create(world)
    world.converge()

    service, tasks = world.service("web"), world.tasks()

    assert (service["launchType"], service["platformVersion"], service["runningCount"]) == ("FARGATE", "1.4.0", 4)
    assert service["deployments"][0]["launchType"] == "FARGATE"
    assert service["networkConfiguration"] == NETWORK
    assert sorted(Counter(task["availabilityZone"] for task in tasks).values()) == [1, 1, 2]
    assert not any("containerInstanceArn" in task for task in tasks)
    assert service["events"][0]["message"] == "(service web) has reached a steady state."


def test_a_service_on_fargate_rolls_out_replaces_and_scales_in(world: World) -> None:
    arn = create(world)["serviceArn"]
    world.converge()
    world.call("UpdateService", cluster="demo", service=arn, taskDefinition="web:2")
    for _ in range(10):
        world.converge()
    assert {task["taskDefinitionArn"].rsplit("/", 1)[-1] for task in world.tasks()} == {"web:2"}
    world.kill(world.tasks()[0]["taskArn"])
    world.converge()
    assert world.service("web")["runningCount"] == 4
    world.call("UpdateService", cluster="demo", service=arn, desiredCount=3)
    world.converge()
    assert sorted(Counter(task["availabilityZone"] for task in world.tasks()).values()) == [1, 1, 1]
    assert not world.reconcile()


def test_services_are_counted_by_launch_type(world: World) -> None:
    create(world)
    world.register("bridge")
    world.call("CreateService", cluster="demo", serviceName="other", taskDefinition="bridge", desiredCount=0)

    cluster = world.call("DescribeClusters", clusters=["demo"], include=["STATISTICS"])["clusters"][0]
    counts = {entry["name"]: entry["value"] for entry in cluster["statistics"]}

    assert cluster["activeServicesCount"] == 2
    assert (counts["activeEC2ServiceCount"], counts["activeFargateServiceCount"]) == ("1", "1")
    assert len(world.call("ListServices", cluster="demo", launchType="FARGATE")["serviceArns"]) == 1
    assert len(world.call("ListServices", cluster="demo")["serviceArns"]) == 2


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"schedulingStrategy": "DAEMON", "desiredCount": None}, "The daemon scheduling strategy does not support"),
        ({"placementStrategy": [{"type": "random"}]}, "Placement strategies are not supported with FARGATE"),
        ({"placementConstraints": [{"type": "distinctInstance"}]}, "Placement constraints are not supported with"),
        ({"networkConfiguration": None}, "Network Configuration must be provided when networkMode 'awsvpc'"),
        ({"taskDefinition": "bridge", "networkConfiguration": None}, "Task definition does not support launch_type"),
        ({"launchType": "EXTERNAL", "networkConfiguration": None}, "Launch type EXTERNAL is not built here"),
    ],
)
def test_what_a_service_on_fargate_cannot_be_is_refused(world: World, params: dict[str, Any], message: str) -> None:
    world.register("bridge")
    wanted = {"taskDefinition": "web:1", "desiredCount": 1, "launchType": "FARGATE", "networkConfiguration": NETWORK}
    given = {name: value for name, value in {**wanted, **params}.items() if value is not None}

    with pytest.raises(EcsError, match=message):
        world.call("CreateService", cluster="demo", serviceName="web", **given)

    assert not Service.objects.exists()


def test_a_service_on_fargate_takes_no_definition_that_fargate_cannot_run(world: World) -> None:
    create(world)
    world.register("bridge")

    with pytest.raises(EcsError, match="Task definition does not support launch_type FARGATE"):
        world.call("UpdateService", cluster="demo", service="web", taskDefinition="bridge")


def test_the_form_offers_fargate_and_the_service_page_says_why(world: World, client: Client) -> None:
    form = {
        "name": "web",
        "task_definition": "web:1",
        "launch_type": "FARGATE",
        "scheduling_strategy": "REPLICA",
        "desired_count": "2",
    }
    assert client.post("/clusters/demo/services/create/", form).status_code == 302
    world.converge()

    page = client.get("/clusters/demo/services/web/", headers={"accept-language": "en"}).content.decode()

    assert "FARGATE" in page
    assert "nothing to choose but a zone" in page


def test_above_the_limit_a_service_waits_and_says_so_and_run_task_fails(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ecsweb.domain.capacity.fargate.MOST_TASKS", 3)
    create(world)
    world.converge()
    answer = world.call(
        "RunTask",
        cluster="demo",
        taskDefinition="web",
        launchType="FARGATE",
        networkConfiguration=NETWORK,
    )
    page = client.get("/clusters/demo/", headers={"accept-language": "en"}).content.decode()

    limit = "You've reached the limit on the number of tasks you can run concurrently"
    assert world.service("web")["runningCount"] == 3
    assert world.service("web")["events"][0]["message"] == f"(service web) was unable to place a task. Reason: {limit}."
    assert (answer["tasks"], answer["failures"]) == ([], [{"reason": limit}])
    assert "The cluster runs as many FARGATE tasks as it may" in page
