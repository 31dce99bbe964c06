from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from ecsweb.models import Heartbeat
from ecsweb.web import health


def beat(part: str, *, seconds_ago: float = 0, ok: bool = True, reason: str = "") -> Heartbeat:
    seen_at = timezone.now() - timedelta(seconds=seconds_ago)
    return Heartbeat.objects.create(part=part, seen_at=seen_at, ok=ok, detail={"reason": reason} if reason else {})


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
@pytest.mark.parametrize(
    ("ways", "finding"),
    [
        pytest.param({"seconds_ago": 14}, {"ok": True}, id="fresh"),
        pytest.param(
            {"seconds_ago": 20}, {"ok": False, "reason": "Nothing has been heard of the engine for 20 s."}, id="silent"
        ),
        pytest.param({"ok": False, "reason": "no daemon"}, {"ok": False, "reason": "no daemon"}, id="unwell"),
        pytest.param(
            {"ok": False}, {"ok": False, "reason": "The engine says that it is not well."}, id="without-reason"
        ),
    ],
)
def test_a_heartbeat_is_judged_by_age_and_word(ways: dict[str, float | str], finding: health.Finding) -> None:
    last = beat("engine", **ways)  # type: ignore[arg-type]

    assert health.judge("engine", last, now=timezone.now()) == finding
