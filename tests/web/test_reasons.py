"""Whatever is not placed, pending, stopped or refused has its reason in the panel, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from ecsweb.models import Event, Service, Task
from tests.jobs.test_auto_scaling import ON_GROUP, provide
from tests.jobs.test_fargate import NETWORK
from tests.world import World

pytestmark = pytest.mark.django_db
HERE = {"cluster": "demo"}
Scenario = Callable[[World], None]
HANGUL = re.compile("[가-힣]")


def run(world: World, *, passing: float = 0, **container: Any) -> str:
    """Run one task of such a container for some seconds; return its ARN."""
    world.register(**container)
    arn = str(world.call("RunTask", **HERE, taskDefinition="web")["tasks"][0]["taskArn"])
    for _ in range(int(passing)):
        world.converge(seconds=1)
    return arn


def wait(world: World, seconds: int) -> None:
    for _ in range(seconds):
        world.converge(seconds=1)


def serve(world: World, count: int = 1, /, *, seconds: float = 20, **more: Any) -> None:
    """Keep `count` tasks of web running."""
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=count, **more)
    world.converge(seconds=seconds)


def stopped_by_somebody(world: World) -> None:
    world.launch()
    arn = run(world, passing=3)
    world.call("StopTask", **HERE, task=arn, reason="seen enough")
    world.converge()


def ended(image: str) -> Scenario:
    def scenario(world: World) -> None:
        world.launch()
        run(world, passing=8, image=image, memory=32)

    return scenario


def killed(world: World) -> None:
    world.launch()
    world.kill(run(world, passing=3))
    world.converge()


def scaled_in(world: World) -> None:
    world.launch()
    world.register()
    serve(world, 2)
    world.call("UpdateService", **HERE, service="web", desiredCount=1)
    world.converge()


def replaced_by_a_deployment(world: World) -> None:
    world.launch()
    world.register()
    serve(world, 2)
    world.register(memory=70)
    world.call("UpdateService", **HERE, service="web", taskDefinition="web:2")
    wait(world, 20)


def instance_broken(operation: str) -> Scenario:
    def scenario(world: World) -> None:
        arn = world.launch(zone="a")
        world.launch(zone="b")
        world.register()
        serve(world, 2)
        world.call(operation, **HERE, containerInstance=arn)
        world.converge()

    return scenario


def drained(world: World) -> None:
    arn = world.launch(zone="a")
    world.launch(zone="b")
    world.register()
    serve(world, 2)
    world.call("UpdateContainerInstancesState", **HERE, containerInstances=[arn], status="DRAINING")
    wait(world, 20)


def deregistered_by_force(world: World) -> None:
    arn = world.launch()
    run(world, passing=3)
    world.call("DeregisterContainerInstance", **HERE, containerInstance=arn, force=True)
    world.converge()


def rolled_back(world: World) -> None:
    world.launch(instance_type="t3.medium")
    world.register()
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    serve(world, 1, deploymentConfiguration=breaker)
    world.register(image="nowhere/none:1")
    world.call("UpdateService", **HERE, service="web", taskDefinition="web:2")
    for _ in range(8):
        world.converge(seconds=5)
        world.clock.forward(30)


def dependency_that_never_comes(world: World) -> None:
    world.launch()
    world.call(
        "RegisterTaskDefinition",
        family="web",
        containerDefinitions=[
            {"name": "db", "image": "ecsweb/crash:1", "memory": 32, "essential": False},
            {
                "name": "app",
                "image": "ecsweb/web:1",
                "memory": 32,
                "dependsOn": [{"containerName": "db", "condition": "SUCCESS"}],
            },
        ],
    )
    world.call("RunTask", **HERE, taskDefinition="web")
    for _ in range(8):
        world.converge(seconds=1)


def waits_for_a_dependency(world: World) -> None:
    world.launch()
    check = {"command": ["CMD-SHELL", "false"], "interval": 30, "retries": 10}
    world.call(
        "RegisterTaskDefinition",
        family="web",
        containerDefinitions=[
            {"name": "db", "image": "ecsweb/web:1", "memory": 32, "healthCheck": check},
            {
                "name": "app",
                "image": "ecsweb/web:1",
                "memory": 32,
                "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}],
            },
        ],
    )
    world.call("RunTask", **HERE, taskDefinition="web")
    world.converge(seconds=3)


def just_placed(world: World) -> None:
    world.launch()
    run(world)


def just_placed_with_its_own_network(world: World) -> None:
    world.launch()
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
    world.call("RegisterTaskDefinition", family="web", networkMode="awsvpc", containerDefinitions=[container])
    world.call("RunTask", **HERE, taskDefinition="web", networkConfiguration=NETWORK)


def placed_where_the_agent_fell_silent(world: World) -> None:
    arn = world.launch()
    run(world)
    world.call("DisconnectAgent", **HERE, containerInstance=arn)


def waits_for_capacity(world: World) -> None:
    provide(world)
    world.register()
    world.call("RunTask", **HERE, taskDefinition="web", capacityProviderStrategy=ON_GROUP)


def given_up_waiting(world: World) -> None:
    provide(world, group={"MaxSize": 0})
    world.register()
    world.call("RunTask", **HERE, taskDefinition="web", capacityProviderStrategy=ON_GROUP)
    wait(world, 3)
    world.clock.forward(3600)
    wait(world, 3)


def no_room(**container: Any) -> Scenario:
    def scenario(world: World) -> None:
        world.launch()
        world.register(**container)
        serve(world, 2)

    return scenario


def no_instance(world: World) -> None:
    world.register()
    serve(world)


def unplaceable(breaking: str) -> Scenario:
    def scenario(world: World) -> None:
        arn = world.launch()
        world.register()
        if breaking == "DRAINING":
            world.call("UpdateContainerInstancesState", **HERE, containerInstances=[arn], status="DRAINING")
        else:
            world.call(breaking, **HERE, containerInstance=arn)
        serve(world)

    return scenario


def constrained(*constraints: dict[str, str]) -> Scenario:
    def scenario(world: World) -> None:
        world.launch()
        world.register()
        serve(world, 2, placementConstraints=list(constraints))

    return scenario


def without_interfaces(world: World) -> None:
    world.launch()
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 16}
    world.call("RegisterTaskDefinition", family="web", networkMode="awsvpc", containerDefinitions=[container])
    serve(world, 4, networkConfiguration=NETWORK)


def daemon_without_room(world: World) -> None:
    world.launch()
    world.register(memory=4096)
    daemon = {"serviceName": "web", "taskDefinition": "web", "schedulingStrategy": "DAEMON"}
    world.call("CreateService", **HERE, **daemon)
    world.converge()


def refused(**container: Any) -> Scenario:
    def scenario(world: World) -> None:
        arn = world.launch()
        world.register(**container)
        world.call("RunTask", **HERE, taskDefinition="web", count=2)
        world.call("StartTask", **HERE, taskDefinition="web", containerInstances=[arn])

    return scenario


SCENARIOS: dict[str, Scenario] = {
    "stopped by somebody": stopped_by_somebody,
    "finished": ended("ecsweb/once:1"),
    "crashed": ended("ecsweb/crash:1"),
    "out of memory": ended("ecsweb/eater:1"),
    "no such image": ended("nowhere/none:1"),
    "killed": killed,
    "scaled in": scaled_in,
    "replaced": replaced_by_a_deployment,
    "machine lost": instance_broken("LoseInstance"),
    "machine stopped": instance_broken("StopInstance"),
    "drained": drained,
    "deregistered by force": deregistered_by_force,
    "rolled back": rolled_back,
    "dependency failed": dependency_that_never_comes,
    "waits for a dependency": waits_for_a_dependency,
    "just placed": just_placed,
    "just placed, awsvpc": just_placed_with_its_own_network,
    "placed, agent silent": placed_where_the_agent_fell_silent,
    "waits for capacity": waits_for_capacity,
    "given up": given_up_waiting,
    "no memory": no_room(memory=4096),
    "no cpu": no_room(cpu=4096),
    "port in use": no_room(portMappings=[{"containerPort": 80, "hostPort": 8080}]),
    "capability missing": no_room(logConfiguration={"logDriver": "splunk"}),
    "no interface left": without_interfaces,
    "no instance": no_instance,
    "draining": unplaceable("DRAINING"),
    "agent cut off": unplaceable("DisconnectAgent"),
    "distinctInstance": constrained({"type": "distinctInstance"}),
    "memberOf": constrained({"type": "memberOf", "expression": "attribute:stack == prod"}),
    "daemon": daemon_without_room,
    "refused for memory": refused(memory=4096),
    "refused for cpu": refused(cpu=4096),
    "refused for an attribute": refused(logConfiguration={"logDriver": "splunk"}),
}


def whys(client: Client, kind: str, key: str, language: str) -> list[str]:
    """Return the answers of a panel to its questions, without what is quoted from ECS."""
    page = client.get(f"/clusters/demo/panel/{kind}/{key}/", headers={"Accept-Language": language}).content.decode()
    found = re.findall(r'<div class="why">\s*<strong>.*?</strong>(.*?)(?:<br><code>.*?)?</div>', page, re.S)
    return [unescape(" ".join(one.split())) for one in found if one.strip()]


def in_question() -> list[tuple[str, str]]:
    """Return what a learner would ask about: (kind, key) of its panel."""
    tasks = [("task", one.task_id) for one in Task.objects.exclude(last_status="RUNNING", desired_status="RUNNING")]
    services = [("service", one.name) for one in Service.objects.exclude(placement_failure="")]
    events = Event.objects.filter(detail_type="Decision", detail__has_key="failures")
    return [*tasks, *services, *(("refusal", str(one.sequence)) for one in events)]


@pytest.mark.parametrize("strategy", ["REPLICA", "DAEMON"])
def test_a_task_that_left_a_draining_instance_says_so(world: World, client: Client, strategy: str) -> None:
    arn, _other = world.launch(zone="a"), world.launch(zone="b")
    world.register()
    count = {"desiredCount": 2} if strategy == "REPLICA" else {}
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", schedulingStrategy=strategy, **count)
    world.converge(seconds=20)
    world.call("UpdateContainerInstancesState", **HERE, containerInstances=[arn], status="DRAINING")
    wait(world, 30)

    [left] = Task.objects.filter(container_instance__instance_id=arn.rsplit("/", 1)[1], last_status="STOPPED")
    assert left.stopped_reason.startswith("Scaling activity initiated by (deployment ecs-svc/")
    why = whys(client, "task", left.task_id, "en")[0]
    assert "Its container instance was DRAINING" in why
    assert ("It is started nowhere else" in why) == (strategy == "DAEMON")


def test_a_task_that_was_scaled_in_says_nothing_of_draining(world: World, client: Client) -> None:
    scaled_in(world)

    kept = Task.objects.filter(stop_code="ServiceSchedulerInitiated")
    assert kept
    assert not any("DRAINING" in why for one in kept for why in whys(client, "task", one.task_id, "en"))


def test_the_task_of_a_daemon_whose_machine_is_gone_is_said_to_be_over(world: World, client: Client) -> None:
    arn = world.launch()
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", schedulingStrategy="DAEMON")
    world.converge()
    world.call("LoseInstance", **HERE, containerInstance=arn)
    world.converge()

    assert "It is started nowhere else" in whys(client, "task", Task.objects.get().task_id, "en")[0]


@pytest.mark.parametrize("name", SCENARIOS)
def test_whoever_wonders_why_is_told_in_both_languages(world: World, client: Client, name: str) -> None:
    SCENARIOS[name](world)
    asked = in_question()

    assert asked, "the scenario left nothing to ask about"
    for kind, key in asked:
        english, korean = (whys(client, kind, key, language) for language in ("en", "ko"))
        assert english, f"no reason for the {kind} {key}"
        assert len(english) == len(korean)
        for one, other in zip(english, korean, strict=True):
            assert one != other
            assert HANGUL.search(other)
            assert not HANGUL.search(one)
            assert "%(" not in one + other
