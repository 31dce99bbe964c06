"""What a cluster shows, and when it cannot be deleted, through the one door (`ecs-facts.md` 7)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.errors import EcsError
from tests.world import World

HERE = {"cluster": "demo"}
WORDS = {
    "Services are active": "ClusterContainsServicesException",
    "Tasks are active": "ClusterContainsTasksException",
    "Container Instances are active or draining": "ClusterContainsContainerInstancesException",
}


def described(world: World, *include: str) -> dict[str, Any]:
    return dict(world.call("DescribeClusters", clusters=["demo"], include=list(include))["clusters"][0])


def fill(world: World, content: str) -> None:
    world.launch()
    world.register()
    if content == "Services are active":
        world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=0)
    if content == "Tasks are active":
        world.call("RunTask", **HERE, taskDefinition="web")


@pytest.mark.parametrize("content", WORDS)
def test_delete_cluster_is_refused_while(world: World, content: str) -> None:
    fill(world, content)

    with pytest.raises(EcsError) as refused:
        world.call("DeleteCluster", **HERE)

    assert (refused.value.code, refused.value.message) == (
        WORDS[content],
        f"The Cluster cannot be deleted while {content}.",
    )


def test_delete_cluster_answers_with_the_cluster_inactive(world: World) -> None:
    assert world.call("DeleteCluster", **HERE)["cluster"]["status"] == "INACTIVE"


@pytest.mark.parametrize(
    ("include", "member"),
    [
        ("ATTACHMENTS", "attachments"),
        ("CONFIGURATIONS", "configuration"),
        ("SETTINGS", "settings"),
        ("STATISTICS", "statistics"),
        ("TAGS", "tags"),
    ],
)
def test_describe_clusters_shows_only_where_asked(world: World, include: str, member: str) -> None:
    world.call("TagResource", resourceArn=described(world)["clusterArn"], tags=[{"key": "a", "value": "b"}])
    world.call("UpdateCluster", **HERE, configuration={"executeCommandConfiguration": {"logging": "NONE"}})

    assert not described(world).get(member)
    assert member in described(world, include)
    if include != "ATTACHMENTS":
        assert described(world, include)[member]


def test_statistics_have_eight_names_and_their_values_are_texts(world: World) -> None:
    statistics = described(world, "STATISTICS")["statistics"]

    assert {one["name"] for one in statistics} == {
        "runningEC2TasksCount",
        "runningFargateTasksCount",
        "pendingEC2TasksCount",
        "pendingFargateTasksCount",
        "activeEC2ServiceCount",
        "activeFargateServiceCount",
        "drainingEC2ServiceCount",
        "drainingFargateServiceCount",
    }
    assert {one["value"] for one in statistics} == {"0"}


@pytest.mark.parametrize("logging", ["NONE", "DEFAULT"])
def test_the_configuration_is_kept(world: World, logging: str) -> None:
    configuration = {
        "executeCommandConfiguration": {"logging": logging},
        "managedStorageConfiguration": {"kmsKeyId": "key"},
    }
    world.call("UpdateCluster", **HERE, configuration=configuration)

    assert described(world, "CONFIGURATIONS")["configuration"] == configuration


def test_one_cluster_holds_tasks_on_ec2_and_on_fargate(world: World) -> None:
    world.launch()
    world.register()
    world.register_fargate()
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    world.call("RunTask", **HERE, taskDefinition="web")
    world.call("RunTask", **HERE, taskDefinition="far", launchType="FARGATE", networkConfiguration=network)
    world.converge()

    statistics = {one["name"]: one["value"] for one in described(world, "STATISTICS")["statistics"]}
    assert (statistics["runningEC2TasksCount"], statistics["runningFargateTasksCount"]) == ("1", "1")
