"""AZ rebalancing (`ecs-facts.md` 6.9) in the whole loop."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ecsweb.domain.errors import EcsError
from ecsweb.models import Service, ServiceEvent
from tests.world import World

ON: dict[str, Any] = {"availabilityZoneRebalancing": "ENABLED"}


def serve(world: World, desired: int = 4, **more: Any) -> None:
    world.launch(zone="a", instance_type="t3.medium")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=desired, **more)
    world.converge()


def zones(world: World) -> dict[str, int]:
    return dict(sorted(Counter(task["availabilityZone"][-1] for task in world.tasks()).items()))


def said(world: World) -> list[str]:
    return list(ServiceEvent.objects.order_by("pk").values_list("message", flat=True))


def test_a_zone_that_joins_gets_its_share_one_task_at_a_time_in_the_words_of_ecs(world: World) -> None:
    serve(world, **ON)
    before = len(said(world))
    world.launch(zone="b", instance_type="t3.medium")
    most = 0
    for _ in range(60):
        world.converge(seconds=1)
        most = max(most, len(world.tasks()))

    assert zones(world) == {"a": 2, "b": 2}
    assert most == 5
    assert not Service.objects.get().is_rebalancing
    a, b = "ap-northeast-2a", "ap-northeast-2b"
    words = [message.split(": (task ")[0] for message in said(world)[before:]]
    assert words[-1] == "(service web) has reached a steady state."
    assert [one for one in words if "steady" not in one] == [
        f"(service web) is not AZ balanced with 4 tasks in {a}, 0 tasks in {b}. AZ Rebalancing in progress.",
        f"(service web) has started 1 tasks in {b} to AZ Rebalance",
        f"(service web) has stopped 1 running tasks in {a} due to AZ rebalancing",
        f"(service web) is not AZ balanced with 3 tasks in {a}, 1 tasks in {b}. AZ Rebalancing in progress.",
        f"(service web) has started 1 tasks in {b} to AZ Rebalance",
        f"(service web) has stopped 1 running tasks in {a} due to AZ rebalancing",
        f"(service web) is AZ balanced with 2 tasks in {a}, 2 tasks in {b}.",
    ]


def test_without_it_tasks_stay_where_they_are(world: World) -> None:
    serve(world)
    world.launch(zone="b", instance_type="t3.medium")
    world.converge(seconds=20)

    assert zones(world) == {"a": 4}


def test_a_zone_without_room_is_left_alone(world: World) -> None:
    serve(world, **ON)
    small = world.launch(zone="b", instance_type="t3.nano")
    world.register("big", memory=460, cpu=0)
    world.call("StartTask", cluster="demo", taskDefinition="big", containerInstances=[small])
    world.converge(seconds=20)

    assert zones(world) == {"a": 4, "b": 1}
    assert not any("AZ" in message for message in said(world))


def test_it_can_be_switched_on_later(world: World) -> None:
    serve(world)
    world.launch(zone="b", instance_type="t3.medium")
    world.call("UpdateService", cluster="demo", service="web", **ON)
    for _ in range(60):
        world.converge(seconds=1)

    assert zones(world) == {"a": 2, "b": 2}
    assert world.service("web")["availabilityZoneRebalancing"] == "ENABLED"


REFUSED: dict[str, dict[str, Any]] = {
    "daemon": {"schedulingStrategy": "DAEMON"},
    "binpack first": {"desiredCount": 1, "placementStrategy": [{"type": "binpack", "field": "cpu"}]},
    "maximum 100": {
        "desiredCount": 1,
        "deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 50},
    },
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_rebalanced_is_refused(world: World, case: str) -> None:
    world.register()

    with pytest.raises(EcsError, match="Availability Zone rebalancing does not support"):
        world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", **ON, **REFUSED[case])
    assert not Service.objects.exists()
