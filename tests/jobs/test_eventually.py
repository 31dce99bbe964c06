"""Whatever people, engines and strangers do: once they stop, the world becomes what is wanted (`reliability.md` A5).

Hypothesis writes the histories; a call that ECS refuses is part of them. Each history runs in a savepoint of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from ecsweb.agent.engine import EngineContainer, EngineStatus
from ecsweb.agent.sweep import sweep
from ecsweb.domain.agents import TRANSITIONS, AgentCondition, possible_operations
from ecsweb.domain.errors import EcsError
from ecsweb.models import AutoScalingGroup, ContainerInstance, Service, ServiceDeployment, Task
from tests import oracle
from tests.world import World

NAMES = ("one", "two", "three")
FAMILIES = ("web", "port", "broken", "checked", "net", "restarting")
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
BREAKER = {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}}
ON_GROUP = {"capacityProviderStrategy": [{"capacityProvider": "machines", "weight": 1}]}
Step = tuple[str, int]
# Each history takes a fifth of a second: to make a failing one shorter is minutes of work, to be asked for by hand.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def running(world: World) -> list[EngineContainer]:
    return sorted((c for c in world.engine.list_containers() if c.status is EngineStatus.RUNNING), key=lambda c: c.name)


def refused_or_done(world: World, operation: str, **params: object) -> None:
    """Call the door; a refusal is an answer, too, and must leave nothing behind."""
    try:
        world.call(operation, cluster="demo", **params)
    except EcsError:
        assert oracle.always(world) == []


def instances(number: int) -> list[str]:
    rows = list(ContainerInstance.objects.exclude(status="INACTIVE").values_list("instance_id", flat=True))
    return [rows[number % len(rows)]] if rows else []


def state(world: World, number: int, status: str) -> None:
    if found := instances(number):
        refused_or_done(world, "UpdateContainerInstancesState", containerInstances=found, status=status)


def deregister(world: World, number: int) -> None:
    for found in instances(number):
        refused_or_done(world, "DeregisterContainerInstance", containerInstance=found, force=number % 2 == 0)


def break_or_mend(world: World, number: int) -> None:
    operations = (*TRANSITIONS, "LoseInstance")
    for found in instances(number // len(operations)):
        refused_or_done(world, operations[number % len(operations)], containerInstance=found)


def register_again(world: World, number: int) -> None:
    for found in instances(number):
        cpu, memory = ({"type": "INTEGER", "integerValue": value} for value in (512 * (number % 5), 256 * (number % 9)))
        resources = [{"name": "CPU", **cpu}, {"name": "MEMORY", **memory}]
        refused_or_done(world, "RegisterContainerInstance", containerInstanceArn=found, totalResources=resources)


def on_a_container(act: Callable[[World, str], None]) -> Callable[[World, int], None]:
    def of_one(world: World, number: int) -> None:
        if not world.engine._is_down and (found := running(world)):
            act(world, found[number % len(found)].runtime_id)

    return of_one


def stop(world: World, number: int) -> None:
    rows = list(Task.objects.order_by("pk").values_list("task_id", flat=True))
    if rows:
        refused_or_done(world, "StopTask", task=rows[number % len(rows)])


def family_of(number: int) -> dict[str, object]:
    """Return a revision to run, with the network that one of them needs."""
    family = FAMILIES[number % len(FAMILIES)]
    return {"taskDefinition": family, **({"networkConfiguration": NETWORK} if family == "net" else {})}


def create(world: World, number: int) -> None:
    kind = {"schedulingStrategy": "DAEMON"} if number % 4 == 0 else {"desiredCount": number % 5}
    breaker = BREAKER if number % 4 == 1 else {}
    where = ON_GROUP if number % 5 == 2 else {}
    asked = {**family_of(number // 3), **kind, **breaker, **where}
    refused_or_done(world, "CreateService", serviceName=NAMES[number % 3], **asked)


def provide(world: World, number: int) -> None:
    """Make a group and its provider, or change them; let the cluster use it."""
    sizes = {"MinSize": number % 2, "MaxSize": number % 4 + 1, "DesiredCapacity": number % 2}
    if not AutoScalingGroup.objects.exists():
        group = {"AutoScalingGroupName": "asg", "InstanceType": ("t3.nano", "t3.small")[number % 2]}
        refused_or_done(world, "CreateAutoScalingGroup", **group, **sizes)
        scaling = {"status": ("ENABLED", "ENABLED", "DISABLED")[number % 3], "instanceWarmupPeriod": number}
        asked = {"autoScalingGroupArn": "asg", "managedScaling": scaling}
        world.call("CreateCapacityProvider", name="machines", autoScalingGroupProvider=asked)
        every = {"capacityProviders": ["machines"], "defaultCapacityProviderStrategy": []}
        refused_or_done(world, "PutClusterCapacityProviders", **every)
    refused_or_done(world, "UpdateAutoScalingGroup", AutoScalingGroupName="asg", **sizes)


def update(world: World, number: int) -> None:
    forced = {"forceNewDeployment": number % 2 == 0}
    refused_or_done(world, "UpdateService", service=NAMES[number % 3], **family_of(number // 3), **forced)


def protect(world: World, number: int) -> None:
    rows = list(Task.objects.exclude(service=None).order_by("pk").values_list("task_id", flat=True))
    if rows:
        asked = {"tasks": [rows[number % len(rows)]], "protectionEnabled": number % 3 > 0, "expiresInMinutes": 1}
        refused_or_done(world, "UpdateTaskProtection", **asked)


def stop_deployment(world: World, number: int) -> None:
    rows = list(ServiceDeployment.objects.select_related("service__cluster__account").order_by("pk"))
    if rows:
        arn, stop_type = rows[number % len(rows)].arn, ("ABORT", "ROLLBACK")[number % 2]
        try:
            world.call("StopServiceDeployment", serviceDeploymentArn=arn, stopType=stop_type)
        except EcsError:
            assert oracle.always(world) == []


ACTIONS: dict[str, Callable[[World, int], object]] = {
    "launch": lambda world, n: world.launch(zone="ab"[n % 2], instance_type=("t3.small", "t3.nano")[n // 2 % 2]),
    "drain": lambda world, n: state(world, n, "DRAINING"),
    "activate": lambda world, n: state(world, n, "ACTIVE"),
    "deregister": deregister,
    "break or mend": break_or_mend,
    "register again": register_again,
    "provide": provide,
    "run on a group": lambda world, n: refused_or_done(world, "RunTask", count=n % 5 + 1, **family_of(n), **ON_GROUP),
    "run": lambda world, n: refused_or_done(world, "RunTask", count=n % 3 + 1, **family_of(n)),
    "protect": protect,
    "stop deployment": stop_deployment,
    "ill": on_a_container(lambda world, found: world.engine.set_health(found, "unhealthy")),
    "well": on_a_container(lambda world, found: world.engine.set_health(found, "healthy")),
    "end": on_a_container(lambda world, found: world.engine.end(found, 1)),
    "stop": stop,
    "create": create,
    "scale": lambda world, n: refused_or_done(world, "UpdateService", service=NAMES[n % 3], desiredCount=n % 7),
    "update": update,
    "delete": lambda world, n: refused_or_done(world, "DeleteService", service=NAMES[n % 3], force=True),
    "kill": on_a_container(lambda world, found: world.engine.signal(found, "SIGKILL")),
    "lose": on_a_container(lambda world, found: world.engine.lose(found)),
    "engine down": lambda world, n: world.engine.go_down(),
    "engine up": lambda world, n: world.engine.come_back(),
    "stranger": lambda world, n: world.engine.add_foreign(f"stranger-{uuid4()}", {"com.amazonaws.ecs.cluster": "demo"}),
    "agents": lambda world, n: world.step_all(),
    "scheduler": lambda world, n: world.reconcile(),
    "time": lambda world, n: world.clock.forward(n),
    "loop": lambda world, n: world.converge(seconds=n % 6),
}


def settle(world: World) -> None:
    """Let the faults end and the sweep and the loop do their work, past every back-off."""
    world.engine.come_back()
    for instance in ContainerInstance.objects.exclude(status="INACTIVE"):
        for operation in possible_operations(AgentCondition(instance.agent_condition))[:1]:
            if operation in {"ReconnectAgent", "RestartAgent", "StartInstance"}:
                world.call(operation, cluster="demo", containerInstance=instance.instance_id)
    for _ in range(3):
        sweep(world.engine, clock=world.clock)
        world.converge(seconds=40)
        world.clock.forward(timedelta(minutes=5).total_seconds())


def live(world: World, history: Sequence[Step]) -> None:
    world.launch(zone="a")
    world.register("web")
    world.register("port", portMappings=[{"containerPort": 80, "hostPort": 8080}])
    world.register("broken", image="nowhere/nothing:1")
    world.register("checked", healthCheck={"command": ["CMD-SHELL", "exit 0"], "interval": 5})
    world.register("restarting", restartPolicy={"enabled": True, "restartAttemptPeriod": 60})
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64, "portMappings": [{"containerPort": 80}]}
    world.call("RegisterTaskDefinition", family="net", networkMode="awsvpc", containerDefinitions=[container])
    world.call("CreateService", cluster="demo", serviceName="one", taskDefinition="web", desiredCount=2)
    for action, number in history:
        ACTIONS[action](world, number)
        assert oracle.always(world) == [], action
    settle(world)
    assert oracle.at_rest(world) == []
    # A service whose tasks fail to start tries again for ever; that is no fault.
    if not any(map(oracle.backs_off, Service.objects.filter(status="ACTIVE"))):
        assert not world.reconcile(), "a second pass over a settled world has something to do"


@settings(
    max_examples=25,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 60)), min_size=5, max_size=25))
@example([("create", 5), ("loop", 5), *((action, n) for n in range(14) for action in ("break or mend", "loop"))])
@example(
    [("provide", 4), ("run on a group", 4), ("loop", 5), ("create", 22), ("loop", 5), ("break or mend", 6), ("time", 9)]
)
@example([("create", 5), ("loop", 5), ("drain", 0), ("engine down", 0), ("agents", 0), ("update", 2), ("loop", 3)])
def test_once_the_faults_stop_the_world_becomes_what_is_wanted(world: World, history: list[Step]) -> None:
    with transaction.atomic():
        live(World(), history)
        transaction.set_rollback(True)
    assert not Task.objects.exists()
