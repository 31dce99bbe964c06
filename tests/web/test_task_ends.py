"""A service says why its last task failed; a task says why it was this one that its service stopped."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.models import Task
from tests.jobs.test_health import CHECK, runtime_id
from tests.web.test_reasons import HERE, rolled_back, scaled_in, serve, wait, whys
from tests.world import World

pytestmark = pytest.mark.django_db
SERVICE = "/clusters/demo/services/web/"


def unhealthy(world: World) -> None:
    """Let a task of the service fail its health check, and be replaced."""
    world.launch(instance_type="t3.medium")
    world.register(healthCheck=CHECK)
    serve(world)
    [ill] = world.tasks()
    world.engine.set_health(runtime_id(ill), "unhealthy")
    wait(world, 40)


def stopped_task() -> Task:
    return Task.objects.get(stop_code="ServiceSchedulerInitiated")


def test_a_task_that_failed_its_health_check_says_so_and_that_another_comes(world: World, client: Client) -> None:
    unhealthy(world)

    why = whys(client, "task", stopped_task().task_id, "en")[0]
    assert "failed their health check" in why
    assert "starts a new task in its place" in why
    assert "상태 확인에 실패" in whys(client, "task", stopped_task().task_id, "ko")[0]


def test_a_task_that_was_moved_to_another_zone_says_so(world: World, client: Client) -> None:
    world.launch(zone="a", instance_type="t3.medium")
    world.register()
    serve(world, 2, availabilityZoneRebalancing="ENABLED")
    world.launch(zone="b", instance_type="t3.medium")
    wait(world, 30)

    assert "Availability Zone had more tasks" in whys(client, "task", stopped_task().task_id, "en")[0]


def test_a_daemon_that_must_leave_its_instance_says_that_the_constraint_is_why(world: World, client: Client) -> None:
    arn = world.launch()
    world.register()
    attribute = {"name": "stack", "targetType": "container-instance", "targetId": arn}
    world.call("PutAttributes", **HERE, attributes=[{**attribute, "value": "prod"}])
    constraint = {"type": "memberOf", "expression": "attribute:stack == prod"}
    daemon = {"serviceName": "web", "taskDefinition": "web", "schedulingStrategy": "DAEMON"}
    world.call("CreateService", **HERE, **daemon, placementConstraints=[constraint])
    wait(world, 10)
    world.call("PutAttributes", **HERE, attributes=[{**attribute, "value": "test"}])
    wait(world, 20)

    why = whys(client, "task", stopped_task().task_id, "en")[0]
    assert "meets the placement constraints no longer" in why
    assert "It is started nowhere else" in why


@pytest.mark.parametrize(("language", "told"), [("en", "A container could not be started"), ("ko", "실패한 태스크")])
def test_a_service_that_was_rolled_back_still_says_why_its_task_failed(
    world: World, client: Client, language: str, told: str
) -> None:
    rolled_back(world)
    failed = Task.objects.filter(stop_code="TaskFailedToStart").order_by("stopped_at").last()
    assert failed is not None

    for page in (SERVICE, "/clusters/demo/panel/service/web/"):
        text = client.get(page, headers={"Accept-Language": language}).content.decode()
        assert told in text
        assert "CannotPullContainerError" in text
        assert f"/clusters/demo/tasks/{failed.task_id}/" in text


def test_a_service_whose_tasks_were_only_scaled_in_names_no_failure(world: World, client: Client) -> None:
    scaled_in(world)

    assert "The last task that failed" not in client.get(SERVICE).content.decode()
    assert "fail" not in " ".join(whys(client, "service", "web", "en"))
