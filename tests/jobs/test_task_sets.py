"""Task sets of a service with the EXTERNAL controller: somebody outside moves from blue to green (ecs-facts 6.10)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ecsweb.controlplane.task_definitions import finish_deletions
from ecsweb.domain.errors import EcsError
from ecsweb.models import Deployment, Service, Task, TaskSet
from tests.world import World

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
WEB = {"cluster": "demo", "service": "web"}


@pytest.fixture
def world(db: None, settings: Any) -> World:
    settings.ECSWEB_ENGINE_SLOTS = 0
    world = World()
    world.call("CreateCluster", clusterName="demo")
    world.launch(zone="a")
    world.launch(zone="b")
    world.register("web")
    world.register("web", cpu=32)
    return world


def create_service(world: World, desired: int = 4, **params: Any) -> dict[str, Any]:
    asked = {"cluster": "demo", "serviceName": "web", "deploymentController": {"type": "EXTERNAL"}, **params}
    return dict(world.call("CreateService", desiredCount=desired, **asked)["service"])


def create(world: World, revision: str = "web:1", scale: float | None = None, **params: Any) -> dict[str, Any]:
    if scale is not None:
        params["scale"] = {"value": scale, "unit": "PERCENT"}
    return dict(world.call("CreateTaskSet", **WEB, taskDefinition=revision, **params)["taskSet"])


def sets(world: World) -> dict[str, dict[str, Any]]:
    """Describe the service's task sets by their revision."""
    return {found["taskDefinition"].rsplit("/", 1)[-1]: found for found in world.service("web")["taskSets"]}


def running(world: World, task_set: dict[str, Any]) -> int:
    return len(world.tasks(startedBy=task_set["id"]))


def messages(world: World) -> list[str]:
    return [event["message"] for event in world.service("web")["events"]]


def test_an_external_service_begins_with_neither_revision_nor_tasks(world: World) -> None:
    made = create_service(world)
    world.converge()
    assert made["deploymentController"] == {"type": "EXTERNAL"}
    assert "taskDefinition" not in made
    assert (made["deployments"], made["taskSets"], made["desiredCount"]) == ([], [], 4)
    assert world.tasks() == []


def test_only_the_name_is_required_of_an_external_service(world: World) -> None:
    asked = {"cluster": "demo", "serviceName": "web", "deploymentController": {"type": "EXTERNAL"}}
    assert world.call("CreateService", **asked)["service"]["desiredCount"] == 0
    assert world.call("CreateService", **asked)["service"]["serviceName"] == "web"
    assert Service.objects.count() == 1


def test_the_move_from_blue_to_green(world: World) -> None:
    create_service(world)
    blue = create(world, "web:1", externalId="blue")
    assert (blue["status"], blue["stabilityStatus"], blue["computedDesiredCount"]) == ("ACTIVE", "STABILIZING", 4)
    world.converge()
    world.call("UpdateServicePrimaryTaskSet", **WEB, primaryTaskSet=blue["id"])
    world.converge()
    service = world.service("web")
    assert (service["runningCount"], service["taskDefinition"]) == (4, blue["taskDefinition"])
    assert sets(world)["web:1"]["stabilityStatus"] == "STEADY_STATE"

    green = create(world, "web:2", 0, externalId="green")
    world.converge()
    assert (sets(world)["web:2"]["computedDesiredCount"], running(world, green)) == (0, 0)
    scaled = world.call("UpdateTaskSet", **WEB, taskSet=green["taskSetArn"], scale={"value": 30.0, "unit": "PERCENT"})
    assert (scaled["taskSet"]["computedDesiredCount"], scaled["taskSet"]["scale"]["value"]) == (2, 30.0)
    world.converge()
    assert (running(world, blue), running(world, green)) == (4, 2)
    world.call("UpdateTaskSet", **WEB, taskSet=green["id"], scale={"value": 100, "unit": "PERCENT"})
    world.converge()
    assert (running(world, blue), running(world, green)) == (4, 4)

    world.call("UpdateServicePrimaryTaskSet", **WEB, primaryTaskSet=green["id"])
    assert {name: found["status"] for name, found in sets(world).items()} == {"web:1": "ACTIVE", "web:2": "PRIMARY"}
    world.call("UpdateTaskSet", **WEB, taskSet=blue["id"], scale={"value": 0, "unit": "PERCENT"})
    world.converge()
    assert (running(world, blue), running(world, green)) == (0, 4)
    world.call("DeleteTaskSet", **WEB, taskSet=blue["id"])
    world.converge()
    service = world.service("web")
    assert [found["externalId"] for found in service["taskSets"]] == ["green"]
    assert service["taskDefinition"] == green["taskDefinition"]
    assert (service["runningCount"], service["pendingCount"], service["deployments"]) == (4, 0, [])
    assert not world.reconcile()


def test_tasks_of_a_task_set_carry_its_id_and_events_name_it(world: World) -> None:
    create_service(world, desired=2)
    blue = create(world)
    world.converge()
    tasks = world.tasks(startedBy=blue["id"])
    assert {task["group"] for task in tasks} == {"service:web"}
    ids = [task["taskArn"].rsplit("/", 1)[-1] for task in sorted(tasks, key=lambda task: task["createdAt"])]
    name = f"(service web, taskSet {blue['id']})"
    said = messages(world)
    assert said[-1].startswith(f"{name} has started 2 tasks: (task ")
    assert all(task_id in said[-1] for task_id in ids)
    assert said[0] == f"{name} has reached a steady state."
    world.call("UpdateTaskSet", **WEB, taskSet=blue["id"], scale={"value": 50, "unit": "PERCENT"})
    world.converge()
    assert any(message.startswith(f"{name} has stopped 1 running tasks: (task ") for message in messages(world))


def test_the_arn_of_a_task_set(world: World) -> None:
    create_service(world)
    made = create(world)
    assert made["id"].startswith("ecs-svc/")
    assert made["taskSetArn"] == f"arn:aws:ecs:ap-northeast-2:123456789012:task-set/demo/web/{made['id']}"
    assert made["serviceArn"] == world.service("web")["serviceArn"]


def test_a_task_that_dies_is_replaced_within_its_task_set(world: World) -> None:
    create_service(world, desired=2)
    blue, green = create(world, "web:1"), create(world, "web:2", 50)
    world.converge()
    world.kill(world.tasks(startedBy=green["id"])[0]["taskArn"])
    world.converge()
    assert (running(world, blue), running(world, green)) == (2, 1)


def test_the_desired_count_of_the_service_is_shared_out_anew(world: World) -> None:
    create_service(world, desired=2)
    blue, green = create(world, "web:1"), create(world, "web:2", 25)
    world.converge()
    world.call("UpdateService", **WEB, desiredCount=6)
    world.converge()
    assert (running(world, blue), running(world, green)) == (6, 2)


def test_a_draining_instance_is_left_by_task_sets_and_none_is_stable_before(world: World) -> None:
    create_service(world, desired=2)
    blue = create(world)
    world.converge()
    leaving = world.tasks(startedBy=blue["id"])[0]["containerInstanceArn"]
    world.call("UpdateContainerInstancesState", cluster="demo", containerInstances=[leaving], status="DRAINING")
    world.reconcile()
    assert sets(world)["web:1"]["stabilityStatus"] == "STABILIZING"
    for _ in range(8):  # the replacement has to be healthy first
        world.converge()
    assert all(task["containerInstanceArn"] != leaving for task in world.tasks(startedBy=blue["id"]))
    assert (running(world, blue), sets(world)["web:1"]["stabilityStatus"]) == (2, "STEADY_STATE")


def test_protected_tasks_stay_and_the_event_names_the_task_set(world: World) -> None:
    create_service(world, desired=2)
    blue = create(world)
    world.converge()
    arns = [task["taskArn"] for task in world.tasks(startedBy=blue["id"])]
    world.call("UpdateTaskProtection", cluster="demo", tasks=arns, protectionEnabled=True)
    world.call("UpdateTaskSet", **WEB, taskSet=blue["id"], scale={"value": 0, "unit": "PERCENT"})
    world.converge()
    assert running(world, blue) == 2
    assert messages(world)[0] == (
        f"(service web) was unable to reach steady state because (taskSet {blue['id']}) was unable to scale in due to "
        "(reason 2 tasks under protection)"
    )


def test_a_task_set_without_a_place_says_so_and_the_others_go_on(world: World) -> None:
    world.register("huge", memory=50_000)
    create_service(world, desired=2)
    huge, blue = create(world, "huge:1"), create(world, "web:1")
    world.converge()
    assert running(world, blue) == 2
    said = [message for message in messages(world) if "unable to place" in message]
    assert len(said) == 1
    assert said[0].startswith(f"(service web, taskSet {huge['id']}) was unable to place a task because")
    assert Service.objects.get().placement_failure == "RESOURCE:MEMORY"
    assert not world.reconcile()
    world.call("DeleteTaskSet", **WEB, taskSet=huge["id"], force=True)
    world.converge()
    assert Service.objects.get().placement_failure == ""


def test_a_task_set_whose_tasks_never_start_backs_off_and_says_so(world: World) -> None:
    world.register("broken", image="ecsweb/nosuch:1")
    create_service(world, desired=1)
    broken = create(world, "broken:1")
    for _ in range(30):
        world.step_all()
        world.reconcile()
        world.clock.forward(4)
    assert f"(service web, taskSet {broken['id']}) is unable to consistently start tasks successfully." in " ".join(
        messages(world)
    )
    assert Deployment.objects.get().retry_at is not None


def test_a_task_set_on_fargate(world: World) -> None:
    world.register_fargate()
    create_service(world, desired=2)
    far = create(world, "far:1", launchType="FARGATE", networkConfiguration=NETWORK)
    assert (far["launchType"], far["networkConfiguration"]["awsvpcConfiguration"]["subnets"]) == (
        "FARGATE",
        ["subnet-1"],
    )
    world.converge()
    assert {task["launchType"] for task in world.tasks(startedBy=far["id"])} == {"FARGATE"}
    world.call("UpdateServicePrimaryTaskSet", **WEB, primaryTaskSet=far["id"])
    assert world.service("web")["launchType"] == "FARGATE"
    world.converge()
    assert running(world, far) == 2


def test_the_same_client_token_is_the_same_task_set(world: World) -> None:
    create_service(world)
    made = create(world, clientToken="once")
    assert create(world, clientToken="once")["id"] == made["id"]
    with pytest.raises(EcsError, match="idempotent"):
        create(world, "web:2", clientToken="once")
    assert TaskSet.objects.count() == 1


def test_there_are_at_most_five_task_sets(world: World) -> None:
    create_service(world, desired=0)
    for _ in range(5):
        create(world)
    with pytest.raises(EcsError) as refused:
        create(world)
    assert refused.value.message == (
        "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit."
    )
    assert TaskSet.objects.count() == 5


def test_delete_service_with_task_sets_needs_force(world: World) -> None:
    create_service(world, desired=2)
    create(world)
    world.converge()
    world.call("UpdateService", **WEB, desiredCount=0)
    with pytest.raises(EcsError, match="task sets"):
        world.call("DeleteService", **WEB)
    world.call("UpdateService", **WEB, desiredCount=2)
    world.converge()
    deleted = world.call("DeleteService", **WEB, force=True)["service"]
    assert (deleted["status"], [found["status"] for found in deleted["taskSets"]]) == ("DRAINING", ["DRAINING"])
    world.converge()
    gone = world.service("web")
    assert (gone["status"], gone["taskSets"]) == ("INACTIVE", [])
    assert not Task.objects.exclude(last_status="STOPPED").exists()
    with pytest.raises(EcsError) as refused:
        world.call("DescribeTaskSets", **WEB)
    assert refused.value.code == "ServiceNotActiveException"


def test_the_primary_task_set_and_one_above_zero_are_deleted_with_force_only(world: World) -> None:
    create_service(world, desired=2)
    blue = create(world)
    with pytest.raises(EcsError, match="scaled above 0"):
        world.call("DeleteTaskSet", **WEB, taskSet=blue["id"])
    world.call("UpdateServicePrimaryTaskSet", **WEB, primaryTaskSet=blue["id"])
    with pytest.raises(EcsError, match="Primary TaskSet cannot be deleted"):
        world.call("DeleteTaskSet", **WEB, taskSet=blue["id"])
    world.converge()
    drained = world.call("DeleteTaskSet", **WEB, taskSet=blue["id"], force=True)["taskSet"]
    assert (drained["status"], drained["computedDesiredCount"]) == ("DRAINING", 0)
    again = world.call("DeleteTaskSet", **WEB, taskSet=blue["id"])["taskSet"]
    assert again["status"] == "DRAINING"
    for operation, params in (
        ("UpdateTaskSet", {"taskSet": blue["id"], "scale": {"value": 10}}),
        ("UpdateServicePrimaryTaskSet", {"primaryTaskSet": blue["id"]}),
    ):
        with pytest.raises(EcsError, match="DRAINING"):
            world.call(operation, **WEB, **params)
    world.converge()
    assert world.service("web")["taskSets"] == []
    answer = world.call("DescribeTaskSets", **WEB, taskSets=[blue["id"]])
    assert answer["failures"] == [{"arn": blue["taskSetArn"], "reason": "MISSING"}]


@pytest.mark.parametrize(
    ("operation", "params", "code", "words"),
    [
        ("UpdateTaskSet", {"taskSet": "ecs-svc/1", "scale": {"value": 1}}, "TaskSetNotFoundException", "not exist"),
        ("DeleteTaskSet", {"taskSet": "ecs-svc/1"}, "TaskSetNotFoundException", "not exist"),
        ("UpdateServicePrimaryTaskSet", {"primaryTaskSet": "web"}, "TaskSetNotFoundException", "not exist"),
        ("CreateTaskSet", {"taskDefinition": "web:9"}, "ClientException", "TaskDefinition not found"),
        ("CreateTaskSet", {"taskDefinition": "web", "scale": {"value": 101}}, "InvalidParameterException", "0 to 100"),
        ("CreateTaskSet", {"taskDefinition": "web", "scale": {"value": -0.1}}, "InvalidParameterException", "0 to 100"),
        ("CreateTaskSet", {"taskDefinition": "web", "scale": {}}, "InvalidParameterException", "0 to 100"),
        ("CreateTaskSet", {"taskDefinition": "web", "clientToken": "x" * 37}, "InvalidParameterException", "36"),
        ("CreateTaskSet", {"taskDefinition": "web", "clientToken": "가"}, "InvalidParameterException", "36"),
        (
            "CreateTaskSet",
            {
                "taskDefinition": "web",
                "launchType": "EC2",
                "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            },
            "InvalidParameterException",
            "both a launch type and capacity provider strategy",
        ),
        (
            "CreateTaskSet",
            {"taskDefinition": "web", "loadBalancers": [{"containerName": "app", "containerPort": 80}]},
            "UnsupportedFeatureException",
            "Load balancers",
        ),
    ],
)
def test_task_set_calls_that_cannot_be_are_refused_and_nothing_made(
    world: World, operation: str, params: dict[str, Any], code: str, words: str
) -> None:
    create_service(world)
    with pytest.raises(EcsError, match=words) as refused:
        world.call(operation, **WEB, **params)
    assert refused.value.code == code
    assert not TaskSet.objects.exists()


@pytest.mark.parametrize(
    ("operation", "params"),
    [
        ("CreateTaskSet", {"taskDefinition": "web"}),
        ("UpdateTaskSet", {"taskSet": "ecs-svc/1", "scale": {"value": 1}}),
        ("DeleteTaskSet", {"taskSet": "ecs-svc/1"}),
        ("DescribeTaskSets", {"taskSets": ["ecs-svc/1"]}),
        ("UpdateServicePrimaryTaskSet", {"primaryTaskSet": "ecs-svc/1"}),
    ],
)
def test_a_service_of_the_controller_ecs_has_no_task_sets(world: World, operation: str, params: dict[str, Any]) -> None:
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=0)
    with pytest.raises(EcsError) as refused:
        world.call(operation, **WEB, **params)
    assert (refused.value.code, refused.value.message) == (
        "InvalidParameterException",
        "Amazon ECS only supports task set management on services configured to use external deployment controllers.",
    )


@pytest.mark.parametrize(
    ("params", "code", "words"),
    [
        ({"taskDefinition": "web"}, "InvalidParameterException", "TaskDefinition must be blank"),
        ({"launchType": "EC2"}, "InvalidParameterException", "LaunchType must be blank"),
        ({"schedulingStrategy": "DAEMON"}, "InvalidParameterException", "does not support the deployment controller"),
        (
            {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}},
            "InvalidParameterException",
            "circuit breaker",
        ),
        ({"availabilityZoneRebalancing": "ENABLED"}, "InvalidParameterException", "rebalancing"),
        ({"deploymentController": {"type": "CODE_DEPLOY"}}, "UnsupportedFeatureException", "CodeDeploy"),
    ],
)
def test_what_belongs_to_task_sets_an_external_service_may_not_have(
    world: World, params: dict[str, Any], code: str, words: str
) -> None:
    with pytest.raises(EcsError, match=words) as refused:
        create_service(world, **params)
    assert refused.value.code == code
    assert not Service.objects.exists()


@pytest.mark.parametrize("params", [{"taskDefinition": "web:2"}, {"forceNewDeployment": True}])
def test_what_needs_a_new_task_set_update_service_does_not_change(world: World, params: dict[str, Any]) -> None:
    create_service(world)
    with pytest.raises(EcsError, match="Create a new task set"):
        world.call("UpdateService", **WEB, **params)
    assert not Deployment.objects.exists()


def test_task_sets_have_tags(world: World) -> None:
    create_service(world)
    made = create(world, tags=[{"key": "colour", "value": "blue"}])
    world.call("TagResource", resourceArn=made["taskSetArn"], tags=[{"key": "who", "value": "me"}])
    tags = [{"key": "colour", "value": "blue"}, {"key": "who", "value": "me"}]
    assert world.call("ListTagsForResource", resourceArn=made["taskSetArn"])["tags"] == tags
    asked = {**WEB, "taskSets": [made["taskSetArn"]]}
    assert world.call("DescribeTaskSets", **asked)["taskSets"][0]["tags"] == []
    assert world.call("DescribeTaskSets", **asked, include=["TAGS"])["taskSets"][0]["tags"] == tags


def test_a_service_without_a_revision_keeps_no_other_revision_from_being_deleted(world: World) -> None:
    create_service(world)
    create(world, "web:1")
    for name in ("web:1", "web:2"):
        world.call("DeregisterTaskDefinition", taskDefinition=name)
    world.call("DeleteTaskDefinitions", taskDefinitions=["web:1", "web:2"])
    assert finish_deletions() == 1
    used = world.call("DescribeTaskDefinition", taskDefinition="web:1")["taskDefinition"]
    assert used["status"] == "DELETE_IN_PROGRESS"


def test_the_capacity_providers_of_a_task_set_stay_with_the_cluster(world: World) -> None:
    providers = {"cluster": "demo", "defaultCapacityProviderStrategy": []}
    world.call("PutClusterCapacityProviders", capacityProviders=["FARGATE", "FARGATE_SPOT"], **providers)
    world.register_fargate()
    create_service(world)
    strategy = [
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ]
    made = create(world, "far:1", capacityProviderStrategy=strategy, networkConfiguration=NETWORK)
    world.converge()
    used = Counter(task["capacityProviderName"] for task in world.tasks(startedBy=made["id"]))
    assert used == {"FARGATE": 3, "FARGATE_SPOT": 1}
    with pytest.raises(EcsError, match="in use"):
        world.call("PutClusterCapacityProviders", capacityProviders=["FARGATE"], **providers)


def test_steady_state_and_a_failure_of_a_task_set_are_said_again_after_six_hours(world: World) -> None:
    world.pace = replace(world.pace, repeat_every=timedelta(hours=6))
    world.register("huge", memory=50_000)
    create_service(world, desired=1)
    huge, blue = create(world, "huge:1"), create(world, "web:1")
    world.converge()
    before = len(messages(world))
    world.clock.forward(5 * 3600)
    world.converge()
    assert len(messages(world)) == before
    world.clock.forward(3600)
    world.converge()
    again = sorted(message.split(")")[0] for message in messages(world)[: len(messages(world)) - before])
    assert again == sorted(f"(service web, taskSet {found['id']}" for found in (huge, blue))


def test_the_same_scale_again_changes_nothing(world: World) -> None:
    create_service(world, desired=1)
    blue = create(world)
    world.converge()
    steady = sets(world)["web:1"]
    world.call("UpdateTaskSet", **WEB, taskSet=blue["id"], scale={"value": 100})
    world.converge()
    said = ("stabilityStatus", "stabilityStatusAt")
    assert [sets(world)["web:1"][name] for name in said] == [steady[name] for name in said]
    assert sum("steady state" in message for message in messages(world)) == 1
