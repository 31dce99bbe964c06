"""Each `SIMPLIFIED:` of the code has its entry, each entry its mark, and `docs/differs-from-aws.md` says the same."""

from __future__ import annotations

import re
from pathlib import Path

from ecsweb.learn.differs import departures, documentation_page
from tests.structure.sources import PRODUCT_FILES, TEMPLATES, text_of

PAGE = Path("docs/differs-from-aws.md")
NAMED = {f"ecsweb/{name}" for one in departures().values() for name in one.files}
MARKED = {str(path) for path in PRODUCT_FILES if "SIMPLIFIED:" in text_of(path)}


def test_each_departure_that_is_marked_in_the_code_has_its_entry() -> None:
    assert sorted(MARKED - NAMED) == []


def test_each_entry_names_a_file_that_marks_the_departure() -> None:
    assert sorted(NAMED - MARKED) == []


def test_the_page_of_the_documentation_is_made_of_the_entries() -> None:
    assert text_of(PAGE) == documentation_page(), f"write it anew: python manage.py differs > {PAGE}"


def test_each_link_of_a_page_leads_to_an_entry() -> None:
    tags = [tag for path in TEMPLATES for tag in re.findall(r"{% differs ([^%]+) %}", text_of(path))]

    assert len(tags) >= 8
    assert {key for tag in tags for key in re.findall(r'"([^"]+)"', tag)} <= departures().keys()
