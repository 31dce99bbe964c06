"""Custom attributes: put, listed, asked for by constraints and strategies, removed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from tests.world import World


@pytest.fixture
def machines(world: World) -> list[str]:
    return [world.launch(zone=zone, instance_type=kind) for zone, kind in (("a", "t3.small"), ("b", "t3.medium"))]


def put(world: World, target: str, **attribute: Any) -> dict[str, Any]:
    return world.call("PutAttributes", cluster="demo", attributes=[{"targetId": target, **attribute}])


def listed(world: World, **filters: Any) -> list[tuple[str, str]]:
    found = world.call("ListAttributes", cluster="demo", targetType="container-instance", **filters)["attributes"]
    return [(one["targetId"], one.get("value", "")) for one in found]


def test_an_attribute_is_put_listed_changed_and_removed(world: World, machines: list[str]) -> None:
    put(world, machines[0].rsplit("/", 1)[1], name="rack", value="r1")
    put(world, machines[1], name="rack", value="r2")
    put(world, machines[1], name="rack", value="r3")

    assert listed(world, attributeName="rack") == [(machines[0], "r1"), (machines[1], "r3")]
    assert listed(world, attributeName="rack", attributeValue="r3") == [(machines[1], "r3")]
    world.call("DeleteAttributes", cluster="demo", attributes=[{"name": "rack", "targetId": machines[1]}])
    assert listed(world, attributeName="rack") == [(machines[0], "r1")]


REFUSED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "none": ([], "InvalidParameterException"),
    "eleven": ([{"name": f"a{n}"} for n in range(11)], "AttributeLimitExceededException"),
    "bad name": ([{"name": "a b"}], "InvalidParameterException"),
    "long name": ([{"name": "a" * 129}], "InvalidParameterException"),
    "newline": ([{"name": "a\n"}], "InvalidParameterException"),
    "bad value": ([{"name": "a", "value": "<b>"}], "InvalidParameterException"),
    "space at the end": ([{"name": "a", "value": "b "}], "InvalidParameterException"),
    "agent's": ([{"name": "ecs.instance-type", "value": "m5.large"}], "InvalidParameterException"),
    "capability": ([{"name": "com.amazonaws.ecs.capability.privileged-container"}], "InvalidParameterException"),
    "unknown target": ([{"name": "a"}, {"name": "b", "targetId": "f" * 32}], "TargetNotFoundException"),
    "no target": ([{"name": "a"}, {"name": "b", "targetId": ""}], "TargetNotFoundException"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_put_is_refused_and_nothing_is_stored(world: World, machines: list[str], case: str) -> None:
    attributes, code = REFUSED[case]
    before = listed(world)

    with pytest.raises(EcsError) as caught:
        world.call("PutAttributes", cluster="demo", attributes=[{"targetId": machines[0], **one} for one in attributes])

    assert caught.value.code == code
    assert listed(world) == before


def test_an_instance_has_a_bound_of_custom_attributes(world: World, machines: list[str]) -> None:
    for number in range(50):
        put(world, machines[0], name=f"a{number}")

    put(world, machines[0], name="a7", value="again")
    with pytest.raises(EcsError, match="at most 50 custom attributes"):
        put(world, machines[0], name="one-more")


def test_a_custom_attribute_decides_where_tasks_go(world: World, machines: list[str]) -> None:
    put(world, machines[1], name="disk", value="ssd")
    world.register()
    constraint = [{"type": "memberOf", "expression": "attribute:disk == ssd"}]
    world.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=3,
        placementConstraints=constraint,
    )
    world.converge()
    assert {task["containerInstanceArn"] for task in world.tasks()} == {machines[1]}

    world.call("DeleteAttributes", cluster="demo", attributes=[{"name": "disk", "targetId": machines[1]}])
    failures = world.call("RunTask", cluster="demo", taskDefinition="web", placementConstraints=constraint)["failures"]
    assert [failure["reason"] for failure in failures] == ["MemberOf placement constraint unsatisfied"]


def test_instances_are_listed_by_the_query_language(world: World, machines: list[str]) -> None:
    def found(expression: str) -> list[str]:
        return list(world.call("ListContainerInstances", cluster="demo", filter=expression)["containerInstanceArns"])

    assert found("attribute:ecs.instance-type == t3.medium") == [machines[1]]
    assert found("agentConnected == true and runningTasksCount == 0") == machines
    assert found("attribute:rack exists") == []
    with pytest.raises(EcsError) as caught:
        found("colour == red")
    assert caught.value.field == "filter"


def test_the_page_puts_and_removes(world: World, machines: list[str], client: Client) -> None:
    address = f"/clusters/demo/instances/{machines[0].rsplit('/', 1)[1]}/"

    client.post(f"{address}attributes/", {"name": "rack", "value": "r1"})
    assert "rack" in client.get(address).content.decode()
    refused = client.post(f"{address}attributes/", {"name": "a b"}, follow=True)
    assert "invalid characters" in refused.content.decode()
    client.post(f"{address}attributes/", {"name": "rack", "remove": "yes"})

    assert listed(world, attributeName="rack") == []
