"""`docs/fields.md` says what the table of fields says, and a learner reads it in both languages."""

from __future__ import annotations

from django.utils import translation

from ecsweb.domain.task_definitions.field_fates import FATES
from ecsweb.domain.task_definitions.fields_page import fields_page
from ecsweb.web.sentences.fields import WHY, field_departures
from tests.structure.sources import ROOT

PAGE = ROOT / "docs" / "fields.md"


def test_the_page_of_fields_is_that_of_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == fields_page(), "write it anew: python manage.py fields > docs/fields.md"


def test_each_sentence_of_the_table_is_there_to_be_translated() -> None:
    assert {one.why for one in FATES.values() if one.why} == set(WHY)


def test_a_departure_is_told_in_both_languages() -> None:
    document = {"containerDefinitions": [{"name": "app", "linuxParameters": {"maxSwap": 512}, "privileged": False}]}
    with translation.override("en"):
        (english,) = field_departures(document)
    with translation.override("ko"):
        (korean,) = field_departures(document)

    assert english.path == "containerDefinitions[].linuxParameters.maxSwap"
    assert english.fate == "stored, not simulated here"
    assert korean.fate != english.fate
    assert korean.why != english.why
