"""Agents and machines that are broken on purpose: what ECS knows, what really runs, and what services do about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from ecsweb.agent.container_instance import step
from ecsweb.agent.engine import EngineStatus
from ecsweb.controlplane.housekeeping import unfinished_instances
from ecsweb.domain.errors import EcsError
from ecsweb.models import ContainerInstance, Event, Task
from tests.world import World

HERE = {"cluster": "demo"}


@pytest.fixture
def arn(world: World) -> str:
    """The ARN of the first of two instances, with a service of two running on both, one task each."""
    first = world.launch(zone="a")
    world.launch(zone="b")
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    return first


def chaos(world: World, operation: str, arn: str) -> dict[str, Any]:
    answer = world.call(operation, **HERE, containerInstance=arn)
    return dict(answer["containerInstance"])


def row(arn: str) -> ContainerInstance:
    return ContainerInstance.objects.get(instance_id=arn.rsplit("/", 1)[-1])


def running_on(world: World, arn: str) -> int:
    label = {"ecsweb.instance": arn.rsplit("/", 1)[-1]}
    return sum(c.status is EngineStatus.RUNNING for c in world.engine.list_containers(labels=label))


def task_on(arn: str) -> Task:
    return Task.objects.filter(container_instance__instance_id=arn.rsplit("/", 1)[-1]).earliest("created_at")


def test_a_disconnected_agent_keeps_its_containers_and_takes_nothing_new(world: World, arn: str) -> None:
    assert chaos(world, "DisconnectAgent", arn)["agentConnected"] is False
    world.converge()

    assert running_on(world, arn) == 1
    task = world.call("DescribeTasks", **HERE, tasks=[task_on(arn).task_id])["tasks"][0]
    assert (task["lastStatus"], task["connectivity"]) == ("RUNNING", "DISCONNECTED")
    given = world.call("StartTask", **HERE, taskDefinition="web", containerInstances=[arn])
    assert [failure["reason"] for failure in given["failures"]] == ["AGENT"]
    world.call("UpdateService", **HERE, service="web", desiredCount=4)
    world.converge()
    assert Task.objects.filter(container_instance=row(arn)).count() == 1


def test_what_happened_meanwhile_is_told_when_the_agent_is_back(world: World, arn: str) -> None:
    chaos(world, "DisconnectAgent", arn)
    task = task_on(arn)
    world.kill(task.arn)
    world.converge()
    task.refresh_from_db()
    assert task.last_status == "RUNNING"

    assert chaos(world, "ReconnectAgent", arn)["agentConnected"] is True
    world.converge()

    task.refresh_from_db()
    assert (task.last_status, task.stop_code) == ("STOPPED", "EssentialContainerExited")
    assert world.service("web")["runningCount"] == 2


def test_a_stop_that_was_asked_for_reaches_a_disconnected_agent_late(world: World, arn: str) -> None:
    chaos(world, "DisconnectAgent", arn)
    task = task_on(arn)

    world.call("StopTask", **HERE, task=task.arn)
    world.converge(seconds=3)
    assert running_on(world, arn) == 1

    chaos(world, "ReconnectAgent", arn)
    world.converge()
    task.refresh_from_db()
    assert (task.last_status, task.stop_code) == ("STOPPED", "UserInitiated")


def test_a_killed_agent_comes_back_by_itself_and_finds_its_containers(world: World, arn: str) -> None:
    before = world.engine.list_containers()
    chaos(world, "KillAgent", arn)
    # Calls carry the real time, which is behind the world's.
    ContainerInstance.objects.exclude(agent_restarts_at=None).update(
        agent_restarts_at=world.clock.now + timedelta(seconds=6)
    )
    world.step_all()
    assert row(arn).agent_connected is False

    world.clock.forward(6)
    world.step_all()

    assert (row(arn).agent_connected, row(arn).agent_condition) == (True, "RUNNING")
    assert [c.runtime_id for c in world.engine.list_containers()] == [c.runtime_id for c in before]
    assert world.service("web")["runningCount"] == 2


def test_the_loop_comes_back_when_a_killed_agent_is_due(world: World, arn: str) -> None:
    chaos(world, "KillAgent", arn)
    due = world.clock.now + timedelta(seconds=6)
    ContainerInstance.objects.exclude(agent_restarts_at=None).update(agent_restarts_at=due)

    assert step(row(arn).pk, world.engine, clock=world.clock) == due
    chaos(world, "RestartAgent", arn)
    chaos(world, "DisconnectAgent", arn)
    assert step(row(arn).pk, world.engine, clock=world.clock) is None


def test_a_killed_agent_can_be_started_again_at_once(world: World, arn: str) -> None:
    chaos(world, "KillAgent", arn)

    assert chaos(world, "RestartAgent", arn)["agentConnected"] is True
    assert row(arn).agent_restarts_at is None


def test_tasks_of_a_terminated_machine_are_stopped_in_ecs_s_words_and_replaced_elsewhere(
    world: World, arn: str
) -> None:
    task, machine = task_on(arn), row(arn).ec2_instance_id

    assert chaos(world, "LoseInstance", arn)["status"] == "INACTIVE"
    task.refresh_from_db()
    assert (task.last_status, task.stop_code, task.stopped_reason) == (
        "STOPPED",
        "TerminationNotice",
        f"Host EC2 (instance {machine}) terminated.",
    )
    world.converge()

    assert running_on(world, arn) == 0
    assert world.service("web")["runningCount"] == 2
    assert arn not in world.call("ListContainerInstances", **HERE)["containerInstanceArns"]


def test_containers_of_a_lost_machine_end_even_when_the_hint_is_lost(world: World, arn: str) -> None:
    chaos(world, "LoseInstance", arn)

    assert row(arn).pk in unfinished_instances()


def test_a_stopped_machine_stays_registered_and_its_containers_really_end(world: World, arn: str) -> None:
    task, machine = task_on(arn), row(arn).ec2_instance_id

    stopped = chaos(world, "StopInstance", arn)
    world.converge()

    assert (stopped["status"], stopped["agentConnected"]) == ("ACTIVE", False)
    assert running_on(world, arn) == 0
    task.refresh_from_db()
    assert (task.last_status, task.stopped_reason) == ("STOPPED", f"Host EC2 (instance {machine}) stopped.")
    assert world.service("web")["runningCount"] == 2

    assert chaos(world, "StartInstance", arn)["agentConnected"] is True
    world.call("UpdateService", **HERE, service="web", desiredCount=4)
    world.converge()
    assert running_on(world, arn) > 0


def test_a_container_is_killed_even_where_the_agent_is_silent(world: World, arn: str) -> None:
    chaos(world, "DisconnectAgent", arn)

    world.call("KillContainer", **HERE, task=task_on(arn).task_id, container="app")
    world.step_all()

    assert running_on(world, arn) == 0
    assert task_on(arn).last_status == "RUNNING"


def test_a_reset_also_empties_what_is_out_of_reach(world: World, arn: str) -> None:
    chaos(world, "StopInstance", arn)
    world.call("ResetAccount")
    world.step_all()

    assert world.engine.list_containers() == ()
    assert not ContainerInstance.objects.exists()


def test_an_engine_that_goes_away_and_comes_back_does_not_mend_what_somebody_broke(world: World, arn: str) -> None:
    chaos(world, "DisconnectAgent", arn)
    world.engine.go_down()
    world.step_all()
    world.engine.come_back()
    world.step_all()

    assert sorted(ContainerInstance.objects.values_list("agent_connected", flat=True)) == [False, True]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("DisconnectAgent", "DisconnectAgent", "DisconnectAgent is not possible"),
        (None, "ReconnectAgent", "ReconnectAgent is not possible"),
        (None, "StartInstance", "StartInstance is not possible"),
        ("StopInstance", "KillAgent", "KillAgent is not possible"),
        ("LoseInstance", "LoseInstance", "The referenced container instance is inactive."),
        ("LoseInstance", "DisconnectAgent", "The referenced container instance is inactive."),
    ],
)
def test_chaos_that_means_nothing_is_refused(world: World, arn: str, first: str | None, second: str, said: str) -> None:
    if first:
        chaos(world, first, arn)

    with pytest.raises(EcsError, match=said):
        chaos(world, second, arn)


@pytest.mark.parametrize(
    "params", [{}, {"containerInstance": 7}, {"containerInstance": "nope"}, {"containerInstance": "x", "cluster": 7}]
)
def test_chaos_needs_an_instance(world: World, params: dict[str, Any]) -> None:
    with pytest.raises(EcsError, match=r"should not be null|not found"):
        world.call("LoseInstance", **{**HERE, **params})


def test_silence_is_counted_from_its_beginning_and_the_version_grows(world: World, arn: str) -> None:
    version = row(arn).version
    chaos(world, "DisconnectAgent", arn)
    since = row(arn).agent_connection_changed_at

    chaos(world, "KillAgent", arn)
    assert (row(arn).agent_connection_changed_at, row(arn).version) == (since, version + 2)
    chaos(world, "RestartAgent", arn)
    assert row(arn).agent_connection_changed_at > since
    chaos(world, "LoseInstance", arn)
    assert row(arn).version == version + 4


def test_chaos_is_in_the_log_apart_from_aws(world: World, arn: str) -> None:
    chaos(world, "KillAgent", arn)

    event = Event.objects.filter(detail_type="Chaos").latest("sequence")
    assert (event.source, event.detail["operation"], event.detail["agentCondition"]) == ("ecsweb", "KillAgent", "DEAD")
    assert Event.objects.filter(detail_type="ECS Container Instance State Change", resources=[arn]).count() >= 2


@pytest.mark.parametrize("operation", ["LoseInstance", "StopInstance"])
def test_the_log_tells_the_deed_before_what_came_of_it(world: World, arn: str, operation: str) -> None:
    before = Event.objects.latest("sequence").sequence

    chaos(world, operation, arn)

    since = Event.objects.filter(sequence__gt=before).exclude(detail_type="API Call").order_by("sequence")
    kinds = list(since.values_list("detail_type", flat=True))
    assert kinds == ["Chaos", "ECS Task State Change", "ECS Container Instance State Change"]
    assert since[0].detail["clusterArn"] == since[1].detail["clusterArn"]
    assert since[1].detail["lastStatus"] == "STOPPED"


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("DisconnectAgent", "Nothing has been heard from its agent since"),
        ("KillAgent", "The agent has been dead since"),
        ("StopInstance", "The machine has been stopped since"),
        ("LoseInstance", "It was deregistered"),
    ],
)
def test_a_button_breaks_it_and_the_page_says_what_is_known(
    client: Client, world: World, arn: str, operation: str, said: str
) -> None:
    page = f"/clusters/demo/instances/{arn.rsplit('/', 1)[-1]}/"

    answer = client.post(f"{page}chaos/", {"operation": operation}, headers={"Accept-Language": "en"})

    assert answer["Location"] == page
    text = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    assert said in text
    assert f"Done: {operation}." in text


def test_a_button_that_we_do_not_have_is_not_there(client: Client, world: World, arn: str) -> None:
    page = f"/clusters/demo/instances/{arn.rsplit('/', 1)[-1]}/chaos/"

    assert client.post(page, {"operation": "DeleteCluster"}).status_code == 404


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("LoseInstance", "was terminated, and its containers died with it."),
        ("StopInstance", "was stopped, and its containers ended with it."),
        ("DeregisterContainerInstance", "was deregistered by force, so ECS no longer follows"),
    ],
)
def test_a_task_that_ended_with_its_machine_says_so(
    client: Client, world: World, arn: str, operation: str, said: str
) -> None:
    task = task_on(arn)
    world.call(operation, **HERE, containerInstance=arn, force=True)

    text = client.get(f"/clusters/demo/tasks/{task.task_id}/", headers={"Accept-Language": "en"}).content.decode()
    assert said in text


def test_the_pages_do_not_say_of_a_stopped_machine_that_its_containers_run(
    client: Client, world: World, arn: str
) -> None:
    chaos(world, "StopInstance", arn)

    for page in ("/clusters/demo/", f"/clusters/demo/instances/{arn.rsplit('/', 1)[-1]}/"):
        text = client.get(page, headers={"Accept-Language": "en"}).content.decode()
        assert "the machine is stopped" in text
        assert "containers run on, nothing new is placed" not in text
