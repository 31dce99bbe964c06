"""awsvpc tasks from the call to their end, on EC2 and on FARGATE (`ecs-facts.md` 2.5, 4.1, 5.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.agent import labels
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.networks import PAUSE
from ecsweb.models import Container, Event, Task
from tests.world import World

pytestmark = pytest.mark.django_db
HERE = {"cluster": "demo"}
NETWORK = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}}
PATH = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]


def register(world: World, family: str = "web", **more: Any) -> None:
    containers = [
        {"name": "app", "image": "ecsweb/web:1", "memory": 64, "portMappings": [{"containerPort": 8080}]},
        {"name": "side", "image": "ecsweb/worker:1", "memory": 64, "essential": False},
    ]
    world.call("RegisterTaskDefinition", family=family, networkMode="awsvpc", containerDefinitions=containers, **more)


def run(world: World, **more: Any) -> dict[str, Any]:
    arn = world.call("RunTask", **HERE, taskDefinition="web", **NETWORK, **more)["tasks"][0]["taskArn"]
    world.converge()
    return dict(world.call("DescribeTasks", **HERE, tasks=[arn])["tasks"][0])


@pytest.fixture
def machine(world: World) -> World:
    world.launch()
    register(world)
    return world


def seen(arn: str) -> list[str]:
    rows = Event.objects.filter(detail_type="ECS Task State Change", detail__taskArn=arn).order_by("sequence")
    return list(dict.fromkeys(row.detail["lastStatus"] for row in rows))


def test_the_containers_of_an_awsvpc_task_share_one_address(machine: World) -> None:
    task = run(machine)

    (attachment,) = task["attachments"]
    details = {detail["name"]: detail["value"] for detail in attachment["details"]}
    assert (attachment["type"], attachment["status"]) == ("ElasticNetworkInterface", "ATTACHED")
    assert details["subnetId"] == "subnet-1"
    assert details["networkInterfaceId"].startswith("eni-")
    assert [container["name"] for container in task["containers"]] == ["app", "side"]
    for container in task["containers"]:
        assert container["networkInterfaces"] == [
            {"attachmentId": attachment["id"], "privateIpv4Address": details["privateIPv4Address"]}
        ]
        assert container.get("networkBindings", []) == []
    shown = {one.labels[labels.CONTAINER]: one for one in machine.engine.list_containers()}
    assert set(shown) == {PAUSE, "app", "side"}
    assert shown[PAUSE].address == details["privateIPv4Address"]
    assert [port.container_port for port in shown[PAUSE].ports] == [8080]


def test_a_task_goes_through_all_states_of_awsvpc_once_and_in_order(machine: World) -> None:
    arn = run(machine)["taskArn"]
    machine.call("StopTask", **HERE, task=arn)
    machine.converge()

    # STOPPING is told by the agent with the next event; all that is told is in order.
    told = seen(arn)
    assert told == [status for status in PATH if status in told]
    assert set(PATH) - set(told) <= {"STOPPING"}
    (task,) = machine.tasks(desiredStatus="STOPPED")
    assert task["attachments"][0]["status"] == "DELETED"
    assert task["startedAt"] >= task["createdAt"]


def test_tasks_beyond_the_enis_of_an_instance_are_failures_with_the_reason_eni(machine: World) -> None:
    answer = machine.call("RunTask", **HERE, taskDefinition="web", count=3, **NETWORK)

    # A t3.small has three ENIs, one of which is its own.
    assert len(answer["tasks"]) == 2
    assert [failure["reason"] for failure in answer["failures"]] == ["RESOURCE:ENI"]
    assert "1 more network interface" in answer["failures"][0]["detail"]


def test_what_holds_the_network_is_killed_and_the_task_ends(machine: World) -> None:
    arn = run(machine)["taskArn"]
    row = Container.everything.get(name=PAUSE)
    machine.engine.signal(row.runtime_id, "SIGKILL")
    machine.converge()

    (task,) = machine.tasks(desiredStatus="STOPPED")
    assert (task["taskArn"], task["stopCode"]) == (arn, "EssentialContainerExited")
    assert [one for one in machine.engine.list_containers() if one.status == "running"] == []


def test_a_container_that_cannot_start_takes_the_network_down(machine: World) -> None:
    register(machine, "broken")
    machine.call(
        "RegisterTaskDefinition",
        family="web",
        networkMode="awsvpc",
        containerDefinitions=[{"name": "app", "image": "nowhere/nothing:1", "memory": 64}],
    )
    task = run(machine)

    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert [one for one in machine.engine.list_containers() if one.status == "running"] == []


def test_on_fargate_the_containers_share_an_address_too(world: World) -> None:
    register(world, cpu="256", memory="512")
    task = run(world, launchType="FARGATE")

    assert task["lastStatus"] == "RUNNING"
    assert len({str(container["networkInterfaces"]) for container in task["containers"]}) == 1
    assert seen(task["taskArn"]) == PATH[:4]


def test_a_service_on_ec2_needs_a_network_and_a_new_one_is_a_deployment(machine: World) -> None:
    service = {**HERE, "serviceName": "web", "taskDefinition": "web", "desiredCount": 1}
    with pytest.raises(InvalidParameterException, match="must be provided when networkMode 'awsvpc'"):
        machine.call("CreateService", **service)
    machine.call("CreateService", **service, **NETWORK)
    machine.converge()
    assert machine.service("web")["runningCount"] == 1
    before = machine.service("web")["deployments"][0]["id"]

    other = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-2"]}}}
    machine.call("UpdateService", **HERE, service="web", **other)
    assert machine.service("web")["deployments"][0]["id"] != before
    machine.register("plain")
    with pytest.raises(InvalidParameterException, match="is not valid for the given networkMode"):
        machine.call("UpdateService", **HERE, service="web", taskDefinition="plain", **other)


def test_a_purged_task_leaves_nothing_of_its_network(machine: World) -> None:
    run(machine)
    machine.call("ResetAccount")
    machine.step_all()
    machine.step_all()

    assert machine.engine.list_containers() == ()
    assert not Task.objects.exists()


def test_the_forms_bring_the_network_that_awsvpc_needs_and_the_page_shows_it(client: Client, machine: World) -> None:
    answer = client.post(
        "/clusters/demo/run/",
        {"task_definition": "web:1", "count": "1", "launch_type": "EC2", "subnets": "subnet-a, subnet-b"},
    )
    assert answer.status_code == 302, answer.content.decode()
    machine.converge()
    (task,) = machine.tasks()
    details = {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}
    assert details["subnetId"] == "subnet-a"

    page = client.get(f"/clusters/demo/tasks/{task['taskArn'].rsplit('/', 1)[-1]}/").content.decode()
    assert details["privateIPv4Address"] in page
    assert "→" in page
    assert PAUSE not in page.split("<details")[0]

    bad = client.post(
        "/clusters/demo/run/", {"task_definition": "web:1", "count": "1", "launch_type": "EC2", "subnets": "s " * 17}
    )
    assert bad.status_code == 422
    assert 'id="id_subnets_error"' in bad.content.decode()
