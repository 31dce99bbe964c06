"""The checks of a lesson's step as its page shows them: what is expected, what is, and which of it says something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ecsweb.learn.lessons.asking import expectation
from ecsweb.learn.lessons.schema import Check, Condition, Step
from ecsweb.learn.lessons.texts import Values
from ecsweb.models import LessonRun

_BARE = frozenset({"true", "false"})
_NOTHING = frozenset({"null", "[]", "[null,null]"})
_NONE_YET = frozenset({"", "0", *_NOTHING})


def _bare(printed: str) -> str:
    return printed[1:-1].replace(",", ", ") if printed.startswith("[") and printed.endswith("]") else printed


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check: what is wanted and what is; `mood` is ok, holding, broken or open."""

    text: str
    mood: str
    expected: str
    actual: str
    seconds: float
    broken_by: int
    # Whether it counts what is there once or not at all: a yes or no, written as a number.
    is_yes_or_no: bool = False

    @property
    def is_plain(self) -> bool:
        """Tell whether what is wanted says something by itself: a bare `true` says no more than the check's text."""
        return self.expected not in _BARE and not (self.is_yes_or_no and self.actual in _NONE_YET)

    @property
    def is_missing(self) -> bool:
        """Tell whether what is asked about is not there: `null` means nothing to a beginner."""
        return self.actual in _NOTHING

    @property
    def wanted(self) -> str:
        """Return what is wanted, a list without its brackets."""
        return _bare(self.expected)

    @property
    def found(self) -> str:
        """Return what is, a list without its brackets; empty where it says nothing."""
        return "" if self.actual in _BARE else _bare(self.actual)


def check_lines(step: Step, run: LessonRun | None, values: Values) -> tuple[CheckLine, ...]:
    """Return the checks of a step, as the last look at them found them."""
    return tuple(_line(step, check, run, values) for check in step.checks)


def _line(step: Step, check: Check, run: LessonRun | None, values: Values) -> CheckLine:
    kept: dict[str, Any] = run.checks.get(f"{step.id}/{check.id}", {}) if run else {}
    mood = "open"
    if kept.get("ok"):
        mood = "ok"
    elif kept.get("is_so"):
        # Also where it was broken before: it is so again, and must only stay so.
        mood = "holding"
    elif kept.get("broken_by") is not None:
        mood = "broken"
    return CheckLine(
        text=check.text.here(values),
        mood=mood,
        expected=str(kept.get("expected", expectation(check.want, values))),
        actual=str(kept.get("actual", "")),
        seconds=check.stable_for,
        broken_by=int(kept.get("broken_by") or 0),
        is_yes_or_no=_is_yes_or_no(check.want),
    )


def _is_yes_or_no(want: Condition) -> bool:
    query = want.ask.query
    is_a_count = query.startswith("length(") or query.endswith("| length(@)")
    return is_a_count and (want.equals == 1 or (want.at_least == 1 and want.at_most is None))
