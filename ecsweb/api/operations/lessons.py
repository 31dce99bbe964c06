"""Operations of ours: going through labs and incidents. What a lesson holds is decided in `learn`, above the door."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane import lessons
from ecsweb.domain.errors import InvalidParameterException, ResourceNotFoundException
from ecsweb.models import LessonRun

MOST_RUNGS = 4
LONGEST_STEP = 64


@our_operation("StartLesson")
def start_lesson(request: Request) -> dict[str, Any]:
    """Begin a lab or incident, or begin it again; the answer comes before its start state is there.

    Another that is under way is left; `emptiesOthers` removes what it made. `returnTo` names a step: those before it
    are done for the learner.
    """
    return_to = request.params.get("returnTo", "")
    if not isinstance(return_to, str) or len(return_to) > LONGEST_STEP:
        raise InvalidParameterException("returnTo must be the id of a step.", field="returnTo")
    values, belongings = request.params.get("values", {}), request.params.get("belongings", {})
    if not isinstance(values, dict) or not isinstance(belongings, dict):
        raise InvalidParameterException("values and belongings must be structures.", field="values")
    run = lessons.begin_lesson(
        request.account,
        request.region,
        lesson=_text(request, "lesson"),
        kind=_text(request, "kind"),
        values=values,
        belongings=belongings,
        now=request.now,
        empties_others=request.params.get("emptiesOthers") is True,
        return_to=return_to,
    )
    return {"lesson": run.lesson, "attempt": run.attempt, "status": run.status}


@our_operation("LeaveLesson")
def leave_lesson(request: Request) -> dict[str, Any]:
    """Stop going through a lesson; `empties` removes what it made."""
    run = lessons.leave_lesson(_run(request), empties=bool(request.params.get("empties")), now=request.now)
    return {"lesson": run.lesson, "status": run.status}


@our_operation("TakeHint")
def take_hint(request: Request) -> dict[str, Any]:
    """Note that somebody went up the ladder of hints: 1 nudge, 2 pointer, 3 show, 4 done for them."""
    rung = request.params.get("rung")
    if isinstance(rung, bool) or not isinstance(rung, int) or not 1 <= rung <= MOST_RUNGS:
        raise InvalidParameterException(f"rung must be 1 to {MOST_RUNGS}.", field="rung")
    run = _run(request)
    lessons.keep_hint(run, _text(request, "step"), rung)
    return {"lesson": run.lesson, "hints": run.hints}


@our_operation("PredictStep")
def predict_step(request: Request) -> dict[str, Any]:
    """Keep what somebody says will happen, before it happens."""
    run = _run(request)
    lessons.keep_prediction(run, _text(request, "step"), _text(request, "choice"), now=request.now)
    return {"lesson": run.lesson, "predictions": run.predictions}


@our_operation("ExplainStep")
def explain_step(request: Request) -> dict[str, Any]:
    """Keep what somebody saw, and why they think it happened, in their own words."""
    own_words = request.params.get("ownWords", "")
    if not isinstance(own_words, str):
        raise InvalidParameterException("ownWords must be a text.", field="ownWords")
    run = _run(request)
    lessons.keep_observation(run, _text(request, "step"), saw=_text(request, "saw"), own_words=own_words)
    return {"lesson": run.lesson, "predictions": run.predictions}


def _text(request: Request, name: str) -> str:
    value = request.params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidParameterException(f"{name} should not be null or empty.", field=name)
    return value


def _run(request: Request) -> LessonRun:
    rows = LessonRun.objects.select_related("account")
    run = rows.filter(account=request.account, region=request.region, lesson=_text(request, "lesson")).first()
    if run is None:
        raise ResourceNotFoundException("This lesson was not begun.")
    return run
