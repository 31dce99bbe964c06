"""The story of the notes on the simulated engine: the same calls as on Docker, in milliseconds."""

from __future__ import annotations

import pytest

from ecsweb.models import Service
from tests.world import World

pytestmark = pytest.mark.django_db


def test_run_task_on_an_empty_cluster_says_that_there_are_no_instances(world: World) -> None:
    from ecsweb.domain.errors import InvalidParameterException

    world.register()

    with pytest.raises(InvalidParameterException, match=r"No Container Instances were found in your cluster\."):
        world.call("RunTask", cluster="demo", taskDefinition="web")


def test_direct_task_that_is_killed_stays_stopped(world: World) -> None:
    world.launch()
    world.register()
    task = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]["taskArn"]
    world.converge()
    assert [t["lastStatus"] for t in world.tasks()] == ["RUNNING"]

    world.kill(task)
    world.converge()

    assert world.tasks() == []
    stopped = world.tasks(desiredStatus="STOPPED")[0]
    assert (stopped["lastStatus"], stopped["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert stopped["stoppedReason"] == "Essential container in task exited"
    assert stopped["containers"][0]["exitCode"] == 137


def test_replica_service_is_healed_three_times(world: World) -> None:
    world.launch(zone="a")
    world.launch(zone="b")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.converge()

    for _ in range(3):
        world.kill(world.tasks()[0]["taskArn"])
        world.converge()
        assert world.service("web")["runningCount"] == 3

    assert len(world.tasks(desiredStatus="STOPPED")) == 3
    assert world.service("web")["events"][0]["message"] == "(service web) has reached a steady state."


def test_daemon_runs_on_each_instance_and_on_one_that_joins_later(world: World) -> None:
    world.launch(zone="a")
    world.launch(zone="b")
    world.register("agent-log")
    world.call(
        "CreateService", cluster="demo", serviceName="logs", taskDefinition="agent-log", schedulingStrategy="DAEMON"
    )
    world.converge()
    assert world.service("logs")["runningCount"] == 2

    third = world.launch(zone="c")
    world.converge()

    assert (world.service("logs")["runningCount"], world.service("logs")["desiredCount"]) == (3, 3)
    assert third in {task["containerInstanceArn"] for task in world.tasks()}


def test_a_new_revision_is_rolled_out_without_falling_below_the_minimum(world: World) -> None:
    world.launch(zone="a")
    world.launch(zone="b")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.converge()
    second = world.register(memory=96)

    world.call("UpdateService", cluster="demo", service="web", taskDefinition=second)
    lowest = 3
    for _ in range(40):
        world.reconcile()
        world.step_all()
        world.clock.forward(1)
        lowest = min(lowest, world.service("web")["runningCount"])

    service = world.service("web")
    assert lowest == 3
    assert [d["rolloutState"] for d in service["deployments"]] == ["COMPLETED"]
    assert {t["taskDefinitionArn"] for t in world.tasks()} == {second}
    assert service["runningCount"] == 3


def test_reset_leaves_nothing(world: World) -> None:
    from ecsweb.controlplane.accounts import finish_reset, open_account
    from ecsweb.models import Cluster, Task
    from tests.world import ACCOUNT

    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    account = open_account(ACCOUNT)

    world.call("ResetAccount")
    assert not finish_reset(account)
    world.step_all()
    assert finish_reset(account)

    assert (world.engine.list_containers(), dict(world.engine.list_networks())) == ((), {})
    assert (Cluster.objects.count(), Task.objects.count()) == (0, 0)


def test_the_amount_that_a_waiting_task_lacks_follows_what_is_free(world: World) -> None:
    world.launch()
    world.register("batch", memory=4096)
    world.register()
    world.call("CreateService", cluster="demo", serviceName="batch", taskDefinition="batch", desiredCount=1)
    world.converge(seconds=3)
    assert Service.objects.get().last_decision["candidates"][0]["available"] == 1966

    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge(seconds=3)

    assert Service.objects.get().last_decision["candidates"][0]["available"] == 1966 - 64
    said = [e["message"] for e in world.service("batch")["events"]]
    assert len(said) == 1
    assert "insufficient memory available" in said[0]
