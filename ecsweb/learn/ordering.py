"""Things to bring into order, from a data file that is checked when read; the right order is made for real."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecsweb.learn.glossary import CHAPTERS, terms_by_key
from ecsweb.learn.misconceptions import misconceptions
from ecsweb.learn.texts import EMPTY, BadContent, Text, entries_of, only, text_in

KNOWN = {
    *("key", "chapter", "term", "title", "ask", "because", "judge", "lines", "others", "calls"),
    *("about", "needs", "make"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A call that is made when the order is right; `document` takes its parameters from the lines."""

    operation: str
    params: Mapping[str, Any]
    unless: str = ""
    is_document: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One of the things; `after` are the keys of those that have to come before it."""

    key: str
    code: str
    text: Text
    after: frozenset[str] = frozenset()
    call: Step | None = None
    why: Text = EMPTY
    misconception: str = ""

    @property
    def words(self) -> str:
        """Return it as the reader sees it."""
        return self.code or self.text.here()


@dataclass(frozen=True, slots=True)
class Ordering:
    """Lines in a right order, others that do not belong, and what is done when somebody found the order."""

    key: str
    chapter: str
    term: str
    title: Text
    ask: Text
    because: Text
    is_json: bool
    lines: tuple[Line, ...]
    others: tuple[Line, ...]
    calls: tuple[Step, ...]
    about: str
    needs: Text
    make: str

    @property
    def question(self) -> str:
        """Return the name under which answers are kept."""
        return f"order-{self.key}"


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether an order is right; else how many lines from the first are, and what does not belong."""

    is_right: bool
    good: int = 0
    strays: tuple[Line, ...] = ()
    missing: int = 0

    @property
    def misconception(self) -> str:
        """Return the misconception that the first stray names, or nothing."""
        return self.strays[0].misconception if self.strays else ""


@cache
def orderings() -> Mapping[str, Ordering]:
    """Return them by key. Raises BadContent."""
    return {entry["key"]: _ordering(entry) for entry in entries_of("orderings.yaml")}


def _ordering(entry: dict[str, Any]) -> Ordering:
    only(entry, KNOWN)
    lines: list[Line] = []
    for one in entry["lines"]:
        lines.append(_line(one, before=lines[-1].key if lines else ""))
    made = Ordering(
        key=entry["key"],
        chapter=entry["chapter"],
        term=entry["term"],
        title=text_in(entry, "title"),
        ask=text_in(entry, "ask"),
        because=text_in(entry, "because"),
        is_json=entry.get("judge") == "json",
        lines=tuple(lines),
        others=tuple(_line(one, before="") for one in entry["others"]),
        calls=tuple(_step(one) for one in entry["calls"]),
        about=entry.get("about", ""),
        needs=text_in(entry, "needs", must="about" in entry),
        make=entry.get("make", ""),
    )
    known = {line.key for line in (*made.lines, *made.others)}
    if len(known) != len(made.lines) + len(made.others) or made.chapter not in CHAPTERS:
        raise BadContent(f"{made.key}: a key twice, or no such chapter")
    if made.term not in terms_by_key() or any(one.misconception not in misconceptions() for one in made.others):
        raise BadContent(f"{made.key}: no such term or misconception")
    return made


def _line(entry: dict[str, Any], *, before: str) -> Line:
    only(entry, {"key", "code", "en", "ko", "after", "call", "why", "m"})
    code = entry.get("code", "")
    words = {"key": entry["key"], "text": {"en": entry.get("en"), "ko": entry.get("ko")}}
    return Line(
        key=entry["key"],
        code=code,
        text=EMPTY if code else text_in(words, "text"),
        after=frozenset(entry.get("after", [before] if before else [])),
        call=_step(entry["call"]) if "call" in entry else None,
        why=text_in(entry, "why", must="m" in entry),
        misconception=entry.get("m", ""),
    )


def _step(entry: dict[str, Any]) -> Step:
    only(entry, {"operation", "params", "unless", "document"})
    return Step(entry["operation"], entry.get("params", {}), entry.get("unless", ""), entry.get("document", False))


def judge(ordering: Ordering, given: Sequence[str]) -> Judged:
    """Return what the order is worth. Raises nothing: what is unknown is left out."""
    by_key = {line.key: line for line in (*ordering.lines, *ordering.others)}
    chosen = [by_key[key] for key in dict.fromkeys(given) if key in by_key]
    strays = tuple(line for line in chosen if line in ordering.others)
    rest = [line for line in chosen if line not in ordering.others]
    missing = len(ordering.lines) - len(rest)
    if ordering.is_json:
        is_right = not strays and not missing and document_of(rest) == document_of(ordering.lines)
        good = _good_json(rest, ordering)
    else:
        good = _good(rest)
        is_right = not strays and not missing and good == len(ordering.lines)
    return Judged(is_right, good, strays, missing)


def _good(lines: Sequence[Line]) -> int:
    """Return how many lines from the first stand after all that have to come before them."""
    seen: set[str] = set()
    for place, line in enumerate(lines):
        if not line.after <= seen:
            return place
        seen.add(line.key)
    return len(lines)


def _good_json(lines: Sequence[Line], ordering: Ordering) -> int:
    same = [given.key == wanted.key for given, wanted in zip(lines, ordering.lines, strict=False)]
    return same.index(False) if False in same else len(same)


def document_of(lines: Sequence[Line]) -> Any:
    """Return what the lines say as JSON, with the commas they need; None where they make no document.

    Example: `{`, `"a": 1`, `"b": 2`, `}` → {"a": 1, "b": 2}
    """
    text = ""
    for line in lines:
        code = line.code.strip()
        needs_comma = text and text[-1] not in "{[" and code[:1] not in "}]"
        text += ("," if needs_comma else "") + code
    try:
        return json.loads(text)
    except ValueError:
        return None
