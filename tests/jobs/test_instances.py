"""Container instances through the one door and the loop: registering, draining, leaving (`ecs-facts.md` 3.1-3.5)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ecsweb.controlplane import heartbeats
from ecsweb.controlplane.container_instances import (
    Registration,
    refresh_capabilities,
    register_container_instance,
)
from ecsweb.controlplane.housekeeping import retire_inactive_instances
from ecsweb.domain.errors import EcsError
from ecsweb.domain.task_definitions import ADVERTISED_CAPABILITIES
from ecsweb.models import Cluster, ContainerInstance, Event, Task
from tests.world import World

HERE = {"cluster": "demo"}


@pytest.fixture
def pair(world: World) -> tuple[str, str]:
    """Two instances and a service of two on both; a standalone task on the first."""
    first, second = world.launch(zone="a"), world.launch(zone="b")
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=2)
    world.call("StartTask", **HERE, taskDefinition="web", containerInstances=[first])
    world.converge()
    return first, second


def set_status(world: World, status: str, *arns: str) -> dict[str, Any]:
    return world.call("UpdateContainerInstancesState", **HERE, containerInstances=list(arns), status=status)


def described(world: World, arn: str, **params: Any) -> dict[str, Any]:
    answer = world.call("DescribeContainerInstances", **HERE, containerInstances=[arn], **params)
    return dict(answer["containerInstances"][0])


def resource(instance: dict[str, Any], which: str, name: str) -> dict[str, Any]:
    return dict(next(found for found in instance[which] if found["name"] == name))


def row(arn: str) -> ContainerInstance:
    return ContainerInstance.objects.get(instance_id=arn.rsplit("/", 1)[-1])


def settle(world: World) -> None:
    """Converge, let what was started become healthy, and converge again."""
    world.converge()
    world.clock.forward(world.pace.healthy_after.total_seconds())
    world.converge()


def tasks_on(arn: str) -> list[Task]:
    return list(Task.objects.filter(container_instance=row(arn), last_status="RUNNING"))


def test_draining_moves_service_tasks_and_leaves_standalone_ones(world: World, pair: tuple[str, str]) -> None:
    answer = set_status(world, "DRAINING", pair[0])
    assert answer["containerInstances"][0]["status"] == "DRAINING"
    settle(world)

    assert [task.service for task in tasks_on(pair[0])] == [None]
    assert len(tasks_on(pair[1])) == 2
    moved = Task.objects.get(container_instance=row(pair[0]), last_status="STOPPED")
    assert moved.stop_code == "ServiceSchedulerInitiated"
    assert moved.stopped_reason == f"Scaling activity initiated by (deployment {moved.started_by})"
    failures = world.call("StartTask", **HERE, taskDefinition="web", containerInstances=[pair[0]])["failures"]
    assert failures[0]["arn"] == pair[0]


def test_a_drained_instance_stays_draining_until_it_is_made_active_and_nothing_comes_back(
    world: World, pair: tuple[str, str]
) -> None:
    set_status(world, "DRAINING", pair[0])
    settle(world)
    alone = tasks_on(pair[0])[0]
    world.call("StopTask", **HERE, task=alone.task_id)
    settle(world)
    assert described(world, pair[0])["status"] == "DRAINING"

    set_status(world, "ACTIVE", pair[0])
    settle(world)
    assert tasks_on(pair[0]) == []

    world.call("UpdateService", **HERE, service="web", desiredCount=3)
    settle(world)
    assert len(tasks_on(pair[0])) == 1


def test_setting_a_status_takes_at_most_ten_and_names_what_it_could_not_change(
    world: World, pair: tuple[str, str]
) -> None:
    world.call("DeregisterContainerInstance", **HERE, containerInstance=pair[1], force=True)
    answer = set_status(world, "DRAINING", pair[0], pair[1], "nope")

    assert [found["containerInstanceArn"] for found in answer["containerInstances"]] == [pair[0]]
    assert [failure["reason"] for failure in answer["failures"]] == ["INACTIVE", "MISSING"]
    with pytest.raises(EcsError, match="at most 10 items"):
        set_status(world, "DRAINING", *[pair[0]] * 11)
    with pytest.raises(EcsError, match=r"should be one of \[ACTIVE, DRAINING\]"):
        set_status(world, "DEREGISTERING", "nope")
    with pytest.raises(EcsError, match="cannot be empty"):
        set_status(world, "DRAINING")


def test_the_version_grows_with_each_change_of_the_record(world: World, pair: tuple[str, str]) -> None:
    version = row(pair[0]).version

    set_status(world, "DRAINING", pair[0])
    set_status(world, "DRAINING", pair[0])
    assert row(pair[0]).version == version + 1
    set_status(world, "ACTIVE", pair[0])
    assert row(pair[0]).version == version + 2
    assert Event.objects.filter(detail_type="ECS Container Instance State Change", resources=[pair[0]]).count() == 3


def test_an_instance_with_tasks_is_deregistered_only_by_force(world: World, pair: tuple[str, str]) -> None:
    with pytest.raises(EcsError) as refused:
        world.call("DeregisterContainerInstance", **HERE, containerInstance=pair[0])
    assert (refused.value.code, refused.value.message) == (
        "InvalidParameterException",
        "Found running tasks on the instance.",
    )
    lost = tasks_on(pair[0])

    world.call("DeregisterContainerInstance", **HERE, containerInstance=pair[0], force=True)
    world.converge()

    for task in lost:
        task.refresh_from_db()
        assert (task.last_status, task.stopped_reason) == (
            "STOPPED",
            "Container instance deregistration forced by user",
        )
    assert world.service("web")["runningCount"] == 2
    assert len(tasks_on(pair[1])) == 2


def test_a_task_that_was_being_stopped_keeps_its_own_reason_when_its_instance_goes(
    world: World, pair: tuple[str, str]
) -> None:
    mine = Task.objects.get(service=None)
    world.call("StopTask", **HERE, task=mine.task_id, reason="enough")
    mine.refresh_from_db()
    asked_at, version, instance_version = mine.stopping_at, mine.version, row(pair[0]).version

    world.call("DeregisterContainerInstance", **HERE, containerInstance=pair[0], force=True)

    mine.refresh_from_db()
    assert (mine.last_status, mine.stop_code, mine.stopped_reason) == ("STOPPED", "UserInitiated", "enough")
    assert (mine.stopping_at, mine.version) == (asked_at, version + 1)
    assert row(pair[0]).version == instance_version + 1


def test_a_deregistered_instance_can_be_described_for_a_while_and_is_not_listed(
    world: World, pair: tuple[str, str]
) -> None:
    empty = world.launch()
    assert world.call("DeregisterContainerInstance", **HERE, containerInstance=empty)["containerInstance"][
        "status"
    ] == ("INACTIVE")

    found = described(world, empty)
    assert (found["status"], found["agentConnected"]) == ("INACTIVE", False)
    assert empty not in world.call("ListContainerInstances", **HERE)["containerInstanceArns"]
    with pytest.raises(EcsError, match="enum value set"):
        world.call("ListContainerInstances", **HERE, status="INACTIVE")

    assert retire_inactive_instances(before=world.clock.now - timedelta(hours=1)) == 0
    assert retire_inactive_instances(before=world.clock.now + timedelta(hours=1)) == 1
    world.step_all()
    answer = world.call("DescribeContainerInstances", **HERE, containerInstances=[empty])
    assert answer["failures"] == [{"arn": empty, "reason": "MISSING"}]
    assert not ContainerInstance.objects.filter(instance_id=empty.rsplit("/", 1)[-1]).exists()


def test_list_takes_a_status_and_leaves_it_out_for_all_that_are_not_inactive(
    world: World, pair: tuple[str, str]
) -> None:
    set_status(world, "DRAINING", pair[0])

    assert world.call("ListContainerInstances", **HERE, status="DRAINING")["containerInstanceArns"] == [pair[0]]
    assert world.call("ListContainerInstances", **HERE, status="ACTIVE")["containerInstanceArns"] == [pair[1]]
    assert world.call("ListContainerInstances", **HERE)["containerInstanceArns"] == list(pair)


def test_remaining_resources_go_down_and_ports_grow_while_registered_ones_stay(world: World) -> None:
    arn = world.launch()
    before = described(world, arn)
    world.register(portMappings=[{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81}], memoryReservation=50)
    task = world.call("RunTask", **HERE, taskDefinition="web")["tasks"][0]["taskArn"]

    placed = described(world, arn)
    assert placed["registeredResources"] == before["registeredResources"]
    assert placed["pendingTasksCount"] == 1
    for name, taken in (("CPU", 64), ("MEMORY", 50)):
        was, now = (resource(found, "remainingResources", name)["integerValue"] for found in (before, placed))
        assert was - now == taken
    was, now = (set(resource(found, "remainingResources", "PORTS")["stringSetValue"]) for found in (before, placed))
    assert now - was == {"8080"}

    world.converge()
    assert described(world, arn)["runningTasksCount"] == 1
    world.call("StopTask", **HERE, task=task)
    world.converge()
    assert described(world, arn)["remainingResources"] == before["remainingResources"]


def test_a_resource_carries_every_member(world: World) -> None:
    for found in described(world, world.launch())["registeredResources"]:
        assert {"name", "type", "doubleValue", "longValue", "integerValue"} <= found.keys()


def register(world: World, **params: Any) -> dict[str, Any]:
    answer = world.call("RegisterContainerInstance", **HERE, **params)
    return dict(answer["containerInstance"])


def resources(cpu: int, memory: int, **ports: list[str]) -> list[dict[str, Any]]:
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": memory},
        *({"name": name, "type": "STRINGSET", "stringSetValue": texts} for name, texts in ports.items()),
    ]


def test_registering_again_with_the_same_arn_updates_the_record(world: World) -> None:
    stack = {"name": "stack", "value": "blue"}
    first = register(world, totalResources=resources(1024, 900), attributes=[stack])
    arn = first["containerInstanceArn"]
    set_status(world, "DRAINING", arn)

    again = register(
        world,
        containerInstanceArn=arn,
        totalResources=resources(2048, 1800, PORTS=["22", "9000"]),
        attributes=[{**stack, "value": "green"}],
        versionInfo={"agentVersion": "1.106.0"},
    )

    assert again["containerInstanceArn"] == arn
    assert ContainerInstance.objects.count() == 1
    assert resource(again, "registeredResources", "CPU")["integerValue"] == 2048
    assert resource(again, "registeredResources", "PORTS")["stringSetValue"] == ["22", "9000"]
    assert again["versionInfo"]["agentVersion"] == "1.106.0"
    assert again["status"] == "DRAINING"
    # The agent's settings give custom attributes at the first registration only.
    assert stack in again["attributes"]
    assert again["version"] > first["version"]


def test_an_instance_cannot_move_to_another_cluster(world: World) -> None:
    world.call("CreateCluster", clusterName="other")
    arn = world.launch()

    with pytest.raises(EcsError, match="Referenced container instance not found"):
        world.call(
            "RegisterContainerInstance",
            cluster="other",
            containerInstanceArn=arn,
            totalResources=resources(1024, 900),
        )


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"totalResources": resources(-1, 900)}, "must not be negative"),
        ({"totalResources": resources(1024, 900, PORTS=[str(n) for n in range(1, 102)])}, "At most 100 ports"),
        ({"totalResources": resources(1024, 900, PORTS=["70000"])}, "PORTS must be port numbers"),
        ({"totalResources": resources(1024, 900, PORTS_UDP=["²"])}, "PORTS must be port numbers"),
        ({"instanceIdentityDocument": json.dumps({"instanceType": "t3.small", "availabilityZone": "A B"})}, "zone"),
        ({"attributes": [{"name": "a b"}], "totalResources": resources(1, 1)}, "invalid characters"),
    ],
)
def test_a_bad_registration_is_refused_and_stores_nothing(world: World, params: dict[str, Any], said: str) -> None:
    with pytest.raises(EcsError, match=said):
        register(world, **params)

    assert not ContainerInstance.objects.exists()


def test_a_cluster_that_was_just_deleted_takes_no_instance(world: World) -> None:
    cluster = Cluster.objects.select_related("account").get()
    Cluster.objects.update(status="INACTIVE")

    with pytest.raises(EcsError, match=r"The referenced cluster was inactive\."):
        register_container_instance(
            cluster,
            Registration(cpu=1024, memory=900, availability_zone="a", instance_type=""),
            now=world.clock.now,
        )
    assert not ContainerInstance.objects.exists()


def test_an_instance_may_shrink_to_what_its_tasks_have_reserved_and_no_further(world: World) -> None:
    arn = register(world, totalResources=resources(1024, 900))["containerInstanceArn"]
    assert register(world, containerInstanceArn=arn, totalResources=resources(0, 0))["version"] == 2
    register(world, containerInstanceArn=arn, totalResources=resources(1024, 900))
    world.register()
    world.call("RunTask", **HERE, taskDefinition="web", count=2)

    for cpu, memory in ((127, 900), (1024, 127)):
        with pytest.raises(EcsError, match="its tasks have reserved 128 and 128"):
            register(world, containerInstanceArn=arn, totalResources=resources(cpu, memory))
    again = register(world, containerInstanceArn=arn, totalResources=resources(128, 128))
    assert resource(again, "remainingResources", "MEMORY")["integerValue"] == 0


def test_a_machine_keeps_the_ec2_id_that_it_names_and_gets_one_where_it_names_none(world: World) -> None:
    document = json.dumps({"instanceType": "t3.small", "instanceId": "i-0123456789abcdef0"})

    assert register(world, instanceIdentityDocument=document)["ec2InstanceId"] == "i-0123456789abcdef0"
    assert len(described(world, world.launch())["ec2InstanceId"]) == 19


def test_capabilities_are_not_written_over_a_change_that_came_first(world: World) -> None:
    stale = row(world.launch())
    stale.attributes = []
    ContainerInstance.objects.update(version=stale.version + 1)

    assert refresh_capabilities(stale, now=world.clock.now) is False
    assert row(stale.arn).attributes != []
    fresh = row(stale.arn)
    ContainerInstance.objects.update(attributes=[])
    fresh.attributes = []
    assert refresh_capabilities(fresh, now=world.clock.now) is True


def test_another_type_of_machine_is_another_instance(world: World) -> None:
    arn = world.launch()

    with pytest.raises(EcsError, match="Container instance type changes are not supported"):
        register(world, containerInstanceArn=arn, instanceIdentityDocument='{"instanceType": "t3.large"}')


def test_an_agent_that_was_updated_tells_its_new_capabilities_at_its_next_step(world: World) -> None:
    arn = world.launch()
    known = row(arn)
    ContainerInstance.objects.update(
        attributes=[a for a in known.attributes if a["name"] not in ADVERTISED_CAPABILITIES[:2]]
        + [{"name": "ecs.capability.of-yesterday"}, {"name": "stack", "value": "blue"}]
    )

    world.step_all()

    names = {a["name"] for a in row(arn).attributes}
    assert names >= {*ADVERTISED_CAPABILITIES, "stack", "ecs.instance-type"}
    assert "ecs.capability.of-yesterday" not in names
    assert row(arn).version == known.version + 1
    world.step_all()
    assert row(arn).version == known.version + 1


def test_the_agent_tells_the_version_of_its_engine(world: World) -> None:
    assert "dockerVersion" not in described(world, world.launch())["versionInfo"]

    heartbeats.beat("engine", ok=True, detail={"kind": "docker", "version": "27.1.1"}, at=world.clock.now)
    assert described(world, world.launch())["versionInfo"]["dockerVersion"] == "DockerVersion: 27.1.1"


def test_health_is_shown_where_it_is_asked_for(world: World) -> None:
    arn = world.launch()

    assert "healthStatus" not in described(world, arn)
    assert described(world, arn, include=["CONTAINER_INSTANCE_HEALTH"])["healthStatus"]["overallStatus"] == "OK"
    world.call("DisconnectAgent", **HERE, containerInstance=arn)
    health = described(world, arn, include=["CONTAINER_INSTANCE_HEALTH"])["healthStatus"]
    assert health["overallStatus"] == "INSUFFICIENT_DATA"


LAUNCH = {"instance_type": "t3.small", "zone": "a"}


def test_memory_and_ports_are_reserved_by_the_form(client: Client, world: World) -> None:
    form = {**LAUNCH, "reserved_memory": "256", "reserved_ports": "8080, 9000 8080"}
    assert client.post("/clusters/demo/launch/", form)["Location"] == "/clusters/demo/"

    made = ContainerInstance.objects.get()
    assert (made.registered_memory, made.instance_type) == (1710, "t3.small")
    assert made.reserved_tcp_ports == [22, 2375, 2376, 51678, 51679, 51680, 8080, 9000]
    world.register(portMappings=[{"containerPort": 80, "hostPort": 9000}])
    failures = world.call("RunTask", **HERE, taskDefinition="web")["failures"]
    assert [failure["reason"] for failure in failures] == ["RESOURCE:PORTS"]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reserved_memory": "1966"}, "reserved_memory"),
        ({"reserved_memory": "-1"}, "reserved_memory"),
        ({"reserved_memory": "much"}, "reserved_memory"),
        ({"reserved_ports": "http"}, "reserved_ports"),
        ({"reserved_ports": "70000"}, "reserved_ports"),
        ({"reserved_ports": " ".join(map(str, range(1000, 1095)))}, "reserved_ports"),
        ({"zone": "x"}, "zone"),
        ({"instance_type": "t9.huge"}, "instance_type"),
    ],
)
def test_what_cannot_be_launched_is_said_beside_its_field(
    client: Client, world: World, typed: dict[str, str], field: str
) -> None:
    answer = client.post("/clusters/demo/launch/", {**LAUNCH, **typed})

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not ContainerInstance.objects.exists()


def test_the_page_of_a_draining_instance_says_what_moves_and_what_stays(
    client: Client, world: World, pair: tuple[str, str]
) -> None:
    page = f"/clusters/demo/instances/{pair[0].rsplit('/', 1)[-1]}/"
    client.post(f"{page}status/", {"status": "DRAINING"})

    text = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert "1 task of a service" in text
    assert "1 task that was run directly" in text
    settle(world)
    world.call("StopTask", **HERE, task=tasks_on(pair[0])[0].task_id)
    world.converge()
    assert "It is drained" in client.get(page, headers={"Accept-Language": "en"}).content.decode()
