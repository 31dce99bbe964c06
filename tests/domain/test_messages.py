"""The literal texts of the placement events, one for each reason an instance can be closest (`ecs-facts.md` 6.8)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.placement.scheduler import Decision, choose_for_service
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler import messages
from ecsweb.domain.service_scheduler.replica import DEPLOYMENT_BLOCKED
from ecsweb.domain.statuses import ContainerInstanceStatus
from tests.domain.made import cluster, instance

STEM = "(service web) was unable to place a task because no container instance met all of its requirements."
TAIL = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
ASKED = Demand(cpu=128, memory=64, tcp_ports=frozenset({80}), attributes=frozenset({"gpu"}))


def decision(**fields: Any) -> Decision:
    return choose_for_service(
        cluster(instances=(instance(1, **{"attributes": {"gpu": ""}, **fields}),)), ASKED, group="g"
    )


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"remaining_cpu": 127}, "has insufficient CPU units available."),
        ({"remaining_memory": 63}, "has insufficient memory available."),
        ({"used_tcp_ports": frozenset({80})}, "is already using a port required by your task."),
        ({"attributes": {}}, "is missing an attribute required by your task."),
        ({"agent_connected": False}, 'encountered error "AGENT".'),
    ],
    ids=["CPU", "memory", "port", "attribute", "agent"],
)
def test_the_closest_instance_is_named_with_its_reason(fields: dict[str, Any], why: str) -> None:
    found = decision(**fields)

    assert messages.unplaced("web", found) == f"{STEM} The closest matching (container-instance i1) {why}{TAIL}"
    assert messages.placement_failure("web", found.reason, found) == messages.unplaced("web", found)


def test_instances_that_take_nothing_are_as_none() -> None:
    found = decision(status=ContainerInstanceStatus.DRAINING)

    assert messages.unplaced("web", found) == (
        f"{STEM} Reason: No Container Instances were found in your cluster.{TAIL}"
    )


def test_a_block_names_the_percentages_to_change() -> None:
    assert messages.placement_failure("web", DEPLOYMENT_BLOCKED, None) == (
        "(service web) was unable to stop or start tasks during a deployment because of the service deployment "
        "configuration. Update the minimumHealthyPercent or maximumPercent value and try again."
    )
