"""References that mean nothing here, batches that are too large, tokens that are none (`reliability.md` 6, 57-63)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import Client

from ecsweb.api.model import ecs_model
from ecsweb.models import Cluster, ContainerInstance, Service, Task, TaskDefinition
from tests.wire.test_endpoint import answer, post
from tests.world import ACCOUNT, REGION, World

HERE = {"cluster": "demo"}
MINE = f"arn:aws:ecs:{REGION}:{ACCOUNT}"


@pytest.fixture
def busy(world: World) -> World:
    """A cluster with an instance, a revision and a service of one."""
    world.launch()
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    return world


def wrong(kind: str) -> dict[str, str]:
    """Return what nobody can mean by a reference to a thing of that kind."""
    return {
        "nothing behind arn:": "arn:",
        "cut short": f"{MINE}:{kind}",
        "another service's": f"arn:aws:s3:::{kind}/web",
        "another partition's": f"arn:aws-cn:ecs:{REGION}:{ACCOUNT}:{kind}/demo/web",
        "another type's": f"{MINE}:container/demo",
        "too many parts": f"{MINE}:{kind}/demo/web/1/2",
        "another account's": f"arn:aws:ecs:{REGION}:999999999999:{kind}/demo/web",
        "another region's": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:{kind}/demo/web",
        "too long": f"{MINE}:{kind}/" + "x" * 10_000,
        "a long name": "x" * 10_000,
        "a path": "../../etc/passwd",
        "empty": "",
        "unknown": "nope",
        "markup": "<script>alert(1)</script>",
    }


REFERENCES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ListTasks": ("cluster", "cluster", {}),
    "ListServices": ("cluster", "cluster", {}),
    "ListContainerInstances": ("cluster", "cluster", {}),
    "UpdateClusterSettings": (
        "cluster",
        "cluster",
        {"settings": [{"name": "containerInsights", "value": "enabled"}]},
    ),
    "DeleteCluster": ("cluster", "cluster", {}),
    "DescribeClusters": ("clusters", "cluster", {}),
    "RegisterContainerInstance": (
        "cluster",
        "cluster",
        {"instanceIdentityDocument": '{"instanceType": "t3.small"}'},
    ),
    "RunTask": ("taskDefinition", "task-definition", HERE),
    "CreateService": ("taskDefinition", "task-definition", {**HERE, "serviceName": "new", "desiredCount": 1}),
    "DescribeTaskDefinition": ("taskDefinition", "task-definition", {}),
    "DeregisterTaskDefinition": ("taskDefinition", "task-definition", {}),
    "StopTask": ("task", "task", HERE),
    "DescribeTasks": ("tasks", "task", HERE),
    "UpdateService": ("service", "service", {**HERE, "desiredCount": 2}),
    "DeleteService": ("service", "service", {**HERE, "force": True}),
    "DescribeServices": ("services", "service", HERE),
    "StartTask": ("containerInstances", "container-instance", {**HERE, "taskDefinition": "web"}),
    "DescribeContainerInstances": ("containerInstances", "container-instance", HERE),
    "UpdateContainerInstancesState": ("containerInstances", "container-instance", {**HERE, "status": "DRAINING"}),
    "DeregisterContainerInstance": ("containerInstance", "container-instance", {**HERE, "force": True}),
    "TagResource": ("resourceArn", "service", {"tags": [{"key": "a"}]}),
    "UntagResource": ("resourceArn", "service", {"tagKeys": ["a"]}),
    "ListTagsForResource": ("resourceArn", "service", {}),
    "UpdateCluster": ("cluster", "cluster", {"settings": [{"name": "containerInsights", "value": "enabled"}]}),
    "PutClusterCapacityProviders": (
        "cluster",
        "cluster",
        {"capacityProviders": [], "defaultCapacityProviderStrategy": []},
    ),
    "DescribeCapacityProviders": ("capacityProviders", "capacity-provider", {}),
    "UpdateCapacityProvider": ("name", "capacity-provider", {"autoScalingGroupProvider": {}}),
    "DeleteCapacityProvider": ("capacityProvider", "capacity-provider", {}),
    "CreateCapacityProvider": ("autoScalingGroupProvider.autoScalingGroupArn", "auto-scaling-group", {"name": "mine"}),
    "DeleteTaskDefinitions": ("taskDefinitions", "task-definition", {}),
    "GetTaskProtection": ("tasks", "task", HERE),
    "UpdateTaskProtection": ("tasks", "task", {**HERE, "protectionEnabled": True}),
    "ListServiceDeployments": ("service", "service", HERE),
    "DescribeServiceDeployments": ("serviceDeploymentArns", "service-deployment", {}),
    "DescribeServiceRevisions": ("serviceRevisionArns", "service-revision", {}),
    "StopServiceDeployment": ("serviceDeploymentArn", "service-deployment", {}),
    "CreateTaskSet": ("service", "service", {**HERE, "taskDefinition": "web"}),
    "DescribeTaskSets": ("service", "service", HERE),
    "UpdateTaskSet": ("taskSet", "task-set", {**HERE, "service": "web", "scale": {"value": 50, "unit": "PERCENT"}}),
    "DeleteTaskSet": ("taskSet", "task-set", {**HERE, "service": "web"}),
    "UpdateServicePrimaryTaskSet": ("primaryTaskSet", "task-set", {**HERE, "service": "web"}),
    "PutAttributes": ("cluster", "cluster", {"attributes": [{"name": "a", "targetId": "x"}]}),
    "DeleteAttributes": ("cluster", "cluster", {"attributes": [{"name": "a", "targetId": "x"}]}),
    "ListAttributes": ("cluster", "cluster", {"targetType": "container-instance"}),
}


# What DeleteTaskDefinitions says of each revision that is none.
NOT_THERE = (
    "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
    "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
)


def rows() -> list[Any]:
    """Return everything that a refused call must leave as it was."""
    return [
        list(Cluster.objects.values_list("name", "status", "settings", "tags")),
        list(TaskDefinition.objects.values_list("family", "revision", "status")),
        list(Service.objects.values_list("name", "status", "desired_count", "tags")),
        list(Task.objects.values_list("task_id", "desired_status")),
        list(ContainerInstance.objects.values_list("instance_id", "status")),
    ]


def at(path: str, value: object) -> dict[str, Any]:
    """Return parameters that have a value at a dotted path."""
    head, _, rest = path.partition(".")
    return {head: at(rest, value) if rest else value}


def codes(operation: str) -> set[str]:
    return {shape.name for shape in ecs_model().operation_model(operation).error_shapes}


@pytest.mark.parametrize("operation", REFERENCES)
def test_a_reference_that_means_nothing_is_an_error_or_a_failure_and_changes_nothing(
    busy: World, operation: str
) -> None:
    name, kind, params = REFERENCES[operation]
    before = rows()
    is_list = name.endswith("s")
    for what, text in wrong(kind).items():
        if what == "empty" and name == "cluster" and operation not in {"DeleteCluster", "UpdateClusterSettings"}:
            continue  # the same as leaving it out: the cluster `default`

        response = post(operation, json.dumps({**params, **at(name, [text] if is_list else text)}))

        said = answer(response)
        if response.status_code == 200:
            assert is_list, what
            [failure] = said["failures"]
            assert failure["reason"] in {"MISSING", *NOT_THERE}, what
        else:
            assert response.status_code == 400, what
            assert said["__type"] in codes(operation), (what, said)
            assert said["message"], what
    assert rows() == before


@pytest.mark.parametrize("reference", ["web:0", "web:99999", "web:latest", "web:-1", "web:1:1", "web:", ":1", "web:１"])
@pytest.mark.parametrize(
    "operation", ["RunTask", "CreateService", "DescribeTaskDefinition", "DeregisterTaskDefinition"]
)
def test_a_revision_that_is_none_is_a_client_exception(busy: World, operation: str, reference: str) -> None:
    name, _kind, params = REFERENCES[operation]
    before = rows()

    said = answer(post(operation, json.dumps({**params, name: reference})))

    assert said["__type"] in {"ClientException", "InvalidParameterException"}
    assert rows() == before


def test_what_was_deleted_is_named_as_such(busy: World) -> None:
    instance = busy.call("ListContainerInstances", **HERE)["containerInstanceArns"][0]
    busy.call("DeleteService", **HERE, service="web", force=True)
    busy.converge()
    busy.call("DeregisterTaskDefinition", taskDefinition="web:1")
    busy.call("DeregisterContainerInstance", **HERE, containerInstance=instance)

    expected: dict[str, tuple[dict[str, Any], str, str]] = {
        "UpdateService": (
            {"service": "web", "desiredCount": 1},
            "ServiceNotActiveException",
            "Service was not ACTIVE.",
        ),
        "RunTask": ({"taskDefinition": "web:1"}, "InvalidParameterException", "TaskDefinition is inactive"),
        "DeregisterContainerInstance": (
            {"containerInstance": instance},
            "InvalidParameterException",
            "Referenced container instance not found.",
        ),
    }
    for operation, (params, code, words) in expected.items():
        said = answer(post(operation, json.dumps({**HERE, **params})))
        assert (said["__type"], said["message"]) == (code, words)
    assert answer(post("DescribeServices", json.dumps({**HERE, "services": ["web"]})))["services"][0]["status"] == (
        "INACTIVE"
    )


LIMITS: dict[str, tuple[str, int, dict[str, Any]]] = {
    "DescribeClusters": ("clusters", 100, {}),
    "DescribeServices": ("services", 10, HERE),
    "DescribeTasks": ("tasks", 100, HERE),
    "DescribeContainerInstances": ("containerInstances", 100, HERE),
    "UpdateContainerInstancesState": ("containerInstances", 10, {**HERE, "status": "ACTIVE"}),
    "StartTask": ("containerInstances", 10, {**HERE, "taskDefinition": "web"}),
    "GetTaskProtection": ("tasks", 100, HERE),
    "UpdateTaskProtection": ("tasks", 10, {**HERE, "protectionEnabled": True}),
    "DeleteTaskDefinitions": ("taskDefinitions", 10, {}),
    "DescribeServiceDeployments": ("serviceDeploymentArns", 20, {}),
    "DescribeServiceRevisions": ("serviceRevisionArns", 20, {}),
}


@pytest.mark.parametrize("operation", LIMITS)
def test_a_batch_has_aws_s_size_and_one_more_is_an_error(busy: World, operation: str) -> None:
    name, most, params = LIMITS[operation]

    full = answer(post(operation, json.dumps({**params, name: ["nope"] * most})))
    assert len(full["failures"]) == most

    response = post(operation, json.dumps({**params, name: ["nope"] * (most + 1)}))
    assert (response.status_code, answer(response)["__type"]) == (400, "InvalidParameterException")
    assert f"at most {most} items" in answer(response)["message"]


LISTS: dict[str, tuple[str, dict[str, Any], int]] = {
    "ListClusters": ("clusterArns", {}, 100),
    "ListTaskDefinitions": ("taskDefinitionArns", {}, 100),
    "ListTaskDefinitionFamilies": ("families", {}, 100),
    "ListTasks": ("taskArns", HERE, 100),
    "ListServices": ("serviceArns", HERE, 100),
    "ListContainerInstances": ("containerInstanceArns", HERE, 100),
    "ListAccountSettings": ("settings", {"effectiveSettings": True}, 10),
}


@pytest.fixture
def many(busy: World) -> World:
    """More than one of everything that can be listed."""
    busy.call("CreateCluster", clusterName="second")
    busy.register("other")
    busy.launch()
    busy.call("CreateService", **HERE, serviceName="other", taskDefinition="other", desiredCount=1)
    busy.call("CreateService", cluster="second", serviceName="there", taskDefinition="other", desiredCount=0)
    busy.converge()
    return busy


def token_of(operation: str, **more: Any) -> str:
    _key, params, _most = LISTS[operation]
    return str(answer(post(operation, json.dumps({**params, **more, "maxResults": 1})))["nextToken"])


@pytest.mark.parametrize("operation", LISTS)
def test_max_results_is_from_one_to_aws_s_most(many: World, operation: str) -> None:
    _key, params, most = LISTS[operation]

    assert post(operation, json.dumps({**params, "maxResults": most})).status_code == 200
    for size in (0, -1, most + 1, 2**31):
        response = post(operation, json.dumps({**params, "maxResults": size}))
        assert response.status_code == 400, size
        assert answer(response)["__type"] in {"InvalidParameterException", "SerializationException"}


@pytest.mark.parametrize("operation", LISTS)
def test_a_token_leads_through_the_whole_list(many: World, operation: str) -> None:
    key, params, _most = LISTS[operation]
    whole = answer(post(operation, json.dumps(params)))[key]

    found: list[Any] = []
    token: str | None = None
    for _page in range(30):
        more: dict[str, str] = {"nextToken": token} if token else {}
        page = answer(post(operation, json.dumps({**params, "maxResults": 1, **more})))
        found += page[key]
        token = page.get("nextToken")
        if not token:
            break

    assert found[: len(whole)] == whole
    assert len(found) > 1


@pytest.mark.parametrize("operation", LISTS)
def test_a_forged_token_is_refused(many: World, operation: str) -> None:
    _key, params, _most = LISTS[operation]
    mine = token_of(operation)
    other = "ListClusters" if operation != "ListClusters" else "ListTaskDefinitions"
    forged = ["", "x", "AAAA", "' OR 1=1 --", mine[:-1], f"{mine}x", mine.swapcase(), "x" * 5000, token_of(other)]
    forged.append(signing.dumps(["x", [], 0], salt="ecsweb.page"))
    forged.append(signing.dumps(7, salt="ecsweb.page"))

    for token in forged:
        said = answer(post(operation, json.dumps({**params, "nextToken": token})))
        assert (said["__type"], said["message"]) == ("InvalidParameterException", "Invalid token."), token


def test_a_token_of_other_filters_or_of_another_region_is_refused(many: World) -> None:
    foreign = "AWS4-HMAC-SHA256 Credential=AKID/20261123/eu-west-1/ecs/aws4_request, SignedHeaders=host, Signature=0"
    for name in ("one", "two"):
        post("CreateCluster", json.dumps({"clusterName": name}), Authorization=foreign)
    filtered = token_of("ListTasks", desiredStatus="RUNNING")

    for operation, params, token, headers in (
        ("ListTasks", HERE, filtered, {}),
        ("ListServices", {"cluster": "second"}, token_of("ListServices"), {}),
        ("ListClusters", {}, token_of("ListClusters"), {"Authorization": foreign}),
    ):
        said = answer(post(operation, json.dumps({**params, "nextToken": token}), **headers))
        assert said["message"] == "Invalid token.", operation


def test_a_page_that_holds_the_rest_has_no_token(many: World) -> None:
    clusters = len(answer(post("ListClusters", "{}"))["clusterArns"])

    assert "nextToken" not in answer(post("ListClusters", json.dumps({"maxResults": clusters})))
    assert "nextToken" in answer(post("ListClusters", json.dumps({"maxResults": clusters - 1})))


def test_a_token_of_a_list_that_is_empty_now_ends_it(many: World) -> None:
    token = token_of("ListServices")
    Service.objects.update(status="INACTIVE")

    assert answer(post("ListServices", json.dumps({**HERE, "nextToken": token}))) == {"serviceArns": []}


def test_a_token_is_good_for_a_day(many: World) -> None:
    now = datetime.now(UTC)
    with time_machine.travel(now - timedelta(hours=24, minutes=1)):
        old = token_of("ListClusters")
    with time_machine.travel(now - timedelta(hours=23, minutes=59)):
        young = token_of("ListClusters")

    assert answer(post("ListClusters", json.dumps({"nextToken": old})))["message"] == "Invalid token."
    assert post("ListClusters", json.dumps({"nextToken": young})).status_code == 200


PAGES = (
    "/clusters/{}/",
    "/clusters/{}/launch/",
    "/clusters/{}/settings/",
    "/clusters/{}/run/",
    "/clusters/demo/instances/{}/",
    "/clusters/demo/services/{}/",
    "/clusters/demo/tasks/{}/",
    "/task-definitions/{}/",
    "/tags/?resource={}",
)


@pytest.mark.parametrize("page", PAGES)
def test_the_page_of_what_is_not_there_is_a_page_that_says_so(client: Client, busy: World, page: str) -> None:
    for reference in ("nope", "x" * 300, "web:latest", f"{MINE}:task/demo/1", "arn:"):
        assert client.get(page.format(reference)).status_code == 404, reference


@pytest.mark.parametrize(
    ("page", "field", "typed"),
    [
        ("run", "task_definition", {"count": "1"}),
        ("services/create", "task_definition", {"name": "new", "scheduling_strategy": "REPLICA", "desired_count": "1"}),
        ("services/web/update", "task_definition", {"desired_count": "1"}),
    ],
)
def test_a_reference_that_is_none_is_said_beside_its_field(
    client: Client, busy: World, page: str, field: str, typed: dict[str, str]
) -> None:
    before = rows()
    for text in ("web:0", "web:99999", "web:latest", f"arn:aws:ecs:eu-west-1:{ACCOUNT}:task-definition/web:1", "arn:"):
        answered = client.post(f"/clusters/demo/{page}/", {**typed, field: text})

        assert answered.status_code == 422, text
        assert f'id="id_{field}_error"' in answered.content.decode(), text
    assert rows() == before
