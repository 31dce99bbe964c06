"""Hints look at the actual state: on each rung the one whose condition holds speaks, else the one without."""

from __future__ import annotations

from ecsweb.learn.lessons.asking import Account, look
from ecsweb.learn.lessons.losses import Loss, hint_of
from ecsweb.learn.lessons.schema import Action, Hint, Rung, Step
from ecsweb.learn.lessons.texts import Values

RUNGS: tuple[Rung, ...] = ("nudge", "pointer", "show")


def hint_on(step: Step, rung: Rung, account: Account, values: Values) -> Hint:
    """Return the hint of a rung for the account as it is now."""
    mine = [hint for hint in step.hints if hint.rung == rung]
    fitting = (hint for hint in mine if hint.when is not None and look(account, hint.when, values).is_so)
    always = (hint for hint in mine if hint.when is None)
    return next(fitting, None) or next(always)


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
