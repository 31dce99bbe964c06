"""What stood on a page when it was shown, as the page keeps it: told word for word, or where it is long by marks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from ecsweb.api.validation import parsed_json
from ecsweb.domain.errors import EcsError

# A longer text is not kept word for word: with it a form would soon be more than the server reads.
LONGEST = 24 * 1024
# Of a long state a page keeps so many marks, however long it is; each is of the parts whose names fall to it. So few
# parts share one that hardly anybody is told of a change beside what they overwrite.
MARKS = 1024
# What once stood there where only its mark is known.
UNKNOWN = "…"

State = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Seen:
    """The state of then: its parts by name, or only the marks of them."""

    parts: State = field(default_factory=dict)
    marks: Sequence[str] = ()

    def changes(self, now: State, names: Iterable[str] | None) -> list[tuple[str, str, str]]:
        """Return the name of each part that is another now, with what it was and what it is, empty for nothing.

        `names` are the parts that are asked about; None: all.
        """
        asked = {**self.parts, **now} if names is None else names
        if not self.marks:
            pairs = [(name, self.parts.get(name, ""), now.get(name, "")) for name in asked]
            return [(name, was, became) for name, was, became in pairs if was != became]
        marks = marks_of(now)
        places = [(name, _place(name)) for name in asked]
        return [(name, UNKNOWN, now.get(name, "")) for name, place in places if self.marks[place] != marks[place]]


def as_seen(state: State) -> str:
    """Return the state as a page keeps it."""
    text = json.dumps(dict(state), ensure_ascii=False)
    return text if len(text) <= LONGEST else json.dumps(marks_of(state), separators=(",", ":"))


def seen_in(text: str) -> Seen | None:
    """Return what a page kept; None for what none of ours did."""
    try:
        found = parsed_json(text[:LONGEST])
    except EcsError:
        return None
    if isinstance(found, dict):
        return Seen({str(name): str(said) for name, said in found.items()})
    return Seen(marks=[str(mark) for mark in found]) if isinstance(found, list) and len(found) == MARKS else None


def marks_of(state: State) -> list[str]:
    """Return the marks of a state: one changes only when a part does whose name falls to it."""
    found = [b""] * MARKS
    for name, said in sorted(state.items()):
        place = _place(name)
        found[place] = _digest(found[place] + json.dumps([name, said]).encode())
    return [mark.hex() for mark in found]


def _place(name: str) -> int:
    return int.from_bytes(_digest(json.dumps(name).encode())) % MARKS


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=4).digest()
