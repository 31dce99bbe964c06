"""What a step's button, or "do this step for me", is doing and was answered: said in the step itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecsweb.controlplane.plays import OF_A_STEP, UNDER_WAY
from ecsweb.learn.lessons.asking import printed
from ecsweb.learn.lessons.schema import Step
from ecsweb.learn.texts import is_korean
from ecsweb.models import Event, LessonRun, Play, PlayStatus
from ecsweb.web.sentences import refusals
from ecsweb.web.sentences.quotas import is_quota, quota_full_for

_NO_SERVICE = gettext_lazy("There is no such service any more. Begin again, or make it anew.")
# What stands in the way of a call that is refused, first by a piece of the message, then by the exception.
_WORDS = {
    "idempotent": gettext_lazy(
        "Something of the same name is there already, made otherwise. Delete it first, or begin again."
    ),
    "No Container Instances": gettext_lazy("The cluster has no container instance that could take a task."),
    "ClusterNotFoundException": gettext_lazy("There is no such cluster any more. Begin again, or make it anew."),
    "ServiceNotFoundException": _NO_SERVICE,
    "ServiceNotActiveException": _NO_SERVICE,
    "should not be null": gettext_lazy("What this step acts on is not there. Begin again, or make it anew."),
}


@dataclass(frozen=True, slots=True)
class PlayPart:
    """A play of a step; `state` is playing, failed, answered, or done where a help has nothing more to do."""

    state: str
    is_help: bool
    operation: str
    # ECS's literal answer where it refused, or where it found no place.
    answer: str
    words: str
    caption: str
    # Of a wait that was in vain.
    seconds: str
    expected: str
    actual: str
    # It ended because the account's quota is full.
    is_full: bool = False


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A refusal that a step is about, and the event that it is."""

    operation: str
    answer: str
    sequence: int


def play_part(play: Play | None, step_id: str) -> PlayPart | None:
    """Return what a play of that step says; None where it has nothing to say any more."""
    if play is None or play.kind not in OF_A_STEP or play.title != step_id:
        return None
    called = play.last_call
    answer = str(called.get("refused") or "") or _failures(called.get("failures"))
    state = _state(play, answer)
    if not state:
        return None
    waited = called.get("waited", {})
    return PlayPart(
        state=state,
        is_help=play.kind == "solution",
        operation=str(called.get("operation", "")),
        answer=answer,
        words=quota_full_for(play.account) if is_quota(play.error) else meaning(answer),
        is_full=is_quota(play.error),
        caption=str(play.caption.get("ko" if is_korean() else "en", "")),
        seconds=str(waited.get("seconds", "")),
        expected=str(waited.get("expected", "")),
        actual=str(waited.get("actual", "")),
    )


def _state(play: Play, answer: str) -> str:
    if play.status in UNDER_WAY:
        return "playing"
    if play.status == PlayStatus.FAILED:
        return "failed"
    if play.status == PlayStatus.DONE and play.kind == "solution":
        return "done"
    return "answered" if answer else ""


def _failures(failures: object) -> str:
    return f'"failures": {printed(failures)}' if failures else ""


def meaning(answer: str) -> str:
    """Return in the reader's language what an answer of ECS means here; nothing where it speaks for itself."""
    if '"failures"' in answer:
        return _("The call succeeded, but no place was found.")
    ours = next((str(words) for piece, words in _WORDS.items() if piece in answer), "")
    return ours or refusals.meaning(answer.partition(": ")[2])


def answer_part(run: LessonRun, step: Step, since: int) -> AnswerPart | None:
    """Return the refusal that a step's solution expects, as it came after the event `since`; None where none did."""
    expected = {action.call: action.refusal for action in step.solution if action.refusal}
    calls = Event.objects.filter(
        account=run.account_id, region=run.region, detail_type="API Call", sequence__gt=max(since, run.began_sequence)
    )
    for operation, refusal in expected.items():
        found = calls.filter(detail__operation=operation, detail__result=refusal).order_by("sequence").first()
        if found is not None:
            answer = f"{found.detail['result']}: {found.detail.get('message', '')}"
            return AnswerPart(operation, answer, found.sequence)
    return None
