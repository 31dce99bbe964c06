"""Texts of lessons: each in Korean and English, with the learner's own values put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from ecsweb.learn.texts import is_korean

Values = Mapping[str, str | int]
_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages; neither may be missing."""

    en: str
    ko: str

    def __post_init__(self) -> None:
        if not self.en.strip() or not self.ko.strip():
            raise ValueError("a text must have both languages")

    def here(self, values: Values | None = None) -> str:
        """Return it in the reader's language, with the values put in."""
        return str(filled(self.ko if is_korean() else self.en, values or {}))

    def words(self) -> int:
        """Return how many words the English text has."""
        return len(self.en.split())


def filled(value: Any, values: Values) -> Any:
    """Return the value with each `{name}` of `values` put in, at any depth; a text that is one name alone becomes the
    value itself, a number stays a number. Other braces are left as they are: JMESPath has braces of its own."""
    if isinstance(value, str):
        whole = _PLACE.fullmatch(value)
        if whole and whole[1] in values:
            return values[whole[1]]
        return _PLACE.sub(lambda found: str(values.get(found[1], found[0])), value)
    if isinstance(value, Mapping):
        return {filled(key, values): filled(inner, values) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, values) for inner in value]
    return value
