"""What is wrong with a scene's script: each fault in the reader's language, and in English for who reads files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jmespath
import msgspec
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from jmespath.exceptions import JMESPathError

from ecsweb.api.registry import handler_of
from ecsweb.api.scripts import check_written
from ecsweb.domain.errors import EcsError
from ecsweb.learn.lessons.asking import SOURCES
from ecsweb.learn.lessons.schema import Action, Ask

MOST_ACTIONS = 200
LONGEST_PAUSE, LONGEST_WAIT = 60, 86_400
_ACTION = gettext_noop("action %(number)s: %(fault)s")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `words` are to be translated, `literal` are another's own: AWS's, or a parser's."""

    words: str
    values: Mapping[str, object] = field(default_factory=dict)
    # Of the action, counted from 1; 0 where it is the scene's.
    number: int = 0
    literal: str = ""

    def __str__(self) -> str:
        said = self.words % self.values
        whole = _ACTION % {"number": self.number, "fault": said} if self.number else said
        return f"{whole} {self.literal}".strip()

    def here(self) -> str:
        """Return it in the reader's language, without the literal words."""
        said = _(self.words) % self.values if self.words else ""
        return (_(_ACTION) % {"number": self.number, "fault": said}).strip() if self.number else said


def faults_of_actions(actions: Sequence[Action]) -> list[Fault]:
    """Return what is wrong with a script: an unknown operation, a bad question, a call that nothing is said of."""
    found = []
    if not 0 < len(actions) <= MOST_ACTIONS:
        found.append(Fault(gettext_noop("there are 1 to %(most)s actions"), {"most": MOST_ACTIONS}))
    for number, action in enumerate(actions, start=1):
        found += [Fault(*fault[:2], number, *fault[2:]) for fault in _faults(action)]
    return found


_Said = tuple[str, dict[str, object], str]


def _faults(action: Action) -> Iterator[_Said]:
    if action.call:
        yield from _faults_of_call(action)
    if not 0 <= action.pause <= LONGEST_PAUSE:
        yield gettext_noop("a pause is at most %(most)s seconds"), {"most": LONGEST_PAUSE}, ""
    if not 0 <= action.within <= LONGEST_WAIT:
        yield gettext_noop("a wait is at most %(most)s seconds"), {"most": LONGEST_WAIT}, ""
    asked = [action.until.ask] if action.until else []
    try:
        asked += asks_in(action.params)
    except msgspec.ValidationError as error:
        yield gettext_noop("a question in it is none:"), {}, str(error)
    for ask in asked:
        yield from _faults_of_ask(ask)


def _faults_of_call(action: Action) -> Iterator[_Said]:
    called: dict[str, object] = {"call": action.call}
    if action.say is None:
        yield gettext_noop("%(call)s has no caption (say)"), called, ""
    if handler_of(action.call) is None:
        yield gettext_noop("%(call)s is no operation"), called, ""
        return
    try:
        check_written(action.call, action.params, _is_ask)
    except EcsError as error:
        named = {**called, "field": error.field or "params"}
        yield gettext_noop("%(call)s does not take %(field)s as it is:"), named, error.message


def _faults_of_ask(ask: Ask) -> Iterator[_Said]:
    if ask.of not in SOURCES and handler_of(ask.of) is None:
        yield gettext_noop("%(call)s is no operation"), {"call": ask.of}, ""
        return
    try:
        jmespath.compile(ask.query)
    except JMESPathError as error:
        yield gettext_noop("%(query)s is no expression:"), {"query": ask.query}, str(error)


def asks_in(value: Any) -> list[Ask]:
    """Return the questions that stand in a call's parameters. Raises msgspec.ValidationError."""
    if isinstance(value, Mapping):
        if _is_ask(value):
            return [msgspec.convert(value["ask"], Ask)]
        return [ask for inner in value.values() for ask in asks_in(inner)]
    return [ask for inner in value for ask in asks_in(inner)] if isinstance(value, list) else []


def _is_ask(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) == {"ask"}
