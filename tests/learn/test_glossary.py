"""Every word of the notes is explained in both languages, and the two slips of the notes are put right."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from django.test import Client

from ecsweb.learn.glossary import FILE, Term, terms
from tests.structure.sources import ROOT
from tests.world import World

HANGUL = re.compile(r"[가-힣]")


@pytest.mark.parametrize("term", terms(), ids=lambda term: str(term.key))
def test_each_word_has_a_meaning_in_both_languages(term: Term) -> None:
    for field in fields(Term):
        if not field.name.startswith("put_right"):
            assert getattr(term, field.name), field.name
    assert HANGUL.search(term.meaning_ko)
    assert not HANGUL.search(term.meaning_en)
    assert bool(term.put_right_en) == bool(term.put_right_ko)


def test_keys_are_used_once() -> None:
    keys = [term.key for term in terms()]

    assert len(set(keys)) == len(keys) >= 12, FILE


def test_the_two_slips_of_the_notes_are_put_right() -> None:
    corrections = " ".join(term.put_right_ko for term in terms())

    assert "ecs-agent" in corrections
    assert "Elastic Container Registry" in corrections


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
        assert (term.meaning_ko if language == "ko" else term.meaning_en)[:20] in text.replace("&#x27;", "'")
