"""Decisions are kept in the log, and calls fail in ECS's words (`ecs-facts.md` 5.1)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.errors import EcsError
from ecsweb.models import ContainerInstance, Event
from tests.world import World


def test_every_placed_task_has_its_decision_in_the_log(world: World) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    run = world.call("RunTask", cluster="demo", taskDefinition="web")["tasks"][0]

    logged = [event.detail for event in Event.objects.filter(detail_type="Decision").order_by("pk")]
    assert [(one["group"], one["rule"]) for one in logged] == [("service:web", "spread")] * 2 + [
        ("family:web", "random")
    ]
    assert logged[-1]["taskArn"] == run["taskArn"]
    assert logged[-1]["candidates"][0]["instance"] == logged[-1]["chosen"]


FAILURES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "memory": ({"memory": 4096}, {}, "RESOURCE:MEMORY"),
    "cpu": ({"cpu": 4096}, {}, "RESOURCE:CPU"),
    "attribute": ({"privileged": True}, {}, "ATTRIBUTE"),
    "constraint": (
        {},
        {"placementConstraints": [{"type": "memberOf", "expression": "attribute:ssd exists"}]},
        "MemberOf placement constraint unsatisfied",
    ),
}


@pytest.mark.parametrize("case", FAILURES)
def test_run_task_that_fits_nowhere_answers_in_the_words_of_ecs(world: World, case: str) -> None:
    container, params, reason = FAILURES[case]
    arn = world.launch()
    world.register(**container)

    answer = world.call("RunTask", cluster="demo", taskDefinition="web", **params)

    assert answer["tasks"] == []
    assert [(one["arn"], one["reason"]) for one in answer["failures"]] == [(arn, reason)]
    assert f"Nearest change on {arn.rsplit('/', 1)[-1]}: " in answer["failures"][0]["detail"]


def test_a_fixed_port_that_is_taken_is_the_reason_ports(world: World) -> None:
    arn = world.launch()
    world.register(portMappings=[{"containerPort": 80, "hostPort": 8080}])

    answer = world.call("RunTask", cluster="demo", taskDefinition="web", count=2)

    assert len(answer["tasks"]) == 1
    assert [(one["arn"], one["reason"]) for one in answer["failures"]] == [(arn, "RESOURCE:PORTS")]
    assert answer["failures"][0]["detail"].endswith("port 8080 free.")


def test_a_disconnected_agent_is_the_reason_agent(world: World) -> None:
    arn = world.launch()
    world.register()
    ContainerInstance.objects.update(agent_connected=False)

    failures = world.call("RunTask", cluster="demo", taskDefinition="web")["failures"]

    assert [(one["arn"], one["reason"]) for one in failures] == [(arn, "AGENT")]


def test_some_of_the_tasks_of_a_call_may_fit(world: World) -> None:
    world.launch()
    world.register(memory=900)

    answer = world.call("RunTask", cluster="demo", taskDefinition="web", count=3)

    assert (len(answer["tasks"]), [one["reason"] for one in answer["failures"]]) == (2, ["RESOURCE:MEMORY"])


def test_a_cluster_without_instances_is_an_error_of_the_whole_call(world: World) -> None:
    world.register()

    with pytest.raises(EcsError) as refused:
        world.call("RunTask", cluster="demo", taskDefinition="web")

    assert (refused.value.code, refused.value.message) == (
        "InvalidParameterException",
        "No Container Instances were found in your cluster.",
    )


def test_start_task_names_what_is_missing_or_gone(world: World) -> None:
    arn, gone = world.launch(), world.launch()
    world.register()
    world.call("DeregisterContainerInstance", cluster="demo", containerInstance=gone)

    answer = world.call("StartTask", cluster="demo", taskDefinition="web", containerInstances=[arn, gone, "a" * 32])

    assert len(answer["tasks"]) == 1
    assert [one["reason"] for one in answer["failures"]] == ["INACTIVE", "MISSING"]
