"""`docs/operations.md` says what the code does: each operation once, offered or refused with its reason."""

from __future__ import annotations

from ecsweb.api.model import operation_names
from ecsweb.api.operations_table import operations_page
from tests.structure.sources import ROOT

PAGE = ROOT / "docs" / "operations.md"


def test_the_page_of_operations_is_that_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == operations_page(), (
        "write it anew: python manage.py operations > docs/operations.md"
    )


def test_every_operation_of_the_model_is_on_the_page_once_and_ours_say_what_they_do() -> None:
    rows = [line.split(" | ") for line in operations_page().splitlines() if line.startswith("| ")]
    names = [row[0].removeprefix("| ") for row in rows]

    assert {name: names.count(name) for name in operation_names() if names.count(name) != 1} == {}
    assert [row for row in rows if len(row[1].strip(" |")) < 3] == []
