from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ecsweb.controlplane import heartbeats
from ecsweb.models import Heartbeat

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "is_ok", "reason", "complaint"),
    [
        pytest.param(15, True, "", "", id="fresh"),
        pytest.param(20, True, "", "Nothing has been heard of the engine for 20 s.", id="silent"),
        pytest.param(1, False, "no daemon", "no daemon", id="unwell"),
        pytest.param(1, False, "", "The engine says that it is not well.", id="unwell-without-a-reason"),
        pytest.param(
            60, False, "no daemon", "Nothing has been heard of the engine for 60 s.", id="silent-since-unwell"
        ),
    ],
)
def test_a_heartbeat_is_judged_by_age_and_word(seconds: int, is_ok: bool, reason: str, complaint: str) -> None:
    beat = Heartbeat(part="engine", seen_at=NOW - timedelta(seconds=seconds), ok=is_ok, detail={"reason": reason})

    assert heartbeats.complaint("engine", beat, now=NOW) == complaint


@pytest.mark.django_db
def test_a_part_that_was_never_heard_of_is_not_well() -> None:
    Heartbeat.objects.create(part="worker", seen_at=NOW)

    assert heartbeats.complaints(now=NOW) == {
        "worker": "",
        "beat": "Nothing has been heard of the beat yet.",
        "watcher": "Nothing has been heard of the watcher yet.",
        "engine": "Nothing has been heard of the engine yet.",
    }
