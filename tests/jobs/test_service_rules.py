"""What a service takes, becomes and answers (`ecs-facts.md` 6.1-6.5, 6.7)."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.controlplane.service_updates import ServiceChange, update_service
from ecsweb.domain.errors import EcsError
from ecsweb.models import Service
from tests.world import World

HERE = {"cluster": "demo"}
WEB = {**HERE, "service": "web"}
SPREAD = [{"type": "spread", "field": "instanceId"}]
MEMBER_OF = [{"type": "memberOf", "expression": "agentConnected == true"}]


@pytest.fixture
def hosted(world: World) -> World:
    """A cluster with an instance and two revisions of web."""
    world.launch(instance_type="t3.medium")
    world.register()
    world.register(cpu=32)
    return world


@pytest.fixture
def served(hosted: World) -> World:
    """The service web of two tasks of the first revision, steady."""
    create(hosted)
    hosted.converge()
    return hosted


def create(world: World, **params: Any) -> dict[str, Any]:
    wanted = {**HERE, "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 2, **params}
    if params.get("schedulingStrategy") == "DAEMON":
        del wanted["desiredCount"]
    return dict(world.call("CreateService", **wanted)["service"])


def refusal(world: World, operation: str, **params: Any) -> tuple[str, str]:
    with pytest.raises(EcsError) as refused:
        world.call(operation, **params)
    return refused.value.code, refused.value.message


def settle(world: World) -> None:
    for _ in range(3):
        world.converge()
        world.clock.forward(5)


@pytest.mark.parametrize(("kind", "percents"), [("REPLICA", (100, 200)), ("DAEMON", (0, 100))])
def test_the_percentages_of_a_kind_where_nothing_is_said(hosted: World, kind: str, percents: tuple[int, int]) -> None:
    found = create(hosted, schedulingStrategy=kind)["deploymentConfiguration"]

    assert (found["minimumHealthyPercent"], found["maximumPercent"]) == percents


def test_replica_is_the_kind_where_nothing_is_said(hosted: World) -> None:
    assert create(hosted)["schedulingStrategy"] == "REPLICA"


def test_replica_takes_both_kinds_of_constraint_and_strategies(hosted: World) -> None:
    constraints = [*MEMBER_OF, {"type": "distinctInstance"}]

    made = create(hosted, placementConstraints=constraints, placementStrategy=SPREAD)

    assert (made["placementConstraints"], made["placementStrategy"]) == (constraints, SPREAD)


def test_daemon_takes_member_of_and_no_distinct_instance(hosted: World) -> None:
    kind = {**HERE, "serviceName": "web", "taskDefinition": "web", "schedulingStrategy": "DAEMON"}
    code, _message = refusal(hosted, "CreateService", **kind, placementConstraints=[{"type": "distinctInstance"}])
    assert code == "InvalidParameterException"

    assert create(hosted, schedulingStrategy="DAEMON", placementConstraints=MEMBER_OF)["placementConstraints"]


def test_list_services_leaves_draining_and_inactive_out_and_describe_shows_them(served: World) -> None:
    listed: list[list[str]] = [served.call("ListServices", **HERE)["serviceArns"]]
    served.call("DeleteService", **WEB, force=True)
    draining = served.service("web")["status"]
    listed.append(served.call("ListServices", **HERE)["serviceArns"])
    settle(served)
    listed.append(served.call("ListServices", **HERE)["serviceArns"])

    assert (draining, served.service("web")["status"]) == ("DRAINING", "INACTIVE")
    assert [len(arns) for arns in listed] == [1, 0, 0]


def test_the_name_of_an_inactive_service_may_be_used_again(served: World) -> None:
    served.call("DeleteService", **WEB, force=True)
    settle(served)

    assert create(served)["status"] == "ACTIVE"


def test_the_name_of_a_draining_service_may_not_be_used_yet(served: World) -> None:
    served.call("DeleteService", **WEB, force=True)

    said = refusal(served, "CreateService", **HERE, serviceName="web", taskDefinition="web:1", desiredCount=2)

    assert said == ("InvalidParameterException", "Unable to Start a service that is still Draining.")


OTHERS: dict[str, dict[str, Any]] = {
    "another revision": {"taskDefinition": "web:2"},
    "another count": {"desiredCount": 3},
    "another minimum": {"deploymentConfiguration": {"minimumHealthyPercent": 50}},
    "another maximum": {"deploymentConfiguration": {"maximumPercent": 150}},
    "constraints": {"placementConstraints": MEMBER_OF},
    "a strategy": {"placementStrategy": SPREAD},
    "another client token": {"clientToken": "another"},
}


@pytest.mark.parametrize("case", OTHERS)
def test_an_active_name_with_other_parameters_is_not_idempotent(hosted: World, case: str) -> None:
    create(hosted)
    wanted = {**HERE, "serviceName": "web", "taskDefinition": "web:1", "desiredCount": 2, **OTHERS[case]}

    said = refusal(hosted, "CreateService", **wanted)

    assert said == ("InvalidParameterException", "Creation of service was not idempotent.")


def test_describe_services_takes_at_most_10_and_names_unknown_ones_as_missing(served: World) -> None:
    answer = served.call("DescribeServices", **HERE, services=["web", "nope"])

    assert [one["serviceName"] for one in answer["services"]] == ["web"]
    assert [one["reason"] for one in answer["failures"]] == ["MISSING"]
    assert refusal(served, "DescribeServices", **HERE, services=["x"] * 11)[0] == "InvalidParameterException"


def test_list_services_shows_10_on_a_page(hosted: World) -> None:
    for number in range(11):
        create(hosted, serviceName=f"s{number}", desiredCount=0)

    first = hosted.call("ListServices", **HERE)

    assert len(first["serviceArns"]) == 10
    assert len(hosted.call("ListServices", **HERE, nextToken=first["nextToken"])["serviceArns"]) == 1


def test_a_launch_type_and_a_strategy_at_once_are_refused_in_the_words_of_ecs(hosted: World) -> None:
    both = {"launchType": "EC2", "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]}

    said = refusal(hosted, "CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1, **both)

    assert said == (
        "InvalidParameterException",
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
    )


def test_deployment_alarms_are_refused_and_not_forgotten(hosted: World) -> None:
    alarms = {"alarms": {"enable": True, "rollback": True, "alarmNames": ["high"]}}
    wanted = {**HERE, "serviceName": "web", "taskDefinition": "web", "desiredCount": 1}

    code, _message = refusal(hosted, "CreateService", **wanted, deploymentConfiguration=alarms)

    assert code == "UnsupportedFeatureException"


def test_a_service_keeps_its_deployment_controller(hosted: World) -> None:
    create(hosted)

    code, _message = refusal(hosted, "UpdateService", **WEB, deploymentController={"type": "EXTERNAL"})
    hosted.call("UpdateService", **WEB, deploymentController={"type": "ECS"})

    assert code == "UnsupportedFeatureException"


def test_filters_for_what_is_not_here_find_nothing(hosted: World) -> None:
    create(hosted)
    hosted.converge()

    assert hosted.call("ListServices", **HERE, resourceManagementType="ECS")["serviceArns"] == []
    assert len(hosted.call("ListServices", **HERE, resourceManagementType="CUSTOMER")["serviceArns"]) == 1
    assert hosted.call("ListTasks", **HERE, daemonName="logs")["taskArns"] == []


@pytest.mark.parametrize(
    "name",
    [
        "loadBalancers",
        "serviceRegistries",
        "serviceConnectConfiguration",
        "volumeConfigurations",
        "vpcLatticeConfigurations",
        "gatewayConnectors",
        "monitoring",
    ],
)
@pytest.mark.parametrize("operation", ["CreateService", "UpdateService"])
def test_what_is_not_built_is_refused_and_not_forgotten(hosted: World, operation: str, name: str) -> None:
    create(hosted)
    given: dict[str, Any] = {
        "loadBalancers": [{"containerName": "app", "containerPort": 80}],
        "serviceRegistries": [{"registryArn": "arn"}],
        "serviceConnectConfiguration": {"enabled": True},
        "volumeConfigurations": [{"name": "data"}],
        "vpcLatticeConfigurations": [{"roleArn": "r", "targetGroupArn": "t", "portName": "p"}],
        "gatewayConnectors": [{"portName": "web"}],
        "monitoring": {"metricConfigurations": [{"metricNames": ["CPUUtilization"], "resolutionSeconds": 60}]},
    }
    params = WEB if operation == "UpdateService" else {**HERE, "serviceName": "new", "taskDefinition": "web"}
    more = {} if operation == "UpdateService" else {"desiredCount": 1}

    assert refusal(hosted, operation, **params, **more, **{name: given[name]})[0] == "UnsupportedFeatureException"


def test_a_platform_version_is_not_for_a_service_on_ec2(hosted: World) -> None:
    create(hosted)

    assert refusal(hosted, "UpdateService", **WEB, platformVersion="1.4.0")[0] == "InvalidParameterException"


def test_update_service_of_an_unknown_service(hosted: World) -> None:
    assert refusal(hosted, "UpdateService", **WEB) == ("ServiceNotFoundException", "Service not found.")


@pytest.mark.parametrize("status", ["DRAINING", "INACTIVE"])
def test_update_service_of_a_service_that_is_not_active(served: World, status: str) -> None:
    served.call("DeleteService", **WEB, force=True)
    if status == "INACTIVE":
        settle(served)
    assert served.service("web")["status"] == status

    assert refusal(served, "UpdateService", **WEB) == ("ServiceNotActiveException", "Service was not ACTIVE.")


CHANGES: dict[str, tuple[dict[str, Any], bool]] = {
    "taskDefinition": ({"taskDefinition": "web:2"}, True),
    "forceNewDeployment": ({"forceNewDeployment": True}, True),
    "desiredCount": ({"desiredCount": 1}, False),
    "deploymentConfiguration": ({"deploymentConfiguration": {"minimumHealthyPercent": 50}}, False),
    "availabilityZoneRebalancing": ({"availabilityZoneRebalancing": "ENABLED"}, False),
    "placementConstraints": ({"placementConstraints": MEMBER_OF}, False),
    "placementStrategy": ({"placementStrategy": SPREAD}, False),
    "healthCheckGracePeriodSeconds": ({"healthCheckGracePeriodSeconds": 60}, False),
    "enableExecuteCommand": ({"enableExecuteCommand": False}, False),
    "enableECSManagedTags": ({"enableECSManagedTags": True}, False),
    "propagateTags": ({"propagateTags": "SERVICE"}, False),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_starts_a_deployment_and_what_does_not(served: World, name: str) -> None:
    before = served.service("web")["deployments"][0]["id"]
    params, starts = CHANGES[name]

    after = served.call("UpdateService", **WEB, **params)["service"]["deployments"][0]

    assert (after["id"] != before) is starts
    assert after["rolloutState"] == ("IN_PROGRESS" if starts else "COMPLETED")


def test_an_empty_list_removes_constraints_and_strategy_and_leaving_them_out_keeps_them(served: World) -> None:
    served.call("UpdateService", **WEB, placementConstraints=MEMBER_OF, placementStrategy=SPREAD)
    kept = served.call("UpdateService", **WEB, desiredCount=1)["service"]
    removed = served.call("UpdateService", **WEB, placementConstraints=[], placementStrategy=[])["service"]

    assert (kept["placementConstraints"], kept["placementStrategy"]) == (MEMBER_OF, SPREAD)
    assert (removed["placementConstraints"], removed["placementStrategy"]) == ([], [])


def test_a_replica_service_above_0_is_deleted_by_force_only(served: World) -> None:
    assert refusal(served, "DeleteService", **WEB) == (
        "InvalidParameterException",
        "The service cannot be stopped while it is scaled above 0.",
    )

    deleted = served.call("DeleteService", **WEB, force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)


def test_a_service_that_wants_none_is_deleted_though_tasks_still_run(served: World) -> None:
    served.call("UpdateService", **WEB, desiredCount=0)
    assert served.service("web")["runningCount"] == 2

    assert served.call("DeleteService", **WEB)["service"]["status"] == "DRAINING"


def test_a_steady_service_has_one_deployment_primary_and_completed(served: World) -> None:
    settle(served)
    deployments = served.service("web")["deployments"]

    assert [(d["status"], d["rolloutState"]) for d in deployments] == [("PRIMARY", "COMPLETED")]
    only = deployments[0]
    assert (only["desiredCount"], only["runningCount"], only["pendingCount"], only["failedTasks"]) == (2, 2, 0, 0)
    assert only["createdAt"] <= only["updatedAt"]
    assert only["rolloutStateReason"] == f"ECS deployment {only['id']} completed."


def test_a_deployment_that_began_is_in_progress_and_the_former_one_active(served: World) -> None:
    new, old = served.call("UpdateService", **WEB, taskDefinition="web:2")["service"]["deployments"]

    assert (new["status"], old["status"]) == ("PRIMARY", "ACTIVE")
    assert new["rolloutState"] == "IN_PROGRESS"
    assert new["rolloutStateReason"] == f"ECS deployment {new['id']} in progress."
    assert [d["taskDefinition"].rsplit("/", 1)[-1] for d in (new, old)] == ["web:2", "web:1"]


def test_a_second_update_during_a_deployment_becomes_primary_and_the_former_drains(served: World) -> None:
    served.call("UpdateService", **WEB, taskDefinition="web:2")
    served.converge(seconds=2)
    served.call("UpdateService", **WEB, forceNewDeployment=True)
    statuses = [d["status"] for d in served.service("web")["deployments"]]
    settle(served)
    settle(served)

    assert statuses == ["PRIMARY", "ACTIVE", "ACTIVE"]
    assert [d["status"] for d in served.service("web")["deployments"]] == ["PRIMARY"]


def test_failed_tasks_are_counted_and_forgotten_once_one_runs(hosted: World) -> None:
    hosted.register("bad", image="nowhere.example/none:1")
    create(hosted, taskDefinition="bad", desiredCount=1)
    hosted.converge(seconds=5)
    failed = hosted.service("web")["deployments"][0]["failedTasks"]
    hosted.call("UpdateService", **WEB, taskDefinition="web:1")
    settle(hosted)

    assert failed >= 1
    assert [d["failedTasks"] for d in hosted.service("web")["deployments"]] == [0]


def test_a_task_that_ran_and_then_ends_is_restarted_at_once_without_a_back_off(hosted: World) -> None:
    hosted.register("crash", image="ecsweb/crash:1")
    create(hosted, taskDefinition="crash", desiredCount=1)
    for _ in range(5):
        hosted.converge(seconds=3)

    service = hosted.service("web")
    assert service["deployments"][0]["failedTasks"] == 0
    assert not [event for event in service["events"] if "unable to consistently start" in event["message"]]
    assert len(hosted.tasks(desiredStatus="STOPPED")) >= 4


def test_an_update_keeps_what_another_one_changed_meanwhile(world: World) -> None:
    world.register()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=1)
    seen_before = Service.objects.select_related("cluster__account", "task_definition").get(name="web")
    world.call("UpdateService", cluster="demo", service="web", taskDefinition="web:2")

    update_service(seen_before, ServiceChange(desired_count=3), now=world.clock.now)

    after = world.service("web")
    assert (after["desiredCount"], after["taskDefinition"].rsplit("/", 1)[1]) == (3, "web:2")
