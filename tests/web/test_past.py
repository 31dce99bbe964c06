"""The picture of the past is the picture that was: folded from the log, drawn by the same code."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from ecsweb.controlplane import housekeeping, timeline
from ecsweb.controlplane.accounts import begin_reset, finish_reset
from ecsweb.models import Account, Cluster, Event, Task
from ecsweb.web.diagrams.cluster_picture import ClusterPicture
from ecsweb.web.pictures import cluster_picture, picture_of
from ecsweb.web.sentences import event_sentence
from ecsweb.web.timeline.bar import events_of
from ecsweb.web.timeline.past_rows import rows_of_past
from tests.world import World


def newest() -> int:
    return Account.objects.get().last_sequence


def then(sequence: int) -> ClusterPicture:
    cluster = Cluster.objects.get()
    return picture_of(rows_of_past(timeline.past_at(cluster.account, sequence), cluster))


def now() -> ClusterPicture:
    return cluster_picture(Cluster.objects.get())


@pytest.fixture
def busy(world: World) -> World:
    world.launch(zone="a")
    world.launch(zone="b")
    world.register("web")
    world.register("big", memory=9000)
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=3)
    world.call("RunTask", cluster="demo", taskDefinition="web", count=1)
    world.converge()
    return world


def test_the_last_picture_of_the_log_is_the_picture_of_now(busy: World) -> None:
    assert then(newest()) == now()
    assert len(now().services) == 1
    assert sum(len(box.tasks) for box in now().instances) == 4


def test_every_moment_that_was_looked_at_is_seen_again_as_it_was(busy: World) -> None:
    seen = {newest(): now()}
    busy.call("CreateService", cluster="demo", serviceName="big", taskDefinition="big", desiredCount=1)
    busy.converge()
    seen[newest()] = now()
    busy.kill(busy.tasks(serviceName="web")[0]["taskArn"])
    busy.step_all()
    seen[newest()] = now()
    busy.converge()
    seen[newest()] = now()
    busy.call("UpdateService", cluster="demo", service="web", desiredCount=1)
    busy.converge()

    assert {at: then(at) for at in seen} == seen
    assert seen[max(seen)].waiting


def test_a_service_that_has_just_lost_tasks_is_steady_neither_then_nor_now(busy: World) -> None:
    lost = busy.tasks(serviceName="web")[0]["containerInstanceArn"]
    before = then(newest()).services[0]
    busy.call("LoseInstance", cluster="demo", containerInstance=lost)
    card = then(newest()).services[0]

    assert (before.mood, before.running) == ("steady", 3)
    assert (card.mood, card.running < card.desired) == ("recovering", True)
    assert then(newest()) == now()
    assert "Nothing is to be done" not in now().sentence


def test_a_checkpoint_changes_nothing_and_survives_trimming(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "CHECKPOINT_EVERY", 5)
    before = now()

    assert timeline.note_checkpoint(Account.objects.get(), now=busy.clock())
    assert not timeline.note_checkpoint(Account.objects.get(), now=busy.clock())
    checkpoint = newest()
    assert Event.objects.get(sequence=checkpoint).detail_type == "Checkpoint"
    Event.objects.filter(sequence__lt=checkpoint).delete()

    assert then(checkpoint) == before
    assert timeline.history_begins(Account.objects.get()) == checkpoint


def test_after_a_reset_nothing_of_before_is_left(busy: World) -> None:
    account = Account.objects.get()
    begin_reset(account, now=busy.clock())
    busy.step_all()

    past = timeline.past_at(account, newest())

    assert (past.clusters, past.services, past.definitions) == ({}, {}, {})


def test_the_page_of_a_moment_offers_nothing_and_says_why(busy: World, client: Client) -> None:
    at = newest()
    busy.call("StopTask", cluster="demo", task=busy.tasks()[0]["taskArn"])
    busy.converge()

    text = client.get(f"/clusters/demo/?at={at}").content.decode()

    picture = text[text.index('id="cluster-picture"') : text.index('id="timeline"')]
    assert "<form" not in picture
    assert "<button" not in picture
    assert "hx-get" not in picture
    assert "nothing can be done here" in text
    assert "events have happened since" in text
    assert 'data-step="live"' in text
    assert text.count('class="task ') == 4


def test_steps_lead_from_event_to_event(busy: World, client: Client) -> None:
    shown = sorted(events_of(Cluster.objects.get()).values_list("sequence", flat=True))

    middle = client.get(f"/clusters/demo/?at={shown[5]}").context["bar"]
    live = client.get("/clusters/demo/").context["bar"]

    assert (middle.first, middle.previous, middle.following) == (shown[0], shown[4], shown[6])
    assert middle.waiting == len(shown) - 6
    assert (live.at, live.previous, live.following, live.last) == (None, shown[-2], None, shown[-1])


@pytest.mark.parametrize("at", ["", "x", "-1", "1" * 30, "１", "0x10", "1.5"])
def test_a_moment_that_is_none_leads_to_now(busy: World, client: Client, at: str) -> None:
    answer = client.get("/clusters/demo/", {"at": at})

    assert (answer.status_code, answer["location"]) == (302, "/clusters/demo/")


@pytest.mark.parametrize("at", ["0", "99999999999999999"])
def test_a_moment_beyond_the_log_is_its_end(busy: World, client: Client, at: str) -> None:
    assert client.get("/clusters/demo/", {"at": at}).context["bar"].at in {1, newest()}


@pytest.mark.parametrize(("ahead", "is_told"), [(0, False), (1, True), (999_999, True)])
def test_a_moment_that_is_still_to_come_is_told_to_be_none(
    busy: World, client: Client, ahead: int, is_told: bool
) -> None:
    answer = client.get("/clusters/demo/", {"at": str(newest() + ahead)}, headers={"Accept-Language": "ko"})

    assert ("그런 순간은 아직 없습니다." in answer.content.decode()) is is_told


def test_a_service_that_lost_tasks_is_not_called_steady_before_it_is_looked_at_again(
    busy: World, client: Client
) -> None:
    arn = busy.call("ListContainerInstances", cluster="demo")["containerInstanceArns"][0]
    busy.call("LoseInstance", cluster="demo", containerInstance=arn)

    for address in ("/clusters/demo/", f"/clusters/demo/?at={newest()}"):
        cards = client.get(address).context["picture"].services
        assert [card.mood for card in cards if card.running < card.desired]
        assert "steady" not in [card.mood for card in cards if card.running < card.desired]


def test_what_has_happened_since_is_counted(busy: World, client: Client) -> None:
    at = newest()
    busy.call("UpdateService", cluster="demo", service="web", desiredCount=2)
    text = client.get(f"/clusters/demo/timeline/since/?at={at}").content.decode()

    assert "2 events have happened since" in text or "1 event has happened since" in text
    assert "nothing has happened since" in client.get(f"/clusters/demo/timeline/since/?at={newest()}").content.decode()


def test_the_past_costs_the_same_number_of_queries_however_much_happened(
    busy: World, client: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(25):
        client.get(f"/clusters/demo/?at={newest()}")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_event_has_a_sentence(busy: World, language: str) -> None:
    busy.kill(busy.tasks(serviceName="web")[0]["taskArn"])
    busy.converge()
    with override(language):
        said = {
            e.detail_type: event_sentence(e, {}) for e in timeline.logged_events(Event.objects.order_by("sequence"))
        }

    assert set(said) >= {"ECS Task State Change", "Decision", "ECS Service Action", "Engine Call", "API Call"}
    assert all(sentence and sentence != kind for kind, sentence in said.items())


def test_before_a_cluster_was_made_there_was_none(busy: World, client: Client) -> None:
    busy.call("CreateCluster", clusterName="late")

    assert "At that moment there was no such cluster." in client.get("/clusters/late/?at=5").content.decode()


def test_the_first_event_of_a_cluster_is_none_from_before_it(busy: World, client: Client) -> None:
    busy.call("CreateCluster", clusterName="late")

    first = client.get("/clusters/late/").context["bar"].first

    assert not client.get(f"/clusters/late/?at={first}").context["is_absent"]


def test_the_past_of_a_deleted_cluster_can_be_looked_at(world: World, client: Client) -> None:
    world.launch()
    at = newest()
    arn = world.call("ListContainerInstances", cluster="demo")["containerInstanceArns"][0]
    world.call("DeregisterContainerInstance", cluster="demo", containerInstance=arn, force=True)
    world.call("DeleteCluster", cluster="demo")

    assert client.get("/clusters/demo/").status_code == 404
    text = client.get(f"/clusters/demo/?at={at}").content.decode()
    assert text.count('class="instance ') == 1


def test_what_is_gone_leads_to_its_story_and_its_picture(busy: World, client: Client) -> None:
    task_id = busy.tasks()[0]["taskArn"].rsplit("/", 1)[-1]
    Task.objects.filter(task_id=task_id).delete()

    text = client.get(f"/clusters/demo/tasks/{task_id}/").content.decode()

    assert f"/timeline/?about={task_id}" in text
    assert "/clusters/demo/?at=" in text


def test_housekeeping_keeps_the_past_whole_while_it_trims_the_log(busy: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "CHECKPOINT_EVERY", 10)
    monkeypatch.setattr(housekeeping, "EVENTS_KEPT", 5)
    before = now()

    housekeeping.note_checkpoints(now=busy.clock())
    housekeeping.trim_log()

    assert Event.objects.count() == 5
    assert then(newest()) == before
    assert timeline.history_begins(Account.objects.get()) == newest()


def test_a_reset_leaves_the_pictures_of_a_clusters_past(busy: World, client: Client) -> None:
    seen = newest()
    before = now()
    begin_reset(Account.objects.get(), now=busy.clock.now)
    busy.step_all()
    assert finish_reset(Account.objects.get())
    assert not Cluster.objects.exists()
    page = client.get(f"/clusters/demo/?at={seen}", headers={"Accept-Language": "en"}).content.decode()

    assert all(f'id="task-{task.task_id}"' in page for box in before.instances for task in box.tasks)
    assert "Previous event" in page
    assert client.get(f"/clusters/demo/timeline/since/?at={seen}").status_code == 200
    assert client.get(f"/clusters/elsewhere/?at={seen}").status_code == 404
