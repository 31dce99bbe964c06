"""Which tags a new task gets: the call's, its definition's or service's, and ECS's own (`ecs-facts.md` 5.1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import InvalidParameterException, LimitExceededException
from ecsweb.domain.tags import managed_tags, merged
from tests.domain.test_tags import FIFTY
from tests.world import World

DEFINITION, SERVICE = {"key": "team", "value": "definition"}, {"key": "team", "value": "service"}
CLUSTER_NAME = {"key": "aws:ecs:clusterName", "value": "demo"}
SERVICE_NAME = {"key": "aws:ecs:serviceName", "value": "web"}


@pytest.fixture
def web(world: World) -> World:
    """An instance, and a definition with a tag."""
    world.launch()
    container = {"name": "app", "image": "ecsweb/web:1", "memory": 64}
    world.call("RegisterTaskDefinition", family="web", containerDefinitions=[container], tags=[DEFINITION])
    return world


def tags_of(world: World, arn: str) -> list[dict[str, str]]:
    return list(world.call("ListTagsForResource", resourceArn=arn)["tags"])


def run(world: World, **params: Any) -> str:
    answer = world.call("RunTask", cluster="demo", taskDefinition="web", **params)
    return str(answer["tasks"][0]["taskArn"])


@pytest.mark.parametrize(
    ("params", "tags"),
    [
        ({}, []),
        ({"propagateTags": "NONE"}, []),
        ({"propagateTags": "TASK_DEFINITION"}, [DEFINITION]),
        ({"propagateTags": "TASK_DEFINITION", "tags": [SERVICE]}, [SERVICE]),
        ({"enableECSManagedTags": True}, [CLUSTER_NAME]),
    ],
)
def test_run_task_propagates_the_definitions_tags_and_adds_the_name_of_the_cluster(
    web: World, params: dict[str, Any], tags: list[dict[str, str]]
) -> None:
    assert tags_of(web, run(web, **params)) == tags


@pytest.mark.parametrize(("operation", "where"), [("RunTask", {}), ("StartTask", {"containerInstances": ["x"]})])
def test_a_task_without_a_service_cannot_have_a_services_tags(
    web: World, operation: str, where: dict[str, Any]
) -> None:
    with pytest.raises(InvalidParameterException, match="propagateTags SERVICE is not valid"):
        web.call(operation, cluster="demo", taskDefinition="web", propagateTags="SERVICE", **where)


@pytest.mark.parametrize(("source", "tags"), [("SERVICE", [SERVICE]), ("TASK_DEFINITION", [DEFINITION]), ("NONE", [])])
def test_a_services_tasks_get_the_tags_of_its_source_and_its_names(
    web: World, source: str, tags: list[dict[str, str]]
) -> None:
    web.call(
        "CreateService",
        cluster="demo",
        serviceName="web",
        taskDefinition="web",
        desiredCount=1,
        tags=[SERVICE],
        propagateTags=source,
        enableECSManagedTags=True,
    )
    web.converge()

    assert tags_of(web, web.tasks()[0]["taskArn"]) == [CLUSTER_NAME, SERVICE_NAME, *tags]


def test_changed_tagging_reaches_tasks_that_start_later_and_is_no_deployment(web: World) -> None:
    web.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    web.converge()
    before = web.service("web")["deployments"][0]["id"]

    web.call("UpdateService", cluster="demo", service="web", propagateTags="TASK_DEFINITION", enableECSManagedTags=True)
    web.converge()
    assert web.service("web")["deployments"][0]["id"] == before
    assert tags_of(web, web.tasks()[0]["taskArn"]) == []

    web.call("UpdateService", cluster="demo", service="web", desiredCount=2)
    web.converge()
    tagged = sorted(len(tags_of(web, task["taskArn"])) for task in web.tasks())
    assert tagged == [0, 3]


def test_ecs_s_own_tags_cannot_be_given_or_taken_and_do_not_count_among_the_fifty(web: World) -> None:
    arn = run(web, enableECSManagedTags=True)

    with pytest.raises(InvalidParameterException, match="may not begin with aws:"):
        web.call("UntagResource", resourceArn=arn, tagKeys=["aws:ecs:clusterName"])
    with pytest.raises(InvalidParameterException, match="may not begin with aws:"):
        web.call("TagResource", resourceArn=arn, tags=[CLUSTER_NAME])
    assert len(merged(managed_tags("demo", "web"), FIFTY)) == 52
    with pytest.raises(LimitExceededException):
        merged([*managed_tags("demo"), *FIFTY], [DEFINITION])


def test_the_pages_offer_the_choice_and_leave_ecs_s_own_tags_alone(client: Client, web: World) -> None:
    answer = client.post(
        "/clusters/demo/run/",
        {"task_definition": "web:1", "count": "1", "launch_type": "EC2", "managed_tags": "on"},
    )
    assert answer.status_code == 302, answer.content.decode()
    arn = web.tasks()[0]["taskArn"]
    assert tags_of(web, arn) == [CLUSTER_NAME]

    text = client.get(f"/clusters/demo/tasks/{arn.rsplit('/', 1)[-1]}/").content.decode()
    assert 'value="aws:ecs:clusterName"' not in text
    assert "<code>aws:ecs:clusterName</code>" in text
