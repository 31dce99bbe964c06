from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from ecsweb.models import Heartbeat


def test_live_answers_without_a_database(client: Client) -> None:
    answer = client.get("/healthz/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_live_cannot_be_posted_to(client: Client) -> None:
    assert client.post("/healthz/live").status_code == 405


@pytest.mark.django_db
def test_ready_names_each_part_that_was_never_heard_of(client: Client, settings: Settings) -> None:
    settings.ECSWEB_REDIS_URL = "redis://127.0.0.1:1/1"

    answer = client.get("/healthz/ready")

    parts = answer.json()["parts"]
    assert answer.status_code == 503
    assert parts["database"] == {"ok": True}
    assert parts["redis"]["reason"].startswith("Redis does not answer:")
    assert parts["worker"] == {"ok": False, "reason": "Nothing has been heard of the worker yet."}
    assert set(parts) == {"database", "redis", "worker", "beat", "watcher", "engine"}


@pytest.mark.django_db
def test_ready_takes_the_heartbeats_for_what_they_say(client: Client) -> None:
    Heartbeat.objects.create(part="worker", seen_at=timezone.now())
    Heartbeat.objects.create(part="engine", seen_at=timezone.now(), ok=False, detail={"reason": "no daemon"})

    parts = client.get("/healthz/ready").json()["parts"]

    assert parts["worker"] == {"ok": True}
    assert parts["engine"] == {"ok": False, "reason": "no daemon"}


@pytest.mark.django_db
def test_not_ready_yet_is_no_error_of_the_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert client.get("/healthz/ready").status_code == 503
    assert client.get("/nothing/").status_code == 404

    assert [record.getMessage() for record in caplog.records if record.name == "django.request"] == [
        "Not Found: /nothing/"
    ]
