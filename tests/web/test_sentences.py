"""Reasons in words: who ended what, who replaces it, and why it is where it is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from ecsweb.domain.placement.filters import AGENT, ATTRIBUTE, CPU, MEMORY, PORTS, STATUS
from ecsweb.domain.statuses import StopCode
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.models import Container, Service, Task
from ecsweb.web import sentences
from ecsweb.web.sentences.events import event_sentence
from tests.world import World

NAMES = {"one": "i-01", "two": "i-02"}


def candidate(instance: str, **more: object) -> dict[str, object]:
    plain = {"excluded_by": "", "wanted": None, "available": None, "detail": "", "zone": "z-a"}
    return {"instance": instance, **plain, "zone_tasks": 0, "instance_tasks": 0, "rank": 1, **more}


def decided(
    rule: str, *candidates: dict[str, object], chosen: str | None = None, reason: str = ""
) -> dict[str, object]:
    return {"rule": rule, "chosen": chosen, "reason": reason, "candidates": list(candidates)}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({}, ""),
        (
            decided("spread", candidate("one"), candidate("two", zone_tasks=1, zone="z-b"), chosen="one"),
            "zone z-a had the fewest tasks",
        ),
        (decided("spread", candidate("one"), candidate("two"), chosen="two"), "no zone and no instance had fewer"),
        (decided("daemon", candidate("one"), chosen="one"), "A DAEMON service runs one task on each instance"),
        (decided("start_task", candidate("one"), chosen="one"), "no scheduler chose"),
        (decided("random", candidate("one"), chosen="one"), "at random"),
        (decided("random", reason="NO_INSTANCES"), "no container instance"),
        (
            decided(
                "spread",
                candidate("one", excluded_by="RESOURCE:MEMORY", wanted=512, available=100),
                candidate("two", excluded_by="RESOURCE:MEMORY", wanted=512, available=300),
                reason="RESOURCE:MEMORY",
            ),
            "It needs 512 MiB of memory, and i-02 has 300 MiB left.",
        ),
        (
            decided("spread", candidate("one", excluded_by="AGENT"), reason="AGENT"),
            "The agent of i-01 is disconnected",
        ),
        (
            decided("spread", candidate("one", excluded_by="SOMETHING_NEW"), reason="SOMETHING_NEW"),
            "SOMETHING_NEW",
        ),
    ],
)
def test_decisions_in_one_sentence(found: dict[str, object], said: str) -> None:
    with translation.override("en"):
        assert said in sentences.decision(found, NAMES)


@pytest.fixture
def stopped(world: World) -> dict[str, Task]:
    """A task of a service and one that was run directly, both with their essential container killed."""
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.converge()
    for task in list(Task.objects.all()):
        world.kill(task.arn)
    world.converge()
    rows = Task.objects.filter(last_status="STOPPED")
    return {"service": rows.get(service__isnull=False), "direct": rows.get(service=None)}


def test_the_same_end_has_another_future_with_a_service(stopped: dict[str, Task]) -> None:
    with translation.override("en"):
        ends = {sentences.task_end(task, list(task.containers.all())) for task in stopped.values()}
        assert ends == {
            "The essential container app was killed (exit code 137: SIGKILL), so the whole task stopped.",
        }
        assert sentences.task_future(stopped["direct"]).startswith("Nobody looks after a task")
        assert "The service web starts a new task in its place" in sentences.task_future(stopped["service"])
    with translation.override("ko"):
        assert "아무도 돌보지 않으므로" in sentences.task_future(stopped["direct"])
        assert "새 태스크" in sentences.task_future(stopped["service"])


def test_what_moves_is_said_before_what_waits(world: World) -> None:
    world.launch()
    world.register("web")
    world.register("big", memory=100_000)
    for name in ("big", "web"):
        world.call("CreateService", cluster="demo", serviceName=name, taskDefinition=name, desiredCount=1)
    world.reconcile()

    waiting = Service.objects.get(name="big")
    with translation.override("en"):
        assert "finds no place" in sentences.service_now(waiting, running=0, pending=0)
        assert "is starting 1" in sentences.service_now(Service.objects.get(name="web"), running=0, pending=1)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("code", [STATUS, AGENT, ATTRIBUTE, CPU, MEMORY, PORTS])
def test_every_rule_of_the_scheduler_has_its_sentence_with_the_amounts(code: str, language: str) -> None:
    excluded = candidate("one", excluded_by=code, wanted=512, available=100, detail="8080")

    with translation.override(language):
        said = sentences.exclusion(excluded, "i-01")

    assert "i-01" in said
    assert code not in said
    assert ("니다" in said or "습니다" in said) is (language == "ko")
    if code in {CPU, MEMORY}:
        assert "512" in said
        assert "100" in said
    if code in {STATUS, ATTRIBUTE, PORTS}:
        assert "8080" in said


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("code", list(StopCode))
def test_every_stop_code_is_explained(code: StopCode, language: str) -> None:
    task = Task(stop_code=code, stopped_reason="Because.", last_status="STOPPED")
    container = Container(name="app", essential=True, last_status="STOPPED", exit_code=3, reason="CannotPullContainer")

    with translation.override(language):
        said = sentences.task_end(task, [container])
        assert said
        assert "%(" not in said
        assert sentences.task_future(task)
    if code is StopCode.USER_INITIATED:
        assert "Because." in said
    if code is StopCode.TASK_FAILED_TO_START:
        assert "CannotPullContainer" in said


@pytest.mark.parametrize(
    ("exit_code", "reason", "said"),
    [
        (0, "", "finished its work"),
        (1, "", "ended with exit code 1"),
        (137, "", "SIGKILL"),
        (137, "OutOfMemoryError: Container killed due to memory usage", "more memory than its limit"),
        (None, "", "exit code –"),
    ],
)
def test_an_essential_container_s_end_is_told_by_how_it_ended(exit_code: int | None, reason: str, said: str) -> None:
    task = Task(stop_code=StopCode.ESSENTIAL_CONTAINER_EXITED, last_status="STOPPED")
    gone = Container(name="app", essential=True, last_status="STOPPED", exit_code=exit_code, reason=reason)
    beside = Container(name="log", essential=False, last_status="STOPPED", exit_code=9)

    with translation.override("en"):
        told = sentences.task_end(task, [beside, gone])

    assert told.startswith("The essential container app ")
    assert said in told


@pytest.mark.django_db
def test_a_task_tells_whether_its_service_was_deleted_or_wanted_fewer(world: World) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    world.call("UpdateService", cluster="demo", service="web", desiredCount=1)
    world.converge()
    scaled = Task.objects.get(last_status="STOPPED").pk
    # Calls carry the real time, and the world's is ahead of it.
    Task.objects.filter(pk=scaled).update(stopping_at=world.clock.now - timedelta(hours=1))
    world.call("DeleteService", cluster="demo", service="web", force=True)
    world.converge()

    told = {task.pk == scaled: sentences.task_end(task, []) for task in Task.objects.select_related("service")}
    assert told[True] == "Its service stopped it, to have the right number of tasks of the right revision."
    assert told[False] == "Its service was deleted, and so all tasks of it were stopped."


@pytest.mark.django_db
def test_a_revision_that_its_service_wants_no_more_is_promised_no_new_task(world: World) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=1)
    world.converge()
    task = Task.objects.select_related("service").get()
    world.kill(world.tasks()[0]["taskArn"])
    world.register(cpu=64)
    world.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")
    world.converge()
    task.refresh_from_db()

    assert "and not with this one." in sentences.task_story(task, [])
    assert "starts a new task in its place" not in sentences.task_story(task, [])


@pytest.mark.django_db
def test_what_docker_said_without_a_full_stop_ends_with_one(world: World) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=1)
    world.converge()
    world.kill(world.tasks()[0]["taskArn"])
    world.converge()
    task = Task.objects.select_related("service").get(last_status="STOPPED")
    task.stop_code, task.stopped_reason = "TaskFailedToStart", "CannotPullContainerError: no such host"

    story = sentences.task_story(task, [])

    assert "no such host The service" not in story
    assert re.search(r"[.!?”\"')] The service web ", story)


@pytest.mark.parametrize(
    ("group", "said"), [("service:web", "the service web"), ("family:once", "the family once"), ("mine", "of mine")]
)
def test_a_decision_says_whose_task_it_was_for(group: str, said: str) -> None:
    event = LoggedEvent(1, timezone.now(), "Decision", {"group": group, "chosen": "i-1"})

    assert f"{said} the scheduler chose i-01." in event_sentence(event, {"i-1": "i-01"})
