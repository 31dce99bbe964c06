"""Health checks in the whole loop: seen, folded, acted on, and said in the words of ECS."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.models import ServiceEvent
from tests.world import World

CHECK = {"command": ["CMD-SHELL", "true"], "interval": 5, "retries": 1}


@pytest.fixture
def machine(world: World) -> World:
    world.launch(instance_type="t3.medium")
    return world


def serve(world: World, **more: Any) -> None:
    world.register(healthCheck=CHECK)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1, **more)
    wait(world)


def wait(world: World, seconds: int = 20) -> None:
    """A loop that has nothing to do yet still has to see time pass."""
    for _ in range(seconds):
        world.converge(seconds=1)


def runtime_id(task: dict[str, Any]) -> str:
    return str(task["containers"][0]["runtimeId"])


def test_health_is_unknown_then_healthy_on_container_and_task(machine: World) -> None:
    machine.register(healthCheck=CHECK)
    machine.call("RunTask", cluster="demo", taskDefinition="web")
    machine.converge()
    [early] = machine.tasks()
    wait(machine, 8)
    [late] = machine.tasks()

    assert (early["healthStatus"], early["containers"][0]["healthStatus"]) == ("UNKNOWN", "UNKNOWN")
    assert (late["healthStatus"], late["containers"][0]["healthStatus"]) == ("HEALTHY", "HEALTHY")
    assert late["version"] > early["version"]


def test_a_standalone_task_is_not_stopped_for_being_unhealthy(machine: World) -> None:
    machine.register(healthCheck={**CHECK, "command": ["CMD-SHELL", "exit 1"]})
    machine.call("RunTask", cluster="demo", taskDefinition="web")
    wait(machine)

    assert [(t["lastStatus"], t["healthStatus"]) for t in machine.tasks()] == [("RUNNING", "UNHEALTHY")]


def test_an_unhealthy_service_task_is_replaced_in_the_words_of_ecs(machine: World) -> None:
    serve(machine)
    [ill] = machine.tasks()
    machine.engine.set_health(runtime_id(ill), "unhealthy")
    wait(machine, 40)

    [well] = machine.tasks()
    [stopped] = machine.tasks(desiredStatus="STOPPED")
    said = list(ServiceEvent.objects.order_by("pk").values_list("message", flat=True))
    old, new = (task["taskArn"].rsplit("/", 1)[1] for task in (ill, well))
    assert (stopped["taskArn"], stopped["stopCode"]) == (ill["taskArn"], "ServiceSchedulerInitiated")
    assert stopped["stoppedReason"] == "Task failed container health checks"
    assert well["healthStatus"] == "HEALTHY"
    start = f"(service web) has started 1 tasks: (task {new}). Amazon ECS replaced 1 tasks due to an unhealthy status."
    assert said.index(start) < said.index(f"(service web) (task {old}) failed container health checks.")


def test_a_deployment_that_never_becomes_healthy_trips_the_breaker(machine: World) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    serve(machine, deploymentConfiguration=breaker)
    good = machine.service("web")["deployments"][0]["id"]
    machine.register(healthCheck={**CHECK, "command": ["CMD-SHELL", "exit 1"]})
    machine.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    wait(machine, 150)

    [deployment] = machine.service("web")["deployments"]
    assert (deployment["id"], deployment["rolloutState"]) == (good, "COMPLETED")


def test_depends_on_healthy_starts_the_dependent_when_the_check_passes(machine: World) -> None:
    base = {"image": "ecsweb/worker:1", "memory": 32}
    machine.call(
        "RegisterTaskDefinition",
        family="pair",
        containerDefinitions=[
            {**base, "name": "app", "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]},
            {**base, "name": "db", "healthCheck": CHECK},
        ],
    )
    machine.call("RunTask", cluster="demo", taskDefinition="pair")
    machine.converge(seconds=2)
    [early] = machine.tasks()
    wait(machine)
    [late] = machine.tasks()

    assert (early["lastStatus"], [c["lastStatus"] for c in early["containers"]]) == ("PENDING", ["PENDING", "RUNNING"])
    assert late["lastStatus"] == "RUNNING"
    started = {c["name"]: c["lastStatus"] for c in late["containers"]}
    assert started == {"app": "RUNNING", "db": "RUNNING"}
