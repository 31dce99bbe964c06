"""What a passed lesson says in all honesty: what was predicted and seen, and who made the calls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecsweb.models import LessonRun

if TYPE_CHECKING:
    from ecsweb.web.lessons import PredictionPart, StepPart


@dataclass(frozen=True, slots=True)
class PassedPart:
    """`believed` is right, corrected (predicted wrong, seen right), mistaken (seen wrong, too) or unsaid."""

    believed: str
    # Steps whose prediction was right, of so many that ask for one.
    right: int
    asked: int
    # Calls of one's own, and those that were made for somebody.
    own: int
    helped: int
    # The first step of which something else was said to be seen than what happened.
    mistaken: StepPart | None


def passed_part(steps: Iterable[StepPart], run: LessonRun) -> PassedPart:
    """Return what a passed lesson can say of somebody's way through it."""
    asked = [(part, part.prediction) for part in steps if part.prediction is not None]
    mistaken = [part for part, said in asked if _seen(said) is False]
    own = int(run.record.get("own_calls", 0))
    return PassedPart(
        believed="mistaken" if mistaken else _believed([said for _part, said in asked]),
        right=sum(said.is_right for _part, said in asked),
        asked=len(asked),
        own=own,
        helped=len(run.record.get("calls", [])) - own,
        mistaken=mistaken[0] if mistaken else None,
    )


def _believed(said: list[PredictionPart]) -> str:
    if not said or not all(_is_said(one) for one in said):
        return "unsaid"
    return "right" if all(one.is_right for one in said) else "corrected"


def _is_said(said: PredictionPart) -> bool:
    return any(choice.was_predicted for choice in said.choices)


def _seen(said: PredictionPart) -> bool | None:
    """Tell whether what was seen is what happened; None where nobody said."""
    return next((choice.is_right for choice in said.choices if choice.was_seen), None)
