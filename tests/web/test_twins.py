"""Two clusters or services side by side: chosen by address, told to do the same, and what differs is said."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ecsweb.models import Cluster, Event, Service, Task, TaskDefinition
from tests.world import World

pytestmark = pytest.mark.django_db
BOTH = {"left": "cluster:demo", "right": "cluster:other"}
ENGLISH = {"Accept-Language": "en"}


def words(content: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", content.decode()).split())


@pytest.fixture
def two(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A direct task in `demo`, the service `web` of one task in `other`; an instance in each, calls in its time."""
    monkeypatch.setattr("django.utils.timezone.now", world.clock)
    world.call("CreateCluster", clusterName="other")
    world.launch("demo")
    world.launch("other")
    world.register()
    world.call("RunTask", cluster="demo", taskDefinition="web")
    world.call("CreateService", cluster="other", serviceName="web", taskDefinition="web", desiredCount=1)
    world.converge()
    return world


@pytest.fixture
def press(client: Client) -> Callable[..., str]:
    def do(action: str, **more: str) -> str:
        """Press a button; return the address of the page that follows."""
        answer = client.post("/twins/do/", {**BOTH, "do": action, **more}, headers=ENGLISH)
        assert answer.status_code == 302
        return str(answer["Location"])

    return do


def show(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return words(answer.content)


def line(client: Client, address: str, name: str) -> tuple[str, bool]:
    """Return a line of the table as text, and whether it is outlined."""
    page = client.get(address, headers=ENGLISH).content.decode()
    rows = re.findall(r'<tr class="([^"]*)">(.*?)</tr>', page, re.DOTALL)
    found = [(words(row.encode()), "is-different" in look) for look, row in rows if name in row]
    assert len(found) == 1
    return found[0]


PAGE = "/twins/?left=cluster:demo&right=cluster:other"


def test_without_a_choice_the_page_lets_choose_clusters_and_services(two: World, client: Client) -> None:
    page = client.get("/twins/").content.decode()

    for ref in ("cluster:demo", "cluster:other", "service:other/web"):
        assert page.count(f'<option value="{ref}"') == 2
    assert "twins-state" not in page


def test_a_projector_shows_the_two_worlds_first(two: World, client: Client) -> None:
    page = client.get(PAGE + "&projector=1", headers=ENGLISH).content.decode()
    assert page.index("twins__tools") < page.index('id="twin-left"')
    for folded in ("twins-choose", "twins-actions"):
        head = re.search(rf'<details[^>]*id="{folded}"[^>]*>', page)
        assert head is not None
        assert not re.search(r"\sopen\b", head[0])
        assert page.count(f'id="{folded}"') == 1

    page = client.get(PAGE + "&projector=0", headers=ENGLISH).content.decode()
    assert 'id="twins-choose"' not in page
    assert re.search(r'<details[^>]*id="twins-actions"[^>]*\sopen\b', page)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_both_are_drawn_and_what_differs_is_outlined(two: World, client: Client, language: str) -> None:
    page = client.get(PAGE, headers={"Accept-Language": language}).content.decode()

    for task in Task.objects.all():
        side = "left" if task.cluster.name == "demo" else "right"
        assert page.count(f'id="twin-{side}-task-{task.task_id}"') == 1
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert ("nobody wants any" in page) == (language == "en")
    assert ("다름" in page) == (language == "ko")


def test_the_table_tells_same_from_different_in_words(two: World, client: Client) -> None:
    assert line(client, PAGE, "Tasks running") == ("Tasks running 1 1 = the same", False)
    assert line(client, PAGE, "Services") == ("Services no service 1 × REPLICA ≠ differs", True)


def test_a_container_of_each_is_killed_and_only_the_service_brings_its_task_back(
    two: World, client: Client, press: Callable[..., str]
) -> None:
    where = press("kill:essential")
    two.converge()

    assert line(client, where, "Tasks running") == ("Tasks running 0 1 ≠ differs", True)
    fates = line(client, where, "What became of their places")
    assert fates == ("What became of their places 1 × nobody replaces it 1 × replaced by the service ≠ differs", True)
    shown = show(client, where)
    assert "Kill an essential container : done to both at" in shown
    assert len(re.findall(r"\+\d+\.\d s", shown)) >= 6


def test_what_followed_tells_each_call_before_what_it_did(
    two: World, client: Client, press: Callable[..., str]
) -> None:
    page = client.get(press("stop-task"), headers=ENGLISH).content.decode()

    told = [words(one.encode()) for one in re.findall(r'<li class="strip__line.*?</li>', page, re.DOTALL)]
    for side in ("Left", "Right"):
        first = next(one for one in told if f"{side}:" in one)
        assert "Somebody called StopTask" in first, told


def test_the_calls_go_through_the_door_each_with_its_side(two: World, press: Callable[..., str]) -> None:
    press("stop-task")

    calls = Event.objects.filter(detail_type="API Call", detail__operation="StopTask").order_by("sequence")
    assert [one.detail["origin"] for one in calls] == ["twin-left", "twin-right"]
    assert {task.desired_status for task in Task.objects.all()} == {"STOPPED"}


def test_one_refused_and_the_other_not_is_a_difference(two: World, client: Client) -> None:
    two.call("CreateService", cluster="demo", serviceName="logs", taskDefinition="web", schedulingStrategy="DAEMON")
    answer = client.post("/twins/do/", {**BOTH, "do": "scale", "choice": "3"}, headers=ENGLISH)
    where = answer["Location"]

    said, is_different = line(client, where, "Called and answered")
    assert is_different
    assert "1 × UpdateService → InvalidParameterException 1 × UpdateService → Success" in said
    assert Service.objects.get(name="web").desired_count == 3
    assert Service.objects.get(name="logs").desired_count == 0


def test_where_there_is_nothing_to_do_it_to_that_is_said(two: World, client: Client, press: Callable[..., str]) -> None:
    where = press("redeploy")

    assert "Nothing was called here" in show(client, where)
    assert line(client, where, "Called and answered")[1]


def test_the_memory_of_a_container_of_each_is_filled(two: World, client: Client, press: Callable[..., str]) -> None:
    where = press("fill-memory")

    assert line(client, where, "Called and answered")[0].count("FillMemory → Success") == 2


def test_where_neither_has_anything_the_place_is_kept(two: World, client: Client) -> None:
    answer = client.post("/twins/do/", {**BOTH, "do": "kill:side-car"}, follow=True, headers=ENGLISH)

    assert "neither side has anything to do that to" in words(answer.content)
    assert answer.redirect_chain[-1][0] == PAGE


@pytest.mark.parametrize(
    ("action", "operation"),
    [
        ("lose-instance", "LoseInstance"),
        ("stop-instance", "StopInstance"),
        ("disconnect-agent", "DisconnectAgent"),
        ("drain", "UpdateContainerInstancesState"),
        ("launch", "RegisterContainerInstance"),
    ],
)
def test_machines_of_both(two: World, press: Callable[..., str], action: str, operation: str) -> None:
    press(action)

    done = Event.objects.filter(detail_type="API Call", detail__operation=operation, detail__result="Success")
    sides = done.filter(detail__origin__startswith="twin-").values_list("detail__origin", flat=True)
    assert sorted(sides) == ["twin-left", "twin-right"]


def test_what_was_broken_is_mended_on_both(two: World, client: Client, press: Callable[..., str]) -> None:
    press("disconnect-agent")
    assert line(client, PAGE, "Container instances")[0].count("DISCONNECTED") == 2
    press("mend")

    assert "DISCONNECTED" not in line(client, PAGE, "Container instances")[0]


def test_of_several_instances_the_one_with_the_most_tasks_is_taken(two: World, press: Callable[..., str]) -> None:
    for cluster in ("demo", "other"):
        two.launch(cluster)
    held = {task.host.instance_id for task in Task.objects.all()}
    press("drain")

    drained = [name for row in Cluster.objects.all() for name in row.container_instances.filter(status="DRAINING")]
    assert {row.instance_id for row in drained} == held


def test_the_image_is_broken_by_a_new_revision(two: World, press: Callable[..., str]) -> None:
    press("break-image")

    newest = TaskDefinition.objects.order_by("revision").last()
    assert newest is not None
    assert newest.document["containerDefinitions"][0]["image"] == "ecsweb/no-such-image:1"
    assert newest.document["containerDefinitions"][0]["memory"] == 64
    assert Service.objects.get(name="web").task_definition == newest


def test_another_revision_is_deployed_to_both(two: World, press: Callable[..., str]) -> None:
    two.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web:1", desiredCount=1)
    two.register()
    press("deploy", choice="web:2")

    assert {str(row.task_definition) for row in Service.objects.all()} == {"web:2"}


def test_one_undo_takes_both_back(two: World, client: Client) -> None:
    two.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    page = client.post("/twins/do/", {**BOTH, "do": "scale:5"}, follow=True, headers=ENGLISH).content.decode()
    token = re.search(r'name="undo"\s+value="([^"]+)"', page)
    assert token is not None
    client.post("/undo/", {"undo": token[1]})

    counts = Service.objects.order_by("cluster__name").values_list("desired_count", flat=True)
    assert list(counts) == [2, 1]


def test_two_services_of_one_cluster_show_each_only_its_own(two: World, client: Client) -> None:
    two.call("CreateService", cluster="other", serviceName="second", taskDefinition="web", desiredCount=2)
    two.converge()
    where = "/twins/?left=service:other/web&right=service:other/second"

    assert line(client, where, "Tasks running")[0] == "Tasks running 1 2 ≠ differs"
    page = client.get(where).content.decode()
    assert (page.count('id="twin-left-task-'), page.count('id="twin-right-task-')) == (1, 2)
    client.post("/twins/do/", {"left": "service:other/web", "right": "service:other/second", "do": "kill:essential"})
    killed = Event.objects.filter(detail_type="API Call", detail__operation="KillContainer")
    assert len({one.detail["parameters"]["task"] for one in killed}) == 2


def test_what_will_happen_is_answered_for_both_and_nothing_is_done(two: World, client: Client) -> None:
    last = Event.objects.order_by("sequence").last()
    address = f"/twins/what-if/?{PAGE.partition('?')[2]}&do=kill:essential"
    fragment = client.get(address, headers={**ENGLISH, "HX-Request": "true"}).content

    assert "Nobody starts these again" in words(fragment)
    assert "The service web starts 1 task in its place" in words(fragment)
    assert b"<html" not in fragment
    assert "Side by side" in show(client, address)
    assert Event.objects.order_by("sequence").last() == last


@pytest.mark.parametrize(
    "action", ["fill-memory", "stop-task", "lose-instance", "stop-instance", "disconnect-agent", "drain"]
)
def test_every_question_that_is_offered_has_an_answer(two: World, client: Client, action: str) -> None:
    page = client.get(PAGE).content.decode()
    assert f'<option value="{action}"' in page

    assert show(client, f"/twins/what-if/?{PAGE.partition('?')[2]}&do={action}")


def test_the_same_twice_is_refused_in_words(two: World, client: Client) -> None:
    assert "Choose two different ones" in show(client, "/twins/?left=cluster:demo&right=cluster:demo")


@pytest.mark.parametrize("query", ["left=cluster:gone&right=cluster:demo", "left=service:demo/gone&right=cluster:demo"])
def test_what_is_gone_says_so(two: World, client: Client, query: str) -> None:
    assert client.get(f"/twins/?{query}").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["left=demo", "left=cluster:&right=service:x", "left=service:demo&right=:::", "since=x&did=nothing&until=-1"],
)
def test_a_strange_address_shows_the_choice(two: World, client: Client, query: str) -> None:
    assert "Ready-made contrasts" in show(client, f"/twins/?{query}")
    assert client.get(f"/twins/state/?{query}").status_code == 404


@pytest.mark.parametrize("more", ["did=kill&since=99999999999999999999&until=1", "did=scale:x&since=0&until=0"])
def test_an_action_that_never_was_is_left_out(two: World, client: Client, more: str) -> None:
    assert "was done to both" not in show(client, f"{PAGE}&{more}")


def test_an_unknown_action_is_not_found(two: World, client: Client) -> None:
    assert client.post("/twins/do/", {**BOTH, "do": "earthquake"}).status_code == 404
    assert client.post("/twins/contrasts/nothing/").status_code == 404


def test_a_number_that_is_none_is_refused_by_the_door(two: World, client: Client) -> None:
    answer = client.post("/twins/do/", {**BOTH, "do": "scale", "choice": "many"}, follow=True, headers=ENGLISH)

    assert "message--error" in answer.content.decode()
    assert Service.objects.get(name="web").desired_count == 1


def test_a_contrast_is_set_up_hit_and_deleted_from_the_page(two: World, client: Client) -> None:
    answer = client.post("/twins/contrasts/direct-and-service/", follow=True, headers=ENGLISH)
    page = words(answer.content)
    assert "Do it to both: Kill an essential container" in page
    assert "The direct task stays dead" in page
    fields = {"left": "cluster:direct-1", "right": "cluster:service-1", "contrast": "direct-and-service"}

    two.converge()
    answer = client.post("/twins/do/", {**fields, "do": "kill:essential"}, headers=ENGLISH)
    two.converge()
    assert line(client, answer["Location"], "Tasks running")[0] == "Tasks running 0 1 ≠ differs"

    client.post("/twins/contrasts/direct-and-service/take-down/", fields)
    assert not Cluster.objects.filter(name__in=("direct-1", "service-1"), status="ACTIVE").exists()


def test_only_a_contrast_is_taken_down(two: World, client: Client) -> None:
    answer = client.post("/twins/contrasts/direct-and-service/take-down/", BOTH)

    assert answer.status_code == 404
    assert Cluster.objects.filter(status="ACTIVE").count() == 2


def test_the_live_fragment_asks_in_a_number_of_queries_that_does_not_grow(two: World, client: Client) -> None:
    address = PAGE.replace("/twins/", "/twins/state/")
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    two.call("UpdateService", cluster="other", service="web", desiredCount=9)
    two.converge()
    with CaptureQueriesContext(connection) as many:
        client.get(address)

    assert Task.objects.filter(last_status="RUNNING").count() == 10
    assert len(many) == len(few)


def test_other_pages_lead_here(two: World, client: Client) -> None:
    assert 'href="/twins/"' in client.get("/").content.decode()
    assert 'href="/twins/?left=cluster:demo"' in client.get("/clusters/demo/").content.decode()
