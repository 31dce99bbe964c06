"""Every page says when containers are only simulated, when the engine is gone, and when the loop stands still."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ecsweb.models import Heartbeat
from tests.world import World


def beat(part: str, *, ok: bool = True, seconds_ago: int = 0, **detail: str) -> None:
    seen_at = timezone.now() - timedelta(seconds=seconds_ago)
    Heartbeat.objects.update_or_create(part=part, defaults={"ok": ok, "seen_at": seen_at, "detail": detail})


def said(client: Client, language: str = "en", address: str = "/clusters/demo/") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_all_well_is_no_banner(client: Client, world: World) -> None:
    beat("engine", kind="docker", version="28")
    beat("worker")

    assert 'class="banner' not in said(client).replace('class="banners"', "")


@pytest.mark.parametrize("address", ["/", "/clusters/demo/", "/task-definitions/", "/learn/glossary/", "/banners/"])
def test_simulation_is_said_on_every_page_with_how_to_get_docker(client: Client, world: World, address: str) -> None:
    beat("engine", kind="simulated")

    assert "docs.docker.com/get-docker" in said(client, address=address)
    assert "시뮬레이션 엔진입니다." in said(client, "ko", address)


@pytest.mark.parametrize("silence", [0, 60])
def test_a_gone_engine_is_said_and_the_page_stays_up(client: Client, world: World, silence: int) -> None:
    world.launch()
    beat("engine", kind="docker", ok=silence > 0, seconds_ago=silence, reason="refused")

    assert "The container engine does not answer." in said(client)
    assert "i-01" in said(client)


def test_a_loop_that_stands_still_is_said(client: Client, world: World) -> None:
    beat("engine", kind="docker")
    beat("worker", seconds_ago=60)

    assert "The scheduler&#x27;s loop is not running." in said(client).replace("scheduler's", "scheduler&#x27;s")


@pytest.mark.parametrize(("kind", "is_promised"), [("docker", True), ("simulated", False)])
def test_real_containers_are_promised_only_where_they_are(
    client: Client, world: World, kind: str, is_promised: bool
) -> None:
    beat("engine", kind=kind)

    assert ("Real containers, on your own Docker Engine." in said(client, address="/clusters/demo/")) is is_promised
