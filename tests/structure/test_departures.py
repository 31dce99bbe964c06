"""Each `SIMPLIFIED:` of the code has its line in `docs/differs-from-aws.md`, and each line its mark in the code."""

from __future__ import annotations

import re
from pathlib import Path

from tests.structure.sources import PRODUCT_FILES, text_of

ROWS = [line for line in text_of(Path("docs/differs-from-aws.md")).splitlines() if line.startswith("| ")][2:]
NAMED = {f"ecsweb/{name}" for row in ROWS for name in re.findall(r"`([\w/]+\.py)`", row.split("|")[-2])}
MARKED = {str(path) for path in PRODUCT_FILES if "SIMPLIFIED:" in text_of(path)}


def test_each_departure_that_is_marked_in_the_code_has_its_line() -> None:
    assert sorted(MARKED - NAMED) == []


def test_each_line_names_a_file_that_marks_the_departure() -> None:
    assert sorted(NAMED - MARKED) == []
    assert [row for row in ROWS if not re.search(r"`[\w/]+\.py`", row.split("|")[-2])] == []
