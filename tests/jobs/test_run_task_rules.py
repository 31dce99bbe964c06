"""What RunTask and StartTask take, answer and do not do (`ecs-facts.md` 5.1)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.errors import EcsError
from tests.world import World

HERE = {"cluster": "demo"}
RUN = {**HERE, "taskDefinition": "web"}
NOWHERE = [{"type": "memberOf", "expression": "attribute:nowhere exists"}]


@pytest.fixture
def hosted(world: World) -> World:
    """A cluster with an instance and the revision web:1."""
    world.launch()
    world.register()
    return world


@pytest.mark.parametrize("count", [1, 10])
def test_run_task_takes_a_count_from_1_to_10(hosted: World, count: int) -> None:
    assert len(hosted.call("RunTask", **RUN, count=count)["tasks"]) == count


@pytest.mark.parametrize("count", [0, 11])
def test_run_task_takes_no_count_below_1_nor_above_10(hosted: World, count: int) -> None:
    with pytest.raises(EcsError) as refused:
        hosted.call("RunTask", **RUN, count=count)
    assert refused.value.code == "InvalidParameterException"


def test_run_task_runs_one_where_no_count_is_given(hosted: World) -> None:
    assert len(hosted.call("RunTask", **RUN)["tasks"]) == 1


def test_run_task_does_not_wait_for_running(hosted: World) -> None:
    assert hosted.call("RunTask", **RUN)["tasks"][0]["lastStatus"] == "PENDING"


def test_run_task_does_not_try_again_what_had_no_room(world: World) -> None:
    small = world.launch(instance_type="t3.nano")
    world.register(memory=900)
    assert world.call("RunTask", **RUN)["failures"][0]["arn"] == small

    world.launch(instance_type="t3.medium")
    world.converge()

    assert world.tasks() == []


def test_run_task_does_not_restart_a_standalone_task(hosted: World) -> None:
    arn = hosted.call("RunTask", **RUN)["tasks"][0]["taskArn"]
    hosted.converge()
    hosted.kill(arn)
    hosted.converge()

    assert hosted.tasks() == []
    assert [one["taskArn"] for one in hosted.tasks(desiredStatus="STOPPED")] == [arn]


def test_run_task_is_held_to_the_constraints_of_the_definition_and_of_the_call(hosted: World) -> None:
    app = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
    hosted.call("RegisterTaskDefinition", family="tied", containerDefinitions=[app], placementConstraints=NOWHERE)

    reasons = [
        hosted.call("RunTask", **HERE, **params)["failures"][0]["reason"]
        for params in ({"taskDefinition": "tied"}, {"taskDefinition": "web", "placementConstraints": NOWHERE})
    ]

    assert reasons == ["MemberOf placement constraint unsatisfied"] * 2


def test_start_task_asks_no_scheduler_and_no_constraint(hosted: World) -> None:
    first, second = hosted.launch(), hosted.launch()
    app = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
    hosted.call("RegisterTaskDefinition", family="tied", containerDefinitions=[app], placementConstraints=NOWHERE)

    answer = hosted.call("StartTask", **HERE, taskDefinition="tied", containerInstances=[second, first])

    assert [one["containerInstanceArn"] for one in answer["tasks"]] == [second, first]


def test_start_task_takes_at_most_10_container_instances(hosted: World) -> None:
    with pytest.raises(EcsError, match="10"):
        hosted.call("StartTask", **RUN, containerInstances=["a" * 32] * 11)


@pytest.mark.parametrize(
    ("container", "occupied", "reason"),
    [
        pytest.param({"cpu": 4096}, False, "RESOURCE:CPU", id="RESOURCE:CPU"),
        pytest.param({"memory": 4096}, False, "RESOURCE:MEMORY", id="RESOURCE:MEMORY"),
        pytest.param({"portMappings": [{"containerPort": 80, "hostPort": 80}]}, True, "RESOURCE:PORTS", id="PORTS"),
        pytest.param({"privileged": True}, False, "ATTRIBUTE", id="ATTRIBUTE"),
    ],
)
def test_start_task_fails_for_the_reasons_of_run_task(
    world: World, container: dict[str, Any], occupied: bool, reason: str
) -> None:
    arn = world.launch()
    world.register(**container)
    if occupied:
        world.call("StartTask", **RUN, containerInstances=[arn])

    failures = world.call("StartTask", **RUN, containerInstances=[arn])["failures"]

    assert [(one["arn"], one["reason"]) for one in failures] == [(arn, reason)]


def test_the_launch_type_is_ec2_where_nothing_is_said(hosted: World) -> None:
    assert hosted.call("RunTask", **RUN)["tasks"][0]["launchType"] == "EC2"


def test_an_override_of_an_unknown_container_is_refused_in_the_words_of_ecs(hosted: World) -> None:
    with pytest.raises(EcsError) as refused:
        hosted.call("RunTask", **RUN, overrides={"containerOverrides": [{"name": "x"}]})

    assert (refused.value.code, refused.value.message) == (
        "InvalidParameterException",
        "Override for container named x is not a container in the TaskDefinition.",
    )


def test_image_ports_and_entry_point_cannot_be_overridden(hosted: World) -> None:
    entry = {"name": "app", "image": "busybox", "entryPoint": ["sh"], "portMappings": [{"containerPort": 81}]}
    task = hosted.call("RunTask", **RUN, overrides={"containerOverrides": [entry]})["tasks"][0]
    hosted.converge()

    container = hosted.tasks()[0]["containers"][0]
    assert container["image"] == "ecsweb/web:1"
    assert task["overrides"]["containerOverrides"] == [{"name": "app"}]


def test_overrides_of_cpu_and_memory_are_what_the_task_takes(hosted: World) -> None:
    task = hosted.call("RunTask", **RUN, overrides={"cpu": "512", "memory": "256"})["tasks"][0]

    assert (task["cpu"], task["memory"]) == ("512", "256")
    assert (task["overrides"]["cpu"], task["overrides"]["memory"]) == ("512", "256")


def test_overrides_of_roles_are_kept_and_shown(hosted: World) -> None:
    roles = {name: f"arn:aws:iam::123456789012:role/{name}" for name in ("taskRoleArn", "executionRoleArn")}

    task = hosted.call("RunTask", **RUN, overrides=roles)["tasks"][0]

    assert roles.items() <= task["overrides"].items()
