"""Plays: scripts that run by themselves, and can be paused, stepped and begun again. `learn.player` runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ecsweb.controlplane import announcements
from ecsweb.models import Account, LessonRun, Play, PlayStatus

TOPIC = "plays"


@transaction.atomic
def begin_play(
    account: Account,
    region: str,
    *,
    kind: str,
    actions: Sequence[Mapping[str, Any]],
    now: datetime,
    lesson_run: LessonRun | None = None,
    title: str = "",
    tempo: float = 0,
    status: PlayStatus = PlayStatus.PLAYING,
) -> Play:
    """Begin a play; another of the same kind in the account and region ends."""
    Play.objects.filter(account=account, region=region, kind=kind).delete()
    play = Play.objects.create(
        account=account,
        region=region,
        kind=kind,
        lesson_run=lesson_run,
        title=title,
        actions=[dict(action) for action in actions],
        tempo=tempo,
        status=status,
        began_sequence=Account.objects.values_list("last_sequence", flat=True).get(pk=account.pk),
        created_at=now,
    )
    _tell(play)
    return play


@transaction.atomic
def steer(play: Play, how: str) -> None:
    """Pause a play, let it go on, or let it take one action and halt (`pause`, `play`, `next`)."""
    values: dict[str, Any] = {"waiting_since": None, "next_at": None}
    match how:
        case "pause":
            values |= {"status": PlayStatus.PAUSED, "single_step": False}
        case "play":
            values |= {"status": PlayStatus.PLAYING, "single_step": False, "error": ""}
        case _:
            values |= {"status": PlayStatus.PLAYING, "single_step": True, "error": ""}
    Play.objects.filter(pk=play.pk).exclude(status=PlayStatus.DONE).update(**values)
    _tell(play)


@transaction.atomic
def note_progress(play: Play, **values: Any) -> bool:
    """Keep how far a play is; tell whether it was still where it was (it may have been paused or ended meanwhile)."""
    rows = Play.objects.filter(pk=play.pk, position=play.position, status=PlayStatus.PLAYING)
    kept = bool(rows.update(**values))
    if kept:
        for name, value in values.items():
            setattr(play, name, value)
        announcements.publish_on_commit(play.account_id, topics=[TOPIC])
    return kept


def running_plays() -> list[int]:
    """Return the plays that go on by themselves."""
    return list(Play.objects.filter(status=PlayStatus.PLAYING).values_list("pk", flat=True))


def _tell(play: Play) -> None:
    announcements.wake_play(play.pk)
    announcements.publish_on_commit(play.account_id, topics=[TOPIC])
