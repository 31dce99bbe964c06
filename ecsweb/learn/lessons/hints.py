"""Hints look at the actual state: on each rung the one whose condition holds speaks, else the one without."""

from __future__ import annotations

from typing import Any

import msgspec

from ecsweb.learn.lessons.asking import Account, look
from ecsweb.learn.lessons.losses import Loss, hint_of
from ecsweb.learn.lessons.schema import Action, Hint, Rung, Step
from ecsweb.learn.lessons.texts import Text, Values, filled

RUNGS: tuple[Rung, ...] = ("nudge", "pointer", "show")


def hint_on(step: Step, rung: Rung, account: Account, values: Values) -> Hint:
    """Return the hint of a rung for the account as it is now."""
    mine = [hint for hint in step.hints if hint.rung == rung]
    fitting = (hint for hint in mine if hint.when is not None and look(account, hint.when, values).is_so)
    always = (hint for hint in mine if hint.when is None)
    over = _overshot(step, account, values) if rung == "nudge" else None
    return next(fitting, None) or over or next(always)


def _overshot(step: Step, account: Account, values: Values) -> Hint | None:
    """Return what the first rung says where there is more than is wanted, which most hints do not think of."""
    for check in step.checks:
        wanted = check.want.equals
        if check.want.ask.of == "Docker" or wanted is msgspec.UNSET:
            continue
        found = look(account, check.want, values)
        if _is_more(found.actual, filled(wanted, values)):
            return _too_many(check.text, actual=_first(found.actual), wanted=_first(filled(wanted, values)))
    return None


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else value


def _is_more(actual: Any, wanted: Any) -> bool:
    """Tell whether a number, or the first of several, is above what is wanted."""
    both = (_first(actual), _first(wanted))
    return all(isinstance(one, int) and not isinstance(one, bool) for one in both) and both[0] > both[1]


def _too_many(check: Text, *, actual: int, wanted: int) -> Hint:
    text = Text(
        en=f"{check.en}: {wanted} is wanted, and it is {actual}. That is too many; go back to {wanted}.",
        ko=f"{check.ko}: 원하는 값은 {wanted}, 지금은 {actual}입니다. 너무 많으니 {wanted}까지 줄이세요.",
    )
    return Hint(id="too-many", rung="nudge", text=text)


def ladder(step: Step, rungs: int, account: Account, values: Values, *, loss: Loss | None = None) -> list[Hint]:
    """Return the hints of the first `rungs` rungs, from the lowest; without its cluster no step can be done."""
    found = [hint_on(step, rung, account, values) for rung in RUNGS[: min(rungs, len(RUNGS))]]
    return [hint_of(loss), *found[1:]] if loss else found


def remedies(step: Step, account: Account, values: Values) -> list[Action]:
    """Return what takes back the wrong paths that somebody is on now: where a path's hint would speak."""
    whens = {hint.id: hint.when for hint in step.hints}
    found: list[Action] = []
    for path in step.wrong_paths:
        when = whens[path.hint]
        if path.remedy and when is not None and look(account, when, values).is_so:
            found += path.remedy
    return found
