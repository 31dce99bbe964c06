"""Where ecsweb departs from AWS on purpose, in both languages, from a data file that is checked when read.

The documentation's page is made of the same file: `python manage.py differs > docs/differs-from-aws.md`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ecsweb.learn.glossary import Term, terms_by_key
from ecsweb.learn.texts import BadContent, Text, entries_of, only, text_in

FILE = "differs.yaml"
AREAS = ("instances", "capacity", "definitions", "placement", "tasks", "services", "networks", "account")
KNOWN = {"key", "area", "what", "aws", "here", "why", "term", "page", "files"}
HEAD = """# Where ecsweb differs from Amazon ECS, on purpose

Made by `python manage.py differs > docs/differs-from-aws.md` from `ecsweb/learn/content/differs.yaml`; a test holds it
to that. Learners read the same in both languages at `/learn/differs/`. Each line stands for a simplification that is
marked in the code; the file is named.

| what | on AWS | here | why | where |
| --- | --- | --- | --- | --- |
"""
FOOT = """
Ours, beside ECS: chaos (`KillContainer`, `FillMemory`, `FloodCpu`, `BreakImage` and those of agents and machines) and
reset are operations of the one door that AWS's protocol does not reach.
"""


@dataclass(frozen=True, slots=True)
class Departure:
    """One departure: what it is about, how it is on AWS and here, and why. `files` are those that mark it."""

    key: str
    area: str
    what: Text
    aws: Text
    here: Text
    why: Text
    term: Term | None
    page: str
    files: tuple[str, ...]


@cache
def departures() -> Mapping[str, Departure]:
    """Return all by key, in the order of the file. Raises BadContent for what lacks a language, an area or a file."""
    return {entry["key"]: _departure(entry) for entry in entries_of(FILE)}


def _departure(entry: dict[str, Any]) -> Departure:
    only(entry, KNOWN)
    what, aws, here, why = (text_in(entry, name) for name in ("what", "aws", "here", "why"))
    if entry["area"] not in AREAS or not entry.get("files"):
        raise BadContent(f"{entry['key']}: no area {entry['area']}, or no file")
    if "term" in entry and entry["term"] not in terms_by_key():
        raise BadContent(f"{entry['key']}: no term {entry['term']}")
    return Departure(
        key=entry["key"],
        area=entry["area"],
        what=what,
        aws=aws,
        here=here,
        why=why,
        term=terms_by_key()[entry["term"]] if "term" in entry else None,
        page=entry.get("page", ""),
        files=tuple(entry["files"]),
    )


def documentation_page() -> str:
    """Return `docs/differs-from-aws.md`."""
    return HEAD + "".join(_row(one) for one in departures().values()) + FOOT


def _row(one: Departure) -> str:
    files = ", ".join(f"`{name}`" for name in one.files)
    return f"| {one.what.en} | {one.aws.en} | {one.here.en} | {one.why.en} | {files} |\n"
