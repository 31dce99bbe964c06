"""Where ecsweb departs from AWS is told in both languages, and where it matters."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from ecsweb.learn.differs import AREAS, Departure, departures
from ecsweb.web.views.differs import area_names, page_names
from tests.world import World

HANGUL = re.compile(r"[가-힣]")
PAGE = "/learn/differs/"
ALL = tuple(departures().values())


def read(client: Client, address: str, language: str = "en") -> str:
    answer = client.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200, address
    return " ".join(html.unescape(re.sub(r"</?code>", "", answer.content.decode())).split())


@pytest.mark.parametrize("one", ALL, ids=lambda one: str(one.key))
def test_an_entry_is_whole_and_each_text_is_of_its_language(one: Departure) -> None:
    assert not any(HANGUL.search(text.en) for text in (one.what, one.aws, one.here, one.why))
    assert all(HANGUL.search(text.ko) for text in (one.aws, one.here, one.why))
    assert one.term or one.page
    assert not one.page or reverse(one.page)
    assert one.page == "" or one.page in page_names()
    assert not any("|" in text.en for text in (one.what, one.aws, one.here, one.why)), "a table's cell ends there"


def test_the_areas_have_names_and_entries() -> None:
    assert tuple(area_names()) == AREAS
    assert {one.area for one in ALL} == set(AREAS)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_shows_every_entry_at_an_anchor_of_its_own(client: Client, world: World, language: str) -> None:
    page = read(client, PAGE, language)

    for one in ALL:
        assert f'id="{one.key}"' in page
        for text in (one.what, one.aws, one.here, one.why):
            assert (text.ko if language == "ko" else text.en).replace("`", "") in page


def test_entries_are_found_by_a_word_of_either_language(client: Client, world: World) -> None:
    for words in ("KMS", "데이터베이스에 그대로"):
        page = read(client, f"{PAGE}?q={words}")
        assert 'id="secure-strings"' in page
        assert 'id="gpu"' not in page
    assert "None of the differences has that." in read(client, f"{PAGE}?q=no-such-words")


def test_pages_lead_to_the_entries_that_concern_them(client: Client, world: World) -> None:
    instance = world.launch().rsplit("/", 1)[-1]
    world.register("web")
    world.call("CreateService", cluster="demo", serviceName="web", taskDefinition="web", desiredCount=1)
    concerned = {
        "/learn/": "",
        "/clusters/demo/capacity/": "#time-of-scaling",
        f"/clusters/demo/instances/{instance}/": "#forced-deregistration",
        "/clusters/demo/services/web/": "#start-back-off",
        "/clusters/demo/services/web/logs/": "#logs",
        "/clusters/demo/services/create/": "#load-balancers",
        "/clusters/demo/run/": "#fixed-host-ports",
        "/parameters/": "#secure-strings",
        "/account-settings/": "#cluster-configuration",
        "/task-definitions/register/": "#published-ports",
        "/timeline/": "#eventbridge",
    }

    assert [page for page, anchor in concerned.items() if f'href="{PAGE}{anchor}"' not in read(client, page)] == []


def test_a_task_with_an_address_of_its_own_tells_what_that_is_here(client: Client, rich: World) -> None:
    tasks = [task for task in rich.tasks() if task["attachments"]]

    page = read(client, f"/clusters/demo/tasks/{tasks[0]['taskArn'].rsplit('/', 1)[-1]}/")

    assert f'href="{PAGE}#awsvpc-address"' in page
