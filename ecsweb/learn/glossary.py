"""The words of the notes and their meaning, in Korean and English, from a data file that is checked when read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "content" / "glossary.yaml"


@dataclass(frozen=True, slots=True)
class Term:
    """One word: ECS's own term, the notes' Korean, AWS's Korean, and a meaning in both languages."""

    key: str
    term: str
    korean: str
    aws_korean: str
    meaning_en: str
    meaning_ko: str
    put_right_en: str = ""
    put_right_ko: str = ""


@cache
def terms() -> tuple[Term, ...]:
    """Return the terms in the order of the notes. Raises TypeError for an entry that lacks a language."""
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Term(**entry) for entry in entries)
