"""Every page says when containers are only simulated, when the engine is gone, and when the loop stands still."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
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


CHOSEN, LEFT = "It was chosen at the start", "No Docker Engine was found"
REAL, PRETENDED = "컨테이너는 진짜입니다.", "여기서는 컨테이너를 흉내만 냅니다."


@pytest.mark.parametrize(("asked", "words"), [("simulated", CHOSEN), ("auto", LEFT)])
def test_a_simulated_engine_that_was_asked_for_is_not_called_what_is_left(
    client: Client, world: World, settings: LazySettings, asked: str, words: str
) -> None:
    beat("engine", kind="simulated")
    settings.ECSWEB_ENGINE_ASKED = asked
    page = said(client, address="/banners/")

    assert [one for one in (CHOSEN, LEFT) if one in page] == [words]


@pytest.mark.parametrize(("kind", "words"), [("docker", REAL), ("simulated", PRETENDED)])
def test_the_home_page_says_what_the_containers_are(client: Client, world: World, kind: str, words: str) -> None:
    beat("engine", kind=kind)
    page = said(client, "ko", "/")

    assert [one for one in (REAL, PRETENDED) if one in page] == [words]


def test_a_projector_has_a_way_out_in_sight_and_still_says_that_it_is_simulated(client: Client, world: World) -> None:
    beat("engine", kind="simulated")
    client.get("/clusters/demo/?projector=1")
    top = said(client, "ko").partition("</header>")[0]

    assert 'data-projector="on"' in top
    assert "프로젝터 나가기" in top.partition('id="looks"')[0]
    assert re.search(r"◌\s+시뮬레이션", top)
    assert "프로젝터 나가기" not in said(client, "ko", "/clusters/demo/?projector=0").partition("</header>")[0]
