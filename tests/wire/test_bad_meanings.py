"""Calls of the right form that make no sense, or none any more (`reliability.md` 6, 59-61 and 64-67), on the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ecsweb.models import Service, Task
from tests.wire.test_bad_references import HERE, codes, rows
from tests.wire.test_endpoint import answer, post
from tests.world import World

pytestmark = pytest.mark.django_db

INVALID, CLIENT = "InvalidParameterException", "ClientException"
NEW = {**HERE, "serviceName": "new", "taskDefinition": "web"}
REPLICA = {**NEW, "desiredCount": 1}
DAEMON = {**NEW, "schedulingStrategy": "DAEMON"}
WEB = {**HERE, "service": "web"}
RUN = {**HERE, "taskDefinition": "web"}


@pytest.fixture
def busy(world: World) -> World:
    """A cluster with an instance, a revision and a service of one."""
    world.launch()
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    return world


def said(operation: str, params: dict[str, Any]) -> tuple[str, str]:
    """Return code and message of what is refused; ("", "") for what is answered."""
    response = post(operation, json.dumps(params))
    told = answer(response)
    return ("", "") if response.status_code == 200 else (told["__type"], told["message"])


def percents(minimum: Any, maximum: Any, **more: Any) -> dict[str, Any]:
    given = {"minimumHealthyPercent": minimum, "maximumPercent": maximum}
    return {"deploymentConfiguration": {**{k: v for k, v in given.items() if v is not None}, **more}}


NUMBERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "59 desired count -1": ("CreateService", {**NEW, "desiredCount": -1}, INVALID),
    "59 desired count above a service's quota": ("CreateService", {**NEW, "desiredCount": 5001}, INVALID),
    "59 desired count of a billion": ("CreateService", {**NEW, "desiredCount": 10**9}, INVALID),
    "59 desired count beyond an integer": ("CreateService", {**NEW, "desiredCount": 2**31}, "SerializationException"),
    "59 desired count null": ("CreateService", {**NEW, "desiredCount": None}, INVALID),
    "59 desired count as text": ("CreateService", {**NEW, "desiredCount": "3"}, "SerializationException"),
    "59 desired count with a fraction": ("CreateService", {**NEW, "desiredCount": 1.5}, "SerializationException"),
    "59 desired count true": ("CreateService", {**NEW, "desiredCount": True}, "SerializationException"),
    "59 update to -1": ("UpdateService", {**WEB, "desiredCount": -1}, INVALID),
    "59 update to a billion": ("UpdateService", {**WEB, "desiredCount": 10**9}, INVALID),
    "59 run 0": ("RunTask", {**RUN, "count": 0}, INVALID),
    "59 run 11": ("RunTask", {**RUN, "count": 11}, INVALID),
    "59 run -1": ("RunTask", {**RUN, "count": -1}, INVALID),
    "59 run 1.5": ("RunTask", {**RUN, "count": 1.5}, "SerializationException"),
    "59 DAEMON with a count": ("CreateService", {**DAEMON, "desiredCount": 2}, INVALID),
    "59 DAEMON with a count of 0": ("CreateService", {**DAEMON, "desiredCount": 0}, INVALID),
    "60 minimum 101": ("CreateService", {**REPLICA, **percents(101, 200)}, INVALID),
    "60 minimum -1": ("CreateService", {**REPLICA, **percents(-1, 200)}, INVALID),
    "60 maximum 99": ("CreateService", {**REPLICA, **percents(0, 99)}, INVALID),
    "60 maximum below minimum": ("CreateService", {**REPLICA, **percents(100, 50)}, INVALID),
    "60 both 0": ("CreateService", {**REPLICA, **percents(0, 0)}, INVALID),
    "60 both 100": ("CreateService", {**REPLICA, **percents(100, 100)}, INVALID),
    "60 maximum of a million": ("CreateService", {**REPLICA, **percents(0, 10**6)}, INVALID),
    "60 DAEMON above 100": ("CreateService", {**DAEMON, **percents(None, 101)}, INVALID),
    "60 DAEMON both 100": ("CreateService", {**DAEMON, **percents(100, None)}, INVALID),
    "60 update to both 100": ("UpdateService", {**WEB, **percents(None, 100)}, INVALID),
    "60 update to minimum 101": ("UpdateService", {**WEB, **percents(101, None)}, INVALID),
    "60 grace period -1": ("CreateService", {**REPLICA, "healthCheckGracePeriodSeconds": -1}, INVALID),
    "60 unknown threshold": (
        "CreateService",
        {
            **REPLICA,
            **percents(
                None,
                None,
                deploymentCircuitBreaker={
                    "enable": True,
                    "rollback": False,
                    "thresholdConfiguration": {"type": "SOME", "value": 1},
                },
            ),
        },
        INVALID,
    ),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_a_number_that_makes_no_sense_is_refused_and_changes_nothing(busy: World, case: str) -> None:
    operation, params, code = NUMBERS[case]
    before = rows()

    told, words = said(operation, params)

    assert (told, bool(words)) == (code, True)
    assert rows() == before


MEMBER_OF = {"type": "memberOf", "expression": "attribute:x == y"}
PLACEMENTS: dict[str, tuple[dict[str, Any], str]] = {
    "an unclosed bracket": (
        {"placementConstraints": [{"type": "memberOf", "expression": "attribute:x in [a, b"}]},
        "",
    ),
    "no expression": ({"placementConstraints": [{"type": "memberOf"}]}, ""),
    "half an expression": ({"placementConstraints": [{"type": "memberOf", "expression": "attribute:x =="}]}, ""),
    "an unknown subject": ({"placementConstraints": [{"type": "memberOf", "expression": "colour == red"}]}, ""),
    "an expression of 2001 characters": (
        {"placementConstraints": [{"type": "memberOf", "expression": "attribute:x == " + "y" * 1986}]},
        "",
    ),
    "eleven constraints": ({"placementConstraints": [MEMBER_OF] * 11}, ""),
    "an expression where none belongs": (
        {"placementConstraints": [{"type": "distinctInstance", "expression": "attribute:x == y"}]},
        "distinctInstance expression should not be specified.",
    ),
    "an unknown type": ({"placementConstraints": [{"type": "near"}]}, ""),
    "six strategies": ({"placementStrategy": [{"type": "random"}] * 6}, "Maximum number of strategies is 5."),
    "binpack of a disk": (
        {"placementStrategy": [{"type": "binpack", "field": "disk"}]},
        "binpack field 'disk' is invalid.",
    ),
    "random with a field": (
        {"placementStrategy": [{"type": "random", "field": "cpu"}]},
        "random field should not be specified.",
    ),
    "spread without a field": ({"placementStrategy": [{"type": "spread"}]}, ""),
    "an unknown strategy": ({"placementStrategy": [{"type": "stack", "field": "cpu"}]}, ""),
}


@pytest.mark.parametrize("case", PLACEMENTS)
def test_a_placement_that_makes_no_sense_is_refused_wherever_it_is_asked_for(busy: World, case: str) -> None:
    wanted, words = PLACEMENTS[case]
    before = rows()

    for operation, params in (("RunTask", RUN), ("CreateService", REPLICA), ("UpdateService", WEB)):
        code, message = said(operation, {**params, **wanted})
        assert code in {INVALID, CLIENT}, operation
        assert words in message, operation
    assert rows() == before


def test_a_client_token_used_for_another_call_is_a_conflict_that_names_what_it_made(busy: World) -> None:
    made = answer(post("RunTask", json.dumps({**RUN, "clientToken": "one"})))["tasks"][0]["taskArn"]
    before = rows()

    for other in ({"count": 2}, {"group": "other"}, {"startedBy": "me"}, {"tags": [{"key": "a"}]}, override(cpu=1)):
        told = answer(post("RunTask", json.dumps({**RUN, "clientToken": "one", **other})))
        assert told["__type"] == "ConflictException", other
        assert told["resourceIds"] == [made]
    assert said("CreateService", {**REPLICA, "serviceName": "web", "clientToken": "x"})[0] == INVALID
    assert answer(post("RunTask", json.dumps({**RUN, "clientToken": "one"})))["tasks"][0]["taskArn"] == made
    assert rows() == before


@pytest.mark.parametrize("token", ["x" * 65, "with space", "탭", "tab\t"])
def test_a_client_token_has_its_length_and_characters(busy: World, token: str) -> None:
    assert said("RunTask", {**RUN, "clientToken": token})[0] == INVALID


def test_a_cluster_with_something_in_it_is_not_deleted_and_says_what_is_in_it(busy: World) -> None:
    assert said("DeleteCluster", HERE) == (
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
    )
    busy.call("DeleteService", **WEB, force=True)
    busy.converge()
    busy.call("RunTask", **RUN)
    instance = busy.call("ListContainerInstances", **HERE)["containerInstanceArns"][0]
    assert said("DeregisterContainerInstance", {**HERE, "containerInstance": instance}) == (
        INVALID,
        "Found running tasks on the instance.",
    )
    assert said("DeleteCluster", HERE)[0] in {
        "ClusterContainsTasksException",
        "ClusterContainsContainerInstancesException",
    }


def test_what_is_made_twice_is_the_same_or_a_conflict_as_on_aws(busy: World) -> None:
    first = answer(post("CreateCluster", json.dumps({"clusterName": "demo"})))["cluster"]["clusterArn"]
    assert first.endswith(":cluster/demo")
    same = {**HERE, "serviceName": "web", "taskDefinition": "web", "desiredCount": 1}
    assert said("CreateService", same) == ("", "")
    assert said("CreateService", {**same, "desiredCount": 2}) == (INVALID, "Creation of service was not idempotent.")
    assert Service.objects.count() == 1


def test_what_is_deleted_twice_comes_back_as_it_is_or_is_gone(busy: World) -> None:
    busy.call("DeleteService", **WEB, force=True)
    assert said("DeleteService", {**WEB, "force": True}) == ("", "")
    assert said("CreateService", {**REPLICA, "serviceName": "web"}) == (
        INVALID,
        "Unable to Start a service that is still Draining.",
    )
    busy.converge()
    assert said("DeleteService", {**WEB, "force": True})[0] == "ServiceNotActiveException"
    busy.call("DeregisterTaskDefinition", taskDefinition="web:1")
    assert said("DeregisterTaskDefinition", {"taskDefinition": "web:1"})[0] in {"", CLIENT}
    instance = busy.call("ListContainerInstances", **HERE)["containerInstanceArns"][0]
    busy.call("DeregisterContainerInstance", **HERE, containerInstance=instance)
    assert said("DeregisterContainerInstance", {**HERE, "containerInstance": instance})[0] == INVALID
    busy.call("DeleteCluster", **HERE)
    assert said("DeleteCluster", HERE)[0] in {"", "ClusterNotFoundException"}


def test_a_stopped_task_that_is_stopped_again_comes_back_as_it_is(busy: World) -> None:
    task = busy.call("RunTask", **RUN)["tasks"][0]["taskArn"]
    busy.call("StopTask", **HERE, task=task, reason="first")
    busy.converge()

    again = answer(post("StopTask", json.dumps({**HERE, "task": task, "reason": "second"})))["task"]

    assert (again["lastStatus"], again["stoppedReason"]) == ("STOPPED", "first")


def test_a_draining_service_is_not_updated(busy: World) -> None:
    busy.call("DeleteService", **WEB, force=True)

    assert said("UpdateService", {**WEB, "desiredCount": 3}) == (
        "ServiceNotActiveException",
        "Service was not ACTIVE.",
    )


def test_nothing_runs_on_a_draining_instance(busy: World) -> None:
    instance = busy.call("ListContainerInstances", **HERE)["containerInstanceArns"][0]
    busy.call("UpdateContainerInstancesState", **HERE, containerInstances=[instance], status="DRAINING")
    before = Task.objects.count()

    assert said("RunTask", RUN) == (INVALID, "No Container Instances were found in your cluster.")
    started = answer(post("StartTask", json.dumps({**RUN, "containerInstances": [instance]})))

    assert (started["tasks"], [failure["arn"] for failure in started["failures"]]) == ([], [instance])
    assert Task.objects.count() == before


def override(**fields: Any) -> dict[str, Any]:
    return {"overrides": {"containerOverrides": [{"name": "app", **fields}]}}


OVERRIDES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown container": (
        {"overrides": {"containerOverrides": [{"name": "nope"}]}},
        "Override for container named nope is not a container in the TaskDefinition.",
    ),
    "more memory than the task": (
        {"overrides": {"memory": "128", "containerOverrides": [{"name": "app", "memory": 256}]}},
        "greater than for the task",
    ),
    "more memory for all than the task has": (
        {"overrides": {"memory": "64", "containerOverrides": [{"name": "app", "memoryReservation": 65, "memory": 65}]}},
        "greater than for the task",
    ),
    "more cpu than the task": (
        {"overrides": {"cpu": "128", "containerOverrides": [{"name": "app", "cpu": 129}]}},
        "The sum of all container 'cpu' values",
    ),
    "memory below what Docker takes": (override(memory=3), ""),
    "a reservation above the memory": (override(memoryReservation=512), "greater than or equal"),
    "negative cpu": (override(cpu=-1), ""),
    "more than 8192 characters": (override(environment=[{"name": "A", "value": "x" * 8200}]), "8192"),
    "many small ones of more than 8192 characters": (
        override(environment=[{"name": f"V{number}", "value": "x" * 115} for number in range(64)]),
        "8192",
    ),
    "memory that is no amount": ({"overrides": {"memory": "much"}}, ""),
}


@pytest.mark.parametrize("case", OVERRIDES)
def test_an_override_that_makes_no_sense_starts_nothing(busy: World, case: str) -> None:
    wanted, words = OVERRIDES[case]
    instance = busy.call("ListContainerInstances", **HERE)["containerInstanceArns"][0]
    before = rows()

    for operation, params in (("RunTask", RUN), ("StartTask", {**RUN, "containerInstances": [instance]})):
        code, message = said(operation, {**params, **wanted})
        assert code in {INVALID, CLIENT} & codes(operation), operation
        assert words in message, operation
    assert rows() == before


@pytest.mark.parametrize("name", ["bakeTimeInMinutes", "strategy"])
def test_a_deployment_of_another_strategy_is_refused_and_not_ignored(busy: World, name: str) -> None:
    asked = {"deploymentConfiguration": {name: 5 if name == "bakeTimeInMinutes" else "CANARY"}}
    before = rows()

    for operation, params in (("CreateService", REPLICA), ("UpdateService", WEB)):
        assert said(operation, {**params, **asked})[0] == "UnsupportedFeatureException"
    assert rows() == before
