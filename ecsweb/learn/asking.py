"""A question, asked of the reader's own objects as they are now, and what is made of the answer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsweb.learn.live import Live, filled_in, last_part, with_cluster
from ecsweb.learn.quiz import Question

# With so many characters a task's id is told from others; the picture shows six.
ENOUGH_OF_AN_ID = 6
NUMBER = re.compile(r"-?[0-9]{1,60}")
# What somebody may have named.
OBJECTS = (
    "clusters[].clusterArn",
    "containerInstances[].containerInstanceArn",
    "services[].serviceArn",
    "tasks[].taskArn",
    "families",
    "taskDefinitions[].taskDefinitionArn",
)


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things to choose from."""

    key: str
    label: str
    note: str = ""
    misconception: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about certain objects: `names` fill its texts and expressions, `right` is the answer as of now."""

    question: Question
    about: str
    names: Mapping[str, Any]
    words: Mapping[str, str]
    options: tuple[Option, ...]
    right: tuple[str, ...]

    @property
    def expression(self) -> str:
        """Return the expression that found the right answer, with the names filled in."""
        return filled_in(self.question.answer_is, self.names) if self.question.answer_is else ""

    @property
    def args(self) -> tuple[str, ...]:
        """Return what the object's page is addressed by."""
        return tuple(last_part(str(self.names[name])) for name in self.question.args)


@dataclass(frozen=True, slots=True)
class Graded:
    """Whether an answer is right, and if not, which misconception speaks from it."""

    is_right: bool
    misconception: str
    given: tuple[str, ...]


def ask(question: Question, live: Live, about: str = "") -> Asked | None:
    """Return the question about the object with the id `about`, else the first; None when the reader has none."""
    if not question.is_live:
        return Asked(question, "", {}, {}, _fixed(question), question.answer)
    subjects = [one for one in live.search(question.about) or [] if not _is_excluded(question, live, one)]
    subject = next((one for one in subjects if one["id"] == about), subjects[0] if subjects else None)
    if subject is None:
        return None
    names = with_cluster(subject)
    names |= {name: live.search(expression, names) for name, expression in question.more.items()}
    options = _fixed(question) or _found(question, live, names)
    if question.kind in ("one", "several") and not options:
        return None
    return Asked(question, subject["id"], names, live.words(names), options, _right(question, live, names))


def _is_excluded(question: Question, live: Live, subject: Mapping[str, Any]) -> bool:
    return bool(question.unless and live.search(question.unless, subject))


def _fixed(question: Question) -> tuple[Option, ...]:
    return tuple(Option(one.key, one.text.here(), "", one.misconception) for one in question.choices)


def _found(question: Question, live: Live, names: Mapping[str, Any]) -> tuple[Option, ...]:
    found = live.search(question.choices_from, names) if question.choices_from else None
    return tuple(Option(str(one["key"]), live.called(one["label"]), one.get("note") or "") for one in found or ())


def _right(question: Question, live: Live, names: Mapping[str, Any]) -> tuple[str, ...]:
    if not question.answer_is:
        return question.answer
    found = live.search(question.answer_is, names)
    return tuple(_plain(one, question.plus) for one in (found if isinstance(found, list) else [found]))


def grade(asked: Asked, given: Sequence[str], live: Live) -> Graded:
    """Return what the answer is worth; one with a misconception of its own names that."""
    kind = asked.question.kind
    kept = tuple(one.strip() for one in given if one.strip())
    if kind == "number":
        # Full-width digits, as a Korean keyboard may send them, are digits.
        kept = tuple(unicodedata.normalize("NFKC", one) for one in kept)
    if kind == "several":
        is_right = set(kept) == set(asked.right)
    elif kind == "name":
        is_right = len(kept) == 1 and is_named(kept[0], asked.right, live)
    else:
        is_right = len(kept) == 1 and _number(kept[0]) in {_number(one) for one in asked.right}
    return Graded(is_right, "" if is_right else _believed(asked, kept, live), kept)


def is_named(given: str, things: Sequence[str], live: Live) -> bool:
    """Tell whether somebody means one of these: by ARN, name, what the picture calls it, or enough of a task's id."""
    for thing in things:
        names = {thing, last_part(thing), live.called(thing)}
        is_id = ":task/" in thing and len(given) >= ENOUGH_OF_AN_ID and last_part(thing).startswith(given)
        if given in names or is_id:
            return True
    return False


def _believed(asked: Asked, given: tuple[str, ...], live: Live) -> str:
    wrongly = [one.misconception for one in asked.options if one.key in given and one.key not in asked.right]
    if named := next((one for one in wrongly if one), ""):
        return named
    for wrong in asked.question.wrong:
        found = live.search(wrong.expression, asked.names)
        values = [_plain(one, 0) for one in (found if isinstance(found, list) else [found])]
        if set(given) & set(values) or (given and is_named(given[0], values, live)):
            return wrong.misconception
    if asked.question.kind == "number" or (asked.question.kind == "name" and not _is_known(given, live)):
        # A slip of the pen, or a guess: nobody's belief speaks from it.
        return ""
    return asked.question.otherwise or next((one.misconception for one in asked.options if one.misconception), "")


def _is_known(given: Sequence[str], live: Live) -> bool:
    """Tell whether the name is that of something that the reader has."""
    return any(is_named(one, live.search(expression) or [], live) for one in given for expression in OBJECTS)


def given_words(asked: Asked, given: Sequence[str]) -> tuple[str, ...]:
    """Return an answer as a page says it."""
    labels = {one.key: one.label for one in asked.options}
    return tuple(labels.get(one, one) for one in given)


def is_number(text: str) -> bool:
    """Tell whether a text is a whole number, in digits."""
    return bool(NUMBER.fullmatch(text.strip()))


def right_words(asked: Asked, live: Live) -> tuple[str, ...]:
    """Return the right answer as a page says it."""
    labels = {one.key: one.label for one in asked.options}
    return tuple(labels.get(one, live.called(one)) for one in asked.right)


def _plain(value: Any, plus: int) -> str:
    if isinstance(value, float | int) and not isinstance(value, bool):
        value = value + plus
        return str(int(value)) if float(value).is_integer() else str(value)
    return str(value)


def _number(text: str) -> str:
    """Return a number as one writes it, so that 03 is 3; what is none stays as it is."""
    return str(int(text)) if NUMBER.fullmatch(text) else text
