"""The words of the notes and their meaning, in Korean and English, from a data file that is checked when read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecsweb.learn.texts import CONTENT, BadContent, entries_of, is_korean

FILE = CONTENT / "glossary.yaml"
# The words of the notes' own mid-term check, in its order; its last line, "Elastic Container Service", is ECR.
SEVEN = ("docker", "dockerfile", "cluster", "container-instance", "service", "ecr", "ecs")
CHAPTERS = ("cluster", "definition", "task", "service", "deployment", "registry")


@dataclass(frozen=True, slots=True)
class Term:
    """One word: ECS's own term, the notes' Korean, AWS's Korean, a meaning in both languages, and where to go on.

    `example` names the query that finds the reader's own object, `related` other words.
    """

    key: str
    chapter: str
    term: str
    korean: str
    aws_korean: str
    meaning_en: str
    meaning_ko: str
    example: str
    related: tuple[str, ...] = ()
    put_right_en: str = ""
    put_right_ko: str = ""

    @property
    def meaning(self) -> str:
        """Return what it means, in the reader's language."""
        return self.meaning_ko if is_korean() else self.meaning_en

    @property
    def put_right(self) -> str:
        """Return what the notes have wrong about it, in the reader's language, or nothing."""
        return self.put_right_ko if is_korean() else self.put_right_en

    @property
    def name(self) -> str:
        """Return the word itself, in the reader's language."""
        return self.korean if is_korean() else self.term

    @property
    def koreans(self) -> str:
        """Return both Korean words, or the one where they are the same."""
        return self.korean if self.korean == self.aws_korean else f"{self.korean} · {self.aws_korean}"


@cache
def terms() -> tuple[Term, ...]:
    """Return the terms in the order of the notes. Raises TypeError for an entry that lacks a language."""
    found = tuple(_term(entry) for entry in entries_of(FILE.name))
    keys = {term.key for term in found}
    if strange := {key for term in found for key in term.related} - keys:
        raise BadContent(f"related to nothing: {', '.join(sorted(strange))}")
    return found


@cache
def terms_by_key() -> Mapping[str, Term]:
    """Return the terms by key."""
    return {term.key: term for term in terms()}


def _term(entry: dict[str, Any]) -> Term:
    term = Term(**{**entry, "related": tuple(entry.get("related", ()))})
    if term.chapter not in CHAPTERS:
        raise BadContent(f"{term.key}: no chapter {term.chapter}")
    return term
