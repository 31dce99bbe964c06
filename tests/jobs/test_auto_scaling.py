"""Capacity providers of Auto Scaling groups, on the whole world: tasks wait, machines come, machines go."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from ecsweb.controlplane.accounts import begin_reset, finish_reset
from ecsweb.domain.errors import EcsError
from ecsweb.models import Account, AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance, Event, Task
from tests.world import World

pytestmark = pytest.mark.django_db
ON_GROUP = [{"capacityProvider": "machines", "weight": 1}]
GROUP = {"cluster": "demo", "AutoScalingGroupName": "asg", "InstanceType": "t3.micro", "MinSize": 0, "MaxSize": 4}


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.ECSWEB_ENGINE_SLOTS = 0
    settings.ECSWEB_SPEED = 10
    world = World()
    world.call("CreateCluster", clusterName="demo")
    world.register(memory=400, cpu=64)
    return world


def provide(world: World, *, name: str = "machines", group: dict[str, Any] | None = None, **provider: Any) -> str:
    """Create a group and its provider, and associate it with the cluster; return the group's ARN."""
    found = world.call("CreateAutoScalingGroup", **{**GROUP, **(group or {})})["AutoScalingGroup"]
    arn = str(found["AutoScalingGroupARN"])
    settings = {"autoScalingGroupArn": arn, "managedScaling": {"instanceWarmupPeriod": 0}, **provider}
    world.call("CreateCapacityProvider", name=name, autoScalingGroupProvider=settings)
    names = [one["name"] for one in world.call("DescribeCapacityProviders")["capacityProviders"]]
    associate(world, [one for one in names if not one.startswith("FARGATE")])
    return arn


def associate(world: World, providers: list[str], strategy: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    Cluster.objects.update(attachments_ready_at=None)
    answer = world.call(
        "PutClusterCapacityProviders",
        cluster="demo",
        capacityProviders=providers,
        defaultCapacityProviderStrategy=strategy or [],
    )
    return dict(answer["cluster"])


def wait(world: World, seconds: int) -> None:
    for _ in range(seconds):
        world.converge(seconds=1)


def instances() -> list[ContainerInstance]:
    return list(ContainerInstance.objects.exclude(status="INACTIVE"))


def test_a_task_waits_in_provisioning_until_a_machine_has_come(world: World) -> None:
    provide(world)
    task = world.call("RunTask", cluster="demo", taskDefinition="web", capacityProviderStrategy=ON_GROUP)["tasks"][0]

    assert (task["lastStatus"], task["capacityProviderName"]) == ("PROVISIONING", "machines")
    assert "containerInstanceArn" not in task
    wait(world, 20)

    [after] = world.tasks()
    [instance] = instances()
    assert (after["lastStatus"], after["launchType"]) == ("RUNNING", "EC2")
    assert after["containerInstanceArn"] == instance.arn
    described = world.call("DescribeContainerInstances", cluster="demo", containerInstances=[instance.arn])
    assert described["containerInstances"][0]["capacityProviderName"] == "machines"


def test_a_service_gets_as_many_machines_as_its_tasks_need_and_no_more(world: World) -> None:
    provide(world)
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=5,
        capacityProviderStrategy=ON_GROUP,
    )
    wait(world, 45)

    # Two tasks of 400 MiB fit into a t3.micro.
    assert world.service("web")["runningCount"] == 5
    assert len(instances()) == 3
    provider = CapacityProvider.objects.get()
    assert (provider.instances_needed, provider.instances_present) == (3, 3)


def test_machines_that_nothing_needs_go_after_a_while_and_never_one_with_tasks(world: World) -> None:
    provide(world, managedTerminationProtection="ENABLED")
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=4,
        capacityProviderStrategy=ON_GROUP,
    )
    wait(world, 40)
    assert len(instances()) == 2
    world.call("UpdateService", cluster="demo", service="web", desiredCount=1)

    # 15 minutes below the target, at this speed 90 s.
    wait(world, 80)
    assert len(instances()) == 2
    wait(world, 40)

    [left] = instances()
    assert [task["containerInstanceArn"] for task in world.tasks()] == [left.arn]
    assert world.service("web")["runningCount"] == 1


def test_a_group_replaces_a_machine_that_is_lost_and_the_service_its_tasks(world: World) -> None:
    provide(world, group={"MinSize": 1})
    wait(world, 10)
    [first] = instances()
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        capacityProviderStrategy=ON_GROUP,
    )
    wait(world, 5)
    world.call("LoseInstance", cluster="demo", containerInstance=first.arn)
    wait(world, 45)

    [second] = instances()
    assert second.pk != first.pk
    assert {task["containerInstanceArn"] for task in world.tasks()} == {second.arn}
    assert world.service("web")["runningCount"] == 2


def test_tasks_go_to_the_instances_of_their_provider_only_by_base_and_weight(world: World) -> None:
    world.launch()
    provide(world)
    provide(world, name="others", group={"AutoScalingGroupName": "others", "InstanceType": "t3.small"})
    strategy = [
        {"capacityProvider": "machines", "base": 1, "weight": 1},
        {"capacityProvider": "others", "weight": 2},
    ]
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=4,
        capacityProviderStrategy=strategy,
    )
    wait(world, 45)

    tasks = Task.objects.select_related("container_instance")
    assert Counter(task.capacity_provider for task in tasks) == {"machines": 2, "others": 2}
    assert all(task.host.capacity_provider == task.capacity_provider for task in tasks)


def test_a_waiting_task_is_given_up_after_its_time_with_what_was_missing(world: World) -> None:
    provide(world, group={"MaxSize": 1})
    for _ in range(3):
        world.call("RunTask", cluster="demo", taskDefinition="web", capacityProviderStrategy=ON_GROUP)
    wait(world, 40)

    stopped = Task.objects.get(last_status="STOPPED")
    assert (stopped.stop_code, stopped.stopped_reason) == ("TaskFailedToStart", "TaskFailedToStart: RESOURCE:MEMORY")
    assert stopped.container_instance is None
    assert Task.objects.filter(last_status="RUNNING").count() == 2


def test_a_waiting_task_of_an_empty_provider_is_given_up_as_such(world: World) -> None:
    provide(world, group={"MaxSize": 0})
    world.call("RunTask", cluster="demo", taskDefinition="web", capacityProviderStrategy=ON_GROUP)
    wait(world, 40)

    assert Task.objects.get().stopped_reason == "TaskFailedToStart: EMPTY CAPACITY PROVIDER"


def test_a_waiting_task_that_somebody_stops_is_over_at_once(world: World) -> None:
    provide(world)
    task = world.call("RunTask", cluster="demo", taskDefinition="web", capacityProviderStrategy=ON_GROUP)["tasks"][0]
    stopped = world.call("StopTask", cluster="demo", task=task["taskArn"])["task"]

    assert (stopped["lastStatus"], stopped["stopCode"]) == ("STOPPED", "UserInitiated")
    wait(world, 5)
    assert instances() == []


def test_without_managed_scaling_nothing_waits_and_the_provider_says_that_it_is_empty(world: World) -> None:
    provide(world, managedScaling={"status": "DISABLED"})
    with pytest.raises(EcsError, match="No Container Instances were found in your capacity provider"):
        world.call("RunTask", cluster="demo", taskDefinition="web", capacityProviderStrategy=ON_GROUP)
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        capacityProviderStrategy=ON_GROUP,
    )
    wait(world, 3)

    event = world.service("web")["events"][0]["message"]
    assert event == (
        "(service web) was unable to reach steady state. Reason: No Container Instances were found in your capacity "
        "provider."
    )
    assert AutoScalingGroup.objects.get().desired_capacity == 0


def test_a_group_keeps_the_size_that_somebody_sets(world: World) -> None:
    provide(world, managedScaling={"status": "DISABLED"})
    world.call("UpdateAutoScalingGroup", AutoScalingGroupName="asg", DesiredCapacity=3)
    wait(world, 10)
    assert len(instances()) == 3

    world.call("UpdateAutoScalingGroup", AutoScalingGroupName="asg", DesiredCapacity=1)
    wait(world, 5)
    assert len(instances()) == 1


def test_managed_draining_moves_the_tasks_of_services_before_a_machine_ends(world: World) -> None:
    provide(
        world,
        group={"AvailabilityZones": ["ap-northeast-2a", "ap-northeast-2b"]},
        managedScaling={"status": "DISABLED"},
    )
    world.call("UpdateAutoScalingGroup", AutoScalingGroupName="asg", DesiredCapacity=2)
    wait(world, 10)
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        capacityProviderStrategy=ON_GROUP,
    )
    wait(world, 8)
    assert len({task.container_instance_id for task in Task.objects.all()}) == 2
    world.call("UpdateAutoScalingGroup", AutoScalingGroupName="asg", DesiredCapacity=1)
    least = 2
    for _ in range(25):
        world.converge(seconds=1)
        least = min(least, world.service("web")["runningCount"])

    assert least == 2
    [left] = instances()
    assert {task["containerInstanceArn"] for task in world.tasks()} == {left.arn}


def test_what_moves_a_group_is_told_with_its_numbers(world: World) -> None:
    provide(world)
    world.call("RunTask", cluster="demo", taskDefinition="web", count=3, capacityProviderStrategy=ON_GROUP)
    wait(world, 5)

    detail = Event.objects.filter(detail_type="Managed Scaling").latest("sequence").detail
    assert detail["instancesNeeded"] == 2
    assert detail["CapacityProviderReservation"] == 200
    assert detail["desiredCapacity"] == 2


def test_at_most_500_tasks_of_a_cluster_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecsweb.controlplane.tasks.MOST_WAITING", 2)
    monkeypatch.setattr("ecsweb.domain.service_scheduler.replica.MOST_WAITING", 2)
    provide(world, group={"MaxSize": 0})
    world.call("RunTask", cluster="demo", taskDefinition="web", count=2, capacityProviderStrategy=ON_GROUP)

    with pytest.raises(EcsError, match="Tasks provisioning capacity limit exceeded"):
        world.call("RunTask", cluster="demo", taskDefinition="web", capacityProviderStrategy=ON_GROUP)
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        capacityProviderStrategy=ON_GROUP,
    )
    world.reconcile()

    assert world.service("web")["events"][0]["message"] == (
        "(service web) was unable to place tasks in your cluster because the tasks provisioning capacity limit was "
        "exceeded."
    )


def test_reset_takes_groups_and_waiting_tasks_with_it(world: World) -> None:
    provide(world, group={"MaxSize": 0})
    world.call("RunTask", cluster="demo", taskDefinition="web", capacityProviderStrategy=ON_GROUP)
    account = Account.objects.get()
    begin_reset(account, now=world.clock.now)
    world.step_all()
    assert finish_reset(account)

    assert not Task.objects.exists()
    assert not AutoScalingGroup.objects.exists()
    assert not CapacityProvider.objects.exists()


def test_a_second_change_of_providers_waits_for_the_first(world: World) -> None:
    provide(world)
    [cluster] = world.call("DescribeClusters", clusters=["demo"], include=["ATTACHMENTS"])["clusters"]

    assert cluster["attachmentsStatus"] == "UPDATE_IN_PROGRESS"
    assert [one["type"] for one in cluster["attachments"]] == ["as_policy", "managed_draining"]
    assert {one["status"] for one in cluster["attachments"]} == {"PRECREATED"}
    for operation in ("PutClusterCapacityProviders", "DeleteCluster"):
        more: dict[str, Any] = (
            {"capacityProviders": [], "defaultCapacityProviderStrategy": []} if operation[0] == "P" else {}
        )
        with pytest.raises(EcsError) as refused:
            world.call(operation, cluster="demo", **more)
        assert refused.value.code == "UpdateInProgressException"

    Cluster.objects.update(attachments_ready_at=world.clock.now - timedelta(minutes=2))
    [cluster] = world.call("DescribeClusters", clusters=["demo"], include=["ATTACHMENTS"])["clusters"]
    assert cluster["attachmentsStatus"] == "UPDATE_COMPLETE"
    with pytest.raises(EcsError) as refused:
        world.call("DeleteCluster", cluster="demo")
    assert refused.value.code == "ClusterContainsCapacityProviderException"


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        (
            "CreateCapacityProvider",
            {"name": "other", "autoScalingGroupProvider": {"autoScalingGroupArn": "nope"}},
            "ClientException",
        ),
        (
            "CreateCapacityProvider",
            {"name": "machines", "autoScalingGroupProvider": {"autoScalingGroupArn": "asg"}},
            "ClientException",
        ),
        (
            "CreateCapacityProvider",
            {"name": "other", "autoScalingGroupProvider": {"autoScalingGroupArn": "asg"}},
            "ClientException",
        ),
        ("CreateCapacityProvider", {"name": "other"}, "InvalidParameterException"),
        ("UpdateCapacityProvider", {"name": "FARGATE", "autoScalingGroupProvider": {}}, "ClientException"),
        ("UpdateCapacityProvider", {"name": "nope", "autoScalingGroupProvider": {}}, "ClientException"),
        ("DeleteCapacityProvider", {"capacityProvider": "nope"}, "ClientException"),
        ("DeleteCapacityProvider", {"capacityProvider": "machines"}, "ResourceInUseException"),
        ("DeleteAutoScalingGroup", {"AutoScalingGroupName": "asg"}, "ResourceInUseException"),
        ("DeleteAutoScalingGroup", {"AutoScalingGroupName": 7}, "InvalidParameterException"),
        ("UpdateAutoScalingGroup", {"AutoScalingGroupName": "asg", "MaxSize": "many"}, "InvalidParameterException"),
        ("UpdateAutoScalingGroup", {"AutoScalingGroupName": "asg", "DesiredCapacity": 99}, "InvalidParameterException"),
        ("CreateAutoScalingGroup", GROUP, "ClientException"),
        (
            "CreateAutoScalingGroup",
            {**GROUP, "AutoScalingGroupName": "b", "AvailabilityZones": ["moon"]},
            "InvalidParameterException",
        ),
    ],
)
def test_what_providers_and_groups_refuse(world: World, operation: str, params: dict[str, Any], code: str) -> None:
    provide(world)
    before = (CapacityProvider.objects.values_list().get(), AutoScalingGroup.objects.values_list().get())

    with pytest.raises(EcsError) as refused:
        world.call(operation, **params)

    assert refused.value.code == code
    assert (CapacityProvider.objects.values_list().get(), AutoScalingGroup.objects.values_list().get()) == before


def test_a_daemon_takes_no_capacity_provider_strategy_later_either(world: World) -> None:
    provide(world)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", schedulingStrategy="DAEMON")

    with pytest.raises(EcsError, match="does not support capacity provider strategies"):
        world.call("UpdateService", cluster="demo", service="web", capacityProviderStrategy=ON_GROUP)

    assert "capacityProviderStrategy" not in world.service("web")


def test_a_roll_out_that_waits_for_machines_keeps_between_minimum_and_maximum(world: World) -> None:
    provide(world, group={"MaxSize": 3})
    asked = {"serviceName": "web", "taskDefinition": "web", "desiredCount": 4}
    world.call("CreateService", cluster="demo", **asked, capacityProviderStrategy=ON_GROUP)
    wait(world, 25)
    world.register(memory=400, cpu=64)
    world.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")

    running, all_of_it, waited = [], [], False
    for _second in range(40):
        world.converge(seconds=1)
        tasks = list(Task.objects.exclude(last_status="STOPPED"))
        running.append(sum(task.last_status == "RUNNING" for task in tasks))
        all_of_it.append(len(tasks))
        waited = waited or any(task.container_instance_id is None for task in tasks)

    assert waited
    # Minimum 100 and maximum 200 percent of 4; two machines carry four, the third two more.
    assert (min(running), max(all_of_it)) == (4, 8)
    assert {task["taskDefinitionArn"].rsplit(":", 1)[1] for task in world.tasks()} == {"2"}


def test_scale_in_takes_what_waits_before_what_runs(world: World) -> None:
    provide(world, group={"MaxSize": 1})
    asked = {"serviceName": "web", "taskDefinition": "web", "desiredCount": 4}
    world.call("CreateService", cluster="demo", **asked, capacityProviderStrategy=ON_GROUP)
    wait(world, 15)
    before = set(Task.objects.filter(last_status="RUNNING").values_list("pk", flat=True))
    world.call("UpdateService", cluster="demo", service="web", desiredCount=2)
    wait(world, 2)

    assert len(before) == 2
    assert set(Task.objects.exclude(last_status="STOPPED").values_list("pk", flat=True)) == before
    assert "(service web) stopped 2 pending tasks." in [event["message"] for event in world.service("web")["events"]]


def test_a_daemon_takes_no_capacity_provider_strategy(world: World) -> None:
    provide(world)
    with pytest.raises(EcsError, match="does not support capacity provider strategies"):
        world.call(
            "CreateService",
            cluster="demo",
            serviceName="web",
            taskDefinition="web",
            schedulingStrategy="DAEMON",
            capacityProviderStrategy=ON_GROUP,
        )


def test_a_provider_of_another_clusters_machines_is_not_associated(world: World) -> None:
    provide(world)
    world.call("CreateCluster", clusterName="other")
    with pytest.raises(EcsError, match="join the cluster demo"):
        world.call(
            "PutClusterCapacityProviders",
            cluster="other",
            capacityProviders=["machines"],
            defaultCapacityProviderStrategy=[],
        )


def test_a_provider_that_a_service_uses_stays_with_the_cluster(world: World) -> None:
    provide(world)
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        capacityProviderStrategy=ON_GROUP,
    )
    with pytest.raises(EcsError, match="in use and cannot be removed: machines"):
        associate(world, [])


def test_a_service_moves_to_a_capacity_provider_with_the_next_tasks(world: World) -> None:
    world.launch()
    provide(world)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    wait(world, 5)
    world.call(
        "UpdateService", cluster="demo", service="web", capacityProviderStrategy=ON_GROUP, forceNewDeployment=True
    )
    wait(world, 60)

    assert world.service("web")["runningCount"] == 2
    assert {task["capacityProviderName"] for task in world.tasks()} == {"machines"}


def test_the_measurement_comes_each_minute_of_ecs(world: World) -> None:
    provide(world, group={"MaxSize": 0})
    wait(world, 2)
    before = CapacityProvider.objects.get().measured_at
    wait(world, 8)
    after = CapacityProvider.objects.get().measured_at

    assert before is not None
    assert after is not None
    assert after - before == timedelta(seconds=6)
