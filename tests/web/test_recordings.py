"""A recording that was made here replays anywhere; one that was changed is refused or shown as text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ecsweb.models import Account, Cluster, Event, Recording
from ecsweb.web.timeline.bar import events_of
from tests.world import World

HOSTILE = '"><script>alert(1)</script>\u202e<img src=x onerror=alert(1)>'


@pytest.fixture
def busy(world: World) -> World:
    world.launch(zone="a")
    world.register("web", environment=[{"name": "DB", "value": "hunter2"}])
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=2)
    world.converge()
    return world


def exported(client: Client) -> dict[str, Any]:
    answer = client.get("/timeline/export/")
    assert "attachment" in answer["Content-Disposition"]
    return dict(json.loads(answer.content))


def upload(client: Client, document: object, name: str = "mine.json") -> Any:
    text = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.post("/recordings/", {"document": SimpleUploadedFile(name, text)})


def picture_in(html: str) -> str:
    return html[html.index('id="cluster-picture"') : html.index('id="timeline"')]


def test_a_recording_replays_what_happened_in_an_account_that_has_nothing(busy: World, client: Client) -> None:
    document = exported(client)
    shown = list(events_of(Cluster.objects.get()).order_by("sequence").values_list("sequence", flat=True))
    Event.objects.all().delete()

    page = client.get(upload(client, document)["location"])
    last = client.get(page.request["PATH_INFO"], {"at": shown[-1]}).content.decode()

    assert page.context["bar"].at == document["events"][0]["sequence"]
    assert page.context["bar"].last == shown[-1]
    picture = picture_in(last)
    assert picture.count('class="task ') == 2
    assert picture.count("href=") == picture.count('href="/learn/glossary/#')
    assert "<form" not in picture
    assert "hx-" not in picture
    assert 'data-step="live"' not in last


def test_a_recording_of_a_cluster_begins_with_the_cluster(busy: World, client: Client) -> None:
    busy.call("CreateCluster", clusterName="late")
    place = upload(client, exported(client))["location"]
    none = "At that moment there was no such cluster."

    first = client.get(place, {"cluster": "late"})
    earlier = client.get(place, {"cluster": "late", "at": first.context["bar"].at - 1})

    assert none not in first.content.decode()
    assert none in earlier.content.decode()


def test_a_recording_in_which_a_run_found_no_place_replays_too(busy: World, client: Client) -> None:
    busy.register("large", memory=100_000)
    assert busy.call("RunTask", cluster="demo", taskDefinition="large")["failures"]

    assert upload(client, exported(client)).status_code == 302


def test_a_recording_holds_no_secret_and_no_call(busy: World, client: Client) -> None:
    document = exported(client)

    assert "hunter2" not in json.dumps(document)
    assert not {"API Call", "Engine Call"} & {event["detailType"] for event in document["events"]}


def test_the_call_that_imports_is_logged_without_the_document(busy: World, client: Client) -> None:
    upload(client, exported(client))

    detail = Event.objects.filter(detail__operation="ImportRecording").get().detail
    assert detail["parameters"] == {"name": "mine.json", "document": "***"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe", "This is no JSON file."),
        (b"{}", "no recording of ecsweb"),
        (b'{"format": "ecsweb-recording", "version": 7}', "has version 7"),
        (b'{"format": "ecsweb-recording", "version": 1, "region": "x", "since": 5}', "since is not what it has to be"),
    ],
)
def test_a_bad_file_gets_its_reason_beside_the_field(world: World, client: Client, text: bytes, said: str) -> None:
    answer = upload(client, text)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Recording.objects.exists()


def test_no_file_at_all_is_said_beside_the_field(world: World, client: Client) -> None:
    answer = client.post("/recordings/", {"name": "kept"})

    assert answer.status_code == 422
    assert 'value="kept"' in answer.content.decode()


def test_hostile_words_in_a_recording_are_text(busy: World, client: Client) -> None:
    text = json.dumps(exported(client))
    document = json.loads(text.replace('"name": "app"', json.dumps({"name": HOSTILE})[1:-1]))
    for event in document["events"]:
        event["detail"]["stoppedReason"] = HOSTILE
        event["detail"]["message"] = HOSTILE
        event["detail"]["group"] = HOSTILE

    where = upload(client, document, name="<img src=x>.json")["location"]
    html = client.get(where, {"at": document["events"][-1]["sequence"]}).content.decode()

    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_what_was_changed_so_that_it_cannot_be_drawn_is_told(busy: World, client: Client) -> None:
    where = upload(client, exported(client))["location"]
    row = Recording.objects.get()
    next(e for e in row.document["events"] if "containers" in e["detail"])["detail"]["containers"] = 7
    row.save()

    answer = client.get(where, {"at": row.document["events"][-1]["sequence"]})

    assert answer.status_code == 422
    assert "damaged or was changed" in answer.content.decode()


def test_recordings_are_the_own_ones_and_no_more_than_five(busy: World, client: Client) -> None:
    document = exported(client)
    for _ in range(5):
        assert upload(client, document).status_code == 302
    assert upload(client, document).status_code == 422
    first = Recording.objects.latest("pk")

    client.post(f"/recordings/{first.pk}/delete/")
    assert Recording.objects.count() == 4
    Recording.objects.update(account=Account.objects.create(account_id="999999999999"))
    other = Recording.objects.latest("pk")
    assert client.get(f"/recordings/{other.pk}/").status_code == 404
    client.post(f"/recordings/{other.pk}/delete/")
    assert Recording.objects.count() == 4


def test_a_stretch_is_recorded_with_what_stood_there_before(busy: World, client: Client) -> None:
    before = Account.objects.get().last_sequence
    busy.call("UpdateService", cluster="demo", service="web", desiredCount=3)
    busy.converge()

    document = json.loads(client.get("/timeline/export/", {"since": before + 1, "until": before + 400}).content)

    assert min(one["sequence"] for one in document["events"]) > before
    assert len(document["events"]) < len(exported(client)["events"])
    page = client.get(upload(client, document)["location"])
    assert picture_in(page.content.decode()).count('class="task ') >= 2


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [("x", "5", "digits only"), ("5", "2", "would end before it begins"), ("", "", "required"), ("999999", "9", "yet")],
)
def test_a_stretch_that_is_none_is_told_beside_the_field(
    busy: World, client: Client, since: str, until: str, said: str
) -> None:
    answer = client.get("/timeline/export/", {"since": since, "until": until}, headers={"Accept-Language": "en"})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "Only a stretch of it" in answer.content.decode()


def test_a_stretch_in_which_nothing_happened_makes_no_file(world: World, client: Client) -> None:
    world.call("CreateCluster", clusterName="other")
    last = Account.objects.get().last_sequence
    call = Event.objects.filter(detail_type="API Call").latest("sequence").sequence

    answer = client.get("/timeline/export/", {"since": call, "until": last}, headers={"Accept-Language": "en"})

    assert answer.status_code == 422
    assert "Nothing happened in this stretch" in answer.content.decode()
