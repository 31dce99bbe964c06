from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

import pytest

from ecsweb.agent.docker_values import container_from_inspect, event_from_message, free_subnets, parse_time, tail_of
from ecsweb.agent.engine import EngineEvent, EngineStatus, PortPublication


def inspected(**state: Any) -> dict[str, Any]:
    return {
        "Id": "a" * 64,
        "Name": "/ecsw-one",
        "Image": "sha256:1",
        "Config": {"Image": "nginx", "Labels": None},
        "State": {"Status": "running", "ExitCode": 0, "OOMKilled": False, "Error": "", **state},
        "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "32768"}], "81/tcp": None}},
    }


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2030-01-02T03:04:05.123456789Z", datetime(2030, 1, 2, 3, 4, 5, 123456, UTC)),
        ("2030-01-02T03:04:05.5Z", datetime(2030, 1, 2, 3, 4, 5, 500000, UTC)),
        ("2030-01-02T12:04:05+09:00", datetime(2030, 1, 2, 3, 4, 5, 0, UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("", None),
        (None, None),
    ],
)
def test_parse_time_is_always_in_utc(text: str | None, time: datetime | None) -> None:
    assert parse_time(text) == time


@pytest.mark.parametrize(
    ("docker", "status", "exit_code"),
    [
        ("created", EngineStatus.CREATED, None),
        ("running", EngineStatus.RUNNING, None),
        ("restarting", EngineStatus.RUNNING, None),
        ("paused", EngineStatus.PAUSED, None),
        ("exited", EngineStatus.EXITED, 127),
        ("dead", EngineStatus.EXITED, 127),
        ("removing", EngineStatus.EXITED, 127),
    ],
)
def test_every_status_of_docker_has_one_of_ours(docker: str, status: EngineStatus, exit_code: int | None) -> None:
    container = container_from_inspect(inspected(Status=docker, ExitCode=127))

    assert (container.status, container.exit_code) == (status, exit_code)


def test_unpublished_ports_are_left_out() -> None:
    assert container_from_inspect(inspected()).ports == (PortPublication(80, 32768, "tcp", "127.0.0.1"),)


def test_events_keep_labels_only() -> None:
    message = {
        "Action": "die",
        "Actor": {"ID": "a", "Attributes": {"image": "nginx", "exitCode": "1", "ecsweb.task": "t"}},
        "timeNano": 1_500_000_000,
    }

    assert event_from_message(message) == EngineEvent("die", "a", {"ecsweb.task": "t"}, 1.5)
    assert event_from_message({**message, "Action": "exec_create: sh"}) is None
    assert event_from_message({}) is None


@pytest.mark.parametrize(
    ("size", "tail"),
    [(100, b"one\ntwo\nthree\n"), (10, b"two\nthree\n"), (9, b"three\n"), (6, b"three\n"), (4, b"ree\n")],
)
def test_tail_begins_at_a_line_where_it_can(size: int, tail: bytes) -> None:
    assert tail_of(b"one\ntwo\nthree\n", size) == tail


def test_free_subnets_overlap_nothing() -> None:
    taken = [IPv4Network("10.213.0.0/24"), IPv4Network("10.213.2.128/25"), IPv4Network("172.17.0.0/16")]

    free = free_subnets("10.213.0.0/22", taken)

    assert [str(subnet) for subnet in free] == ["10.213.1.0/24", "10.213.3.0/24"]
