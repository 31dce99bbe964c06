"""The page that compares two revisions of a family."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from tests.world import World

ENGLISH = {"Accept-Language": "en"}
APP: dict[str, Any] = {"name": "app", "image": "ecsweb/web:1", "memory": 64}


@pytest.fixture
def family(world: World) -> World:
    changed = APP | {"memory": 96, "environment": [{"name": "COLOR", "value": "<b>blue</b>"}]}
    for containers in ([APP], [changed], [APP]):
        world.call("RegisterTaskDefinition", family="web", containerDefinitions=containers)
    world.call("RegisterTaskDefinition", family="other", containerDefinitions=[APP])
    return world


def text_of(client: Client, address: str, *, language: str = "en") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_field_is_a_row_with_a_word_and_both_values(client: Client, family: World) -> None:
    text = text_of(client, "/task-definitions/web:1/diff/web:2/")

    assert "2 fields differ between web:1 and web:2." in text
    assert "Container app" in text
    assert "changed" in text
    assert "added" in text
    assert "&lt;b&gt;blue&lt;/b&gt;" in text
    assert "<b>blue" not in text
    assert "&quot;memory&quot;: 96" in text
    assert "메모리" not in text
    assert "변경됨" in text_of(client, "/task-definitions/web:1/diff/web:2/", language="ko")


def test_revisions_that_say_the_same_are_told_so(client: Client, family: World) -> None:
    assert "They say the same." in text_of(client, "/task-definitions/web:1/diff/web:3/")
    assert "one and the same revision" in text_of(client, "/task-definitions/web:1/diff/web:1/")


def test_the_choice_at_the_top_leads_to_an_address_of_its_own(client: Client, family: World) -> None:
    answer = client.get("/task-definitions/web:1/diff/web:2/", {"before": "web:3", "after": "web:1"})

    assert answer["Location"] == "/task-definitions/web:3/diff/web:1/"


@pytest.mark.parametrize("names", ["web:1/diff/web:9", "web:1/diff/other:1", "nothing/diff/web:1", "web:x/diff/web:1"])
def test_what_cannot_be_compared_is_a_page_that_says_so(client: Client, family: World, names: str) -> None:
    assert client.get(f"/task-definitions/{names}/").status_code == 404


def test_the_pages_of_definitions_lead_there(client: Client, family: World) -> None:
    assert 'href="/task-definitions/web:2/diff/web:3/"' in text_of(client, "/task-definitions/")
    text = html.unescape(text_of(client, "/task-definitions/web:2/"))
    assert 'href="/task-definitions/web:1/diff/web:2/"' in text
