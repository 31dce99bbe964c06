"""The parameter store: a value goes in, reaches the containers that name it, and is written nowhere else."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest
from django.test import Client

from ecsweb.agent.engine import ContainerSpec, EngineContainer
from ecsweb.agent.simulated_engine import SimulatedEngine
from ecsweb.api.model import service_model
from ecsweb.controlplane.installation import install_id
from ecsweb.domain.errors import ParameterAlreadyExists, ParameterNotFound, ValidationException
from ecsweb.models import Event, Parameter
from tests.world import World

CANARY = "canary-4711"
ROLE = "arn:aws:iam::123456789012:role/execution"


def put(world: World, name: str = "db", value: str = CANARY, **more: Any) -> dict[str, Any]:
    return world.call("ssm:PutParameter", Name=name, Value=value, **more)


def run(world: World, value_from: str = "db") -> dict[str, Any]:
    world.launch()
    world.call(
        "RegisterTaskDefinition",
        family="secret",
        executionRoleArn=ROLE,
        containerDefinitions=[
            {
                "name": "app",
                "image": "ecsweb/worker:1",
                "memory": 32,
                "secrets": [{"name": "PASSWORD", "valueFrom": value_from}],
            }
        ],
    )
    arn = world.call("RunTask", cluster="demo", taskDefinition="secret")["tasks"][0]["taskArn"]
    world.converge()
    return dict(world.call("DescribeTasks", cluster="demo", tasks=[arn])["tasks"][0])


class KeepingEngine(SimulatedEngine):
    """Remembers what it was told of each container."""

    told: ClassVar[dict[str, ContainerSpec]] = {}

    def create(self, spec: ContainerSpec) -> EngineContainer:
        made = super().create(spec)
        self.told[made.runtime_id] = spec
        return made


@pytest.fixture(autouse=True)
def _keeping(world: World) -> None:
    world.engine = KeepingEngine(install_id(), clock=world.clock)


def environment(world: World, task: dict[str, Any]) -> dict[str, str]:
    return dict(KeepingEngine.told[task["containers"][0]["runtimeId"]].environment)


def test_a_name_is_written_once_and_overwritten_only_when_asked(world: World) -> None:
    assert put(world) == {"Version": 1, "Tier": "Standard"}
    with pytest.raises(ParameterAlreadyExists):
        put(world)
    assert put(world, Overwrite=True)["Version"] == 2


@pytest.mark.parametrize(
    "name", ["", "with space", "ssm-name", "/aws/name", "a//b", "a/", "한글", "x" * 1012, "a/" * 16 + "b", "a\n"]
)
def test_names_that_the_store_does_not_take(world: World, name: str) -> None:
    with pytest.raises(ValidationException, match="Parameter name"):
        put(world, name)
    assert not Parameter.objects.exists()


@pytest.mark.parametrize("value", ["", "x" * 4097, "가" * 1400])
def test_values_that_the_store_does_not_take(world: World, value: str) -> None:
    with pytest.raises(ValidationException, match="Parameter value"):
        put(world, value=value)


def test_reading_tells_what_is_there_and_hides_what_is_secure(world: World) -> None:
    put(world, "plain")
    put(world, "/demo/secure", Type="SecureString")

    found = world.call("ssm:GetParameters", Names=["plain", "/demo/secure", "none"])
    by_name = {one["Name"]: one for one in found["Parameters"]}
    assert found["InvalidParameters"] == ["none"]
    assert by_name["plain"]["Value"] == CANARY
    assert CANARY not in by_name["/demo/secure"]["Value"]
    secure = world.call("ssm:GetParameter", Name="/demo/secure", WithDecryption=True)["Parameter"]
    assert (secure["Value"], secure["ARN"].rsplit(":", 1)[1]) == (CANARY, "parameter/demo/secure")
    below = world.call("ssm:GetParametersByPath", Path="/demo")["Parameters"]
    assert [one["Name"] for one in below] == ["/demo/secure"]
    with pytest.raises(ParameterNotFound):
        world.call("ssm:GetParameter", Name="none")


def test_a_list_comes_in_pages_without_values(world: World) -> None:
    for number in range(5):
        put(world, f"p{number}")

    first = world.call("ssm:DescribeParameters", MaxResults=3)
    rest = world.call("ssm:DescribeParameters", MaxResults=3, NextToken=first["NextToken"])

    assert [one["Name"] for one in [*first["Parameters"], *rest["Parameters"]]] == [f"p{n}" for n in range(5)]
    assert CANARY not in json.dumps([first, rest])


def test_deleting_tells_what_was_there(world: World) -> None:
    put(world)

    assert world.call("ssm:DeleteParameters", Names=["db", "none"]) == {
        "DeletedParameters": ["db"],
        "InvalidParameters": ["none"],
    }
    with pytest.raises(ParameterNotFound):
        world.call("ssm:DeleteParameter", Name="db")


@pytest.mark.parametrize("value_from", ["db", "arn:aws:ssm:ap-northeast-2:123456789012:parameter/db"])
def test_secrets_from_the_parameter_store_reach_the_container(world: World, value_from: str) -> None:
    put(world)

    task = run(world, value_from)

    assert task["lastStatus"] == "RUNNING"
    assert environment(world, task)["PASSWORD"] == CANARY


@pytest.mark.parametrize("value_from", ["none", "arn:aws:ssm:eu-west-1:123456789012:parameter/db"])
def test_secrets_that_are_not_there_keep_the_task_from_starting(world: World, value_from: str) -> None:
    put(world)

    task = run(world, value_from)

    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "TaskFailedToStart")
    assert task["containers"][0]["reason"].startswith("ResourceInitializationError: unable to pull secrets")
    assert value_from in task["containers"][0]["reason"]


def test_secrets_are_fetched_at_start_only(world: World) -> None:
    put(world)
    task = run(world)
    put(world, value="changed", Overwrite=True)
    world.converge()

    assert environment(world, task)["PASSWORD"] == CANARY


def test_secrets_of_secrets_manager_are_offered_by_no_instance(world: World) -> None:
    world.launch()
    secret = {"name": "PASSWORD", "valueFrom": "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:db"}
    container = {"name": "app", "image": "ecsweb/worker:1", "memory": 32, "secrets": [secret]}
    world.call("RegisterTaskDefinition", family="asm", executionRoleArn=ROLE, containerDefinitions=[container])

    failures = world.call("RunTask", cluster="demo", taskDefinition="asm")["failures"]

    assert [failure["reason"] for failure in failures] == ["ATTRIBUTE"]


def test_a_value_is_in_no_event_page_or_description(world: World, client: Client) -> None:
    put(world)
    task = run(world)

    assert CANARY not in "".join(json.dumps(detail) for detail in Event.objects.values_list("detail", flat=True))
    assert CANARY not in json.dumps(task)
    for address in ("/parameters/", "/task-definitions/secret:1/", f"/clusters/demo/tasks/{task['taskArn'][-32:]}/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert CANARY not in answer.content.decode()


def test_the_page_stores_and_deletes(world: World, client: Client) -> None:
    client.post("/parameters/", {"name": "db", "type": "SecureString", "value": CANARY})
    assert Parameter.objects.get().value == CANARY

    refused = client.post("/parameters/", {"name": "a b", "type": "String", "value": CANARY})
    assert refused.status_code == 422
    assert "a b" in refused.content.decode()
    assert "Parameter name" in refused.content.decode()

    client.post("/parameters/delete/", {"name": "db"})
    assert not Parameter.objects.exists()


def test_answers_have_only_members_of_the_model(world: World) -> None:
    put(world)
    for operation, params in (
        ("GetParameter", {"Name": "db"}),
        ("GetParameters", {"Names": ["db"]}),
        ("DescribeParameters", {}),
        ("DeleteParameters", {"Names": ["db"]}),
    ):
        shape = service_model("ssm").operation_model(operation).output_shape
        answer = world.call(f"ssm:{operation}", **params)
        assert answer.keys() <= shape.members.keys()
        for one in answer.get("Parameters", []):
            assert one.keys() <= shape.members["Parameters"].member.members.keys()
