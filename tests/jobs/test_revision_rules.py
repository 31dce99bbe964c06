"""Families and revisions of task definitions: numbers, statuses, what may be done with each (`ecs-facts.md` 2.1)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.errors import EcsError
from tests.world import World

HERE = {"cluster": "demo"}
WEB = {**HERE, "service": "web"}
SERVICE = {**HERE, "serviceName": "web", "desiredCount": 1}


@pytest.fixture
def retired(world: World) -> World:
    """A running service and a task of web:1, which is INACTIVE; web:2 is ACTIVE."""
    world.launch()
    world.register()
    world.call("CreateService", **SERVICE, taskDefinition="web:1")
    world.call("RunTask", **HERE, taskDefinition="web:1")
    world.converge()
    world.register()
    world.call("DeregisterTaskDefinition", taskDefinition="web:1")
    return world


def refusal(world: World, operation: str, **params: Any) -> tuple[str, str]:
    with pytest.raises(EcsError) as refused:
        world.call(operation, **params)
    return refused.value.code, refused.value.message


def named(arns: list[str]) -> list[str]:
    return [arn.rsplit("/", 1)[-1] for arn in arns]


def definition(world: World, reference: str) -> dict[str, Any]:
    return dict(world.call("DescribeTaskDefinition", taskDefinition=reference)["taskDefinition"])


def test_the_first_revision_is_1_and_each_registration_adds_1_even_if_nothing_changed(world: World) -> None:
    assert named([world.register(), world.register(), world.register("other")]) == ["web:1", "web:2", "other:1"]


def test_a_number_is_not_used_again_after_deregistering(world: World) -> None:
    world.register()
    world.call("DeregisterTaskDefinition", taskDefinition="web:1")

    assert named([world.register()]) == ["web:2"]


def test_a_new_revision_leaves_the_former_as_it_was(world: World) -> None:
    world.register()
    before = definition(world, "web:1")
    world.register(cpu=512)

    assert definition(world, "web:1") == before


def test_tasks_and_services_of_an_inactive_revision_go_on_and_the_service_can_be_scaled(retired: World) -> None:
    retired.call("UpdateService", **WEB, desiredCount=2)
    retired.converge()

    assert retired.service("web")["runningCount"] == 2
    assert len(retired.tasks(family="web")) == 3


def test_an_inactive_revision_is_not_for_run_task(retired: World) -> None:
    assert refusal(retired, "RunTask", **HERE, taskDefinition="web:1") == (
        "InvalidParameterException",
        "TaskDefinition is inactive",
    )


def test_an_inactive_revision_is_not_for_new_services(retired: World) -> None:
    params = {**SERVICE, "serviceName": "other"}

    assert refusal(retired, "CreateService", **params, taskDefinition="web:1")[1] == "TaskDefinition is inactive"


def test_an_inactive_revision_is_not_for_update_service(retired: World) -> None:
    retired.call("UpdateService", **WEB, taskDefinition="web:2")

    assert refusal(retired, "UpdateService", **WEB, taskDefinition="web:1") == (
        "ClientException",
        "TaskDefinition is inactive",
    )


def test_an_inactive_revision_can_be_described_and_listed(retired: World) -> None:
    assert definition(retired, "web:1")["status"] == "INACTIVE"
    assert named(retired.call("ListTaskDefinitions", status="INACTIVE")["taskDefinitionArns"]) == ["web:1"]


def test_definitions_are_listed_active_ones_by_family_then_revision(retired: World) -> None:
    for family in ("a", "web", "a"):
        retired.register(family)

    assert named(retired.call("ListTaskDefinitions")["taskDefinitionArns"]) == ["a:1", "a:2", "web:2", "web:3"]


def test_sort_desc_lists_the_newest_revision_first(world: World) -> None:
    for _ in range(3):
        world.register()

    arns = world.call("ListTaskDefinitions", sort="DESC")["taskDefinitionArns"]

    assert named(arns) == ["web:3", "web:2", "web:1"]


def test_family_prefix_is_the_whole_family_for_definitions_and_a_prefix_for_families(world: World) -> None:
    for family in ("web", "webapp"):
        world.register(family)

    assert named(world.call("ListTaskDefinitions", familyPrefix="web")["taskDefinitionArns"]) == ["web:1"]
    assert world.call("ListTaskDefinitionFamilies", familyPrefix="web")["families"] == ["web", "webapp"]


def test_a_family_is_inactive_when_it_has_no_active_revision(world: World) -> None:
    world.register()
    world.register("gone")
    world.call("DeregisterTaskDefinition", taskDefinition="gone:1")

    assert world.call("ListTaskDefinitionFamilies", status="ACTIVE")["families"] == ["web"]
    assert world.call("ListTaskDefinitionFamilies", status="INACTIVE")["families"] == ["gone"]


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        pytest.param("web", "Revision is missing.", id="missing"),
        pytest.param("web:x", "Invalid revision number. Number: x", id="invalid"),
    ],
)
def test_deregistering_needs_a_revision(world: World, reference: str, words: str) -> None:
    world.register()

    assert refusal(world, "DeregisterTaskDefinition", taskDefinition=reference)[1] == words


def test_a_family_alone_describes_its_newest_active_revision(world: World) -> None:
    for _ in range(3):
        world.register()
    world.call("DeregisterTaskDefinition", taskDefinition="web:3")

    assert definition(world, "web")["revision"] == 2


def test_an_unknown_definition_cannot_be_described(world: World) -> None:
    assert refusal(world, "DescribeTaskDefinition", taskDefinition="nope") == (
        "ClientException",
        "Unable to describe task definition.",
    )


def test_an_unknown_definition_cannot_be_run(world: World) -> None:
    assert refusal(world, "RunTask", **HERE, taskDefinition="nope") == ("ClientException", "TaskDefinition not found.")


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        pytest.param(
            "web",
            "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
            id="invalid",
        ),
        pytest.param(
            "web:9",
            "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
            id="absent",
        ),
        pytest.param(
            "web:1",
            "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
            id="still ACTIVE",
        ),
    ],
)
def test_a_failure_to_delete_has_the_words_of_ecs(world: World, reference: str, words: str) -> None:
    world.register()

    (failure,) = world.call("DeleteTaskDefinitions", taskDefinitions=[reference])["failures"]

    assert words in {failure.get("reason"), failure.get("detail")}


def test_a_revision_tells_when_and_by_whom_it_was_registered_and_when_it_went(retired: World) -> None:
    went = definition(retired, "web:1")
    assert went["registeredBy"].startswith("arn:aws:iam::123456789012:")
    assert went["registeredAt"] <= went["deregisteredAt"]
    assert "deregisteredAt" not in definition(retired, "web:2")

    (leaving,) = retired.call("DeleteTaskDefinitions", taskDefinitions=["web:1"])["taskDefinitions"]
    assert leaving["status"] == "DELETE_IN_PROGRESS"
    assert leaving["deleteRequestedAt"] >= leaving["deregisteredAt"]


def test_a_revision_tells_what_it_can_run_on_and_what_an_instance_must_have(world: World) -> None:
    world.register(healthCheck={"command": ["CMD-SHELL", "true"]})

    found = definition(world, "web")
    assert "EC2" in found["compatibilities"]
    assert {"name": "ecs.capability.container-health-check"} in found["requiresAttributes"]
