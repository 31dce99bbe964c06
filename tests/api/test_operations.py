"""The one door: every answer has AWS's shape, every refusal AWS's words, and a refusal stores nothing."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from ecsweb.api import call
from ecsweb.api.model import ecs_model
from ecsweb.api.principal import Principal, root_of
from ecsweb.api.registry import AWS_OPERATIONS, OUR_OPERATIONS
from ecsweb.api.validation import unknown_members
from ecsweb.domain.errors import EcsError
from ecsweb.models import Cluster, ContainerInstance, Event, Service, Task, TaskDefinition
from tests.world import ACCOUNT, REGION, World

PYTHON = {"string": str, "integer": int, "long": int, "boolean": bool, "double": float, "timestamp": float}


def assert_shape(shape: Shape, value: Any, path: str = "") -> None:
    """Walk an answer along botocore's shape: no member that AWS has not, every value of the right type."""
    if isinstance(shape, StructureShape):
        assert set(value) <= set(shape.members), f"{path}: {set(value) - set(shape.members)}"
        for key, inner in value.items():
            assert_shape(shape.members[key], inner, f"{path}.{key}")
    elif isinstance(shape, ListShape):
        for index, inner in enumerate(value):
            assert_shape(shape.member, inner, f"{path}.{index}")
    elif isinstance(shape, MapShape):
        assert all(isinstance(inner, str) for inner in value.values()), path
    else:
        is_right = isinstance(value, PYTHON[shape.type_name]) and isinstance(value, bool) == (
            shape.type_name == "boolean"
        )
        assert is_right, f"{path}: {value!r} is no {shape.type_name}"


def answers(world: World) -> dict[str, dict[str, Any]]:
    """Call every operation that is built, in an order that makes sense, and return what each answered."""
    call_ = world.call
    found: dict[str, dict[str, Any]] = {}
    found["CreateCluster"] = call_("CreateCluster", clusterName="shapes")
    here = {"cluster": "shapes"}
    found["RegisterContainerInstance"] = call_(
        "RegisterContainerInstance", **here, instanceIdentityDocument='{"instanceType": "t3.small"}'
    )
    arn = found["RegisterContainerInstance"]["containerInstance"]["containerInstanceArn"]
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64, "portMappings": [{"containerPort": 80}]}
    found["RegisterTaskDefinition"] = call_("RegisterTaskDefinition", family="web", containerDefinitions=[container])
    found["RunTask"] = call_("RunTask", **here, taskDefinition="web", tags=[{"key": "a", "value": "b"}])
    found["StartTask"] = call_("StartTask", **here, taskDefinition="web", containerInstances=[arn])
    found["CreateService"] = call_("CreateService", **here, serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    tasks = call_("ListTasks", **here)["taskArns"]
    found["ListTasks"] = call_("ListTasks", **here, serviceName="web")
    found["DescribeTasks"] = call_("DescribeTasks", **here, tasks=[*tasks, "nope"])
    found["StopTask"] = call_("StopTask", **here, task=tasks[0], reason="because")
    found["UpdateService"] = call_("UpdateService", **here, service="web", desiredCount=0)
    found["DescribeServices"] = call_("DescribeServices", **here, services=["web", "nope"])
    found["ListServices"] = call_("ListServices", **here)
    moved = {**here, "service": "moved"}
    call_("CreateService", **here, serviceName="moved", deploymentController={"type": "EXTERNAL"}, desiredCount=1)
    tokens = {"externalId": "blue", "clientToken": "once", "tags": [{"key": "a", "value": "b"}]}
    found["CreateTaskSet"] = call_("CreateTaskSet", **moved, taskDefinition="web", **tokens)
    blue = found["CreateTaskSet"]["taskSet"]["id"]
    found["UpdateServicePrimaryTaskSet"] = call_("UpdateServicePrimaryTaskSet", **moved, primaryTaskSet=blue)
    found["DescribeTaskSets"] = call_("DescribeTaskSets", **moved, taskSets=[blue, "ecs-svc/1"], include=["TAGS"])
    found["UpdateTaskSet"] = call_("UpdateTaskSet", **moved, taskSet=blue, scale={"value": 0.0, "unit": "PERCENT"})
    assert_shape(
        ecs_model().operation_model("DescribeServices").output_shape,
        call_("DescribeServices", **here, services=["moved"]),
        "DescribeServices",
    )
    found["DeleteTaskSet"] = call_("DeleteTaskSet", **moved, taskSet=blue, force=True)
    call_("DeleteService", **here, service="moved", force=True)
    found["DescribeContainerInstances"] = call_("DescribeContainerInstances", **here, containerInstances=[arn, "nope"])
    found["ListContainerInstances"] = call_("ListContainerInstances", **here)
    found["UpdateContainerInstancesState"] = call_(
        "UpdateContainerInstancesState", **here, containerInstances=[arn, "nope"], status="DRAINING"
    )
    found["DescribeTaskDefinition"] = call_("DescribeTaskDefinition", taskDefinition="web", include=["TAGS"])
    found["ListTaskDefinitions"] = call_("ListTaskDefinitions", sort="DESC")
    found["ListTaskDefinitionFamilies"] = call_("ListTaskDefinitionFamilies", status="ACTIVE")
    found["DescribeClusters"] = call_(
        "DescribeClusters", clusters=["shapes", "nope"], include=["TAGS", "STATISTICS", "SETTINGS"]
    )
    found["ListClusters"] = call_("ListClusters")
    found["DescribeCapacityProviders"] = call_("DescribeCapacityProviders", capacityProviders=["FARGATE", "nope"])
    found |= answers_about_capacity(world)
    found["PutClusterCapacityProviders"] = call_(
        "PutClusterCapacityProviders",
        cluster="shapes",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[],
    )
    tagged = {"resourceArn": found["CreateCluster"]["cluster"]["clusterArn"]}
    found["TagResource"] = call_("TagResource", **tagged, tags=[{"key": "a", "value": "b"}])
    found["ListTagsForResource"] = call_("ListTagsForResource", **tagged)
    configuration = {"executeCommandConfiguration": {"logging": "NONE"}}
    insights = [{"name": "containerInsights", "value": "enhanced"}]
    found["UpdateCluster"] = call_("UpdateCluster", cluster="shapes", configuration=configuration)
    found["UpdateClusterSettings"] = call_("UpdateClusterSettings", cluster="shapes", settings=insights)
    any_task = found["RunTask"]["tasks"][0]["taskArn"]
    found["UpdateTaskProtection"] = call_("UpdateTaskProtection", **here, tasks=[any_task], protectionEnabled=True)
    found["GetTaskProtection"] = call_("GetTaskProtection", **here)
    rack = [{"name": "rack", "value": "r1", "targetId": arn}]
    found["PutAttributes"] = call_("PutAttributes", **here, attributes=rack)
    found["ListAttributes"] = call_("ListAttributes", **here, targetType="container-instance", attributeName="rack")
    found["DeleteAttributes"] = call_("DeleteAttributes", **here, attributes=rack)
    trunking = {"name": "awsvpcTrunking", "value": "enabled"}
    found["PutAccountSetting"] = call_("PutAccountSetting", **trunking)
    found["PutAccountSettingDefault"] = call_("PutAccountSettingDefault", **trunking)
    found["ListAccountSettings"] = call_("ListAccountSettings", effectiveSettings=True)
    found["DeleteAccountSetting"] = call_("DeleteAccountSetting", name="awsvpcTrunking")
    found["ListServiceDeployments"] = call_("ListServiceDeployments", **here, service="web")
    rolled = [one["serviceDeploymentArn"] for one in found["ListServiceDeployments"]["serviceDeployments"]]
    found["DescribeServiceDeployments"] = call_("DescribeServiceDeployments", serviceDeploymentArns=rolled)
    revision = found["ListServiceDeployments"]["serviceDeployments"][0]["targetServiceRevisionArn"]
    found["DescribeServiceRevisions"] = call_("DescribeServiceRevisions", serviceRevisionArns=[revision])
    call_("UpdateService", **here, service="web", forceNewDeployment=True)
    stopped = call_("ListServiceDeployments", **here, service="web")["serviceDeployments"][0]["serviceDeploymentArn"]
    found["StopServiceDeployment"] = call_("StopServiceDeployment", serviceDeploymentArn=stopped, stopType="ABORT")
    found["UntagResource"] = call_("UntagResource", **tagged, tagKeys=["a"])
    found["DeregisterTaskDefinition"] = call_("DeregisterTaskDefinition", taskDefinition="web:1")
    found["DeleteTaskDefinitions"] = call_("DeleteTaskDefinitions", taskDefinitions=["web:1", "web:99"])
    found["DeleteService"] = call_("DeleteService", **here, service="web", force=True)
    found["DeregisterContainerInstance"] = call_(
        "DeregisterContainerInstance", **here, containerInstance=arn, force=True
    )
    world.converge()
    found["DeleteCluster"] = call_("DeleteCluster", **here)
    return found


def answers_about_capacity(world: World) -> dict[str, dict[str, Any]]:
    """Make a capacity provider of a group, look at it, and delete it."""
    call_, found = world.call, dict[str, dict[str, Any]]()
    machines = {"AutoScalingGroupName": "asg", "InstanceType": "t3.micro", "MinSize": 0, "MaxSize": 1}
    group = call_("CreateAutoScalingGroup", cluster="shapes", **machines)["AutoScalingGroup"]["AutoScalingGroupARN"]
    of_group = {"autoScalingGroupArn": group, "managedScaling": {"targetCapacity": 90}}
    found["CreateCapacityProvider"] = call_(
        "CreateCapacityProvider",
        name="machines",
        autoScalingGroupProvider=of_group,
        tags=[{"key": "a", "value": "b"}],
    )
    found["UpdateCapacityProvider"] = call_(
        "UpdateCapacityProvider", name="machines", autoScalingGroupProvider={"managedDraining": "DISABLED"}
    )
    assert_shape(
        ecs_model().operation_model("DescribeCapacityProviders").output_shape,
        call_("DescribeCapacityProviders", include=["TAGS"]),
        "DescribeCapacityProviders",
    )
    found["DeleteCapacityProvider"] = call_("DeleteCapacityProvider", capacityProvider="machines")
    call_("DeleteAutoScalingGroup", AutoScalingGroupName="asg")
    return found


def test_every_answer_has_aws_shape(world: World) -> None:
    found = answers(world)

    assert set(found) == set(AWS_OPERATIONS)
    for operation, answer in found.items():
        shape = ecs_model().operation_model(operation).output_shape
        assert_shape(shape, answer, operation)


def test_every_change_is_in_the_log_and_no_sequence_is_missing(world: World) -> None:
    answers(world)

    sequences = list(Event.objects.order_by("sequence").values_list("sequence", flat=True))
    calls = set(Event.objects.filter(detail_type="API Call").values_list("detail__operation", flat=True))
    assert sequences == list(range(1, len(sequences) + 1))
    assert calls - OUR_OPERATIONS.keys() == {
        name for name in AWS_OPERATIONS if not name.startswith(("Describe", "Get", "List"))
    }


def counts() -> list[int]:
    return [model.objects.count() for model in (Cluster, ContainerInstance, TaskDefinition, Task, Service)]


@pytest.fixture
def busy(world: World) -> World:
    """A cluster with an instance, a revision and a service of one."""
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    return world


HERE = {"cluster": "demo"}
SERVICE = {**HERE, "serviceName": "new", "taskDefinition": "web"}
REFUSED: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "unknown cluster": ("ListTasks", {"cluster": "x"}, "ClusterNotFoundException", "Cluster not found."),
    "other account's cluster": (
        "ListTasks",
        {"cluster": f"arn:aws:ecs:{REGION}:999999999999:cluster/demo"},
        "ClusterNotFoundException",
        "Cluster not found.",
    ),
    "cluster with services": (
        "DeleteCluster",
        HERE,
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
    ),
    "unknown revision": (
        "RunTask",
        {**HERE, "taskDefinition": "web:9"},
        "ClientException",
        "TaskDefinition not found.",
    ),
    "count 0": ("RunTask", {**HERE, "taskDefinition": "web", "count": 0}, "InvalidParameterException", "count must be"),
    "count 11": (
        "RunTask",
        {**HERE, "taskDefinition": "web", "count": 11},
        "InvalidParameterException",
        "count must be",
    ),
    "unknown override": (
        "RunTask",
        {**HERE, "taskDefinition": "web", "overrides": {"containerOverrides": [{"name": "x"}]}},
        "InvalidParameterException",
        "Override for container named x is not a container in the TaskDefinition.",
    ),
    "group of a service": (
        "RunTask",
        {**HERE, "taskDefinition": "web", "group": "service:web"},
        "InvalidParameterException",
        "A group beginning with service:",
    ),
    "FARGATE": (
        "RunTask",
        {**HERE, "taskDefinition": "web", "launchType": "FARGATE"},
        "InvalidParameterException",
        "Task definition does not support launch_type FARGATE.",
    ),
    "EXTERNAL": (
        "RunTask",
        {**HERE, "taskDefinition": "web", "launchType": "EXTERNAL"},
        "UnsupportedFeatureException",
        "Launch type EXTERNAL is not built here yet.",
    ),
    "network of a bridge task": (
        "RunTask",
        {**HERE, "taskDefinition": "web", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["s"]}}},
        "InvalidParameterException",
        "Network Configuration is not valid for the given networkMode of this task definition.",
    ),
    "unknown task": (
        "StopTask",
        {**HERE, "task": "x"},
        "InvalidParameterException",
        "The referenced task was not found.",
    ),
    "same name, other call": (
        "CreateService",
        {**SERVICE, "serviceName": "web", "desiredCount": 5},
        "InvalidParameterException",
        "Creation of service was not idempotent.",
    ),
    "bad service name": (
        "CreateService",
        {**SERVICE, "serviceName": "a b", "desiredCount": 1},
        "InvalidParameterException",
        "ServiceName must match",
    ),
    "REPLICA without a count": (
        "CreateService",
        SERVICE,
        "InvalidParameterException",
        "Desired count can not be null.",
    ),
    "DAEMON with a count": (
        "CreateService",
        {**SERVICE, "schedulingStrategy": "DAEMON", "desiredCount": 1},
        "InvalidParameterException",
        "The daemon scheduling strategy does not support a desired count for services.",
    ),
    "circuit breaker": (
        "CreateService",
        {
            **SERVICE,
            "desiredCount": 1,
            "deploymentConfiguration": {
                "deploymentCircuitBreaker": {
                    "enable": True,
                    "rollback": True,
                    "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 101},
                }
            },
        },
        "InvalidParameterException",
        "The value of the circuit breaker's threshold must be from 1 to 100.",
    ),
    "other strategy": (
        "CreateService",
        {**SERVICE, "desiredCount": 1, "placementStrategy": [{"type": "binpack", "field": "disk"}]},
        "InvalidParameterException",
        "binpack field 'disk' is invalid.",
    ),
    "unknown service": ("UpdateService", {**HERE, "service": "x"}, "ServiceNotFoundException", "Service not found."),
    "service above 0": (
        "DeleteService",
        {**HERE, "service": "web"},
        "InvalidParameterException",
        "The service cannot be stopped while it is scaled above 0.",
    ),
    "eleven services": (
        "DescribeServices",
        {**HERE, "services": ["x"] * 11},
        "InvalidParameterException",
        "services can have at most 10 items.",
    ),
    "unknown instance type": (
        "RegisterContainerInstance",
        {**HERE, "instanceIdentityDocument": '{"instanceType": "t9.huge"}'},
        "ClientException",
        "Unknown instance type t9.huge.",
    ),
    "no size at all": ("RegisterContainerInstance", HERE, "ClientException", "Either totalResources"),
    "document that is no JSON": (
        "RegisterContainerInstance",
        {**HERE, "instanceIdentityDocument": "{"},
        "InvalidParameterException",
        "instanceIdentityDocument is not valid JSON.",
    ),
    "revision missing": (
        "DeregisterTaskDefinition",
        {"taskDefinition": "web"},
        "ClientException",
        "Revision is missing.",
    ),
    "undescribable": (
        "DescribeTaskDefinition",
        {"taskDefinition": "nope"},
        "ClientException",
        "Unable to describe task definition.",
    ),
    "forged token": ("ListClusters", {"nextToken": "Zm9yZ2Vk"}, "InvalidParameterException", "Invalid token."),
    "page of 0": ("ListClusters", {"maxResults": 0}, "InvalidParameterException", "maxResults must be from 1 to 100."),
    "missing member": ("StopTask", HERE, "InvalidParameterException", "task should not be null or empty."),
    "unknown operation": ("MakeCoffee", {}, "UnknownOperationException", "There is no operation MakeCoffee."),
    "kill what does not run": (
        "KillContainer",
        {**HERE, "task": "x", "container": "y"},
        "InvalidParameterException",
        "The",
    ),
}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_refusals_are_aws_and_store_nothing(busy: World, case: str) -> None:
    operation, params, code, message = REFUSED[case]
    before = counts()

    with pytest.raises(EcsError) as refused:
        busy.call(operation, **params)

    assert refused.value.code == code
    assert refused.value.message.startswith(message)
    assert counts() == before


def test_inactive_revision_and_inactive_service_cannot_be_used(busy: World) -> None:
    busy.call("DeregisterTaskDefinition", taskDefinition="web:1")
    with pytest.raises(EcsError, match="TaskDefinition is inactive"):
        busy.call("RunTask", cluster="demo", taskDefinition="web:1")

    busy.call("DeleteService", cluster="demo", service="web", force=True)
    with pytest.raises(EcsError, match=r"Service was not ACTIVE\."):
        busy.call("UpdateService", cluster="demo", service="web", desiredCount=2)
    busy.register()
    with pytest.raises(EcsError, match="Unable to Start a service that is still Draining"):
        busy.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)


def test_the_same_call_of_create_service_again_is_the_same_service(busy: World) -> None:
    again = busy.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)

    assert again["service"]["serviceArn"].endswith(":service/demo/web")
    assert Service.objects.count() == 1


def test_a_client_token_makes_one_task_and_another_call_with_it_is_a_conflict(busy: World) -> None:
    first = busy.call("RunTask", cluster="demo", taskDefinition="web", clientToken="t")
    again = busy.call("RunTask", cluster="demo", taskDefinition="web", clientToken="t")

    assert [t["taskArn"] for t in first["tasks"]] == [t["taskArn"] for t in again["tasks"]]
    with pytest.raises(EcsError) as refused:
        busy.call("RunTask", cluster="demo", taskDefinition="web", clientToken="t", count=2)
    assert refused.value.code == "ConflictException"


def test_revision_numbers_only_grow(world: World) -> None:
    world.register()
    world.register()
    world.call("DeregisterTaskDefinition", taskDefinition="web:2")

    assert world.register().endswith("web:3")
    assert world.call("DescribeTaskDefinition", taskDefinition="web")["taskDefinition"]["revision"] == 3


def test_pages_of_a_list_follow_each_other(world: World) -> None:
    for number in range(4):
        world.call("CreateCluster", clusterName=f"c{number}")

    first = world.call("ListClusters", maxResults=3)
    second = world.call("ListClusters", maxResults=3, nextToken=first["nextToken"])

    assert (len(first["clusterArns"]), len(second["clusterArns"]), "nextToken" in second) == (3, 2, False)


def test_a_task_that_fits_nowhere_is_a_failure_and_no_error(world: World) -> None:
    world.launch()
    world.register(memory=4096)

    answer = world.call("RunTask", cluster="demo", taskDefinition="web", count=2)

    assert answer["tasks"] == []
    assert [f["reason"] for f in answer["failures"]] == ["RESOURCE:MEMORY"] * 2
    assert {f["detail"].partition(". ")[0] for f in answer["failures"]} == {"4096 wanted, 1966 available"}


def test_a_deleted_cluster_may_be_made_again(world: World) -> None:
    world.call("DeleteCluster", cluster="demo")
    with pytest.raises(EcsError, match=r"The referenced cluster was inactive\."):
        world.call("ListTasks", cluster="demo")

    assert world.call("CreateCluster", clusterName="demo")["cluster"]["status"] == "ACTIVE"


def test_total_resources_win_over_the_instance_type(world: World) -> None:
    resources = [{"name": "CPU", "integerValue": 512}, {"name": "MEMORY", "integerValue": 700}]

    answer = world.call("RegisterContainerInstance", cluster="demo", totalResources=resources)

    registered = {r["name"]: r["integerValue"] for r in answer["containerInstance"]["registeredResources"]}
    assert (registered["CPU"], registered["MEMORY"]) == (512, 700)


def test_only_the_owner_of_an_account_may_call() -> None:
    stranger = Principal(ACCOUNT, REGION, f"arn:aws:iam::{ACCOUNT}:user/somebody", "wire")

    with pytest.raises(EcsError) as refused:
        call(stranger, "ListClusters", {})

    assert refused.value.code == "AccessDeniedException"
    assert root_of(ACCOUNT, REGION, origin="wire").arn.endswith(":root")


def test_a_misspelt_member_is_named() -> None:
    params = {"family": "web", "contianerDefinitions": [], "containerDefinitions": [{"nmae": "app"}]}

    assert unknown_members("RegisterTaskDefinition", params) == ["contianerDefinitions", "containerDefinitions.0.nmae"]


def test_a_draft_says_what_a_registration_would_and_where_a_task_could_stand(world: World) -> None:
    world.launch(instance_type="t3.micro")
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 512}
    definition = {"family": "web", "containerDefinitions": [container]}

    first = world.call("DescribeTaskDefinitionDraft", definition=definition)
    world.call("RegisterTaskDefinition", **definition)
    second = world.call("DescribeTaskDefinitionDraft", definition=definition)

    assert (first["taskDefinition"]["revision"], second["taskDefinition"]["revision"]) == (1, 2)
    assert first["taskDefinition"]["memory"] == 512
    ((name, decision),) = [(one["clusterName"], one["decision"]) for one in first["clusters"]]
    assert name == "demo"
    assert decision["chosen"]


@pytest.mark.parametrize("definition", [None, [], "web", {"family": "web"}])
def test_a_draft_of_nothing_is_refused(world: World, definition: object) -> None:
    with pytest.raises(EcsError):
        world.call("DescribeTaskDefinitionDraft", definition=definition)


def test_a_forecast_names_each_service_of_the_family_and_the_tasks_that_nobody_replaces(world: World) -> None:
    world.launch()
    for _ in range(2):
        world.call(
            "RegisterTaskDefinition",
            family="web",
            containerDefinitions=[{"name": "a", "image": "ecsweb/web:1", "memory": 9}],
        )
    world.call("CreateService", cluster="demo", serviceName="old", taskDefinition="web:1", desiredCount=1)
    world.call("CreateService", cluster="demo", serviceName="new", taskDefinition="web:2", desiredCount=1)
    world.call("RunTask", cluster="demo", taskDefinition="web:1")
    world.converge(seconds=30)

    told = world.call("DescribeDeploymentForecast", taskDefinition="web:2")

    assert [(one["serviceName"], one["forecast"] and one["forecast"]["outcome"]) for one in told["services"]] == [
        ("new", None),
        ("old", "DONE"),
    ]
    assert len(told["directTasks"]) == 1
    for wrong in ("web:9", "", None):
        with pytest.raises(EcsError):
            world.call("DescribeDeploymentForecast", taskDefinition=wrong)
