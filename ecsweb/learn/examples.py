"""The reader's own object as the example for a word: a query for each kind of word, from a data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecsweb.learn.live import Live, last_part, with_cluster
from ecsweb.learn.texts import Text, entries_of, only, text_in


@dataclass(frozen=True, slots=True)
class Kind:
    """How to find an example, what to say of it, and what to do where there is none."""

    key: str
    query: str
    say: Text
    page: str
    args: tuple[str, ...]
    none: Text
    make: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence about something of the reader's, and the page that shows it; or how to come by one."""

    sentence: str
    page: str
    args: tuple[str, ...]
    is_there: bool


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of examples by key."""
    return {entry["key"]: _kind(entry) for entry in entries_of("examples.yaml")}


def _kind(entry: dict[str, Any]) -> Kind:
    only(entry, {"key", "query", "say", "page", "args", "none", "make"})
    return Kind(
        key=entry["key"],
        query=entry["query"],
        say=text_in(entry, "say"),
        page=entry["page"],
        args=tuple(entry["args"]),
        none=text_in(entry, "none"),
        make=entry["make"],
    )


def example_of(kind: Kind, live: Live) -> Example:
    """Return the first thing of the account that the query finds, in words."""
    found = live.search(kind.query)
    if not found:
        return Example(kind.none.here({}), kind.make, (), is_there=False)
    located = with_cluster(found[0])
    args = tuple(last_part(str(located[name])) for name in kind.args)
    return Example(kind.say.here(live.words(found[0])), kind.page, args, is_there=True)
