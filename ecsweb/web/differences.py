"""What differs between two revisions, as rows of a page: glyph, word and both values."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.domain.task_definitions.differences import Difference, Kind, Line

GLYPHS = {Kind.ADDED: "＋", Kind.REMOVED: "−", Kind.CHANGED: "≠"}


@dataclass(frozen=True, slots=True)
class Row:
    """One member that differs; `path` is "" for a container as a whole."""

    kind: str
    glyph: str
    word: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """What differs of the task itself ("") or of one container."""

    container: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of the compared texts, with the sign and the word of what became of it."""

    kind: str
    sign: str
    word: str
    text: str


def _words() -> Mapping[Kind, str]:
    return {Kind.ADDED: _("added"), Kind.REMOVED: _("removed"), Kind.CHANGED: _("changed")}


def parts_of(found: Sequence[Difference]) -> list[Part]:
    """Return the differences by what they are of, as rows."""
    return [Part(name, tuple(_row(one) for one in group)) for name, group in groupby(found, key=lambda d: d.container)]


def _row(one: Difference) -> Row:
    return Row(
        kind=one.kind.value,
        glyph=GLYPHS[one.kind],
        word=_words()[one.kind],
        path=one.path,
        before=_shown(one.before),
        after=_shown(one.after),
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        value = {key: one for key, one in value.items() if one not in (None, [], {})}
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)


def text_lines(lines: Sequence[Line]) -> list[TextLine]:
    """Return the compared texts line by line; a jump says the lines it goes to."""
    words, signs = _words(), {Kind.ADDED: "+", Kind.REMOVED: "−"}
    return [
        TextLine("gap" if line.is_gap else "same", " ", "", line.text)
        if line.kind is None
        else TextLine(line.kind.value, signs[line.kind], words[line.kind], line.text)
        for line in lines
    ]
