"""In class mode an account is held to its quotas; alone on an own machine nobody is."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from ecsweb.api import call
from ecsweb.api.principal import Principal, root_of
from ecsweb.domain.errors import LimitExceededException, ThrottlingException
from ecsweb.domain.quotas import CLASS_LIMITS, CLASS_RATE
from ecsweb.models import Account, Cluster
from tests.world import World

SOLO = root_of("123456789012", "ap-northeast-2", origin="page")


def a_learner(account_id: str) -> Principal:
    return root_of(account_id, "ap-northeast-2", origin="page")


def hammer(principal: Principal, times: int) -> None:
    for _ in range(times):
        call(principal, "ListClusters", {})


def test_the_sixth_cluster_of_a_learner_is_refused_and_nobody_else_is_touched(world: World, settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"
    one, other = a_learner("111111111111"), a_learner("222222222222")
    most = CLASS_LIMITS["CreateCluster"][1]
    for number in range(most):
        call(one, "CreateCluster", {"clusterName": f"c{number}"})

    with pytest.raises(LimitExceededException):
        call(one, "CreateCluster", {"clusterName": "one-too-many"})
    call(other, "CreateCluster", {"clusterName": "mine"})

    assert call(one, "CreateCluster", {"clusterName": "c0"})["cluster"]["clusterName"] == "c0"
    assert Cluster.objects.filter(account__account_id="111111111111").count() == most


def test_a_deleted_cluster_makes_room(world: World, settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"
    learner = a_learner("111111111111")
    for number in range(CLASS_LIMITS["CreateCluster"][1]):
        call(learner, "CreateCluster", {"clusterName": f"c{number}"})
    call(learner, "DeleteCluster", {"cluster": "c0"})

    assert call(learner, "CreateCluster", {"clusterName": "again"})["cluster"]["status"] == "ACTIVE"


def test_who_hammers_is_throttled_and_others_are_not(world: World, settings: Settings) -> None:
    settings.ECSWEB_MODE = "class"
    one, other = a_learner("111111111111"), a_learner("222222222222")

    with pytest.raises(ThrottlingException, match="Rate exceeded"):
        hammer(one, CLASS_RATE.burst * 10)
    assert call(other, "ListClusters", {}) == {"clusterArns": []}


def test_solo_mode_knows_no_quota(world: World) -> None:
    for number in range(CLASS_RATE.burst + CLASS_LIMITS["CreateCluster"][1]):
        call(SOLO, "CreateCluster", {"clusterName": f"c{number}"})

    assert Account.objects.get(account_id=SOLO.account_id).rate_at is None


def of_two(world: World) -> None:
    """Register a definition of two containers of 64 MiB."""
    containers = [{"name": name, "image": "ecsweb/worker:1", "memory": 64} for name in ("app", "side")]
    world.call("RegisterTaskDefinition", family="pair", containerDefinitions=containers)


def test_a_class_account_runs_no_more_containers_than_it_may_in_all_its_clusters(
    world: World, settings: Settings
) -> None:
    world.launch()
    of_two(world)
    world.call("CreateCluster", clusterName="second")
    world.launch("second")
    settings.ECSWEB_MODE = "class"
    settings.ECSWEB_CLASS_CONTAINERS, settings.ECSWEB_CLASS_MEMORY = 6, 10_000

    first = world.call("RunTask", cluster="demo", taskDefinition="pair", count=2)
    second = world.call("RunTask", cluster="second", taskDefinition="pair", count=2)

    assert [len(answer["tasks"]) for answer in (first, second)] == [2, 1]
    assert [failure["reason"] for failure in second["failures"]] == [
        "You've reached the limit on the number of tasks you can run concurrently"
    ]


def test_a_class_account_s_service_waits_for_memory_and_says_so(world: World, settings: Settings) -> None:
    world.launch()
    of_two(world)
    settings.ECSWEB_MODE = "class"
    settings.ECSWEB_CLASS_CONTAINERS, settings.ECSWEB_CLASS_MEMORY = 100, 384

    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="pair", desiredCount=4)
    world.converge()

    found = world.service("web")
    assert (found["runningCount"], found["desiredCount"]) == (3, 4)
    assert found["events"][0]["message"] == (
        "(service web) was unable to place a task. Reason: You've reached the limit on the number of tasks you can run "
        "concurrently."
    )
    settings.ECSWEB_CLASS_MEMORY = 512
    world.converge()
    assert world.service("web")["runningCount"] == 4
