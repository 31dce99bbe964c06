"""Lines of output: harmless, in order, found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.log_lines import LogLine, harmless, interleaved, line_of, lines_of, matching, pieces


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("a\x00b", "a␀b"),
        ("bell\x07", "bell␇"),
        ("back\x08", "back␈"),
        ("\u202eevil", "\ufffdevil"),
        ("tab\tstays", "tab\tstays"),
        ("\x9b31m", "\ufffd31m"),
        ("<script>", "<script>"),
        ("\x1b", "␛"),
    ],
)
def test_terminal_codes_do_nothing_on_a_page(raw: str, shown: str) -> None:
    assert harmless(raw) == shown


@given(st.text())
def test_nothing_that_controls_is_left(text: str) -> None:
    assert not any(ord(c) < 32 and c not in "\t\n" for c in harmless(text))


def test_a_line_has_its_time_and_one_without_has_that_of_the_line_before() -> None:
    found = lines_of("2026-01-01T10:00:00.5Z one\ntwo\n", source="app")

    assert [(line.at, line.moment, line.text, line.source) for line in found] == [
        ("10:00:00", "2026-01-01T10:00:00Z", "one", "app"),
        ("10:00:00", "2026-01-01T10:00:00Z", "two", "app"),
    ]
    assert line_of("no stamp") == LogLine("", "no stamp")
    assert line_of("202x-bad-stamp here").text == "202x-bad-stamp here"


def test_several_sources_stand_in_the_order_of_their_times() -> None:
    one = lines_of("2026-01-01T10:00:00Z a\n2026-01-01T10:00:02Z c", source="one")
    two = lines_of("2026-01-01T10:00:01Z b\n2026-01-01T10:00:03Z d", source="two")

    assert "".join(line.text for line in interleaved([one, two], most=10)) == "abcd"
    assert "".join(line.text for line in interleaved([one, two], most=2)) == "cd"


def test_what_is_looked_for_is_found_whatever_its_case_and_marked() -> None:
    lines = [LogLine("", "An Error here"), LogLine("", "fine")]

    assert matching(lines, "error") == lines[:1]
    assert matching(lines, "") == lines
    assert [(piece.text, piece.is_match) for piece in pieces("An Error here", "error")] == [
        ("An ", False),
        ("Error", True),
        (" here", False),
    ]


@given(st.text(), st.text(max_size=3))
def test_pieces_put_together_are_the_line(text: str, words: str) -> None:
    assert "".join(piece.text for piece in pieces(text, words)) == text
