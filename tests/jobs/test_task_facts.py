"""What is known of a task, and how tasks are listed and described (`ecs-facts.md` 4.6)."""

from __future__ import annotations

import pytest

from ecsweb.domain.errors import EcsError
from tests.jobs.test_task_life import HERE, described, hosted, run, stopped
from tests.world import World

__all__ = ["hosted"]


def test_the_group_is_the_family_by_default_another_one_if_asked_and_the_services_name(hosted: World) -> None:
    hosted.call("CreateService", **HERE, serviceName="shop", taskDefinition="web", desiredCount=1)
    hosted.converge()
    own = [described(hosted, run(hosted, **params))["group"] for params in ({}, {"group": "mine"})]

    of_service = [one["group"] for one in hosted.tasks(serviceName="shop")]
    assert (own, of_service) == (["family:web", "mine"], ["service:shop"])


def test_started_by_is_free_text_or_the_deployments_id(hosted: World) -> None:
    hosted.call("CreateService", **HERE, serviceName="shop", taskDefinition="web", desiredCount=1)
    hosted.converge()
    primary = hosted.service("shop")["deployments"][0]["id"]

    assert described(hosted, run(hosted, startedBy="me"))["startedBy"] == "me"
    assert primary.startswith("ecs-svc/")
    assert [one["startedBy"] for one in hosted.tasks(serviceName="shop")] == [primary]


def test_a_task_names_its_launch_type_its_architecture_and_its_instances_zone(hosted: World) -> None:
    task = described(hosted, run(hosted))

    assert task["launchType"] == "EC2"
    assert task["attributes"] == [{"name": "ecs.cpu-architecture", "value": "x86_64"}]
    assert task["availabilityZone"] == "ap-northeast-2a"


def test_list_tasks_shows_those_wanted_running_unless_stopped_ones_are_asked_for(hosted: World) -> None:
    over, runs = run(hosted), run(hosted)
    hosted.converge()
    stopped(hosted, over)

    assert [one["taskArn"] for one in hosted.tasks()] == [runs]
    assert [one["taskArn"] for one in hosted.tasks(desiredStatus="STOPPED")] == [over]


@pytest.mark.parametrize("name", ["containerInstance", "family", "serviceName", "startedBy", "launchType"])
def test_list_tasks_filters_by(hosted: World, name: str) -> None:
    other_instance = hosted.launch()
    hosted.register("other")
    hosted.call("CreateService", **HERE, serviceName="shop", taskDefinition="web", desiredCount=1)
    hosted.converge()
    wanted = {
        "containerInstance": other_instance,
        "family": "other",
        "serviceName": "shop",
        "startedBy": "me",
        "launchType": "EC2",
    }
    started = {"containerInstances": [other_instance], "taskDefinition": "other", "startedBy": "me"}
    one = hosted.call("StartTask", **HERE, **started)["tasks"][0]["taskArn"]
    of_service = hosted.service("shop")["deployments"][0]["id"]
    everything = hosted.tasks()

    found = {task["taskArn"] for task in hosted.tasks(**{name: wanted[name]})}

    expected = {
        "containerInstance": {t["taskArn"] for t in everything if t["containerInstanceArn"] == other_instance},
        "family": {one},
        "serviceName": {t["taskArn"] for t in everything if t["startedBy"] == of_service},
        "startedBy": {one},
        "launchType": {t["taskArn"] for t in everything},
    }
    assert found == expected[name]
    assert found


def test_started_by_is_the_only_filter_beside_the_cluster(hosted: World) -> None:
    with pytest.raises(EcsError):
        hosted.call("ListTasks", **HERE, startedBy="me", family="web")


def test_describe_tasks_takes_at_most_100_and_names_unknown_ones_as_missing(hosted: World) -> None:
    answer = hosted.call("DescribeTasks", **HERE, tasks=["a" * 32])
    assert [(one["reason"], one["arn"].rsplit("/", 1)[-1]) for one in answer["failures"]] == [("MISSING", "a" * 32)]

    with pytest.raises(EcsError, match="100"):
        hosted.call("DescribeTasks", **HERE, tasks=["a" * 32] * 101)
