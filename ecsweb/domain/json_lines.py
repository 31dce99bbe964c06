"""Where in a JSON text each member stands, so that what is said about a member is said at its line."""

from __future__ import annotations

import re
from collections.abc import Mapping

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
OPENING, CLOSING = "{[", "}]"


class _Walk:
    """Goes through the tokens of a valid JSON text and notes the line of each member and each item."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {"": 1}
        # For each object or list that is open: the path of what comes next in it, and the index if it is a list.
        self._parts: list[str] = []
        self._indexes: list[int | None] = []

    def take(self, word: str, following: str, line: int) -> None:
        """Take one word; `following` is the one behind it, which tells a key from a text."""
        if following == ":" and word not in OPENING + CLOSING:
            self._parts[-1] = word[1:-1]
            self._note(line)
        elif word == ",":
            self._next()
        elif word in OPENING:
            if self._indexes and self._indexes[-1] is not None:
                self._note(line)
            opens_list = OPENING.index(word) == 1
            self._parts.append("0" if opens_list else "")
            self._indexes.append(0 if opens_list else None)
        elif word in CLOSING:
            self._parts.pop()
            self._indexes.pop()
        elif word != ":" and self._indexes and self._indexes[-1] is not None:
            self._note(line)

    def _next(self) -> None:
        index = self._indexes[-1]
        if index is not None:
            self._indexes[-1] = index + 1
            self._parts[-1] = str(index + 1)

    def _note(self, line: int) -> None:
        self.found.setdefault(".".join(self._parts), line)


def lines_of(text: str) -> dict[str, int]:
    """Return the line, from 1, of each member and item of a valid JSON text, by its dotted path.

    Example: `{"a": [1,` and `2]}` on two lines → a is on 1, a.0 on 1, a.1 on 2.
    """
    tokens = [(found[0], found.start()) for found in TOKEN.finditer(text)]
    walk, line, last = _Walk(), 1, 0
    for (word, start), (following, _start) in zip(tokens, [*tokens[1:], ("", 0)], strict=True):
        line += text.count("\n", last, start)
        last = start
        walk.take(word, following, line)
    return walk.found


def nearest_line(lines: Mapping[str, int], path: str) -> int:
    """Return the line of the member at the path or, where it is left out, of what it would stand in."""
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path, 1)
