"""What people believe of ECS that is not so: a wrong answer names one, and a teacher sees which one the room holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ecsweb.learn.texts import Text, entries_of, only, text_in


@dataclass(frozen=True, slots=True)
class Misconception:
    """What is believed, and what is so."""

    key: str
    belief: Text
    truth: Text


@cache
def misconceptions() -> Mapping[str, Misconception]:
    """Return all of them by key, M1 to M20 as the list of facts has them."""
    found: dict[str, Misconception] = {}
    for entry in entries_of("misconceptions.yaml"):
        only(entry, {"key", "belief", "truth"})
        found[entry["key"]] = Misconception(entry["key"], text_in(entry, "belief"), text_in(entry, "truth"))
    return found
