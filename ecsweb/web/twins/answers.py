"""What the last common action was answered, and what followed on both sides: read from the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from ecsweb.controlplane.timeline import logged_events
from ecsweb.domain.timeline.fold import CHECKPOINT
from ecsweb.domain.timeline.order import causes_first
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.domain.twins import Told
from ecsweb.models import Account, Event
from ecsweb.web import sentences
from ecsweb.web.diagrams.timeline_bar import kind_of
from ecsweb.web.requests import PageRequest
from ecsweb.web.timeline.listing import names_of
from ecsweb.web.twins.actions import origin_of
from ecsweb.web.twins.sides import LEFT, RIGHT, Chosen

# What is told of each side at most: the newest, for the action itself is told above.
MOST_EVENTS = 40
# The engine's and the scheduler's own stories are in the panels.
HEXADECIMAL = re.compile(r"[0-9a-f]{32}")
LEFT_OUT = ("Engine Call", "Decision", CHECKPOINT, "Tag Change on Resource")

# What tells a call from another one of the same operation.
SHOWN = (
    "task",
    "container",
    "containerInstance",
    "containerInstances",
    "status",
    "service",
    "desiredCount",
    "taskDefinition",
    "family",
)


def _in_short(value: object) -> str:
    """Return a value for reading: of an id its beginning, of a list its members."""
    if isinstance(value, list | tuple):
        return " ".join(_in_short(one) for one in value)
    text = str(value).rsplit("/", 1)[-1]
    return text[:6] if HEXADECIMAL.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class Answer:
    """A call of the action: what was called, with what, and what it came to."""

    operation: str
    parameters: Mapping[str, object]
    result: str
    message: str

    @property
    def is_refused(self) -> bool:
        """Tell whether ECS refused it."""
        return self.result != "Success"

    @property
    def about(self) -> str:
        """Return what it was called on and with, shortly."""
        found = [self.parameters[name] for name in SHOWN if self.parameters.get(name) not in (None, "", [])]
        return " ".join(_in_short(value) for value in found)

    @property
    def told(self) -> Told:
        """Return it as it is compared."""
        return Told(self.operation, self.result)


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of one side, so many seconds after the action."""

    sequence: int
    seconds: float
    place: str
    kind: str
    sentence: str
    cluster: str


@dataclass(frozen=True, slots=True)
class LastAction:
    """The action: between which events and when it was, and the answers on each side."""

    since: int
    until: int
    at: datetime
    answers: Mapping[str, tuple[Answer, ...]]


def sequence_now(account: Account) -> int:
    """Return the sequence of the newest event: what is done next comes after it."""
    return Account.objects.values_list("last_sequence", flat=True).get(pk=account.pk)


def last_action(request: PageRequest, since: int, until: int) -> LastAction | None:
    """Return what was called on the sides after the event `since`, up to `until`; None where nothing was."""
    rows = Event.objects.filter(account=request.account, sequence__gt=since, sequence__lte=until)
    rows = rows.filter(detail_type="API Call")
    rows = rows.filter(detail__origin__in=(origin_of(LEFT), origin_of(RIGHT))).order_by("sequence")
    found = list(logged_events(rows[:20]))
    if not found:
        return None
    answers = {
        place: tuple(_answer(one.detail) for one in found if one.detail["origin"] == origin_of(place))
        for place in (LEFT, RIGHT)
    }
    return LastAction(since, until, found[0].time, answers)


def _answer(detail: Mapping[str, object]) -> Answer:
    parameters = detail.get("parameters")
    return Answer(
        operation=str(detail["operation"]),
        parameters=parameters if isinstance(parameters, Mapping) else {},
        result=str(detail["result"]),
        message=str(detail.get("message", "")),
    )


def happenings(request: PageRequest, action: LastAction, sides: tuple[Chosen, Chosen]) -> list[Happening]:
    """Return what followed on both sides in one order, a call ahead of what it did, each with its seconds."""
    names = names_of(request)
    # Of one cluster on both sides an event is told twice.
    found = {side.place: _of_side(action, side) for side in sides}
    events = {event.sequence: event for of_side in found.values() for event in of_side}
    rank = {event.sequence: place for place, event in enumerate(causes_first(events.values()))}
    told = [_happening(event, action, side, names) for side in sides for event in found[side.place]]
    return sorted(told, key=lambda one: (one.seconds, rank[one.sequence], one.place))


def _of_side(action: LastAction, side: Chosen) -> list[LoggedEvent]:
    rows = Event.objects.filter(account=side.cluster.account_id, sequence__gt=action.since)
    of_side = Q(cluster=side.cluster)
    if side.service:
        of_side &= Q(topics__icontains=f'"service-{side.service.pk}"')
    calls = Q(detail_type="API Call", detail__origin=origin_of(side.place), sequence__lte=action.until)
    rows = rows.filter(of_side | calls).exclude(detail_type__in=LEFT_OUT).order_by("-sequence")[:MOST_EVENTS]
    return list(logged_events(rows))


def _happening(event: LoggedEvent, action: LastAction, side: Chosen, names: Mapping[str, str]) -> Happening:
    return Happening(
        sequence=event.sequence,
        seconds=max(0.0, (event.time - action.at).total_seconds()),
        place=side.place,
        kind=kind_of(event.detail_type, event.detail),
        sentence=sentences.event_sentence(event, names),
        cluster=side.cluster.name,
    )
