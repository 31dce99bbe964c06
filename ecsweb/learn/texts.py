"""Texts of the data files: each exists in both languages, or the file is refused when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from django.utils.translation import get_language

from ecsweb.learn.files import read_yaml

CONTENT = Path(__file__).parent / "content"


class BadContent(Exception):
    """A data file is not what it has to be."""


@dataclass(frozen=True, slots=True)
class Text:
    """What a person reads, with `$names` for what the reader's own objects are called."""

    en: str
    ko: str

    def here(self, names: Mapping[str, object] | None = None) -> str:
        """Return it in the reader's language, the names filled in."""
        text = self.ko if is_korean() else self.en
        return Template(text).substitute(names) if names is not None else text


EMPTY = Text("", "")


def is_korean() -> bool:
    """Tell whether the reader has chosen Korean."""
    return (get_language() or "").startswith("ko")


def text_in(entry: Mapping[str, Any], key: str, *, must: bool = True) -> Text:
    """Return the text under `key`. Raises BadContent where it or one of its languages is missing."""
    found = entry.get(key)
    if found is None and not must:
        return EMPTY
    if not isinstance(found, Mapping) or set(found) != {"en", "ko"} or not all(found.values()):
        raise BadContent(f"{entry.get('key')}: {key} must have a text in en and ko")
    return Text(str(found["en"]), str(found["ko"]))


def entries_of(name: str) -> list[dict[str, Any]]:
    """Return the entries of a data file. Raises BadContent where a key is used twice."""
    entries: list[dict[str, Any]] = read_yaml(CONTENT / name)
    keys = [entry["key"] for entry in entries]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise BadContent(f"{name}: used twice: {', '.join(sorted(twice))}")
    return entries


def only(entry: Mapping[str, Any], known: set[str]) -> None:
    """Raise BadContent for what no reader of the file knows: a slip of the pen would be lost silently."""
    if strange := set(entry) - known:
        raise BadContent(f"{entry.get('key')}: unknown: {', '.join(sorted(strange))}")
