"""How somebody's way through a lab or incident is kept. What a lesson asks and does is decided in `learn`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.emptying import begin_emptying
from ecsweb.controlplane.plays import GAME_PREFIX
from ecsweb.domain.errors import ResourceNotFoundException
from ecsweb.models import Account, LessonRun, LessonStatus

UNDER_WAY = (LessonStatus.STARTING, LessonStatus.OPEN, LessonStatus.EMPTYING)
LONGEST_WORDS = 500


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the open lesson found: kept whole, or not at all where the lesson was begun again meanwhile."""

    checks: Mapping[str, Any]
    step: int
    passed_steps: Mapping[str, Any]
    is_passed: bool
    seen_sequence: int
    # What changed, for the log: {"step", "check", "became": "passed" | "broken" | "mended", "because": sequence}.
    changes: Sequence[Mapping[str, Any]] = field(default_factory=list)
    record: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def begin_lesson(
    account: Account,
    region: str,
    *,
    lesson: str,
    kind: str,
    values: Mapping[str, Any],
    belongings: Mapping[str, Sequence[str]],
    now: datetime,
    empties_others: bool = False,
    return_to: str = "",
) -> LessonRun:
    """Begin a lesson, or begin it again: what it left is emptied first, then its start state is made by a play.

    Another lesson that is under way is left as it is; its objects stay, unless `empties_others`. Who is to `return_to`
    a step keeps what they predicted and which hints they took.
    """
    _leave_others(account, region, lesson, empties=empties_others)
    run = LessonRun.objects.filter(account=account, region=region, lesson=lesson).first()
    if run is None:
        run = LessonRun(account=account, region=region, lesson=lesson, attempt=0, started_at=now)
    else:
        run.plays.all().delete()
    for name, value in (_FRESH if return_to else _FRESH | _UNSAID).items():
        setattr(run, name, type(value)(value) if isinstance(value, dict) else value)
    run.return_to = return_to
    run.kind, run.values, run.belongings = kind, dict(values), dict(belongings)
    run.attempt, run.started_at = run.attempt + 1, now
    run.status, run.begins_again = LessonStatus.EMPTYING, True
    run.save()
    begin_emptying(account, region, run.belongings)
    _mark(run, became="begun", now=now)
    return run


_FRESH: dict[str, Any] = {
    "step": 0,
    "checks": {},
    "passed_steps": {},
    "passed_at": None,
}
_UNSAID: dict[str, Any] = {"hints": {}, "predictions": {}}


def others_under_way(account: Account, region: str, lesson: str) -> QuerySet[LessonRun]:
    """Return what is under way beside a lesson: at most one."""
    return LessonRun.objects.filter(account=account, region=region, status__in=UNDER_WAY).exclude(lesson=lesson)


def _leave_others(account: Account, region: str, lesson: str, *, empties: bool) -> None:
    others = others_under_way(account, region, lesson)
    for other in others:
        # The minutes of a game are kept, and one that runs goes on: only where its clusters go it cannot.
        plays = other.plays.all() if empties else other.plays.exclude(kind__startswith=GAME_PREFIX)
        plays.delete()
        if empties or other.status == LessonStatus.EMPTYING:
            begin_emptying(account, region, other.belongings)
    others.update(status=LessonStatus.LEFT)


@transaction.atomic
def leave_lesson(run: LessonRun, *, empties: bool, now: datetime) -> LessonRun:
    """Stop going through a lesson; `empties` removes what it made. That it was passed once is kept.

    Another lesson that is under way goes on.
    """
    run.plays.all().delete()
    is_alone = not others_under_way(run.account, run.region, run.lesson).exists()
    run.status = LessonStatus.EMPTYING if empties and is_alone else LessonStatus.LEFT
    run.begins_again = False
    if empties:
        begin_emptying(run.account, run.region, run.belongings)
    run.save(update_fields=["status", "begins_again"])
    _mark(run, became="left", now=now)
    return run


def end_lessons(account: Account) -> None:
    """Leave every open lesson: the account is emptied."""
    for run in LessonRun.objects.filter(account=account, status__in=UNDER_WAY):
        run.plays.all().delete()
    LessonRun.objects.filter(account=account, status__in=UNDER_WAY).update(status=LessonStatus.LEFT)
    Account.objects.filter(pk=account.pk).update(is_learning=False)


def emptied(run: LessonRun, *, now: datetime) -> None:
    """Note that what the lesson had made is gone."""
    after = LessonStatus.STARTING if run.begins_again else LessonStatus.LEFT
    began = Account.objects.values_list("last_sequence", flat=True).get(pk=run.account_id)
    rows = LessonRun.objects.filter(pk=run.pk, status=LessonStatus.EMPTYING, attempt=run.attempt)
    if rows.update(status=after, began_sequence=began, seen_sequence=began):
        run.refresh_from_db()
        _mark(run, became="emptied", now=now)


def opened(run: LessonRun, *, now: datetime) -> None:
    """Note that the start state is made: from here on the learner acts."""
    began = Account.objects.values_list("last_sequence", flat=True).get(pk=run.account_id)
    rows = LessonRun.objects.filter(pk=run.pk, status=LessonStatus.STARTING, attempt=run.attempt)
    if rows.update(status=LessonStatus.OPEN, began_sequence=began, seen_sequence=began):
        run.refresh_from_db()
        _mark(run, became="opened", now=now)


def end_return(run: LessonRun) -> None:
    """Note that somebody is back at their step, or that the way there is barred: from here on they act themselves."""
    run.return_to = ""
    LessonRun.objects.filter(pk=run.pk, attempt=run.attempt).update(return_to="")
    announcements.publish_on_commit(run.account_id, topics=["lessons"])


@transaction.atomic
def note_look(run: LessonRun, found: Looked, *, now: datetime) -> bool:
    """Keep what a look found; tell whether it was kept. Compare-and-swap on attempt and sequence."""
    values: dict[str, Any] = {
        "checks": dict(found.checks),
        "step": found.step,
        "passed_steps": dict(found.passed_steps),
        "seen_sequence": found.seen_sequence,
    }
    if found.is_passed:
        values |= {"status": LessonStatus.PASSED, "passed_at": now, "record": dict(found.record)}
        values["first_passed_at"] = run.first_passed_at or now
    rows = LessonRun.objects.filter(
        pk=run.pk, attempt=run.attempt, status=LessonStatus.OPEN, seen_sequence=run.seen_sequence
    )
    if not rows.update(**values):
        return False
    run.refresh_from_db()
    for change in found.changes:
        _mark(run, now=now, **change)
    if found.is_passed:
        _mark(run, became="passed", now=now)
    elif not found.changes:
        # What is expected and what is may have changed without a check's becoming another.
        announcements.publish_on_commit(run.account_id, topics=["lessons"])
    return True


def keep_hint(run: LessonRun, step: str, rung: int) -> None:
    """Note how far up the ladder of a step somebody went; it never goes down."""
    run.hints = {**run.hints, step: max(rung, int(run.hints.get(step, 0)))}
    run.save(update_fields=["hints"])


def keep_prediction(run: LessonRun, step: str, choice: str, *, now: datetime) -> None:
    """Keep what somebody predicts, with the event after which it was said; it is said once."""
    if step not in run.predictions:
        sequence = Account.objects.values_list("last_sequence", flat=True).get(pk=run.account_id)
        run.predictions = {
            **run.predictions,
            step: {"choice": choice, "at": now.timestamp(), "sequence": sequence},
        }
        run.save(update_fields=["predictions"])


def keep_observation(run: LessonRun, step: str, *, saw: str, own_words: str) -> None:
    """Keep what somebody saw and their own explanation. Raises ResourceNotFoundException without a prediction."""
    if step not in run.predictions:
        raise ResourceNotFoundException("Nothing was predicted at this step.")
    said = {**run.predictions[step], "saw": saw, "own_words": own_words[:LONGEST_WORDS]}
    run.predictions = {**run.predictions, step: said}
    run.save(update_fields=["predictions"])


def open_runs(account: Account) -> list[LessonRun]:
    """Return what is under way, at most one a region."""
    rows = LessonRun.objects.filter(account=account, status__in=UNDER_WAY)
    return list(rows.select_related("account"))


def learning_accounts() -> list[int]:
    """Return the accounts in which a lesson is under way."""
    return list(Account.objects.filter(is_learning=True).values_list("pk", flat=True))


def _mark(run: LessonRun, *, became: str, now: datetime, **more: Any) -> None:
    """Append `Lesson Progress`, and have the account looked at as long as something is under way."""
    is_learning = LessonRun.objects.filter(account_id=run.account_id, status__in=UNDER_WAY).exists()
    Account.objects.filter(pk=run.account_id).update(is_learning=is_learning)
    events.append(
        run.account,
        region=run.region,
        detail_type=events.LESSON_PROGRESS,
        detail={"lesson": run.lesson, "kind": run.kind, "status": run.status, "became": became, **more},
        topics=["lessons"],
        at=now,
        source=events.OURS,
    )
    if is_learning:
        announcements.wake_lessons(run.account_id)
