"""Output of containers as lines: harmless to show, several sources in one order, and found by words.

What a program writes is kept as it is; only what is shown is made harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Colours and cursor movements of terminals (ECMA-48), and titles that end with BEL or ST.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
# Control characters but the tab, and what turns the direction of text around for all that follows.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_SYMBOLS = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "␡"}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line, and whether it is what somebody looks for."""

    text: str
    is_match: bool = False


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of output: the engine's RFC 3339 time stamp (UTC; "" where there is none), its text, and its source."""

    stamp: str
    text: str
    source: str = ""

    @property
    def at(self) -> str:
        """Return the time of day, to the second."""
        return self.stamp[11:19]

    @property
    def moment(self) -> str:
        """Return the moment for a browser, to the second."""
        return f"{self.stamp[:19]}Z" if self.stamp else ""


def harmless(text: str) -> str:
    """Return text without terminal escapes, other control characters as their visible symbols."""
    plain = _ESCAPES.sub("", text)
    return _CONTROLS.sub(lambda found: _SYMBOLS.get(ord(found[0]), "\N{REPLACEMENT CHARACTER}"), plain)


def line_of(text: str, *, source: str = "") -> LogLine:
    """Return a stored line as it is shown. Example: "2026-01-01T10:00:00.1Z hello" → at 10:00:00, "hello"."""
    stamp, space, rest = text.partition(" ")
    if not space or not STAMP.match(stamp):
        return LogLine("", harmless(text), source)
    return LogLine(stamp, harmless(rest), source)


def lines_of(text: str, *, source: str = "") -> list[LogLine]:
    """Return the lines of stored output, the oldest first; a line without a stamp has the time of the one before it."""
    found: list[LogLine] = []
    for one in text.split("\n"):
        if not one:
            continue
        line = line_of(one, source=source)
        if not line.stamp and found:
            line = LogLine(found[-1].stamp, line.text, source)
        found.append(line)
    return found


def interleaved(sources: Iterable[Sequence[LogLine]], *, most: int) -> list[LogLine]:
    """Return the newest `most` lines of all sources in the order of their times; each source keeps its own order."""
    every = [line for lines in sources for line in lines]
    return sorted(every, key=lambda line: line.stamp)[-most:]


def matching(lines: Sequence[LogLine], words: str) -> list[LogLine]:
    """Return the lines that hold the words, whatever their case; all where none are given."""
    wanted = words.strip().casefold()
    return [line for line in lines if wanted in line.text.casefold()] if wanted else list(lines)


def pieces(text: str, words: str) -> list[Piece]:
    """Cut a line into what matches and what stands between."""
    wanted = words.strip()
    if not wanted:
        return [Piece(text)]
    found, at = [], 0
    for match in re.finditer(re.escape(wanted), text, re.IGNORECASE):
        found += [Piece(text[at : match.start()])] if match.start() > at else []
        found.append(Piece(match[0], is_match=True))
        at = match.end()
    return [*found, Piece(text[at:])] if at < len(text) else found
