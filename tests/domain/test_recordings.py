"""A recording is read as it was written, without secrets; anything else is refused with the reason."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.timeline.past import LoggedEvent, Past
from ecsweb.domain.timeline.recording import (
    BadRecording,
    RecordedEvent,
    as_recording,
    masked,
    read_recording,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ARN = "arn:aws:ecs:ap-northeast-2:123456789012:cluster/demo"


def recording(*details: dict[str, Any]) -> dict[str, Any]:
    events = [
        RecordedEvent(LoggedEvent(n, NOW, "Cluster State Change", detail, (ARN,)), "demo")
        for n, detail in enumerate(details or ({"clusterArn": ARN, "status": "ACTIVE"},), start=1)
    ]
    return as_recording(Past(), events, region="ap-northeast-2", recorded_at=NOW)


def changed(path: str, value: Any) -> str:
    document: Any = recording()
    *way, last = path.split(".")
    place = document
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    return json.dumps(document)


def test_what_is_written_is_read() -> None:
    found = read_recording(json.dumps(recording()))

    assert found.clusters == ("demo",)
    assert [one.event.sequence for one in found.events] == [1]
    assert found.events[0].event.time == NOW


def test_secrets_are_left_out_wherever_they_stand() -> None:
    container = {
        "name": "app",
        "environment": [{"name": "A", "value": "hidden1"}],
        "options": {"splunk-token": "hidden2"},
    }
    detail = {"containerDefinitions": [container], "overrides": {"environment": [{"name": "B", "value": "hidden3"}]}}

    text = json.dumps(recording({**detail, "dbPassword": "hidden4", "apiKey": "hidden5"}))

    assert "hidden" not in text
    assert '"name": "A"' in text
    assert masked({"tokens": 5, "name": "token"}) == {"tokens": 5, "name": "token"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no-json"),
        ("{", "no-json"),
        ("[" * 100_000, "no-json"),
        ('{"format": NaN}', "no-json"),
        ("[]", "no-recording"),
        ("null", "no-recording"),
        ("{}", "no-recording"),
        (changed("version", 2), "other-version"),
        (changed("version", "1"), "other-version"),
        (changed("region", "<b>"), "wrong-shape"),
        (changed("region", None), "wrong-shape"),
        (changed("since", []), "wrong-shape"),
        (changed("since.tasks", []), "wrong-shape"),
        (changed("since.tasks", {"no arn": {}}), "wrong-shape"),
        (changed("since.tasks", {ARN: 5}), "wrong-shape"),
        (changed("events", {}), "wrong-shape"),
        (changed("events", []), "wrong-shape"),
        (changed("events", [5]), "wrong-shape"),
        (changed("events", recording()["events"] * 2), "wrong-shape"),
        (changed("events", recording()["events"] * 5001), "too-many-events"),
        (changed("events.0.sequence", -1), "wrong-shape"),
        (changed("events.0.sequence", True), "wrong-shape"),
        (changed("events.0.sequence", 2**60), "wrong-shape"),
        (changed("events.0.time", "yesterday"), "wrong-shape"),
        (changed("events.0.time", "2026-01-01T00:00:00"), "wrong-shape"),
        (changed("events.0.time", "9999-12-31T23:59:59+00:00"), "wrong-shape"),
        (changed("events.0.detail", []), "wrong-shape"),
        (changed("events.0.detail.containers", 5), "wrong-shape"),
        (changed("events.0.detail.containers", [5]), "wrong-shape"),
        (changed("events.0.detail.ecsweb", {"service": "x"}), "wrong-shape"),
        (changed("events.0.detail.taskArn", "../../etc"), "wrong-shape"),
        (changed("events.0.detail.cpu", "a lot"), "wrong-shape"),
        (changed("events.0.detail.stoppedAt", 1e300), "wrong-shape"),
        (changed("events.0.detail.reason", "\x00"), "wrong-shape"),
        (changed("events.0.detail.reason", "\ud800"), "wrong-shape"),
        (changed("events.0.detail.reason", "x" * 30_000), "wrong-shape"),
        (changed("events.0.cluster", "<script>"), "wrong-shape"),
        (changed("events.0.resources", "x"), "wrong-shape"),
        (" " * (9 * 2**20), "too-large"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, code: str) -> None:
    with pytest.raises(BadRecording) as refused:
        read_recording(text)

    assert refused.value.code == code


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON, st.sampled_from(["since", "events", "events.0", "events.0.detail", "events.0.time", "since.services"]))
def test_no_value_in_any_place_breaks_the_reader(value: Any, place: str) -> None:
    document: Any = recording()
    *way, last = place.split(".")
    at = document
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[int(last) if isinstance(at, list) else last] = value
    with suppress(BadRecording):
        read_recording(json.dumps(document))
