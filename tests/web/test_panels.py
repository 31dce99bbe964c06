"""The panel of anything: one sentence, why, what led to it, the same call in other words, and what can be done."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from ecsweb.domain.errors import EcsError
from ecsweb.models import Container, Deployment, Event, Task
from tests.world import World

pytestmark = pytest.mark.django_db
CLUSTER = "/clusters/demo/"


@pytest.fixture
def shown(world: World) -> World:
    """A cluster with two instances, a service, a task that was run directly and one that was stopped."""
    world.launch(zone="a")
    world.launch(zone="b")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    direct = world.call("RunTask", cluster="demo", taskDefinition="web", count=1)["tasks"][0]["taskArn"]
    world.converge()
    world.kill(direct)
    world.converge()
    return world


def panel(client: Client, kind: str, key: str, language: str = "en") -> str:
    response = client.get(f"{CLUSTER}panel/{kind}/{key}/", headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def refs(world: World) -> dict[str, str]:
    task = Task.objects.filter(service__isnull=False).first()
    assert task is not None
    arns = world.call("ListContainerInstances", cluster="demo")["containerInstanceArns"]
    return {
        "cluster": "demo",
        "instance": arns[0].rsplit("/", 1)[1],
        "task": task.task_id,
        "container": f"{task.task_id}~app",
        "service": "web",
        "definition": "web:1",
        "deployment": f"web~{Deployment.objects.get().deployment_id}",
        "event": str(Event.objects.filter(detail_type="ECS Task State Change").latest("sequence").sequence),
    }


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize(
    "kind", ["cluster", "instance", "task", "container", "service", "definition", "deployment", "event"]
)
def test_everything_has_a_panel_with_a_sentence_words_and_json(
    shown: World, client: Client, kind: str, language: str
) -> None:
    said = panel(client, kind, refs(shown)[kind], language)

    assert f'data-panel="{kind}:' in said
    assert "panel__say" in said
    assert "aws ecs" in said
    assert "boto3.client" in said
    assert "JSON" in said


def test_a_panel_has_an_address_of_its_own_that_works_without_script(shown: World, client: Client) -> None:
    key = refs(shown)["task"]
    page = client.get(f"{CLUSTER}?panel=task:{key}").content.decode()

    assert f'data-panel="task:{key}"' in page
    assert f"?panel=task%3A{key}" in client.get(CLUSTER).content.decode()


def test_the_words_are_those_of_the_very_call_that_made_it(shown: World, client: Client) -> None:
    assert "aws ecs create-service" in panel(client, "service", "web")
    assert "AWS::ECS::Service" in panel(client, "service", "web")
    assert "register-task-definition" in panel(client, "definition", "web:1")
    assert "register-container-instance" in panel(client, "instance", refs(shown)["instance"])
    direct = Task.objects.get(service=None)
    assert "aws ecs run-task" in panel(client, "task", direct.task_id)
    assert "aws ecs create-service" in panel(client, "task", refs(shown)["task"])


def test_three_stories_of_a_task_stand_side_by_side(shown: World, client: Client) -> None:
    direct = Task.objects.get(service=None)
    said = panel(client, "task", direct.task_id)

    for level in ("aws", "orchestrator", "docker"):
        assert f"story__line--{level}" in said
    assert "docker create" in said


def test_why_a_task_ended_comes_with_ecs_own_words_and_its_future(shown: World, client: Client) -> None:
    said = panel(client, "task", Task.objects.get(service=None).task_id)

    assert "Why did it stop?" in said
    assert "EssentialContainerExited: Essential container in task exited" in said
    assert "stays stopped" in said
    assert "chosen" in said


def test_a_call_stands_before_what_it_did(shown: World, client: Client) -> None:
    said = panel(client, "task", Task.objects.get(service=None).task_id)
    levels = re.findall("story__line--(aws|orchestrator|docker)", said)
    assert levels[0] == "aws"
    assert "orchestrator" in levels


def test_a_service_without_room_says_what_is_missing_and_by_how_much(shown: World, client: Client) -> None:
    shown.register("big", memory=4000)
    shown.call("CreateService", cluster="demo", serviceName="big", taskDefinition="big", desiredCount=1)
    shown.converge(seconds=3)
    said = panel(client, "service", "big")

    assert "Why does no task find a place?" in said
    assert "has insufficient memory available" in said
    assert "MiB more memory free on" in said


def test_actions_of_the_panel_go_through_the_door_and_lead_back_to_it(shown: World, client: Client) -> None:
    back = f"{CLUSTER}?panel=service%3Aweb"
    response = client.post(f"{CLUSTER}services/web/scale/", {"desired_count": "3", "next": back})

    assert (response.status_code, response.headers["Location"]) == (302, back)
    assert shown.service("web")["desiredCount"] == 3
    client.post(f"{CLUSTER}services/web/redeploy/", {"next": back})
    assert len(shown.service("web")["deployments"]) == 2


@pytest.mark.parametrize("count", ["", "many", "-1", "99999999999999999999", "1e3", "٣"])
def test_a_nonsensical_count_is_refused_in_words(shown: World, client: Client, count: str) -> None:
    page = client.post(f"{CLUSTER}services/web/scale/", {"desired_count": count}, follow=True)

    assert page.status_code == 200
    assert "Exception" in page.content.decode()
    assert shown.service("web")["desiredCount"] == 2


def test_what_a_kill_leads_to_is_said_before_it_is_done(shown: World, client: Client) -> None:
    said = panel(client, "container", refs(shown)["container"])
    assert "the service web starts a new task" in said
    Container.objects.update(essential=False)
    assert "the task runs on without it" in panel(client, "container", refs(shown)["container"])


@pytest.mark.parametrize(
    ("kind", "key"),
    [("task", "nothing"), ("service", "nothing"), ("moon", "x"), ("container", "x~y")],
)
def test_what_is_not_there_says_so_in_the_panel(shown: World, client: Client, kind: str, key: str) -> None:
    response = client.get(f"{CLUSTER}panel/{kind}/{key}/", headers={"Accept-Language": "en"})

    assert response.status_code == 200
    assert "There is nothing of that name here" in response.content.decode()


@pytest.mark.parametrize("asked", ["task:nothing", "moon:x", ":", "task:"])
def test_a_cluster_opens_whatever_panel_its_address_asks_for(shown: World, client: Client, asked: str) -> None:
    response = client.get(CLUSTER, {"panel": asked}, headers={"Accept-Language": "en"})

    assert response.status_code == 200
    assert "There is nothing of that name here" in response.content.decode()
    assert 'id="cluster-picture"' in response.content.decode()


def test_the_number_of_queries_does_not_grow_with_the_tasks(
    shown: World, client: Client, django_assert_max_num_queries: Any
) -> None:
    shown.call("UpdateService", cluster="demo", service="web", desiredCount=12)
    shown.converge()
    with django_assert_max_num_queries(45):
        panel(client, "service", "web")


@pytest.mark.parametrize("change", ["LoseInstance", "StopInstance", "DisconnectAgent", "KillAgent", "Drain"])
def test_what_will_happen_to_an_instance_is_answered_before_it_is_done(
    shown: World, client: Client, change: str
) -> None:
    url = f"{CLUSTER}what-if/{change}/{refs(shown)['instance']}/"
    page = client.get(url, headers={"Accept-Language": "en"}).content.decode()
    fragment = client.get(url, headers={"HX-Request": "true", "Accept-Language": "ko"}).content.decode()

    assert "<html" in page
    assert "<html" not in fragment
    assert "what-if" in fragment
    assert Task.objects.filter(service__isnull=False, last_status="RUNNING").count() == 2


def test_a_prediction_names_who_replaces_what_and_where(shown: World, client: Client) -> None:
    task = Task.objects.filter(service__isnull=False).first()
    assert task is not None
    url = f"{CLUSTER}what-if/KillContainer/{task.task_id}~app/"
    said = client.get(url, headers={"Accept-Language": "en"}).content.decode()

    assert f"1 task ends at once: {task.task_id[:6]} (web)" in said
    assert "The service web starts 1 task in its place: 1 × i-0" in said


@pytest.mark.parametrize("what", ["Explode/x", "KillContainer/nothing~app", "LoseInstance/nothing", "StopTask/nothing"])
def test_what_is_not_there_cannot_be_asked_about(shown: World, client: Client, what: str) -> None:
    assert client.get(f"{CLUSTER}what-if/{what}/").status_code == 404


def test_each_line_of_a_story_leads_to_its_event_and_a_call_to_its_command(shown: World, client: Client) -> None:
    call = Event.objects.get(detail_type="API Call", detail__operation="CreateService")
    assert f"?panel=event:{call.sequence}" in panel(client, "service", "web")

    said = panel(client, "event", str(call.sequence))
    assert "aws ecs create-service" in said
    assert "AWS::ECS::Service" in said
    assert f"?at={call.sequence}" in said


def test_an_event_leads_to_what_it_is_about_and_tells_only_what_came_before(shown: World, client: Client) -> None:
    first = Event.objects.filter(detail_type="ECS Task State Change").earliest("sequence")
    said = panel(client, "event", str(first.sequence))

    assert f"panel/task/{first.detail['taskArn'].rsplit('/', 1)[-1]}/" in said
    later = Event.objects.filter(sequence__gt=first.sequence).values_list("sequence", flat=True)
    assert [one for one in later if f'id="story-{one}"' in said] == []


@pytest.mark.parametrize("key", ["0", "999999", "x", "9" * 30])
def test_an_event_that_there_is_not_says_so(shown: World, client: Client, key: str) -> None:
    assert "There is nothing of that name here" in panel(client, "event", key)


@pytest.mark.parametrize(
    ("service", "says"),
    [
        ({"schedulingStrategy": "DAEMON"}, "On each instance the old task goes first"),
        ({"desiredCount": 2}, "New tasks of the same revision first"),
        (
            {"desiredCount": 2, "deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 0}},
            "Old tasks go first and new ones of the same revision follow",
        ),
    ],
)
def test_replacing_all_tasks_says_what_goes_first(
    world: World, client: Client, service: dict[str, object], says: str
) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="gate", taskDefinition="web", **service)

    assert says in panel(client, "service", "gate")


def test_one_task_is_no_tasks(world: World, client: Client) -> None:
    world.launch()
    world.register()
    world.call("CreateService", cluster="demo", serviceName="gate", taskDefinition="web", desiredCount=2)
    said = panel(client, "service", "gate")

    assert "It wants 1 task then." in said
    assert "It wants 3 tasks then." in said


def test_before_draining_it_is_said_that_the_task_of_a_daemon_goes_nowhere(world: World, client: Client) -> None:
    here, _there = (world.launch(zone=zone).rsplit("/", 1)[1] for zone in "ab")
    world.register()
    world.call("CreateService", cluster="demo", serviceName="logs", taskDefinition="web", schedulingStrategy="DAEMON")
    world.converge()

    said = panel(client, "instance", here)
    assert "1 task of a DAEMON service stops and is started nowhere else" in said
    assert "moves elsewhere" not in said
    assert "stay until they end" not in said
    for change in ("Drain", "LoseInstance"):
        foretold = client.get(f"{CLUSTER}what-if/{change}/{here}/", headers={"Accept-Language": "en"}).content.decode()
        assert "The DAEMON service logs loses its task there" in foretold
        assert "it wants 1 then" in foretold
        assert f"<code>{change}</code> · the container instance i-01</h1>" in foretold
        assert "runs in its place" not in foretold


def test_what_led_to_a_service_begins_with_its_creation_and_is_about_it(world: World, client: Client) -> None:
    world.register()
    refused = {"cluster": "demo", "serviceName": "web", "taskDefinition": "web"}
    with pytest.raises(EcsError):
        world.call("CreateService", **refused, schedulingStrategy="DAEMON", desiredCount=77)
    world.call("CreateCluster", clusterName="web")
    world.call("CreateService", **refused, desiredCount=1)
    world.call("CreateCluster", clusterName="other")
    world.call("CreateService", **{**refused, "cluster": "other"}, desiredCount=1)
    world.call("UpdateService", cluster="other", service="web", desiredCount=66)
    with pytest.raises(EcsError):
        world.call("UpdateService", cluster="demo", service="web", desiredCount=-1)

    told = story_of_service(client)
    assert [line for line in told if "DAEMON" in line or "77" in line or "66" in line or "CreateCluster" in line] == []
    assert sum("CreateService" in line for line in told) == 1
    assert sum("UpdateService" in line for line in told) == 1


def story_of_service(client: Client) -> list[str]:
    """Return the lines of what led to the service web."""
    page = panel(client, "service", "web")
    story = re.search(r'<[a-z]+[^>]*class="[^"]*story[^"]*".*?</ol>', page, re.S)
    assert story is not None
    # Without their attributes: a moment has figures by chance that a test asks for.
    return [re.sub(r"<[^>]+>", "", line) for line in re.findall(r"<li.*?</li>", story[0], re.S)]


def test_what_led_to_a_revision_is_about_it_and_no_other(shown: World, client: Client) -> None:
    shown.register()

    told = panel(client, "definition", "web:1")
    assert "web:1 was registered" in told
    assert "web:2" not in told[told.index('class="story"') : told.index('class="words"')]
