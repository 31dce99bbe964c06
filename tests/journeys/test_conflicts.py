"""Conflicting calls at the same moment (`reliability.md` 6, 68): real threads, a real server, one consistent result."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stack import Stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

AT_ONCE = 8
HERE = {"cluster": "demo"}


@pytest.fixture(scope="module")
def ecs() -> Iterator[Any]:
    """The web process alone, on SQLite: nobody places or steps, so that only the calls meet."""
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        stack = Stack(Path(folder), environment={"ECSWEB_ENGINE": "simulated"})
        try:
            stack.run("manage.py", "migrate", "--verbosity", "0")
            stack.run("manage.py", "first_run")
            stack.start_web()
            client = stack.ecs()
            client.create_cluster(clusterName="demo")
            document = json.dumps({"instanceType": "t3.micro", "availabilityZone": "ap-northeast-2a"})
            client.register_container_instance(**HERE, instanceIdentityDocument=document)
            register(client, "web", memory=300)
            register(client, "web", memory=300)
            yield client
        finally:
            stack.stop()


def register(ecs: Any, family: str, memory: int = 16) -> int:
    container = {"name": "app", "image": "ecsweb/web:1", "memory": memory}
    answer = ecs.register_task_definition(family=family, containerDefinitions=[container])
    return int(answer["taskDefinition"]["revision"])


def at_once(call: Callable[[int], Any]) -> list[Any]:
    """Make the call from several threads at the same moment; return each one's answer, or the code of its error."""
    barrier = Barrier(AT_ONCE)

    def one(number: int) -> Any:
        barrier.wait()
        try:
            return call(number)
        except ClientError as error:
            return str(error.response["Error"]["Code"])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_one_cluster_of_a_name(ecs: Any) -> None:
    arns = at_once(lambda _number: ecs.create_cluster(clusterName="same")["cluster"]["clusterArn"])

    assert len(set(arns)) == 1
    assert ecs.list_clusters()["clusterArns"].count(arns[0]) == 1


def test_revisions_count_on_without_gap_or_double(ecs: Any) -> None:
    assert sorted(at_once(lambda _number: register(ecs, "racing"))) == list(range(1, AT_ONCE + 1))


def test_one_service_of_a_name_whoever_comes_first(ecs: Any) -> None:
    counts = at_once(
        lambda number: ecs.create_service(**HERE, serviceName="one", taskDefinition="web:1", desiredCount=number)[
            "service"
        ]["desiredCount"]
    )

    made = [count for count in counts if isinstance(count, int)]
    assert len(made) == 1
    assert counts.count("InvalidParameterException") == AT_ONCE - 1
    (service,) = ecs.describe_services(**HERE, services=["one"])["services"]
    assert service["desiredCount"] == made[0]
    assert [deployment["status"] for deployment in service["deployments"]] == ["PRIMARY"]


def test_the_last_update_is_the_primary_deployment(ecs: Any) -> None:
    ecs.create_service(**HERE, serviceName="moved", taskDefinition="web:1", desiredCount=0)

    def call(number: int) -> Any:
        revision = f"web:{number % 2 + 1}"
        changed = {"taskDefinition": revision, "forceNewDeployment": True, "desiredCount": number}
        return ecs.update_service(**HERE, service="moved", **changed)

    answers = at_once(call)

    assert not [answer for answer in answers if isinstance(answer, str)]
    (service,) = ecs.describe_services(**HERE, services=["moved"])["services"]
    statuses = Counter(deployment["status"] for deployment in service["deployments"])
    assert statuses["PRIMARY"] == 1
    primary = next(d for d in service["deployments"] if d["status"] == "PRIMARY")
    assert primary["taskDefinition"] == service["taskDefinition"]
    assert service["taskDefinition"].endswith(f":{service['desiredCount'] % 2 + 1}")


def test_an_update_and_a_deletion_leave_a_service_that_drains(ecs: Any) -> None:
    ecs.create_service(**HERE, serviceName="going", taskDefinition="web:1", desiredCount=0)

    def call(number: int) -> str:
        if number % 2:
            return str(ecs.delete_service(**HERE, service="going", force=True)["service"]["status"])
        return str(ecs.update_service(**HERE, service="going", desiredCount=3)["service"]["status"])

    answers = at_once(call)

    assert set(answers) <= {"ACTIVE", "DRAINING", "ServiceNotActiveException"}
    (service,) = ecs.describe_services(**HERE, services=["going"])["services"]
    assert (service["status"], service["desiredCount"]) == ("DRAINING", 0)


def test_no_more_tasks_than_the_instance_has_room_for_and_one_for_a_token(ecs: Any) -> None:
    same = at_once(
        lambda _number: ecs.run_task(**HERE, taskDefinition="web:1", clientToken="one")["tasks"][0]["taskArn"]
    )
    assert len(set(same)) == 1

    answers = at_once(lambda _number: ecs.run_task(**HERE, taskDefinition="web:1"))

    # A t3.micro registers 983 MiB: three tasks of 300, and the one of the token is there already.
    assert Counter(len(answer["tasks"]) for answer in answers) == {1: 2, 0: AT_ONCE - 2}
    assert {failure["reason"] for answer in answers for failure in answer["failures"]} == {"RESOURCE:MEMORY"}
    (arn,) = ecs.list_container_instances(**HERE)["containerInstanceArns"]
    (instance,) = ecs.describe_container_instances(**HERE, containerInstances=[arn])["containerInstances"]
    remaining = {resource["name"]: resource.get("integerValue") for resource in instance["remainingResources"]}
    assert remaining["MEMORY"] == 983 - 900
