"""Predictions of changes that somebody takes along with their progress, and brings where its log is not."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from ecsweb.controlplane.guesses import GUESSES_KEPT, LONGEST_WORDS, came_of, events_after
from ecsweb.domain.guesses import WATCHED
from ecsweb.models import Account, ChangeGuess

logger = logging.getLogger(__name__)

Count = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
# A file has so many bytes of predictions at most, the newest: it has to find its way back.
MOST_BYTES = 1024 * 1024


class Outcome(msgspec.Struct, frozen=True):
    """What was said, or came: which tasks end, how many new ones stand where, how many are RUNNING."""

    ending: list[str] = []
    placed: dict[str, Count] = {}
    running: Count = 0


class Stood(msgspec.Struct, frozen=True):
    """A task as it was before."""

    instance: str
    status: str
    revision: str = ""
    owner: str = ""


class BroughtGuess(msgspec.Struct, frozen=True, rename="camel"):
    """A prediction whose ten seconds are over, with what came of it."""

    cluster: str
    operation: str
    change: str
    key: str
    guess: Outcome
    came: Outcome
    before: dict[str, Stood]
    names: dict[str, str]
    began_at: datetime
    params: dict[str, Any] = {}
    foretold: dict[str, list[str]] = {}
    saw: str = ""
    own_words: str = ""


def guesses_to_take(account: Account, *, now: datetime) -> list[dict[str, Any]]:
    """Return the newest predictions as a file has them; one that is still watched is not yet among them."""
    found: list[dict[str, Any]] = []
    left = MOST_BYTES
    for one in _over(account, now):
        left -= len(msgspec.json.encode(one))
        if left < 0:
            break
        found.append(msgspec.to_builtins(one))
    return found


def _over(account: Account, now: datetime) -> Iterator[BroughtGuess]:
    for row in ChangeGuess.objects.filter(account=account).exclude(began_at__gt=now - WATCHED, came={}):
        try:
            one = msgspec.convert(row, BroughtGuess, from_attributes=True)
        except msgspec.ValidationError:
            # No page of ours said it: with it the file could not be brought back.
            logger.warning("prediction %s cannot be taken along", row.pk)
            continue
        came = came_of(row, events_after(row))
        yield replace(one, came=Outcome(sorted(came.ending), dict(came.placed), came.running))


def merge_guesses(account: Account, region: str, guesses: Sequence[BroughtGuess]) -> int:
    """Add the predictions that the account does not know, and words where it has none; return how many were new.

    Where there is no room for all, the newest are added: none that is here is forgotten for them.
    """
    known = {_identity(row): row for row in ChangeGuess.objects.filter(account=account)}
    new = {_identity(one): one for one in guesses if _identity(one) not in known}
    room = max(GUESSES_KEPT - len(known), 0)
    added = sorted(new.values(), key=lambda one: one.began_at, reverse=True)[:room]
    ChangeGuess.objects.bulk_create(_row(account, region, one) for one in added)
    return len(added) + _add_words(known, guesses)


def _identity(one: ChangeGuess | BroughtGuess) -> tuple[object, ...]:
    return one.cluster, one.operation, one.change, one.key, one.began_at


def _add_words(known: dict[tuple[object, ...], ChangeGuess], guesses: Iterable[BroughtGuess]) -> int:
    rows = [(known[_identity(one)], one) for one in guesses if _identity(one) in known]
    silent = [(row, one) for row, one in rows if one.saw and not row.saw]
    for row, one in silent:
        row.saw, row.own_words = one.saw[:LONGEST_WORDS], one.own_words[:LONGEST_WORDS]
        row.save(update_fields=["saw", "own_words"])
    return len(silent)


def _row(account: Account, region: str, one: BroughtGuess) -> ChangeGuess:
    said: dict[str, Any] = msgspec.to_builtins(one)
    kept = ("cluster", "operation", "change", "key", "guess", "came", "before", "names", "params", "foretold")
    return ChangeGuess(
        account=account,
        region=region,
        began_sequence=account.last_sequence,
        began_at=one.began_at,
        saw=one.saw[:LONGEST_WORDS],
        own_words=one.own_words[:LONGEST_WORDS],
        **{name: said[name] for name in kept},
    )
