"""The questions of the mid-term check, from a data file that is checked when read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecsweb.learn.glossary import CHAPTERS, terms_by_key
from ecsweb.learn.misconceptions import misconceptions
from ecsweb.learn.texts import BadContent, Text, entries_of, only, text_in

KINDS = ("one", "several", "number", "name")
KNOWN = {
    *("key", "chapter", "kind", "term", "about", "unless", "with", "needs", "make", "ask", "choices", "choices_from"),
    *("answer", "answer_is", "plus", "wrong", "otherwise", "because", "page", "args"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen, and which misconception speaks from it."""

    key: str
    text: Text
    misconception: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """Wrong answers that an expression finds, and which misconception speaks from them."""

    expression: str
    misconception: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question; `about`, `choices_from`, `answer_is` and `wrong` are expressions over the reader's own objects."""

    key: str
    chapter: str
    kind: str
    term: str
    ask: Text
    because: Text
    answer: tuple[str, ...]
    answer_is: str
    plus: int
    choices: tuple[Choice, ...]
    choices_from: str
    wrong: tuple[Wrong, ...]
    otherwise: str
    about: str
    unless: str
    more: Mapping[str, str]
    needs: Text
    make: str
    page: str
    args: tuple[str, ...]

    @property
    def is_live(self) -> bool:
        """Tell whether it is asked of the reader's own objects."""
        return bool(self.about)

    @property
    def misconceptions(self) -> frozenset[str]:
        """Return the misconceptions that wrong answers name."""
        named = {choice.misconception for choice in self.choices} | {wrong.misconception for wrong in self.wrong}
        return frozenset(named | {self.otherwise}) - {""}


@cache
def questions() -> Mapping[str, Question]:
    """Return the questions by key, in the order of the chapters. Raises BadContent."""
    found = [_question(entry) for entry in entries_of("quiz.yaml")]
    return {one.key: one for one in sorted(found, key=lambda one: CHAPTERS.index(one.chapter))}


def _question(entry: dict[str, Any]) -> Question:
    only(entry, KNOWN)
    is_live = "about" in entry
    answer = entry.get("answer", ())
    question = Question(
        key=entry["key"],
        chapter=entry["chapter"],
        kind=entry["kind"],
        term=entry["term"],
        ask=text_in(entry, "ask"),
        because=text_in(entry, "because"),
        answer=tuple(str(one) for one in (answer if isinstance(answer, list | tuple) else [answer])),
        answer_is=entry.get("answer_is", ""),
        plus=entry.get("plus", 0),
        choices=tuple(_choice(one) for one in entry.get("choices", ())),
        choices_from=entry.get("choices_from", ""),
        wrong=tuple(Wrong(one["is"], one["m"]) for one in entry.get("wrong", ())),
        otherwise=entry.get("otherwise", ""),
        about=entry.get("about", ""),
        unless=entry.get("unless", ""),
        more=entry.get("with", {}),
        needs=text_in(entry, "needs", must=is_live),
        make=entry["make"] if is_live else "",
        page=entry["page"] if is_live else "",
        args=tuple(entry["args"]) if is_live else (),
    )
    if fault := next((words for words, is_wrong in _faults(question) if is_wrong), ""):
        raise BadContent(f"{question.key}: {fault}")
    return question


def _choice(entry: dict[str, Any]) -> Choice:
    only(entry, {"key", "m", "en", "ko"})
    text = text_in({"key": entry["key"], "text": {"en": entry.get("en"), "ko": entry.get("ko")}}, "text")
    return Choice(entry["key"], text, entry.get("m", ""))


def _faults(one: Question) -> list[tuple[str, bool]]:
    """Return what may be wrong with a question, and whether it is."""
    is_choice = one.kind in ("one", "several")
    unnamed = [choice for choice in one.choices if not choice.misconception]
    return [
        ("no such kind", one.kind not in KINDS),
        ("no such chapter", one.chapter not in CHAPTERS),
        ("no such term", one.term not in terms_by_key()),
        ("choices are for questions with choices", is_choice != bool(one.choices or one.choices_from)),
        ("either answer or answer_is", bool(one.answer) == bool(one.answer_is)),
        ("answer_is needs objects to ask about", bool(one.answer_is) and not one.is_live),
        ("no such misconception", not one.misconceptions <= set(misconceptions())),
        ("a wrong choice names no misconception", bool(one.choices) and {c.key for c in unnamed} > set(one.answer)),
        ("a wrong answer names no misconception", not one.choices and not one.otherwise and one.kind != "number"),
        ("no belief speaks from just any other number", one.kind == "number" and bool(one.otherwise)),
        ("the answer is no choice", bool(one.choices) and not set(one.answer) <= {c.key for c in one.choices}),
    ]
