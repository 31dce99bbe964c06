"""The life of a task through the one door and the loop: statuses, times, codes and words (`ecs-facts.md` 4)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.agent.engine import EngineError
from ecsweb.domain.errors import EcsError
from ecsweb.models import Event
from tests.world import World

HERE = {"cluster": "demo"}


@pytest.fixture
def hosted(world: World) -> World:
    """A cluster with an instance and the revision web:1, of one container that obeys SIGTERM."""
    world.launch()
    world.register()
    return world


def run(world: World, definition: str = "web", **params: Any) -> str:
    answer = world.call("RunTask", **HERE, taskDefinition=definition, **params)
    return str(answer["tasks"][0]["taskArn"])


def described(world: World, arn: str) -> dict[str, Any]:
    return dict(world.call("DescribeTasks", **HERE, tasks=[arn])["tasks"][0])


def stopped(world: World, arn: str, **params: Any) -> dict[str, Any]:
    world.call("StopTask", **HERE, task=arn, **params)
    world.converge()
    return described(world, arn)


def seen(arn: str) -> list[dict[str, Any]]:
    rows = Event.objects.filter(detail_type="ECS Task State Change", detail__taskArn=arn).order_by("sequence")
    return [row.detail for row in rows]


def ended(world: World, **container: Any) -> dict[str, Any]:
    """Run a task whose program ends by itself; return it when it is over."""
    world.register("job", **container)
    arn = run(world, "job")
    world.converge()
    world.clock.forward(5)
    world.converge()
    return described(world, arn)


def test_a_bridge_task_goes_from_pending_to_running_to_stopping_to_stopped(hosted: World) -> None:
    arn = run(hosted)
    hosted.converge()
    stopped(hosted, arn)

    statuses = [one["lastStatus"] for one in seen(arn)]
    assert list(dict.fromkeys(statuses)) == ["PENDING", "RUNNING", "STOPPING", "STOPPED"]


def test_the_version_starts_at_1_and_grows_at_each_state_change(hosted: World) -> None:
    arn = run(hosted)
    hosted.converge()
    stopped(hosted, arn)

    versions = [one["version"] for one in seen(arn)]
    assert versions[0] == 1
    assert versions == sorted(set(versions))


def test_no_task_is_wanted_pending_so_that_filter_lists_nothing(hosted: World) -> None:
    run(hosted)

    assert hosted.call("ListTasks", **HERE, desiredStatus="PENDING")["taskArns"] == []


def test_last_status_lags_behind_desired_status(hosted: World) -> None:
    arn = run(hosted)
    hosted.converge()

    task = hosted.call("StopTask", **HERE, task=arn)["task"]

    assert task["desiredStatus"] == "STOPPED"
    assert task["lastStatus"] != "STOPPED"


def test_a_container_is_shown_pending_until_it_runs(hosted: World) -> None:
    arn = run(hosted)
    assert [one["lastStatus"] for one in described(hosted, arn)["containers"]] == ["PENDING"]

    hosted.converge()

    assert {one["containers"][0]["lastStatus"] for one in seen(arn)} == {"PENDING", "RUNNING"}


TIMES: dict[str, set[str]] = {
    "PENDING": {"createdAt"},
    "RUNNING": {"createdAt", "pullStartedAt", "pullStoppedAt", "startedAt"},
    "STOPPING": {"createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt"},
    "STOPPED": {
        "createdAt",
        "pullStartedAt",
        "pullStoppedAt",
        "startedAt",
        "stoppingAt",
        "executionStoppedAt",
        "stoppedAt",
    },
}


@pytest.mark.parametrize("status", TIMES)
def test_each_time_is_set_when_its_moment_has_come_and_not_before(hosted: World, status: str) -> None:
    arn = run(hosted)
    hosted.converge()
    stopped(hosted, arn)

    task = next(one for one in seen(arn) if one["lastStatus"] == status)
    assert {name for name in TIMES["STOPPED"] if name in task} == TIMES[status]


def test_started_at_is_when_it_began_to_run_and_stopped_at_when_it_was_over(hosted: World) -> None:
    arn = run(hosted)
    hosted.converge()
    hosted.clock.forward(60)
    began_to_stop = hosted.clock().timestamp()

    task = stopped(hosted, arn)

    order = ["createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "executionStoppedAt", "stoppedAt"]
    times = [task[name] for name in order]
    assert times == sorted(times)
    assert task["startedAt"] < began_to_stop <= task["stoppedAt"]


def test_execution_stopped_at_is_when_the_first_essential_container_ended(hosted: World) -> None:
    deaf = ["sh", "-c", "while true; do sleep 1; done"]
    side_car = {"name": "side", "image": "busybox", "command": deaf, "memory": 64, "essential": False}
    main = {"name": "app", "image": "ecsweb/once:1", "memory": 64}
    hosted.call("RegisterTaskDefinition", family="two", containerDefinitions=[main, side_car])
    arn = run(hosted, "two")
    for _ in range(4):
        hosted.clock.forward(2)
        hosted.converge()

    task = described(hosted, arn)
    assert task["lastStatus"] == "STOPPED"
    assert task["executionStoppedAt"] < task["stoppedAt"]


def test_connectivity_at_is_the_last_change_of_the_agents_link(hosted: World) -> None:
    arn = run(hosted)
    hosted.converge()
    assert described(hosted, arn)["connectivity"] == "CONNECTED"
    before = described(hosted, arn)["connectivityAt"]
    instance = described(hosted, arn)["containerInstanceArn"]

    hosted.call("DisconnectAgent", **HERE, containerInstance=instance)
    hosted.converge()

    task = described(hosted, arn)
    assert task["connectivity"] == "DISCONNECTED"
    assert task["connectivityAt"] != before


@pytest.mark.parametrize("code", [0, 1, 3])
def test_an_essential_container_that_ends_stops_its_task_whatever_its_exit_code(hosted: World, code: int) -> None:
    task = ended(hosted, image="busybox", command=["sh", "-c", f"sleep 1; exit {code}"])

    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == code


def test_a_task_that_never_ran_is_task_failed_to_start_and_its_container_has_no_exit_code(hosted: World) -> None:
    task = ended(hosted, image="nowhere.example/none:1")

    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["stoppedReason"] == "Task failed to start"
    assert task["containers"][0]["reason"].startswith("CannotPullContainerError: ")
    assert "exitCode" not in task["containers"][0]
    assert "startedAt" not in task


@pytest.mark.parametrize(
    ("method", "name"), [("create", "CannotCreateContainerError"), ("start", "CannotStartContainerError")]
)
def test_a_call_that_docker_refuses_is_named_with_dockers_words(hosted: World, method: str, name: str) -> None:
    hosted.engine.fail_next(method, EngineError("driver failed"))
    arn = run(hosted)
    hosted.converge()

    task = described(hosted, arn)
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["containers"][0]["reason"] == f"{name}: driver failed"


def test_a_containers_reason_has_at_most_1024_characters(hosted: World) -> None:
    hosted.engine.fail_next("create", EngineError("x" * 5000))
    arn = run(hosted)
    hosted.converge()

    reason = described(hosted, arn)["containers"][0]["reason"]
    assert reason == "CannotCreateContainerError: ".ljust(1024, "x")


def test_a_container_above_its_memory_is_an_out_of_memory_error_with_exit_code_137(hosted: World) -> None:
    container = ended(hosted, image="ecsweb/eater:1")["containers"][0]

    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert container["exitCode"] == 137


@pytest.mark.parametrize("signal", ["SIGKILL", "SIGTERM"])
def test_an_exit_by_a_signal_is_128_and_its_number(hosted: World, signal: str) -> None:
    hosted.register("job", image="ecsweb/once:1")
    arn = run(hosted, "job")
    hosted.converge()
    container = described(hosted, arn)["containers"][0]
    hosted.engine.signal(container["runtimeId"], signal)
    hosted.converge()

    assert described(hosted, arn)["containers"][0]["exitCode"] == {"SIGKILL": 137, "SIGTERM": 143}[signal]


def test_stop_task_is_user_initiated_with_the_callers_reason_or_the_usual_words(hosted: World) -> None:
    first, second = run(hosted), run(hosted)
    hosted.converge()

    ours, usual = stopped(hosted, first, reason="because"), stopped(hosted, second)

    assert (ours["stopCode"], ours["stoppedReason"]) == ("UserInitiated", "because")
    assert (usual["stopCode"], usual["stoppedReason"]) == ("UserInitiated", "Task stopped by user")


def test_tasks_of_a_scale_in_a_deployment_and_a_forced_delete_stop_by_scaling_activity(hosted: World) -> None:
    web = {**HERE, "service": "web"}
    hosted.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=2)
    hosted.converge()
    for change in ({"desiredCount": 1}, {"forceNewDeployment": True}):
        hosted.call("UpdateService", **web, **change)
        hosted.converge(seconds=60)
    hosted.call("DeleteService", **web, force=True)
    hosted.converge()

    over = hosted.tasks(desiredStatus="STOPPED")
    assert len(over) == 3
    for task in over:
        assert task["stopCode"] == "ServiceSchedulerInitiated"
        assert task["stoppedReason"] == f"Scaling activity initiated by (deployment {task['startedBy']})"


def test_stop_task_on_a_services_task_works_and_the_scheduler_starts_another(hosted: World) -> None:
    hosted.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    hosted.converge()
    arn = hosted.tasks()[0]["taskArn"]

    assert stopped(hosted, arn)["stopCode"] == "UserInitiated"

    hosted.converge()
    others = [one["taskArn"] for one in hosted.tasks()]
    assert len(others) == 1
    assert others != [arn]


def test_a_non_essential_container_that_ends_leaves_its_task_running(hosted: World) -> None:
    side = {"name": "side", "image": "ecsweb/once:1", "memory": 64, "essential": False}
    main = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
    hosted.call("RegisterTaskDefinition", family="two", containerDefinitions=[main, side])
    arn = run(hosted, "two")
    hosted.converge()
    hosted.clock.forward(5)
    hosted.converge()

    task = described(hosted, arn)
    assert task["lastStatus"] == "RUNNING"
    assert {one["name"]: one["lastStatus"] for one in task["containers"]} == {"app": "RUNNING", "side": "STOPPED"}


def test_a_container_of_a_task_carries_its_amounts_as_strings_and_cpu_0_where_none_is_set(hosted: World) -> None:
    definition = {"name": "app", "image": "ecsweb/web:1", "memory": 128, "memoryReservation": 64}
    hosted.call("RegisterTaskDefinition", family="bare", containerDefinitions=[definition])
    arn = run(hosted, "bare")
    hosted.converge()

    container = described(hosted, arn)["containers"][0]
    assert (container["cpu"], container["memory"], container["memoryReservation"]) == ("0", "128", "64")
    assert (container["name"], container["image"]) == ("app", "ecsweb/web:1")
    assert (container["lastStatus"], container["healthStatus"]) == ("RUNNING", "UNKNOWN")
    assert len(container["runtimeId"]) == 64


def test_stop_task_of_an_unknown_task_is_refused_in_the_words_of_ecs(hosted: World) -> None:
    with pytest.raises(EcsError) as refused:
        hosted.call("StopTask", **HERE, task="a" * 32)

    assert (refused.value.code, refused.value.message) == (
        "InvalidParameterException",
        "The referenced task was not found.",
    )


def test_what_is_not_linked_by_depends_on_stops_at_the_same_time(hosted: World) -> None:
    main, other = ({"name": name, "image": "ecsweb/web:1", "memory": 64} for name in ("app", "other"))
    hosted.call("RegisterTaskDefinition", family="two", containerDefinitions=[main, other])
    arn = run(hosted, "two")
    hosted.converge()
    hosted.call("StopTask", **HERE, task=arn)
    hosted.step_all()

    assert {one["lastStatus"] for one in described(hosted, arn)["containers"]} == {"STOPPED"}
