"""The content of `learn/` as a whole: every text in both languages, enough of it, steps that are short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ecsweb.learn.lessons.loading import CONTENT, BadLesson, lessons, read_lesson
from ecsweb.learn.lessons.schema import MOST_WORDS
from ecsweb.learn.units import UNITS

HANGUL = re.compile(r"[가-힣]")
FILES = sorted(CONTENT.rglob("*.yaml"))
# Words that are the same in Korean texts, so that a text of these alone is no forgotten translation.
ALIKE = re.compile(r"`[^`]*`|\b[a-z]+-[a-z-]+\b|\b[A-Z][A-Za-z0-9_]*\b|\b[a-z]+[A-Z]\w*\b|[\W\d_]+")

# What an English text may quote in Korean: the notes' own words.
QUOTED = re.compile(r"`[^`]*`|\*[^*]*\*|\([^)]*\)|“[^”]*”|\"[^\"]*\"")

# A particle whose form depends on what stands in the place before it.
AFTER_A_PLACE = re.compile(r"\{(\w+)\}[`\"”’]*(은|는|이|가|을|를|과|와|으로|로)(?=[ .,?!]|$)", re.MULTILINE)


def pairs(value: Any, at: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield each text of a file in both languages, with its place."""
    if isinstance(value, dict):
        if set(value) == {"en", "ko"}:
            yield at, str(value["en"]), str(value["ko"])
        elif "en" in value or "ko" in value:
            yield at, str(value.get("en", "")), str(value.get("ko", ""))
        for key, inner in value.items():
            yield from pairs(inner, f"{at}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from pairs(inner, f"{at}/{index}")


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in FILES])
def test_every_text_is_there_in_both_languages_each_in_its_own(path: Path) -> None:
    found = list(pairs(yaml.safe_load(path.read_text(encoding="utf-8"))))

    assert [at for at, english, korean in found if not english.strip() or not korean.strip()] == []
    assert [at for at, english, _korean in found if HANGUL.search(QUOTED.sub("", english))] == []
    assert [at for at, _english, korean in found if not HANGUL.search(korean) and ALIKE.sub("", korean)] == []


def test_particles_fit_the_numbers_that_they_follow() -> None:
    """A number is read out, and its last digit decides which particle follows; each learner's has another."""
    wrong = [
        f"{lesson.id}: {number}{found[2]}"
        for lesson in lessons()
        for path in CONTENT.glob(f"{lesson.kind}s/*-{lesson.id}.yaml")
        for found in AFTER_A_PLACE.finditer(path.read_text(encoding="utf-8"))
        for number in map(str, lesson.values.get(found[1], []))
        if number.isdigit() and not _fits(number[-1], found[2])
    ]

    assert wrong == []


def _fits(digit: str, particle: str) -> bool:
    if particle.endswith("로"):
        return (particle == "으로") == (digit in "036")
    return (particle in "은이을과") == (digit in "013678")


def test_there_are_twenty_labs_and_fifteen_incidents() -> None:
    kinds = [lesson.kind for lesson in lessons()]

    assert kinds.count("lab") >= 20
    assert kinds.count("incident") >= 15


def test_each_unit_of_the_notes_has_a_lab() -> None:
    assert {lesson.unit for lesson in lessons() if lesson.kind == "lab"} == set(UNITS)


def test_steps_are_short() -> None:
    longest = max(step.text.words() for lesson in lessons() for step in lesson.steps)

    assert 20 < longest <= MOST_WORDS


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        ("ko: 빈 자리", "", "missing required field `ko`"),
        ("ko: 빈 자리", 'ko: ""', "both languages"),
        ("minutes: 6", "minutes: soon", "Expected `int`"),
        ("unit: cluster", "unit: moon", "Invalid enum value"),
        ("\npar: ", "\nextra: 1\npar: ", "unknown field"),
        ("hint: other-name", "hint: none-such", "no hint none-such"),
    ],
)
def test_a_file_that_does_not_fit_the_schema_is_refused_by_name(
    tmp_path: Path, was: str, becomes: str, complaint: str
) -> None:
    text = (CONTENT / "labs" / "01-empty-place.yaml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "broken.yaml"
    path.write_text(text.replace(was, becomes, 1), encoding="utf-8")

    with pytest.raises(BadLesson, match=re.escape(complaint)) as told:
        read_lesson(path)

    assert str(told.value).startswith("broken.yaml: ")
