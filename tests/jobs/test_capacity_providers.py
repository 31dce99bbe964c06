from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from ecsweb.models import Task
from tests.jobs.test_fargate import NETWORK
from tests.world import World

pytestmark = pytest.mark.django_db
BOTH = ["FARGATE", "FARGATE_SPOT"]
STRATEGY = [
    {"capacityProvider": "FARGATE", "base": 1, "weight": 1},
    {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 3},
]
RUN = {"cluster": "demo", "taskDefinition": "web:1", "networkConfiguration": NETWORK}


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.ECSWEB_ENGINE_SLOTS = 0
    world = World()
    world.call("CreateCluster", clusterName="demo", capacityProviders=BOTH)
    sized = {"networkMode": "awsvpc", "cpu": "256", "memory": "512"}
    for _revision in range(2):
        container = {"name": "app", "image": "ecsweb/web:1"}
        world.call("RegisterTaskDefinition", family="web", containerDefinitions=[container], **sized)
    return world


def put(world: World, providers: list[str], strategy: list[dict[str, Any]]) -> dict[str, Any]:
    answer = world.call(
        "PutClusterCapacityProviders",
        cluster="demo",
        capacityProviders=providers,
        defaultCapacityProviderStrategy=strategy,
    )
    return dict(answer["cluster"])


def providers_of(tasks: list[dict[str, Any]]) -> Counter[str]:
    return Counter(task.get("capacityProviderName", "") for task in tasks)


def test_fargate_and_fargate_spot_are_there_and_others_are_missing(world: World) -> None:
    answer = world.call("DescribeCapacityProviders", capacityProviders=["FARGATE", "other"])
    arn = answer["capacityProviders"][0]["capacityProviderArn"]

    assert arn.endswith(":capacity-provider/FARGATE")
    assert [failure["reason"] for failure in answer["failures"]] == ["MISSING"]
    assert [one["name"] for one in world.call("DescribeCapacityProviders")["capacityProviders"]] == BOTH
    by_arn = world.call("DescribeCapacityProviders", capacityProviders=[arn])
    assert [one["name"] for one in by_arn["capacityProviders"]] == ["FARGATE"]


def test_a_cluster_has_the_providers_and_the_default_strategy_it_was_given(world: World) -> None:
    assert world.call("DescribeClusters", clusters=["demo"])["clusters"][0]["capacityProviders"] == BOTH

    put(world, BOTH, STRATEGY)
    cluster = world.call("DescribeClusters", clusters=["demo"])["clusters"][0]

    assert cluster["defaultCapacityProviderStrategy"] == STRATEGY


def test_run_task_follows_its_strategy(world: World) -> None:
    tasks = world.call("RunTask", **RUN, count=5, capacityProviderStrategy=STRATEGY)["tasks"]

    assert providers_of(tasks) == {"FARGATE": 2, "FARGATE_SPOT": 3}
    assert {task["launchType"] for task in tasks} == {"FARGATE"}


def test_the_page_of_a_task_says_what_its_capacity_provider_is(world: World, client: Client) -> None:
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    world.call("RunTask", **RUN, capacityProviderStrategy=spot)
    task = Task.objects.get()

    page = client.get(f"/clusters/demo/tasks/{task.task_id}/", headers={"accept-language": "en"}).content.decode()

    assert "Capacity provider FARGATE_SPOT: the strategy fills the base first" in page


def test_with_neither_launch_type_nor_strategy_the_cluster_s_default_strategy_counts_else_ec2(world: World) -> None:
    with pytest.raises(EcsError, match="No Container Instances were found in your cluster"):
        world.call("RunTask", **RUN)
    put(world, BOTH, STRATEGY)

    assert providers_of(world.call("RunTask", **RUN, count=5)["tasks"]) == {"FARGATE": 2, "FARGATE_SPOT": 3}
    assert providers_of(world.call("RunTask", **RUN, launchType="FARGATE")["tasks"]) == {"": 1}


def test_a_service_follows_its_strategy_also_while_it_replaces_and_grows(world: World) -> None:
    service = {**RUN, "serviceName": "web", "desiredCount": 5, "capacityProviderStrategy": STRATEGY}
    answer = world.call("CreateService", **service)["service"]
    world.converge()

    assert answer["capacityProviderStrategy"] == STRATEGY
    assert "launchType" not in answer
    assert providers_of(world.tasks()) == {"FARGATE": 2, "FARGATE_SPOT": 3}
    spot = next(task for task in world.tasks() if task["capacityProviderName"] == "FARGATE_SPOT")
    world.kill(spot["taskArn"])
    world.converge()
    assert providers_of(world.tasks()) == {"FARGATE": 2, "FARGATE_SPOT": 3}
    world.call("UpdateService", cluster="demo", service="web", desiredCount=9)
    world.converge()
    assert providers_of(world.tasks()) == {"FARGATE": 3, "FARGATE_SPOT": 6}
    assert not world.reconcile()


def update(world: World, **params: Any) -> dict[str, Any]:
    return dict(world.call("UpdateService", cluster="demo", service="web", **params)["service"])


def test_a_changed_strategy_reaches_tasks_that_start_later_and_only_a_forced_deployment_the_others(
    world: World,
) -> None:
    only_fargate = [{"capacityProvider": "FARGATE", "weight": 1, "base": 0}]
    only_spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    world.call("CreateService", **RUN, serviceName="web", desiredCount=2, capacityProviderStrategy=only_fargate)
    world.converge()

    changed = update(world, capacityProviderStrategy=only_spot)
    world.converge()
    assert (changed["capacityProviderStrategy"], len(changed["deployments"])) == (only_spot, 1)
    assert providers_of(world.tasks()) == {"FARGATE": 2}
    update(world, desiredCount=3)
    world.converge()
    assert providers_of(world.tasks()) == {"FARGATE": 2, "FARGATE_SPOT": 1}

    forced = update(world, forceNewDeployment=True)
    world.converge()
    # Old tasks end when the new ones have run long enough to count as healthy.
    world.clock.forward(5)
    world.converge()
    assert len(forced["deployments"]) == 2
    assert providers_of(world.tasks()) == {"FARGATE_SPOT": 3}
    assert not world.reconcile()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "running tasks stay where they are"), ("ko", "나중에 시작하는 태스크부터 따릅니다")],
)
def test_the_page_of_a_service_says_its_strategy_and_whom_a_change_reaches(
    world: World, client: Client, language: str, words: str
) -> None:
    world.call("CreateService", **RUN, serviceName="web", desiredCount=1, capacityProviderStrategy=STRATEGY)

    page = client.get("/clusters/demo/services/web/", headers={"accept-language": language}).content.decode()

    assert "FARGATE (base 1, weight 1), FARGATE_SPOT (base 0, weight 3)" in page
    assert words in page


def test_an_empty_strategy_is_back_to_the_launch_type_and_leaving_it_out_keeps_it(world: World) -> None:
    world.call("CreateService", **RUN, serviceName="web", desiredCount=1, capacityProviderStrategy=STRATEGY)

    assert update(world, desiredCount=2)["capacityProviderStrategy"] == STRATEGY
    back = update(world, capacityProviderStrategy=[], forceNewDeployment=True)
    world.converge()

    assert back["launchType"] == "FARGATE"
    assert "capacityProviderStrategy" not in back
    assert providers_of(world.tasks()) == {"": 2}
    put(world, ["FARGATE"], [])


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ([{"capacityProvider": "mine", "weight": 1}], "The capacity provider mine is not associated with the cluster."),
        ([{"capacityProvider": "FARGATE", "weight": 0}], "must have a weight above 0"),
        ([{"capacityProvider": name, "base": 1, "weight": 1} for name in BOTH], "Only one capacity provider"),
    ],
)
def test_a_strategy_that_means_nothing_leaves_the_service_as_it_was(
    world: World, strategy: list[dict[str, Any]], message: str
) -> None:
    world.call("CreateService", **RUN, serviceName="web", desiredCount=1, capacityProviderStrategy=STRATEGY)

    with pytest.raises(EcsError, match=message):
        update(world, capacityProviderStrategy=strategy, desiredCount=3)

    service = world.call("DescribeServices", cluster="demo", services=["web"])["services"][0]
    assert (service["capacityProviderStrategy"], service["desiredCount"]) == (STRATEGY, 1)


def test_a_provider_in_use_stays_with_the_cluster(world: World) -> None:
    world.call("RunTask", **RUN, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])

    with pytest.raises(EcsError, match="in use") as caught:
        put(world, ["FARGATE"], [])

    assert caught.value.code == "ResourceInUseException"
    assert world.call("DescribeClusters", clusters=["demo"])["clusters"][0]["capacityProviders"] == BOTH


@pytest.mark.parametrize(
    ("operation", "params", "message"),
    [
        (
            "RunTask",
            {**RUN, "launchType": "FARGATE", "capacityProviderStrategy": STRATEGY},
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ),
        (
            "CreateService",
            {**RUN, "serviceName": "web", "desiredCount": 1, "launchType": "EC2", "capacityProviderStrategy": STRATEGY},
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        ),
        (
            "RunTask",
            {**RUN, "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "base": 1}]},
            "must have a weight above 0",
        ),
        (
            "RunTask",
            {**RUN, "capacityProviderStrategy": [{"capacityProvider": "mine", "weight": 1}]},
            "The capacity provider mine is not associated with the cluster.",
        ),
        (
            "CreateCluster",
            {"clusterName": "other", "capacityProviders": ["mine"]},
            "The specified capacity provider mine was not found.",
        ),
    ],
)
def test_strategies_that_cannot_be_are_refused_and_nothing_made(
    world: World, operation: str, params: dict[str, Any], message: str
) -> None:
    with pytest.raises(EcsError) as caught:
        world.call(operation, **params)

    assert message in str(caught.value)
    assert not Task.objects.exists()
    assert len(world.call("ListClusters")["clusterArns"]) == 1
