"""A broken revision in the whole loop: the rhythm of tries, the words, the failed deployment, the way back."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.models import Event, ServiceEvent
from tests.world import World

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture
def web(world: World) -> World:
    """A service of two, steady, and a second revision whose image does not exist."""
    world.launch(instance_type="t3.medium")
    world.register()
    world.register(image="nowhere/none:1")
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web:1",
        desiredCount=2,
        deploymentConfiguration=BREAKER,
    )
    world.converge()
    return world


def past_back_offs(world: World, rounds: int = 12) -> None:
    for _ in range(rounds):
        world.converge(seconds=20)
        world.clock.forward(30)


def deployments(world: World) -> list[tuple[str, str, str]]:
    return [
        (d["status"], d["taskDefinition"].rsplit("/", 1)[1], d["rolloutState"])
        for d in world.service("web")["deployments"]
    ]


def messages(world: World) -> list[str]:
    return list(ServiceEvent.objects.order_by("pk").values_list("message", flat=True))


def test_a_broken_revision_is_rolled_back_in_the_words_of_ecs(web: World) -> None:
    good, before = web.service("web")["deployments"][0], len(messages(web))
    kept = {task["taskArn"] for task in web.tasks()}
    web.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    bad = web.service("web")["deployments"][0]["id"]

    past_back_offs(web)

    service = web.service("web")
    assert deployments(web) == [("PRIMARY", "web:1", "COMPLETED")]
    assert service["deployments"][0]["id"] == good["id"]
    assert service["taskDefinition"].endswith("web:1")
    assert {task["taskArn"] for task in web.tasks()} == kept
    said = [message for message in messages(web)[before:] if "has started" not in message]
    assert said[:2] == [
        "(service web) is unable to consistently start tasks successfully. For more information, see the "
        "Troubleshooting section of the Amazon ECS Developer Guide.",
        f"(service web) (deployment {bad}) deployment failed: tasks failed to start.",
    ]
    assert f"(service web) rolling back to deployment {good['id']}." in said
    assert said[-2:] == [
        f"(service web) (deployment {good['id']}) deployment completed.",
        "(service web) has reached a steady state.",
    ]
    names = [
        detail["eventName"]
        for detail in Event.objects.filter(detail_type="ECS Deployment State Change")
        .order_by("sequence")
        .values_list("detail", flat=True)
    ]
    assert names[-3:] == [
        "SERVICE_DEPLOYMENT_FAILED",
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
    ]


def test_a_first_deployment_that_fails_stops_trying(world: World) -> None:
    world.launch()
    world.register(image="nowhere/none:1")
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        deploymentConfiguration=BREAKER,
    )
    past_back_offs(world)
    tries = len(tried(world))
    past_back_offs(world)

    assert deployments(world) == [("PRIMARY", "web:1", "FAILED")]
    assert world.service("web")["deployments"][0]["rolloutStateReason"] == (
        "ECS deployment circuit breaker: tasks failed to start."
    )
    assert len(tried(world)) == tries


def tried(world: World) -> list[dict[str, Any]]:
    return [task for task in world.tasks(desiredStatus="STOPPED") if task["stopCode"] == "TaskFailedToStart"]


def test_an_update_after_a_failed_deployment_starts_a_new_one(web: World) -> None:
    web.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    past_back_offs(web)
    web.register()

    web.call("UpdateService", cluster="demo", service="web", taskDefinition="web:3")
    past_back_offs(web, 3)

    assert deployments(web) == [("PRIMARY", "web:3", "COMPLETED")]


def test_without_the_breaker_it_tries_on_ever_more_slowly_and_recovers_by_itself(world: World) -> None:
    world.launch()
    world.register(image="ghost/web:1")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    gaps: list[float] = []
    for _ in range(5):
        before, count = world.clock.now, len(tried(world))
        while len(tried(world)) == count:
            world.converge(seconds=2)
        gaps.append((world.clock.now - before).total_seconds())

    assert gaps == sorted(gaps)
    assert gaps[-1] > 4 * gaps[1]
    assert deployments(world) == [("PRIMARY", "web:1", "IN_PROGRESS")]
    assert [m for m in messages(world) if "unable to consistently" in m] == [
        "(service web) is unable to consistently start tasks successfully. For more information, see the "
        "Troubleshooting section of the Amazon ECS Developer Guide."
    ]


def test_a_breaker_that_is_switched_on_late_acts_at_once(web: World) -> None:
    web.call(
        "UpdateService",
        cluster="demo",
        service="web",
        taskDefinition="web:2",
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": False, "rollback": False}},
    )
    past_back_offs(web, 4)
    assert deployments(web)[0] == ("PRIMARY", "web:2", "IN_PROGRESS")

    web.call("UpdateService", cluster="demo", service="web", deploymentConfiguration=BREAKER)
    past_back_offs(web, 2)

    assert deployments(web) == [("PRIMARY", "web:1", "COMPLETED")]
