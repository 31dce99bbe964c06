"""Clusters through the one door: settings, configuration, statistics, and their end (`ecs-facts.md` 1.3, 7)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from ecsweb.models import Cluster, Event
from tests.world import ACCOUNT, REGION, World

INSIGHTS = {"name": "containerInsights", "value": "enabled"}


def described(world: World, *include: str, name: str = "demo") -> dict[str, Any]:
    return dict(world.call("DescribeClusters", clusters=[name], include=list(include))["clusters"][0])


def test_describe_shows_what_include_asks_for(world: World) -> None:
    configuration = {"executeCommandConfiguration": {"logging": "NONE"}}
    world.call(
        "CreateCluster", clusterName="full", settings=[INSIGHTS], configuration=configuration, tags=[{"key": "a"}]
    )

    plain = described(world, name="full")
    assert (plain["settings"], plain["tags"], plain["statistics"]) == ([], [], [])
    assert {"configuration", "attachments"} & plain.keys() == set()
    everything = described(world, "ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS", name="full")
    assert everything["settings"] == [INSIGHTS]
    assert everything["configuration"] == configuration
    assert everything["tags"] == [{"key": "a", "value": ""}]
    assert len(everything["statistics"]) == 8
    assert all(isinstance(entry["value"], str) for entry in everything["statistics"])


def test_statistics_and_counts_tell_running_pending_active_and_draining_apart(world: World) -> None:
    first, second = world.launch(), world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.call("CreateService", cluster="demo", serviceName="going", taskDefinition="web", desiredCount=1)
    world.converge()
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.call("DeleteService", cluster="demo", service="going", force=True)
    world.call("UpdateContainerInstancesState", cluster="demo", containerInstances=[first], status="DRAINING")
    assert second

    found = described(world, "STATISTICS")
    statistics = {entry["name"]: int(entry["value"]) for entry in found["statistics"]}
    assert (found["registeredContainerInstancesCount"], found["activeServicesCount"]) == (2, 1)
    assert (found["runningTasksCount"], found["pendingTasksCount"]) == (2, 1)
    assert (statistics["runningEC2TasksCount"], statistics["pendingEC2TasksCount"]) == (2, 1)
    assert (statistics["activeEC2ServiceCount"], statistics["drainingEC2ServiceCount"]) == (1, 1)


def test_update_cluster_replaces_what_is_given_and_nothing_else(world: World) -> None:
    configuration = {"executeCommandConfiguration": {"logging": "DEFAULT"}}
    world.call("UpdateCluster", cluster="demo", settings=[INSIGHTS])
    answer = world.call("UpdateCluster", cluster="demo", configuration=configuration)["cluster"]

    assert (answer["settings"], answer["configuration"]) == ([INSIGHTS], configuration)
    enhanced = [{**INSIGHTS, "value": "enhanced"}]
    assert world.call("UpdateClusterSettings", cluster="demo", settings=enhanced)["cluster"]["settings"] == enhanced


def test_a_new_cluster_has_the_account_s_container_insights(world: World) -> None:
    assert described(world, "SETTINGS")["settings"] == [{**INSIGHTS, "value": "disabled"}]

    world.call("PutAccountSettingDefault", name="containerInsights", value="enhanced")
    world.call("CreateCluster", clusterName="later")

    assert described(world, "SETTINGS", name="later")["settings"] == [{**INSIGHTS, "value": "enhanced"}]
    assert described(world, "SETTINGS")["settings"] == [{**INSIGHTS, "value": "disabled"}]


def test_a_cluster_that_is_there_comes_back_as_it_is_when_it_is_created_again(world: World) -> None:
    world.call("UpdateCluster", cluster="demo", settings=[INSIGHTS])

    again = world.call("CreateCluster", clusterName="demo", tags=[{"key": "new"}])["cluster"]

    assert (again["settings"], again["tags"]) == ([INSIGHTS], [])
    assert Cluster.objects.count() == 1


def test_a_deleted_name_can_be_created_again_and_is_empty(world: World) -> None:
    world.call("UpdateCluster", cluster="demo", settings=[INSIGHTS])
    assert world.call("DeleteCluster", cluster="demo")["cluster"]["status"] == "INACTIVE"
    assert described(world)["status"] == "INACTIVE"
    assert world.call("ListClusters")["clusterArns"] == []

    again = world.call("CreateCluster", clusterName="demo")["cluster"]

    assert (again["status"], again["settings"]) == ("ACTIVE", [{**INSIGHTS, "value": "disabled"}])
    changes = Event.objects.filter(detail_type="Cluster State Change").order_by("sequence")
    assert [event.detail["status"] for event in changes] == ["ACTIVE", "ACTIVE", "INACTIVE", "ACTIVE"]


def test_without_a_name_the_cluster_is_default_and_only_create_cluster_makes_it(world: World) -> None:
    world.register()
    with pytest.raises(EcsError, match=r"Cluster not found\."):
        world.call("RunTask", taskDefinition="web")
    assert world.call("DescribeClusters")["failures"] == [
        {"arn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/default", "reason": "MISSING"}
    ]

    assert world.call("CreateCluster")["cluster"]["clusterName"] == "default"
    assert world.call("ListTasks")["taskArns"] == []
    assert world.call("DescribeClusters")["clusters"][0]["clusterName"] == "default"


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("DeleteCluster", {}),
        ("UpdateCluster", {}),
        ("UpdateClusterSettings", {"settings": [INSIGHTS]}),
        ("RunTask", {"taskDefinition": "web"}),
        ("ListTasks", {}),
        ("DescribeServices", {"services": ["web"]}),
        ("RegisterContainerInstance", {"instanceIdentityDocument": '{"instanceType": "t3.small"}'}),
        ("ListContainerInstances", {}),
    ],
)
def test_a_cluster_that_is_inactive_or_unknown_is_refused_in_aws_words(
    world: World, operation: str, params: dict[str, Any]
) -> None:
    world.register()
    world.call("DeleteCluster", cluster="demo")

    for reference, said in (("demo", "The referenced cluster was inactive."), ("nope", "Cluster not found.")):
        with pytest.raises(EcsError) as refused:
            world.call(operation, cluster=reference, **params)
        assert (refused.value.code, refused.value.message) == ("ClusterNotFoundException", said)


@pytest.mark.parametrize(
    ("operation", "params", "code", "said"),
    [
        ("CreateCluster", {"clusterName": "a b"}, "InvalidParameterException", "ClusterName must match"),
        ("CreateCluster", {"clusterName": "a\n"}, "InvalidParameterException", "ClusterName must match"),
        ("CreateCluster", {"clusterName": "a" * 256}, "InvalidParameterException", "ClusterName must match"),
        ("CreateCluster", {"settings": [{**INSIGHTS, "value": "on"}]}, "InvalidParameterException", "Invalid value"),
        (
            "CreateCluster",
            {"configuration": {"executeCommandConfiguration": {"logging": "OVERRIDE"}}},
            "InvalidParameterException",
            "logConfiguration must be provided",
        ),
        ("CreateCluster", {"serviceConnectDefaults": {"namespace": "n"}}, "UnsupportedFeatureException", "Service Con"),
        ("UpdateClusterSettings", {"cluster": "demo", "settings": []}, "InvalidParameterException", "settings should"),
        ("DescribeClusters", {"clusters": ["x"] * 101}, "InvalidParameterException", "at most 100 items"),
        ("DescribeClusters", {"include": ["ALL"]}, "InvalidParameterException", "enum value set"),
    ],
)
def test_what_is_wrong_about_a_cluster_is_said_and_nothing_made(
    world: World, operation: str, params: dict[str, Any], code: str, said: str
) -> None:
    with pytest.raises(EcsError) as refused:
        world.call(operation, **params)

    assert refused.value.code == code
    assert said in refused.value.message
    assert Cluster.objects.count() == 1


def test_settings_change_by_a_form_and_a_bad_value_is_said_beside_its_field(client: Client, world: World) -> None:
    assert client.post("/clusters/demo/settings/", {"container_insights": "enhanced"})["Location"] == "/clusters/demo/"
    assert described(world, "SETTINGS")["settings"][0]["value"] == "enhanced"

    refused = client.post("/clusters/demo/settings/", {"container_insights": "on"})
    assert refused.status_code == 422
    assert 'id="id_container_insights_error"' in refused.content.decode()
    assert client.get("/clusters/demo/settings/").status_code == 200
