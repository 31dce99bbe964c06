"""Language, region and theme: each switch remembers what was chosen and keeps the place; nonsense changes nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.world import World

PLACE = "/clusters/demo/?stage=2"


def language_of(client: Client, **headers: str) -> str:
    text = client.get(PLACE, headers=headers).content.decode()
    return "ko" if '<html lang="ko"' in text else "en"


@pytest.mark.parametrize(
    ("accepted", "shown"), [("ko-KR,ko;q=0.9", "ko"), ("en-GB", "en"), ("fr,ko;q=0.5", "ko"), ("fr", "en")]
)
def test_the_browser_s_language_comes_first(client: Client, world: World, accepted: str, shown: str) -> None:
    assert language_of(client, Accept_Language=accepted) == shown


def test_the_language_switch_wins_and_keeps_the_place(client: Client, world: World) -> None:
    answer = client.post("/i18n/", {"language": "en", "next": PLACE}, headers={"Accept-Language": "ko"})

    assert answer["Location"] == PLACE
    assert language_of(client, Accept_Language="ko") == "en"


def test_the_switches_carry_the_place_in_a_hidden_field(client: Client, world: World) -> None:
    text = client.get(PLACE).content.decode()

    assert text.count(f'name="next" value="{PLACE}"') == 3


def test_another_region_is_another_world(client: Client, world: World) -> None:
    answer = client.post("/region/", {"region": "us-east-1", "next": "/"})
    assert answer["Location"] == "/"
    assert "/clusters/demo/" not in client.get("/").content.decode()

    client.post("/", {"name": "demo"})
    client.post("/clusters/demo/launch/", {"instance_type": "t3.micro", "zone": "b"})
    assert "us-east-1b" in client.get("/clusters/demo/").content.decode()

    client.post("/region/", {"region": "ap-northeast-2"})
    assert "us-east-1b" not in client.get("/clusters/demo/").content.decode()


@pytest.mark.parametrize("region", ["", "nowhere", "us-east-1\n", "<b>", "x" * 5000])
def test_a_region_that_is_none_is_not_remembered(client: Client, world: World, region: str) -> None:
    answer = client.post("/region/", {"region": region})

    assert answer.status_code == 302
    assert not answer.cookies


def test_a_forged_cookie_of_the_region_is_the_default(client: Client, world: World) -> None:
    client.cookies["ecsweb_region"] = "../../etc"

    assert client.get("/clusters/demo/").status_code == 200


@pytest.mark.parametrize(
    ("chosen", "shown"), [("dark", "dark"), ("light", "light"), ("contrast", "contrast"), ("pink", "auto")]
)
def test_the_theme_is_remembered(client: Client, world: World, chosen: str, shown: str) -> None:
    assert client.post("/theme/", {"theme": chosen, "next": PLACE})["Location"] == PLACE

    assert f'data-theme="{shown}"' in client.get(PLACE).content.decode()


def test_the_theme_switch_goes_round_all_themes(client: Client, world: World) -> None:
    seen = ["auto"]
    for _ in range(4):
        found = re.search(r'name="theme" value="(\w+)"', client.get(PLACE).content.decode())
        assert found
        seen.append(found[1])
        client.post("/theme/", {"theme": found[1], "next": PLACE})

    assert seen == ["auto", "dark", "light", "contrast", "auto"]
