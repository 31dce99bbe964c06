"""Language, region and theme: each switch remembers what was chosen and keeps the place; nonsense changes nothing."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import translation

from ecsweb.web.looks import LOOKS
from ecsweb.web.shortcuts import shortcuts
from tests.world import World

PLACE = "/clusters/demo/?stage=2"


def language_of(client: Client, **headers: str) -> str:
    text = client.get(PLACE, headers=headers).content.decode()
    return "ko" if re.search(r'<html\s+lang="ko"', text) else "en"


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
    ("name", "chosen", "shown"),
    [
        ("theme", "dark", "dark"),
        ("theme", "light", "light"),
        ("theme", "contrast", "contrast"),
        ("theme", "pink", "auto"),
        ("motion", "less", "less"),
        ("motion", "none", "auto"),
        ("shortcuts", "off", "off"),
        ("shortcuts", "", "on"),
        ("projector", "on", "on"),
        ("projector", "1", "off"),
    ],
)
def test_a_look_is_remembered(client: Client, world: World, name: str, chosen: str, shown: str) -> None:
    assert client.post("/looks/", {name: chosen, "next": PLACE})["Location"] == PLACE

    assert f'data-{name}="{shown}"' in client.get(PLACE).content.decode()


def test_a_look_comes_along_to_another_browser_but_the_projector_stays_in_the_room(
    client: Client, world: World
) -> None:
    client.get(PLACE)
    client.post("/looks/", {"theme": "dark"})
    client.post("/looks/", {"projector": "on"})

    elsewhere = Client().get(PLACE).content.decode()
    assert 'data-theme="dark"' in elsewhere
    assert 'data-projector="off"' in elsewhere


def test_the_menu_offers_each_look_and_marks_what_is_chosen(client: Client, world: World) -> None:
    client.post("/looks/", {"theme": "contrast"})
    page = client.get(PLACE).content.decode()

    offered = re.findall(r'name="(theme|motion|shortcuts)"\s+value="(\w+)"\s+aria-pressed="(\w+)"', page)
    assert {(name, value) for name, value, _pressed in offered} == {
        (name, value) for name in ("theme", "motion", "shortcuts") for value in LOOKS[name]
    }
    assert [value for name, value, pressed in offered if name == "theme" and pressed == "true"] == ["contrast"]


def test_an_address_shows_a_page_on_the_projector_and_links_keep_it(client: Client, world: World) -> None:
    assert 'data-projector="on"' in client.get(f"{PLACE}&projector=1").content.decode()
    assert 'data-projector="on"' in client.get("/").content.decode()
    assert 'data-projector="off"' in client.get(f"{PLACE}&projector=0").content.decode()
    assert 'data-projector="off"' in client.get("/").content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_sheet_of_keys_lists_what_the_page_has(client: Client, world: World, language: str) -> None:
    headers = {"Accept-Language": language}
    page, sheet = (client.get(path, headers=headers).content.decode() for path in (PLACE, "/shortcuts/"))
    marked = set(re.findall(r'data-key="([^"]+)"', page))

    with translation.override(language):
        singles = {key for _group, lines in shortcuts() for one in lines if one.is_single for key in one.keys}
        of_a_scene = {translation.gettext("Space"), "→", "Home"}
    assert marked <= singles
    # Nothing has happened in a new cluster: there is nothing to pause.
    assert singles - marked <= {",", "s"} | of_a_scene
    assert all(f"<kbd>{key}</kbd>" in sheet for key in singles)
