"""Tags on everything: by ARN through the one door, on the calls that make things, and by the small table of a page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from ecsweb.models import ContainerInstance, Event
from tests.domain.test_tags import BAD_TAGS, FIFTY
from tests.world import ACCOUNT, REGION, World

TAG = {"key": "team", "value": "blue"}
KINDS = (
    "cluster",
    "container-instance",
    "task",
    "service",
    "task-set",
    "task-definition",
    "capacity-provider",
)


@pytest.fixture
def arns(world: World) -> dict[str, str]:
    """One of each kind, by the word for it in an ARN."""
    instance = world.launch()
    definition = world.register()
    service = world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    group = world.call(
        "CreateAutoScalingGroup",
        cluster="demo",
        AutoScalingGroupName="asg",
        InstanceType="t3.micro",
        MinSize=0,
        MaxSize=1,
    )
    scaled = {"autoScalingGroupArn": group["AutoScalingGroup"]["AutoScalingGroupARN"]}
    provider = world.call("CreateCapacityProvider", name="machines", autoScalingGroupProvider=scaled)
    external = {"serviceName": "ext", "deploymentController": {"type": "EXTERNAL"}, "desiredCount": 0}
    world.call("CreateService", cluster="demo", **external)
    task_set = world.call("CreateTaskSet", cluster="demo", service="ext", taskDefinition="web")
    world.converge()
    return {
        "capacity-provider": provider["capacityProvider"]["capacityProviderArn"],
        "task-set": task_set["taskSet"]["taskSetArn"],
        "cluster": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/demo",
        "container-instance": instance,
        "task-definition": definition,
        "service": service["service"]["serviceArn"],
        "task": world.tasks()[0]["taskArn"],
    }


def tags_of(world: World, arn: str) -> list[dict[str, str]]:
    return list(world.call("ListTagsForResource", resourceArn=arn)["tags"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_resource_can_be_tagged_and_untagged(world: World, arns: dict[str, str], kind: str) -> None:
    arn = arns[kind]

    assert world.call("TagResource", resourceArn=arn, tags=[TAG, {"key": "stage"}]) == {}
    assert tags_of(world, arn) == [TAG, {"key": "stage", "value": ""}]
    event = Event.objects.filter(detail_type="Tag Change on Resource").latest("sequence")
    assert (event.source, event.resources, event.detail["resource-type"]) == ("aws.tag", [arn], kind)

    assert world.call("UntagResource", resourceArn=arn, tagKeys=["team", "nope"]) == {}
    assert tags_of(world, arn) == [{"key": "stage", "value": ""}]


def test_the_version_of_an_instance_grows_with_its_tags_and_only_when_they_change(
    world: World, arns: dict[str, str]
) -> None:
    before = ContainerInstance.objects.get().version

    world.call("TagResource", resourceArn=arns["container-instance"], tags=[TAG])
    world.call("TagResource", resourceArn=arns["container-instance"], tags=[TAG])

    assert ContainerInstance.objects.get().version == before + 1


def test_describe_shows_tags_only_where_they_are_asked_for(world: World, arns: dict[str, str]) -> None:
    for arn in arns.values():
        world.call("TagResource", resourceArn=arn, tags=[TAG])
    calls: list[tuple[str, dict[str, Any], str]] = [
        ("DescribeClusters", {"clusters": ["demo"]}, "clusters"),
        ("DescribeContainerInstances", {"containerInstances": [arns["container-instance"]]}, "containerInstances"),
        ("DescribeTasks", {"tasks": [arns["task"]]}, "tasks"),
        ("DescribeServices", {"services": ["web"]}, "services"),
        ("DescribeTaskSets", {"service": "ext"}, "taskSets"),
    ]

    for operation, params, key in calls:
        here = {} if key == "clusters" else {"cluster": "demo"}
        assert world.call(operation, **here, **params)[key][0]["tags"] == [], operation
        assert world.call(operation, **here, **params, include=["TAGS"])[key][0]["tags"] == [TAG], operation
    of_provider = {"capacityProviders": ["machines"]}
    assert world.call("DescribeCapacityProviders", **of_provider)["capacityProviders"][0]["tags"] == []
    shown = world.call("DescribeCapacityProviders", **of_provider, include=["TAGS"])["capacityProviders"][0]
    assert shown["tags"] == [TAG]
    definition = world.call("DescribeTaskDefinition", taskDefinition="web", include=["TAGS"])
    assert definition["tags"] == [TAG]


WRONG: dict[str, tuple[str, str, str]] = {
    "no ARN": ("demo", "InvalidParameterException", "not an ARN that can have tags"),
    "ARN of another kind": (
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:container/demo/a/b",
        "InvalidParameterException",
        "not an ARN that can have tags",
    ),
    "ARN of another service": ("arn:aws:s3:::bucket/key", "InvalidParameterException", "Invalid identifier"),
    "cut short": ("arn:aws:ecs:", "InvalidParameterException", "Invalid identifier"),
    "short ARN of a service": (
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/web",
        "InvalidParameterException",
        "Long arn format must be used for tagging operations",
    ),
    "short ARN of a task": (
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/0f9de17a-a2f3-4a2b-8c6e-000000000000",
        "InvalidParameterException",
        "Long arn format must be used for tagging operations",
    ),
    "unknown cluster": (
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/nope",
        "ClusterNotFoundException",
        "Cluster not found.",
    ),
    "other account's cluster": (
        f"arn:aws:ecs:{REGION}:999999999999:cluster/demo",
        "ClusterNotFoundException",
        "Cluster not found.",
    ),
    "other region's service": (
        f"arn:aws:ecs:us-east-1:{ACCOUNT}:service/demo/web",
        "ResourceNotFoundException",
        "The specified resource was not found.",
    ),
    "unknown revision": (
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:9",
        "ResourceNotFoundException",
        "The specified resource was not found.",
    ),
    "very long": (
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/demo/" + "x" * 5000,
        "ResourceNotFoundException",
        "The specified resource was not found.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_an_arn_that_means_nothing_here_is_refused_in_aws_words(world: World, arns: dict[str, str], case: str) -> None:
    arn, code, said = WRONG[case]
    not_found = "InvalidParameterException" if code == "ResourceNotFoundException" else code

    for operation, params, wanted in (
        ("TagResource", {"tags": [TAG]}, code),
        ("UntagResource", {"tagKeys": ["team"]}, code),
        ("ListTagsForResource", {}, not_found),
    ):
        with pytest.raises(EcsError) as refused:
            world.call(operation, resourceArn=arn, **params)
        assert (refused.value.code, said in refused.value.message) == (wanted, True), operation
    assert tags_of(world, arns["service"]) == []


TAGGED_CALLS: dict[str, dict[str, Any]] = {
    "CreateCluster": {"clusterName": "tagged"},
    "RegisterContainerInstance": {"cluster": "demo", "instanceIdentityDocument": '{"instanceType": "t3.small"}'},
    "RegisterTaskDefinition": {"family": "tagged", "containerDefinitions": [{"name": "a", "image": "b", "memory": 9}]},
    "RunTask": {"cluster": "demo", "taskDefinition": "web"},
    "CreateService": {"cluster": "demo", "serviceName": "tagged", "taskDefinition": "web", "desiredCount": 0},
}


@pytest.mark.parametrize("operation", TAGGED_CALLS)
def test_a_call_that_makes_something_with_bad_tags_makes_nothing(
    world: World, arns: dict[str, str], operation: str
) -> None:
    before = Event.objects.count()

    for tags, _field, said in BAD_TAGS.values():
        with pytest.raises(EcsError) as refused:
            world.call(operation, **TAGGED_CALLS[operation], tags=tags)
        assert said in refused.value.message
    assert Event.objects.count() == before


def test_a_resource_has_at_most_fifty_tags_and_a_refusal_changes_none(world: World, arns: dict[str, str]) -> None:
    world.call("TagResource", resourceArn=arns["cluster"], tags=FIFTY)

    with pytest.raises(EcsError, match="at most 50 tags"):
        world.call("TagResource", resourceArn=arns["cluster"], tags=[TAG])

    assert len(tags_of(world, arns["cluster"])) == 50


def page_of(kind: str, arns: dict[str, str]) -> str:
    last = arns[kind].rsplit("/", 1)[-1]
    return {
        "cluster": "/clusters/demo/",
        "container-instance": f"/clusters/demo/instances/{last}/",
        "task": f"/clusters/demo/tasks/{last}/",
        "service": "/clusters/demo/services/web/",
        "task-set": "/clusters/demo/services/ext/",
        "task-definition": "/task-definitions/web:1/",
        "capacity-provider": "/clusters/demo/capacity/",
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_adds_and_removes_a_tag_without_javascript(
    client: Client, world: World, arns: dict[str, str], kind: str
) -> None:
    page = page_of(kind, arns)

    added = client.post("/tags/", {"resource": arns[kind], "key": "team", "value": "blue", "next": page})
    assert added["Location"] == page
    assert "<td>blue</td>" in client.get(page).content.decode()

    removed = client.post("/tags/remove/", {"resource": arns[kind], "key": "team", "next": page})
    assert removed["Location"] == page
    assert tags_of(world, arns[kind]) == []


@pytest.mark.parametrize("case", [name for name in BAD_TAGS if name not in {"51 of them", "key twice"}])
def test_a_bad_tag_is_said_beside_its_field(client: Client, arns: dict[str, str], case: str) -> None:
    (tag,), field, said = BAD_TAGS[case]

    answer = client.post(
        "/tags/",
        {"resource": arns["cluster"], "key": tag.get("key", ""), "value": tag.get("value", "")},
        headers={"Accept-Language": "en"},
    )

    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field.rpartition(".")[2]}_error"' in text
    assert said in text or "This field is required." in text


def test_the_tags_of_nothing_are_a_page_that_is_not_there(client: Client, world: World) -> None:
    assert client.get("/tags/").status_code == 404
    assert client.get("/tags/", {"resource": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/nope"}).status_code == 404
    assert client.post("/tags/", {"resource": "", "key": "a"}).status_code == 404
