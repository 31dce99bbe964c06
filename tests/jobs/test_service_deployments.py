"""Service deployments and revisions from the call to their end (`ecs-facts.md` 6.3, 6.5, 6.10)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import (
    ClientException,
    ConflictException,
    InvalidParameterException,
    ServiceDeploymentNotFoundException,
)
from ecsweb.models import Service, ServiceDeployment
from tests.world import ACCOUNT, REGION, World

pytestmark = pytest.mark.django_db
HERE = {"cluster": "demo"}
BREAKER = {"deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}}


@pytest.fixture
def web(world: World) -> World:
    """A service of two whose first deployment is complete; revision 2 of its definition never starts, 3 does."""
    world.launch(instance_type="t3.medium")
    world.register()
    world.register(image="nowhere/nothing:1")
    world.register(memory=32)
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web:1", desiredCount=2)
    world.converge()
    return world


def wait(world: World, seconds: int = 30) -> None:
    """A loop that has nothing to do yet still has to see time pass."""
    for _ in range(seconds):
        world.converge(seconds=1)


def deployments(world: World, **filters: Any) -> list[dict[str, Any]]:
    briefs = world.call("ListServiceDeployments", **HERE, service="web", **filters)["serviceDeployments"]
    arns = [brief["serviceDeploymentArn"] for brief in briefs]
    if not arns:
        return []
    return list(world.call("DescribeServiceDeployments", serviceDeploymentArns=arns)["serviceDeployments"])


def update(world: World, **params: Any) -> None:
    world.call("UpdateService", **HERE, service="web", **params)


def test_a_roll_out_is_recorded_from_pending_to_successful(web: World) -> None:
    (first,) = deployments(web)
    assert first["status"] == "SUCCESSFUL"
    assert re.fullmatch(
        rf"arn:aws:ecs:{REGION}:{ACCOUNT}:service-deployment/demo/web/[a-zA-Z0-9]{{21}}", first["serviceDeploymentArn"]
    )
    assert re.fullmatch(
        rf"arn:aws:ecs:{REGION}:{ACCOUNT}:service-revision/demo/web/\d{{19}}", first["targetServiceRevision"]["arn"]
    )

    update(web, taskDefinition="web:3")
    second = deployments(web)[0]
    assert (second["status"], second["sourceServiceRevisions"][0]["arn"]) == (
        "PENDING",
        first["targetServiceRevision"]["arn"],
    )
    assert web.service("web")["currentServiceDeployment"] == second["serviceDeploymentArn"]
    web.reconcile()
    assert deployments(web)[0]["status"] == "IN_PROGRESS"
    wait(web)

    done = deployments(web)[0]
    assert (done["status"], done["targetServiceRevision"]["runningTaskCount"]) == ("SUCCESSFUL", 2)
    assert done["createdAt"] <= done["startedAt"] <= done["finishedAt"]
    assert "currentServiceDeployment" not in web.service("web")
    assert [one["arn"] for one in web.service("web")["currentServiceRevisions"]] == [
        done["targetServiceRevision"]["arn"]
    ]


def test_a_service_revision_is_a_snapshot_that_later_updates_do_not_change(web: World) -> None:
    arn = deployments(web)[0]["targetServiceRevision"]["arn"]
    before = web.call("DescribeServiceRevisions", serviceRevisionArns=[arn])["serviceRevisions"]

    update(web, taskDefinition="web:3")
    wait(web)

    after = web.call("DescribeServiceRevisions", serviceRevisionArns=[arn, arn.replace("/web/", "/nope/")])
    assert after["serviceRevisions"] == before
    assert before[0]["taskDefinition"].endswith("web:1")
    assert before[0]["launchType"] == "EC2"
    assert before[0]["containerImages"] == [{"containerName": "app", "image": "ecsweb/web:1"}]
    assert [failure["reason"] for failure in after["failures"]] == ["MISSING"]


def test_a_newer_roll_out_stops_the_one_under_way(web: World) -> None:
    update(web, taskDefinition="web:2")
    web.reconcile()
    update(web, taskDefinition="web:3")

    newest, former, _first = deployments(web)
    assert (newest["status"], former["status"]) == ("PENDING", "STOPPED")
    assert former["stoppedAt"]


def test_the_breaker_s_rollback_is_in_the_record(web: World) -> None:
    update(web, **BREAKER)
    update(web, taskDefinition="web:2")
    for _ in range(30):
        web.converge(seconds=5)
        web.clock.forward(10)

    failed, first = deployments(web)
    assert (failed["status"], first["status"]) == ("ROLLBACK_SUCCESSFUL", "SUCCESSFUL")
    assert failed["rollback"]["serviceRevisionArn"] == first["targetServiceRevision"]["arn"]
    assert failed["rollback"]["reason"].startswith("ECS deployment circuit breaker: rolling back to deploymentId ")
    breaker = failed["deploymentCircuitBreaker"]
    assert (breaker["status"], breaker["threshold"]) == ("TRIGGERED", 3)
    assert breaker["failureCount"] >= 3
    # What it came to stays, whatever becomes of the service.
    update(web, desiredCount=40)
    assert deployments(web)[0]["deploymentCircuitBreaker"] == breaker
    assert first["deploymentCircuitBreaker"]["status"] == "DISABLED"


def test_abort_launches_nothing_more_and_leaves_what_runs(web: World) -> None:
    update(web, taskDefinition="web:3")
    web.reconcile()
    running = {task["taskArn"] for task in web.tasks()}
    arn = deployments(web)[0]["serviceDeploymentArn"]

    assert web.call("StopServiceDeployment", serviceDeploymentArn=arn, stopType="ABORT") == {
        "serviceDeploymentArn": arn
    }
    wait(web)

    (stopped, _first) = deployments(web)
    assert (stopped["status"], stopped["statusReason"]) == ("STOPPED", "Service deployment stopped by user.")
    assert {task["taskArn"] for task in web.tasks()} == running
    assert web.service("web")["deployments"][0]["rolloutState"] == "FAILED"
    assert "deployment stopped by user." in str(web.service("web")["events"])

    update(web, taskDefinition="web:1")
    wait(web)
    assert web.service("web")["deployments"][0]["rolloutState"] == "COMPLETED"


def test_rollback_is_the_default_and_goes_back_to_the_newest_completed_deployment(web: World) -> None:
    update(web, taskDefinition="web:3")
    web.converge(seconds=3)
    arn = deployments(web)[0]["serviceDeploymentArn"]

    web.call("StopServiceDeployment", serviceDeploymentArn=arn)
    assert deployments(web)[0]["status"] == "ROLLBACK_IN_PROGRESS"
    wait(web)

    assert deployments(web)[0]["status"] == "ROLLBACK_SUCCESSFUL"
    assert web.service("web")["taskDefinition"].endswith("web:1")
    assert {task["taskDefinitionArn"][-5:] for task in web.tasks()} == {"web:1"}
    with pytest.raises(ConflictException, match="cannot be stopped while it is ROLLBACK_SUCCESSFUL"):
        web.call("StopServiceDeployment", serviceDeploymentArn=arn)


def test_a_rollback_brings_back_the_network_of_the_revision_it_goes_to(web: World) -> None:
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
    web.call("RegisterTaskDefinition", family="net", networkMode="awsvpc", containerDefinitions=[container])
    network = {"awsvpcConfiguration": {"subnets": ["subnet-7"]}}
    update(web, taskDefinition="net", networkConfiguration=network)
    wait(web)
    assert web.service("web")["networkConfiguration"] == network

    update(web, taskDefinition="web:3")
    assert "networkConfiguration" not in web.service("web")
    web.call("StopServiceDeployment", serviceDeploymentArn=deployments(web)[0]["serviceDeploymentArn"])
    wait(web)

    assert web.service("web")["networkConfiguration"] == network
    (subnet,) = {
        detail["value"]
        for task in web.tasks()
        for detail in task["attachments"][0]["details"]
        if detail["name"] == "subnetId"
    }
    assert subnet == "subnet-7"


def test_there_is_nothing_to_go_back_to_before_the_first_is_complete(world: World) -> None:
    world.register()
    world.call("CreateService", **HERE, serviceName="web", taskDefinition="web", desiredCount=1)
    arn = deployments(world)[0]["serviceDeploymentArn"]

    with pytest.raises(ClientException, match="no completed deployment"):
        world.call("StopServiceDeployment", serviceDeploymentArn=arn)
    assert deployments(world)[0]["status"] == "PENDING"


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:service-deployment/demo/web/nope",
        f"arn:aws:ecs:{REGION}:{ACCOUNT}:service-deployment/nope/web/x",
        f"arn:aws:ecs:us-east-1:{ACCOUNT}:service-deployment/demo/web/x",
        "nope",
    ],
)
def test_an_unknown_service_deployment_is_not_found(web: World, arn: str) -> None:
    with pytest.raises(ServiceDeploymentNotFoundException):
        web.call("StopServiceDeployment", serviceDeploymentArn=arn)
    missing = web.call("DescribeServiceDeployments", serviceDeploymentArns=[arn])
    assert [failure["reason"] for failure in missing["failures"]] == ["MISSING"]


def test_service_deployments_are_listed_by_status_and_time_twenty_are_described_at_once(web: World) -> None:
    update(web, taskDefinition="web:3")
    at = web.clock.now.timestamp()

    assert [one["status"] for one in deployments(web, status=["PENDING"])] == ["PENDING"]
    assert deployments(web, createdAt={"after": at + 3600}) == []
    assert len(deployments(web, createdAt={"before": at + 3600, "after": 0})) == 2
    with pytest.raises(InvalidParameterException, match="number of seconds"):
        deployments(web, createdAt={"after": "noon"})
    with pytest.raises(InvalidParameterException, match="at most 20"):
        web.call("DescribeServiceDeployments", serviceDeploymentArns=["x"] * 21)


def test_a_deleted_service_ends_its_roll_out(web: World) -> None:
    update(web, taskDefinition="web:3")
    web.call("DeleteService", **HERE, service="web", force=True)

    newest = ServiceDeployment.objects.filter(service=Service.objects.get()).first()
    assert newest is not None
    assert (newest.status, newest.status_reason) == ("STOPPED", "The service was deleted.")


def test_the_page_of_a_service_shows_its_roll_outs_and_stops_one(client: Client, web: World) -> None:
    update(web, taskDefinition="web:3")
    page = "/clusters/demo/services/web/"
    text = client.get(page, headers={"Accept-Language": "en"}).content.decode()
    arn = deployments(web)[0]["serviceDeploymentArn"]
    assert f'value="{arn}"' in text

    client.post("/clusters/demo/services/web/stop-deployment/", {"deployment": arn, "stop_type": "ROLLBACK"})

    assert deployments(web)[0]["status"] == "ROLLBACK_IN_PROGRESS"
    text = client.get(page, headers={"Accept-Language": "ko"}).content.decode()
    assert "ROLLBACK_IN_PROGRESS" in text
