"""A panel as plain values: one sentence, why, what led to it, the words of other tools, and what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ecsweb.web.calls import Call
from ecsweb.web.usage import Usage


class Level(StrEnum):
    """The three stories of one moment: what AWS was asked, what the orchestrator made of it, what Docker was told."""

    AWS = "aws"
    ORCHESTRATOR = "orchestrator"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class Ref:
    """A thing that a panel can be opened for: its kind and the key within its cluster."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Words:
    """A call in the words of a tool; `text` can be copied as it is."""

    tool: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of an action: its name in the form, its label, and the (value, words) to choose from."""

    name: str
    label: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Action:
    """A call that can be made from here: where the form goes, what it sends, and what will happen."""

    label: str
    url: str
    fields: Mapping[str, str] = field(default_factory=dict)
    is_danger: bool = False
    # A link to a form where more is to be said.
    is_link: bool = False
    what_happens: str = ""
    # Where “what will happen?” is answered by the scheduler itself; empty where it has nothing to say.
    what_if: str = ""
    # Where it is predicted first and then done; empty where nothing on the picture could be marked.
    predict: str = ""
    # What is to be chosen beside the button, for calls that are made with one of several things.
    choice: Choice | None = None
    # What is called: one call, or with a choice one for each of its options, in their order.
    calls: Sequence[Call] = ()
    # What does the same elsewhere, for a call that is no operation of AWS.
    instead: Words | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Something that belongs to the thing: a link to its panel."""

    ref: Ref
    url: str
    name: str
    status: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """A question that a learner has, its answer in a sentence, and the table behind it (instance, rule, result)."""

    question: str
    answer: str
    candidates: Sequence[Any] = ()
    # ECS's own words.
    quote: str = ""
    # What can be done now so that it would be otherwise.
    remedies: Sequence[Action] = ()
    # The thing that the answer is about, where it is not the panel's own.
    about: Member | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A step of a life and when it was reached."""

    name: str
    at: datetime | None

    @property
    def is_reached(self) -> bool:
        """Tell whether it has come to that."""
        return self.at is not None


@dataclass(frozen=True, slots=True)
class StoryLine:
    """An event that led here, told on its level."""

    sequence: int
    at: datetime
    level: Level
    sentence: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything that a panel shows."""

    ref: Ref
    what: str
    name: str
    page: str
    topics: Sequence[str]
    sentence: str
    status: str = ""
    detail: str = ""
    whys: Sequence[Why] = ()
    life: Sequence[Moment] = ()
    facts: Sequence[tuple[str, str]] = ()
    members: Sequence[Member] = ()
    story: Sequence[StoryLine] = ()
    words: Sequence[Words] = ()
    actions: Sequence[Action] = ()
    chaos: Sequence[Action] = ()
    # What it uses, of a task and an instance.
    usage: Usage | None = None
    document: Mapping[str, Any] = field(default_factory=dict)
