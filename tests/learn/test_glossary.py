"""Every word is explained in both languages with an example of the reader's own; the notes' two slips are put right."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from ecsweb.api.principal import root_of
from ecsweb.learn.examples import Kind, example_of, kinds
from ecsweb.learn.glossary import CHAPTERS, FILE, SEVEN, Term, terms
from ecsweb.learn.live import Live
from ecsweb.learn.texts import BadContent, text_in
from tests.structure.sources import ROOT
from tests.world import ACCOUNT, REGION, World

HANGUL = re.compile(r"[가-힣]")
# What the rich world cannot have at once: it passes through these, or breaks for them; real images alone have digests.
NOT_NOW = {"disconnected", "draining", "provisioning", "pending", "digest"}


def live() -> Live:
    return Live(root_of(ACCOUNT, REGION, origin="learn"))


@pytest.mark.parametrize("term", terms(), ids=lambda term: str(term.key))
def test_each_word_has_a_meaning_in_both_languages(term: Term) -> None:
    for field in fields(Term):
        if not field.name.startswith("put_right"):
            assert getattr(term, field.name), field.name
    assert HANGUL.search(term.meaning_ko)
    assert not HANGUL.search(term.meaning_en)
    assert bool(term.put_right_en) == bool(term.put_right_ko)
    assert term.chapter in CHAPTERS
    assert term.example in kinds()


def test_there_are_enough_words_and_the_seven_of_the_notes() -> None:
    assert len(terms()) >= 60, FILE
    assert set(SEVEN) <= {term.key for term in terms()}
    assert len(SEVEN) == 7


def test_the_two_slips_of_the_notes_are_put_right() -> None:
    corrections = " ".join(term.put_right_ko for term in terms())

    assert "ecs-agent" in corrections
    assert "Elastic Container Registry" in corrections


def test_a_text_without_its_korean_is_refused() -> None:
    with pytest.raises(BadContent, match="en and ko"):
        text_in({"key": "half", "say": {"en": "only English"}}, "say")


def test_every_explanation_a_page_asks_for_exists() -> None:
    pages = (ROOT / "templates").rglob("*.html")
    asked = {key for page in pages for key in re.findall(r'{% explain "([^"]+)"', page.read_text(encoding="utf-8"))}

    assert asked
    assert asked <= {term.key for term in terms()}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_shows_every_word(client: Client, world: World, language: str) -> None:
    text = client.get("/learn/glossary/", headers={"Accept-Language": language}).content.decode()

    for term in terms():
        assert term.term in text
        assert f'id="{term.key}"' in text
        assert (term.meaning_ko if language == "ko" else term.meaning_en)[:18].split("`")[0] in text.replace(
            "&#x27;", "'"
        )


def test_each_query_finds_the_readers_own_object_and_its_page(rich: World, client: Client) -> None:
    found = {kind.key: example_of(kind, live()) for kind in kinds().values()}

    assert {key for key, example in found.items() if not example.is_there} == NOT_NOW
    for key, example in found.items():
        if example.is_there:
            assert client.get(reverse(example.page, args=example.args)).status_code == 200, key
            assert "$" not in example.sentence


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: str(kind.key))
def test_who_has_nothing_is_told_how_to_come_by_it(kind: Kind, db: None) -> None:
    with override("ko"):
        example = example_of(kind, live())

    assert not example.is_there
    assert example.sentence == kind.none.ko
    assert example.page == kind.make


def test_what_breaks_is_an_example_too(rich: World) -> None:
    first, second = rich.call("ListContainerInstances", cluster="demo")["containerInstanceArns"][:2]
    rich.call("DisconnectAgent", cluster="demo", containerInstance=first)
    rich.call("UpdateContainerInstancesState", cluster="demo", containerInstances=[second], status="DRAINING")
    rich.call("RunTask", cluster="demo", taskDefinition="web:1")

    said = {key: example_of(kinds()[key], live()).sentence for key in ("draining", "pending")}

    assert "is DRAINING" in said["draining"]
    assert "is PENDING now" in said["pending"]


def test_a_words_fragment_shows_both_korean_words_and_the_own_object(rich: World, client: Client) -> None:
    text = client.get("/learn/glossary/cluster/tip/").content.decode()

    assert "클러스터" in text
    assert "Your cluster <code>demo</code>: 3 instances" in text
    assert 'href="/clusters/demo/"' in text
    assert "태스크 디피니션 · 태스크 정의" in client.get("/learn/glossary/task-definition/tip/").content.decode()
    assert client.get("/learn/glossary/no-such-word/tip/").status_code == 404


def test_a_hostile_name_ends_no_expression_and_no_page(world: World, client: Client) -> None:
    words = live().words({"name": "x']|[0]"})

    assert live().search("clusters[?clusterName=='$name'].clusterName", words) == []
