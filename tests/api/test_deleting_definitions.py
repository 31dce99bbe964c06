"""DeleteTaskDefinitions (`ecs-facts.md` 2.1): from INACTIVE over DELETE_IN_PROGRESS to gone, and never used again."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.agent.sweep import sweep
from ecsweb.domain.errors import EcsError
from tests.world import World


def delete(world: World, *references: str) -> dict[str, Any]:
    return world.call("DeleteTaskDefinitions", taskDefinitions=list(references))


def status(world: World, reference: str) -> str:
    return str(world.call("DescribeTaskDefinition", taskDefinition=reference)["taskDefinition"]["status"])


def test_an_inactive_revision_goes_and_its_number_is_never_used_again(world: World) -> None:
    world.register()
    world.register()
    world.call("DeregisterTaskDefinition", taskDefinition="web:2")

    [going] = delete(world, "web:2")["taskDefinitions"]
    assert (going["status"], "deleteRequestedAt" in going) == ("DELETE_IN_PROGRESS", True)
    assert world.call("ListTaskDefinitions", status="DELETE_IN_PROGRESS")["taskDefinitionArns"]
    sweep(world.engine, clock=world.clock)

    with pytest.raises(EcsError, match="Unable to describe task definition"):
        status(world, "web:2")
    assert world.register().endswith("web:3")


def test_a_revision_stays_in_progress_while_something_uses_it(world: World) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    world.call("DeregisterTaskDefinition", taskDefinition="web:1")
    delete(world, "web:1")
    sweep(world.engine, clock=world.clock)
    assert status(world, "web:1") == "DELETE_IN_PROGRESS"

    world.call("DeleteService", cluster="demo", service="web", force=True)
    world.converge()
    sweep(world.engine, clock=world.clock)
    with pytest.raises(EcsError):
        status(world, "web:1")


def test_what_cannot_be_deleted_is_a_failure_in_the_words_of_ecs(world: World) -> None:
    world.register()

    failures = delete(world, "web:1", "web:9", "web")["failures"]

    assert [failure["reason"] for failure in failures] == [
        "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
        "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
        "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
    ]
    assert status(world, "web:1") == "ACTIVE"


@pytest.mark.parametrize("count", [0, 11])
def test_one_to_ten_at_a_time(world: World, count: int) -> None:
    with pytest.raises(EcsError):
        delete(world, *(f"web:{n}" for n in range(count)))
