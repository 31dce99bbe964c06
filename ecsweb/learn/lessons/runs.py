"""Begin lessons and go on with them: the account's values, its start state, and each look at what happened."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from ecsweb.api import call
from ecsweb.api.principal import LESSON, Principal, root_of
from ecsweb.controlplane import lessons as kept
from ecsweb.controlplane.emptying import finish_emptying
from ecsweb.controlplane.plays import begin_play
from ecsweb.learn.lessons.asking import Account, DockerLook, no_docker
from ecsweb.learn.lessons.hints import remedies
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.progress import looked
from ecsweb.learn.lessons.schema import Action, Lesson
from ecsweb.learn.lessons.texts import Values, filled
from ecsweb.models import Cluster, LessonRun, LessonStatus, PlayStatus

EMPTYING_EVERY = timedelta(seconds=0.3)
SOLUTION = "solution"


def principal_of(run: LessonRun, origin: str = LESSON) -> Principal:
    """Return who acts for a lesson: its account's owner."""
    return root_of(run.account.account_id, run.region, origin=origin)


def begin(principal: Principal, lesson: Lesson, *, empties_others: bool = False, return_to: str = "") -> dict[str, Any]:
    """Begin a lesson for somebody, or begin it again, through the one door; `return_to` is where they left off.

    Raises LookupError for a step that the lesson has not.
    """
    values = values_for(principal, lesson)
    params: dict[str, Any] = {"lesson": lesson.id, "kind": lesson.kind, "values": values}
    params["belongings"] = belongings(lesson, values)
    if empties_others:
        params["emptiesOthers"] = True
    if return_to:
        params["returnTo"] = lesson.step(return_to).id
    return call(principal, "StartLesson", params)


def values_for(principal: Principal, lesson: Lesson) -> dict[str, str | int]:
    """Return the learner's own values: the same at each attempt, and no name of a cluster of theirs."""
    mine = {"account__account_id": principal.account_id, "region": principal.region}
    run = LessonRun.objects.filter(**mine, lesson=lesson.id).first()
    if run is not None and set(run.values) == set(lesson.values):
        return dict(run.values)
    taken = set(Cluster.objects.filter(**mine).exclude(status="INACTIVE").values_list("name", flat=True))
    chooser = random.Random(f"{principal.account_id} {lesson.id}")
    found: dict[str, str | int] = {}
    for name, choices in lesson.values.items():
        free = [choice for choice in choices if choice not in taken]
        found[name] = chooser.choice(free or choices)
    return found


def belongings(lesson: Lesson, values: Values) -> dict[str, list[str]]:
    """Return what the lesson makes and its reset removes."""
    names = {
        "clusters": lesson.clusters,
        "families": lesson.families,
        "parameters": lesson.parameters,
        "providers": lesson.providers,
    }
    return {kind: [str(name) for name in filled(listed, values)] for kind, listed in names.items()}


def played(actions: list[Action], values: Values) -> list[dict[str, Any]]:
    """Return actions as a play keeps them, with the learner's values put in."""
    return [dict(filled(msgspec.to_builtins(action), values)) for action in actions]


def play_solution(
    principal: Principal, run: LessonRun, step_id: str, *, tempo: float = 0, kind: str = SOLUTION
) -> dict[str, Any]:
    """Let the solution of a step run on the live picture; of the kind `button` it is the learner's own deed.

    As a help, it first takes back the wrong path that somebody is on.

    Raises LookupError for a step that the lesson has not.
    """
    lesson = lesson_of(run.lesson)
    if lesson is None:
        raise LookupError(run.lesson)
    step = lesson.step(step_id)
    actions = list(step.solution)
    if kind == SOLUTION:
        actions = remedies(step, Account(principal, since=run.began_sequence), run.values) + actions
    return call(
        principal,
        "StartPlay",
        {
            "kind": kind,
            "lesson": lesson.id,
            "title": step.id,
            "actions": played(actions, run.values),
            "tempo": tempo,
        },
    )


def go_on(run: LessonRun, *, now: datetime, docker: DockerLook = no_docker) -> datetime | None:
    """Take the next step for a lesson that is under way; return when to come back, if time alone asks for it."""
    lesson = lesson_of(run.lesson)
    if lesson is None:
        return None
    if run.status == LessonStatus.EMPTYING:
        return _empty(run, lesson, now=now)
    if run.status != LessonStatus.OPEN:
        return None
    account = Account(principal_of(run), since=run.began_sequence, docker=docker)
    found, next_at = looked(run, lesson, account, now=now)
    if _is_news(run, found):
        kept.note_look(run, found, now=now)
    if run.return_to and run.status == LessonStatus.OPEN:
        _return(run, lesson)
    return next_at


def _return(run: LessonRun, lesson: Lesson) -> None:
    """Do the next step for somebody who comes back to a later one, as soon as the one before it is passed."""
    ids = [step.id for step in lesson.steps]
    next_step = lesson.steps[run.step].id
    play = run.plays.filter(kind=SOLUTION).first()
    is_over = run.return_to not in ids[run.step + 1 :]
    is_barred = play is not None and play.title == next_step and play.status == PlayStatus.FAILED
    if is_over or is_barred:
        kept.end_return(run)
    elif play is None or play.title != next_step:
        play_solution(principal_of(run), run, next_step)


def _empty(run: LessonRun, lesson: Lesson, *, now: datetime) -> datetime | None:
    if not finish_emptying(run.account, run.region, run.belongings):
        return now + EMPTYING_EVERY
    begins = run.begins_again
    kept.emptied(run, now=now)
    if begins:
        start = played(lesson.start, run.values)
        begin_play(run.account, run.region, kind="start", actions=start, lesson_run=run, now=now)
    return None


def _is_news(run: LessonRun, found: kept.Looked) -> bool:
    return bool(found.changes) or found.is_passed or _told(run.checks) != _told(found.checks)


def _told(checks: Mapping[str, Any]) -> dict[str, Any]:
    """Return what pages show of the checks."""
    return {
        key: (one["ok"], one["is_so"], one["expected"], one["actual"], one["broken_by"]) for key, one in checks.items()
    }
