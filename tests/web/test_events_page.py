"""The list of everything that happened."""

from __future__ import annotations

import pytest
from django.test import Client

from ecsweb.models import Account, Event
from ecsweb.web.timeline.listing import A_PAGE
from tests.world import World


@pytest.fixture
def busy(world: World) -> World:
    world.launch()
    world.register("web")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.call("CreateCluster", clusterName="other")
    world.converge()
    return world


def listed(client: Client, **asked: str | int) -> list[int]:
    return [line.event.sequence for line in client.get("/timeline/", asked).context["page"].lines]


def test_all_events_are_listed_the_newest_first_page_by_page(busy: World, client: Client) -> None:
    for n in range(A_PAGE):
        busy.call("CreateCluster", clusterName=f"c{n}")
    wanted = list(Event.objects.order_by("-sequence").values_list("sequence", flat=True))

    first = client.get("/timeline/").context["page"]
    second = listed(client, before=first.older)

    assert sorted((line.event.sequence for line in first.lines), reverse=True) == wanted[:A_PAGE]
    assert sorted(second, reverse=True) == wanted[A_PAGE : 2 * A_PAGE]


def test_what_a_call_did_stands_above_it_as_what_is_newer(busy: World, client: Client) -> None:
    busy.call("CreateCluster", clusterName="late")

    lines = client.get("/timeline/", {"cluster": "late"}).context["page"].lines
    assert [line.event.detail_type for line in lines] == ["Cluster State Change", "API Call"]


def test_filters_narrow_by_kind_cluster_object_and_text(busy: World, client: Client) -> None:
    arn = busy.tasks()[0]["taskArn"]
    task_id = arn.rsplit("/", 1)[-1]
    types = dict(Event.objects.values_list("sequence", "detail_type"))

    assert {types[n] for n in listed(client, kind="instances")} == {"ECS Container Instance State Change"}
    assert listed(client, cluster="other")
    assert not listed(client, cluster="nowhere")
    assert {types[n] for n in listed(client, about=task_id, kind="tasks")} == {"ECS Task State Change"}
    assert {types[n] for n in listed(client, text="steady state")} == {"ECS Service Action"}


def test_a_line_leads_to_its_objects_its_cause_and_its_picture(busy: World, client: Client) -> None:
    task_id = busy.tasks()[0]["taskArn"].rsplit("/", 1)[-1]

    page = client.get("/timeline/", {"about": task_id, "kind": "tasks"})
    line = page.context["page"].lines[0]
    text = page.content.decode()

    assert f"/clusters/demo/tasks/{task_id}/" in {link.address for link in line.links}
    assert line.cause.startswith("ecs-svc/")
    assert f'href="/clusters/demo/?at={line.event.sequence}"' in text
    assert client.get(f"/clusters/demo/?at={line.event.sequence}").status_code == 200


def test_what_is_not_to_be_chosen_gets_a_message_beside_the_field(busy: World, client: Client) -> None:
    answer = client.get("/timeline/", {"kind": "nonsense", "text": "kept"})

    assert answer.status_code == 422
    assert "field__errors" in answer.content.decode()
    assert 'value="kept"' in answer.content.decode()


def test_nobody_sees_the_events_of_another_account(busy: World, client: Client) -> None:
    stranger = Account.objects.create(account_id="999999999999")
    Event.objects.update(account=stranger)

    assert listed(client) == []
