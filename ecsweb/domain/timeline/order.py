"""The order in which events are told: a call before what it did."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Protocol, TypeVar

API_CALL = "API Call"


class Logged(Protocol):
    """An event of the log, whoever holds it."""

    @property
    def sequence(self) -> int:
        """Return its place in the account's log."""

    @property
    def time(self) -> datetime:
        """Return when it happened; what one call did has the time of the call."""

    @property
    def detail_type(self) -> str:
        """Return its kind, in EventBridge's words or ours."""


LoggedT = TypeVar("LoggedT", bound=Logged)


def causes_first(events: Iterable[LoggedT]) -> list[LoggedT]:
    """Return the events oldest first, each call ahead of its effects.

    The log has a call after them, as it is only then known to have succeeded; all of them carry the call's own time.
    """
    in_order = sorted(events, key=lambda event: event.sequence)
    moments = (list(moment) for _time, moment in groupby(in_order, key=lambda event: event.time))
    return [event for moment in moments for event in sorted(moment, key=lambda one: one.detail_type != API_CALL)]
