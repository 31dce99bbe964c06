"""Plays: scripts that run by themselves, and can be paused, stepped and begun again. `learn.player` runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ecsweb.controlplane import announcements
from ecsweb.controlplane.emptying import Belongings, begin_emptying, finish_emptying
from ecsweb.domain.statuses import ClusterStatus
from ecsweb.models import Account, Cluster, LessonRun, Play, PlayStatus

TOPIC = "plays"
# What scenes make and remove is named so: nothing of a person's own is ever emptied by one.
SCENE_PREFIX = "scene-"
# Before the kind of what a play's predecessor on the stage had made.
FORMER = "former_"
# The kinds of a game's plays begin so.
GAME_PREFIX = "game-"
UNDER_WAY = (PlayStatus.PLAYING, PlayStatus.EMPTYING)
# What does a step of a lesson: its own button, or the help.
OF_A_STEP = frozenset({"button", "solution"})


def is_of_a_scene(name: object) -> bool:
    """Tell whether something of that name may be removed on a scene's way back to its start."""
    return isinstance(name, str) and name.startswith(SCENE_PREFIX)


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
    belongings: Belongings | None = None,
    plays_on: bool = True,
) -> Play:
    """Begin a play; another of its kind in the account and region ends. `belongings` are emptied first, and with them
    what that other one made.

    A step of a lesson that is being done already is not done a second time: its play is returned.
    """
    under_way = _under_way(lesson_run, kind, title)
    if under_way is not None:
        return under_way
    others = Play.objects.filter(account=account, region=region, kind=kind)
    # One that stands at its start has made nothing.
    have_made = others.exclude(position=0, status=PlayStatus.PAUSED)
    cleared = [belongings, *have_made.values_list("belongings", flat=True)] if belongings else []
    others.delete()
    play = Play.objects.create(
        account=account,
        region=region,
        kind=kind,
        lesson_run=lesson_run,
        title=title,
        actions=[dict(action) for action in actions],
        tempo=tempo,
        belongings=_with_former(cleared),
        plays_on=plays_on,
        began_sequence=Account.objects.values_list("last_sequence", flat=True).get(pk=account.pk),
        created_at=now,
    )
    if belongings:
        rewind(play, plays_on=plays_on)
    else:
        _tell(play)
    return play


def _with_former(cleared: Sequence[Belongings]) -> dict[str, list[str]]:
    """Return the belongings of the first of them; what the others name besides stands there as `former_…`."""
    found = {kind: list(names) for kind, names in cleared[0].items()} if cleared else {}
    for kind in ("clusters", "families"):
        named = {name for other in cleared[1:] for key in (kind, FORMER + kind) for name in other.get(key, ())}
        if former := sorted(named - set(found.get(kind, ()))):
            found[FORMER + kind] = former
    return found


def _to_clear(play: Play) -> Belongings:
    kept: Mapping[str, list[str]] = play.belongings
    kinds = {kind.removeprefix(FORMER) for kind in kept}
    return {kind: [*kept.get(kind, ()), *kept.get(FORMER + kind, ())] for kind in kinds}


def _under_way(run: LessonRun | None, kind: str, step: str) -> Play | None:
    """Return what does that step of a lesson now."""
    if run is None or kind not in OF_A_STEP:
        return None
    return run.plays.filter(kind__in=OF_A_STEP, title=step, status__in=UNDER_WAY).first()


_FRESH: Mapping[str, Any] = {"position": 0, "error": "", "waiting_since": None, "next_at": None, "single_step": False}


@transaction.atomic
def rewind(play: Play, *, plays_on: bool) -> None:
    """Go back to the start: what the play made is wanted gone, and once it is, the play goes on or stands paused."""
    values = {**_FRESH, "caption": {}, "last_call": {}, "status": PlayStatus.EMPTYING, "plays_on": plays_on}
    for name, value in values.items():
        setattr(play, name, value)
    play.save(update_fields=list(values))
    begin_emptying(play.account, play.region, _to_clear(play))
    _tell(play)


@transaction.atomic
def finish_rewinding(play: Play) -> bool:
    """Stand at the start once the agents have removed what there was; tell whether that is so."""
    if not finish_emptying(play.account, play.region, _to_clear(play)):
        return False
    # From now on only what it makes itself: another's names may stand for something else by then.
    own = {kind: names for kind, names in play.belongings.items() if not kind.startswith(FORMER)}
    # What the play asks of the log is what happened since.
    began = Account.objects.values_list("last_sequence", flat=True).get(pk=play.account_id)
    rows = Play.objects.filter(pk=play.pk, status=PlayStatus.EMPTYING)
    rows.filter(plays_on=True).update(status=PlayStatus.PLAYING, began_sequence=began, belongings=own)
    rows.update(status=PlayStatus.PAUSED, began_sequence=began, belongings=own)
    _tell(play)
    return True


@transaction.atomic
def steer(play: Play, how: str) -> None:
    """Pause a play, let it go on, or let it take one action and halt (`pause`, `play`, `next`).

    While it is emptied, it remembers what it shall do then.
    """
    values: dict[str, Any] = {"waiting_since": None, "next_at": None}
    match how:
        case "pause":
            values |= {"status": PlayStatus.PAUSED, "single_step": False}
        case "play":
            values |= {"status": PlayStatus.PLAYING, "single_step": False, "error": ""}
        case _:
            values |= {"status": PlayStatus.PLAYING, "single_step": True, "error": ""}
    plays = Play.objects.filter(pk=play.pk)
    if plays.filter(status=PlayStatus.EMPTYING).update(plays_on=how != "pause", single_step=how == "next"):
        _tell(play)
        return
    plays.exclude(status=PlayStatus.DONE).update(**values)
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


def is_where_it_was(play: Play) -> bool:
    """Tell whether a play that somebody holds still goes on from there: it may have been paused or ended meanwhile."""
    return Play.objects.filter(pk=play.pk, position=play.position, status=PlayStatus.PLAYING).exists()


def end_plays(account: Account) -> None:
    """Take every play off the stage: the account is emptied, and nothing shall be made anew."""
    Play.objects.filter(account=account).delete()
    announcements.publish_on_commit(account.pk, topics=[TOPIC])


def left_by_former(play: Play) -> list[str]:
    """Return the clusters of former plays that are cleared away before this one begins."""
    return list(play.belongings.get(f"{FORMER}clusters", ()))


def standing_of_another(account: Account, region: str, kind: str, title: str) -> list[str]:
    """Return the clusters that a play of that kind and of another title has left standing, by name."""
    others = Play.objects.filter(account=account, region=region, kind=kind).exclude(title=title)
    names = {name for kept in others.values_list("belongings", flat=True) for name in kept.get("clusters", ())}
    rows = Cluster.objects.filter(account=account, region=region, name__in=names).exclude(status=ClusterStatus.INACTIVE)
    return sorted(rows.values_list("name", flat=True))


def running_plays() -> list[int]:
    """Return the plays that go on by themselves."""
    return list(Play.objects.filter(status__in=UNDER_WAY).values_list("pk", flat=True))


def _tell(play: Play) -> None:
    announcements.wake_play(play.pk)
    announcements.publish_on_commit(play.account_id, topics=[TOPIC])
