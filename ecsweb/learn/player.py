"""Run a play: one action after another through the one door, waiting where it says so, until it ends or is paused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import jmespath
import msgspec
from jmespath.exceptions import JMESPathTypeError

from ecsweb.api import call
from ecsweb.api.principal import LESSON, Principal, root_of
from ecsweb.controlplane import quotas
from ecsweb.controlplane.announcements import wake_lessons
from ecsweb.controlplane.lessons import opened
from ecsweb.controlplane.plays import finish_rewinding, is_where_it_was, note_progress
from ecsweb.domain.errors import EcsError
from ecsweb.domain.quotas import QUOTA_FULL
from ecsweb.learn.lessons.asking import Account, DockerLook, expectation, look, no_docker, printed
from ecsweb.learn.lessons.schema import Action, Ask, Condition, is_shown
from ecsweb.models import Play, PlayStatus

LOOK_AGAIN = timedelta(seconds=0.4)
# A service may find its place a moment later; one that the account's quota bars for so long waits in vain.
BARRED_FOR = timedelta(seconds=5)
EMPTYING_EVERY = timedelta(seconds=0.3)
# So that one job stays short; the rest follows in the next.
AT_ONCE = 20
SCENE = "scene"
# Calls that would make a second thing when they are repeated after a crash.
_WITH_TOKEN = frozenset({"RunTask", "CreateService"})


def advance(play: Play, *, now: datetime, docker: DockerLook = no_docker) -> datetime | None:
    """Take as many actions as may be taken now; return when to come back, if the play goes on."""
    if play.status == PlayStatus.EMPTYING:
        return None if finish_rewinding(play) else now + EMPTYING_EVERY
    for _turn in range(AT_ONCE):
        if play.status != PlayStatus.PLAYING or not is_where_it_was(play):
            return None
        if play.next_at is not None and now < play.next_at:
            return play.next_at
        if play.position >= len(play.actions):
            _end(play, now=now)
            return None
        action = msgspec.convert(play.actions[play.position], Action)
        wait_until = _take(play, action, now=now, docker=docker)
        if wait_until is not None:
            return wait_until
    return now


def _take(play: Play, action: Action, *, now: datetime, docker: DockerLook) -> datetime | None:
    """Take one action; return when to look again where it is not over."""
    # A button of a step is pressed by the learner; the rest is done for them.
    origin = "page" if play.kind == "button" else LESSON
    principal = root_of(play.account.account_id, play.region, origin=origin)
    account = Account(principal, since=play.began_sequence, docker=docker)
    if action.until is not None:
        return _wait(play, action, action.until, account, now=now)
    called: dict[str, Any] = {}
    if action.call:
        try:
            called = _call(play, action, principal, account)
        except EcsError as error:
            called = {"operation": action.call, "refused": f"{error.code}: {error.message}"}
            if error.code != action.refusal:
                _fail(play, f"{action.call}: {called['refused']}", last_call=called)
                return None
        if QUOTA_FULL in str(called.get("failures")):
            _fail(play, f"{action.call}: {quotas.full()}", last_call=called)
            return None
        if play.kind == SCENE and (reason := _unexpected(called, action)):
            _fail(play, f"{action.call}: {reason}", last_call=called)
            return None
    _go_past(play, action, now=now, pause=action.pause, called=called)
    return None


def _unexpected(called: Mapping[str, Any], action: Action) -> str:
    """Return the reason of a failure that RunTask or StartTask answered with and the script does not expect.

    What a scene shows next would never come; lessons, where it may be the answer they are about, have checks instead.
    """
    reasons = (str(one.get("reason", "")) for one in called.get("failures", ()))
    return next((reason for reason in reasons if reason != action.refusal), "")


def _call(play: Play, action: Action, principal: Principal, account: Account) -> dict[str, Any]:
    params = resolved(action.params, account)
    sent = dict(params)
    if action.call in _WITH_TOKEN and "clientToken" not in sent:
        sent["clientToken"] = f"play-{play.pk}-{play.began_sequence}-{play.position}"
    answer = call(principal, action.call, sent)
    return {"operation": action.call, "parameters": params, "failures": answer.get("failures", [])}


def _wait(play: Play, action: Action, until: Condition, account: Account, *, now: datetime) -> datetime | None:
    found = look(account, until, {})
    if found.is_so:
        _go_past(play, action, now=now, pause=0, called={})
        return None
    since = play.waiting_since or now
    if now - since > timedelta(seconds=action.within):
        wanted = expectation(until, {})
        actual, seconds = printed(found.actual), f"{action.within:g}"
        waited = {"seconds": seconds, "expected": wanted, "actual": actual}
        error = f"{until.ask.query}: {actual}, not {wanted}, after {seconds} s"
        _fail(play, error, last_call={**play.last_call, "waited": waited})
        return None
    if now - since >= BARRED_FOR and quotas.is_full_for(play.account, _clusters_of(play)):
        _fail(play, quotas.full(), last_call=play.last_call)
        return None
    if play.waiting_since is None:
        # What a wait says is what came of it: not a word of that before it is so.
        note_progress(play, waiting_since=now)
    return now + LOOK_AGAIN


def _clusters_of(play: Play) -> Collection[str]:
    """Return the clusters that the play makes, or its lesson."""
    made = play.lesson_run.belongings if play.lesson_run is not None else play.belongings
    return list(made.get("clusters", ()))


def _go_past(play: Play, action: Action, *, now: datetime, pause: float, called: Mapping[str, Any]) -> None:
    is_step = is_shown(play.actions[play.position])
    # Whoever goes on by hand has waited long enough; what shows nothing needs no time to be read.
    seconds = 0 if play.single_step else pause or (play.tempo if is_step else 0)
    values: dict[str, Any] = {
        "position": play.position + 1,
        "waiting_since": None,
        "next_at": now + timedelta(seconds=seconds) if seconds else None,
        **_caption(action),
    }
    if called:
        values["last_call"] = dict(called)
    if play.single_step and is_step and any(map(is_shown, play.actions[play.position + 1 :])):
        values |= {"status": PlayStatus.PAUSED, "single_step": False}
    note_progress(play, **values)


def _caption(action: Action) -> dict[str, Any]:
    return {"caption": {"en": action.say.en, "ko": action.say.ko}} if action.say else {}


def _fail(play: Play, error: str, *, last_call: Mapping[str, Any]) -> None:
    note_progress(play, status=PlayStatus.FAILED, error=error[:2000], waiting_since=None, last_call=dict(last_call))
    if play.lesson_run_id is not None:
        # Who was to come back to a step by it is told at once.
        wake_lessons(play.account_id)


def _end(play: Play, *, now: datetime) -> None:
    is_ended = note_progress(play, status=PlayStatus.DONE, single_step=False)
    if is_ended and play.kind == "start" and play.lesson_run is not None:
        opened(play.lesson_run, now=now)


def resolved(value: Any, account: Account) -> Any:
    """Return parameters with each `{"ask": …}` answered from the live account, an id for example."""
    if isinstance(value, Mapping):
        if set(value) == {"ask"}:
            question = msgspec.convert(value["ask"], Ask)
            # What a question is about may itself have to be asked for: the tasks on the first machine.
            answer = account.answer(question.of, resolved(question.params, account))
            try:
                return jmespath.search(question.query, answer)
            except JMESPathTypeError:
                # Functions refuse null: the answer was a refusal, and what was asked about is gone.
                return None
        return {key: resolved(inner, account) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, account) for inner in value]
    return value
