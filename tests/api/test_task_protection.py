"""Task scale-in protection (`ecs-facts.md` 6.9): what it holds against, for how long, and what it does not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from ecsweb.models import ServiceEvent, Task
from tests.world import World


@pytest.fixture
def web(world: World) -> World:
    """A service of three."""
    world.launch(instance_type="t3.medium")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.converge()
    return world


def protect(world: World, *tasks: str, on: bool = True, **more: Any) -> dict[str, Any]:
    return world.call("UpdateTaskProtection", cluster="demo", tasks=list(tasks), protectionEnabled=on, **more)


def arns(world: World) -> list[str]:
    return [task["taskArn"] for task in world.tasks()]


def test_protection_lasts_two_hours_unless_told_otherwise(web: World) -> None:
    first, second, third = arns(web)
    answers = [
        protect(web, first)["protectedTasks"][0],
        protect(web, second, expiresInMinutes=1)["protectedTasks"][0],
    ]
    gap = answers[0]["expirationDate"] - answers[1]["expirationDate"]
    assert gap == pytest.approx(119 * 60, abs=5)

    found = {one["taskArn"]: one for one in web.call("GetTaskProtection", cluster="demo")["protectedTasks"]}
    assert [found[arn]["protectionEnabled"] for arn in (first, second, third)] == [True, True, False]
    assert "expirationDate" not in found[third]
    assert protect(web, first, on=False)["protectedTasks"] == [{"taskArn": first, "protectionEnabled": False}]


def test_only_tasks_of_services_can_be_protected(web: World) -> None:
    direct = web.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"]

    [first, *_rest] = [task["taskArn"] for task in web.tasks(serviceName="web")]
    answer = protect(web, direct, "f" * 32, first)

    assert [(one["arn"].rsplit("/", 1)[1][:4], one["reason"]) for one in answer["failures"]] == [
        (direct.rsplit("/", 1)[1][:4], "TASK_NOT_VALID"),
        ("ffff", "MISSING"),
    ]
    assert len(answer["protectedTasks"]) == 1


@pytest.mark.parametrize(
    ("tasks", "more"), [(11, {}), (0, {}), (1, {"expiresInMinutes": 0}), (1, {"expiresInMinutes": 2881})]
)
def test_what_cannot_be_is_refused(web: World, tasks: int, more: dict[str, Any]) -> None:
    with pytest.raises(EcsError) as caught:
        protect(web, *(f"{number:032x}" for number in range(tasks)), **more)
    assert caught.value.code == "InvalidParameterException"


def test_protected_tasks_stay_on_scale_in_and_the_service_says_so(web: World) -> None:
    kept = arns(web)[:2]
    protect(web, *kept)
    web.call("UpdateService", cluster="demo", service="web", desiredCount=1)
    web.converge()

    assert sorted(arns(web)) == sorted(kept)
    deployment = web.service("web")["deployments"][0]["id"]
    assert ServiceEvent.objects.order_by("-pk").values_list("message", flat=True)[0] == (
        f"(service web) was unable to reach steady state because (taskSet {deployment}) was unable to scale in due to "
        "(reason 1 tasks under protection)"
    )

    protect(web, kept[0], on=False)
    web.converge()
    assert arns(web) == [kept[1]]
    assert web.service("web")["events"][0]["message"] == "(service web) has reached a steady state."


def test_a_protected_task_outlives_a_deployment_until_its_protection_ends(web: World) -> None:
    kept = arns(web)[0]
    protect(web, kept, expiresInMinutes=30)
    web.register()
    web.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    web.converge(seconds=60)

    assert kept in arns(web)
    assert [d["rolloutState"] for d in web.service("web")["deployments"]] == ["IN_PROGRESS", "COMPLETED"]
    web.clock.forward(timedelta(minutes=31).total_seconds())
    web.converge(seconds=60)
    assert kept not in arns(web)
    assert [d["rolloutState"] for d in web.service("web")["deployments"]] == ["COMPLETED"]


def test_protection_does_not_hold_against_stop_task_and_failed_checks(world: World) -> None:
    world.launch(instance_type="t3.medium")
    world.register(healthCheck={"command": ["CMD-SHELL", "true"], "interval": 5})
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    for _ in range(10):
        world.converge(seconds=1)
    stopped, ill = world.tasks()
    protect(world, stopped["taskArn"], ill["taskArn"])

    world.call("StopTask", cluster="demo", task=stopped["taskArn"])
    world.engine.set_health(ill["containers"][0]["runtimeId"], "unhealthy")
    for _ in range(40):
        world.converge(seconds=1)

    assert not {stopped["taskArn"], ill["taskArn"]} & set(arns(world))
    assert len(arns(world)) == 2


def test_the_page_protects_and_ends_it(web: World, client: Client) -> None:
    task_id = arns(web)[0].rsplit("/", 1)[1]
    address = f"/clusters/demo/tasks/{task_id}/"

    client.post(f"{address}protect/", {"protect": "yes"})
    assert "until" in client.get(address, headers={"Accept-Language": "en"}).content.decode()
    assert Task.objects.get(task_id=task_id).protected_until is not None
    client.post(f"{address}protect/", {"protect": "no"})
    assert Task.objects.get(task_id=task_id).protected_until is None
