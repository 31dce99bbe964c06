"""The words of lessons: what they quote stands on the pages, what they fill in is a value, and they lead to pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jmespath
import msgspec
import pytest
from babel.messages.pofile import read_po
from django.urls import resolve

from ecsweb.learn.lessons.loading import lessons
from ecsweb.learn.lessons.schema import Lesson
from ecsweb.learn.lessons.texts import Text, filled

CATALOGUE = Path("locale/ko/LC_MESSAGES/django.po")
# Labels that are one word in every language.
SAME = frozenset({"CLI"})
QUOTED = re.compile(r'"([^"]+)"')
CODE = re.compile(r"`[^`]*`")
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")
LESSONS = [pytest.param(lesson, id=lesson.id) for lesson in lessons()]


@cache
def labels() -> tuple[frozenset[str], frozenset[str]]:
    """Return the texts of the pages, in English and in Korean; what follows in brackets may be left out."""
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    english = {text for message in messages for text in _texts(message.id)}
    korean = {text for message in messages for text in _texts(message.string)}
    return SAME | english, SAME | korean


def _texts(texts: Any) -> Iterator[str]:
    for text in [texts] if isinstance(texts, str) else texts:
        yield text
        yield text.split(" (")[0]


def pointers(lesson: Lesson) -> Iterator[Text]:
    """Yield the hints that say where on the pages something is done."""
    for step in lesson.steps:
        yield from (hint.text for hint in step.hints if hint.rung == "pointer")


def strings(value: Any) -> Iterator[str]:
    """Yield all texts within, queries left out: their braces are JMESPath's."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            if key != "query":
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def queries(value: Any) -> Iterator[str]:
    """Yield the JMESPath expressions within."""
    if isinstance(value, dict):
        yield from ([value["query"]] if isinstance(value.get("query"), str) else [])
        for inner in value.values():
            yield from queries(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from queries(inner)


@pytest.mark.parametrize("lesson", LESSONS)
def test_what_a_hint_quotes_stands_on_the_pages_in_its_language(lesson: Lesson) -> None:
    english, korean = labels()
    quoted = [
        (label, known)
        for text in pointers(lesson)
        for said, known in ((text.en, english), (text.ko, korean))
        for label in QUOTED.findall(CODE.sub("", said))
    ]

    assert [label for label, known in quoted if label not in known] == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_place_in_braces_is_a_value_of_the_lesson(lesson: Lesson) -> None:
    named = {name for text in strings(msgspec.to_builtins(lesson)) for name in PLACE.findall(text)}

    assert named <= set(lesson.values)


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_query_is_jmespath_with_each_of_the_values(lesson: Lesson) -> None:
    for position in range(max(len(choices) for choices in lesson.values.values())):
        values = {name: choices[position % len(choices)] for name, choices in lesson.values.items()}
        for query in queries(msgspec.to_builtins(lesson)):
            jmespath.compile(str(filled(query, values)))


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_step_leads_to_a_page(lesson: Lesson) -> None:
    values = {name: choices[0] for name, choices in lesson.values.items()}
    for step in lesson.steps:
        if step.where:
            resolve(str(filled(step.where, values)).split("?")[0])
