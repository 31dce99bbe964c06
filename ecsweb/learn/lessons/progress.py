"""Look at the open lesson: which checks hold, which were broken and by what, which step comes next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ecsweb.controlplane.lessons import Looked
from ecsweb.learn.lessons.asking import Account, Finding, look, printed
from ecsweb.learn.lessons.schema import Check, Lesson, Step
from ecsweb.learn.lessons.texts import Values
from ecsweb.models import LessonRun

# An event that is older cannot be what a check just broke by.
BLAMED_FOR = timedelta(seconds=20)
_OURS = frozenset({"StartLesson", "LeaveLesson", "TakeHint", "PredictStep", "ExplainStep", "StartPlay", "SteerPlay"})


@dataclass
class _Now:
    """What a look gathers on its way through the steps."""

    account: Account
    values: Values
    now: datetime
    seen: int
    checks: dict[str, Any]
    changes: list[dict[str, Any]] = field(default_factory=list)
    next_at: datetime | None = None


def looked(run: LessonRun, lesson: Lesson, account: Account, *, now: datetime) -> tuple[Looked, datetime | None]:
    """Return what the look found, and when time alone will change it.

    Steps are gone through in their order; of steps that are passed only what should stay so is looked at again.
    """
    seen = _newest(run)
    state = _Now(account, run.values, now, seen, dict(run.checks))
    passed, index = dict(run.passed_steps), run.step
    for step in lesson.steps[:index]:
        _look_at(state, step, [check for check in step.checks if check.keeps])
    while index < len(lesson.steps):
        step = lesson.steps[index]
        if not _look_at(state, step, step.checks):
            break
        # What the look found may have happened since it began; the step's moment is after it.
        passed[step.id] = {"at": now.timestamp(), "sequence": _newest(run)}
        state.changes.append({"step": step.id, "became": "step passed"})
        index += 1
    is_passed = index == len(lesson.steps) and not broken(lesson, state.checks)
    record = recorded(run, account) if is_passed else {}
    found = Looked(
        checks=state.checks,
        step=index,
        passed_steps=passed,
        is_passed=is_passed,
        seen_sequence=seen,
        changes=state.changes,
        record=record,
    )
    return found, state.next_at


def _newest(run: LessonRun) -> int:
    run.account.refresh_from_db(fields=["last_sequence"])
    return run.account.last_sequence


def broken(lesson: Lesson, checks: Mapping[str, Any]) -> list[tuple[Step, Check]]:
    """Return what was so, should have stayed so, and is not."""
    return [
        (step, check)
        for step in lesson.steps
        for check in step.checks
        if checks.get(key_of(step, check), {}).get("broken_by") is not None
    ]


def key_of(step: Step, check: Check) -> str:
    """Return the name under which a check is kept."""
    return f"{step.id}/{check.id}"


def _look_at(state: _Now, step: Step, checks: Iterable[Check]) -> bool:
    """Look at the checks of a step; tell whether all hold."""
    held = [_one(state, step, check) for check in checks]
    return all(held)


def _one(state: _Now, step: Step, check: Check) -> bool:
    key, found = key_of(step, check), look(state.account, check.want, state.values)
    before = state.checks.get(key, {})
    after = _after(before, check, found, now=state.now)
    if found.is_so and not after["ok"]:
        due = datetime.fromtimestamp(after["since"], tz=state.now.tzinfo) + timedelta(seconds=check.stable_for)
        state.next_at = min(state.next_at or due, due)
    if after["ok"] and not before.get("ok"):
        became = "mended" if before.get("broken_by") is not None else "passed"
        state.changes.append({"step": step.id, "check": check.id, "became": became})
    if not after["ok"] and before.get("ok"):
        after["broken_by"] = blamed(state.account, now=state.now)
        state.changes.append({"step": step.id, "check": check.id, "became": "broken", "because": after["broken_by"]})
    state.checks[key] = after
    return bool(after["ok"])


def _after(before: Mapping[str, Any], check: Check, found: Finding, *, now: datetime) -> dict[str, Any]:
    actual = printed(found.actual)
    # Until it has held, another answer begins anew: of a crash loop a task always runs, but never the same for long.
    is_another = not before.get("ok") and before.get("actual") != actual
    since = (before.get("since") if not is_another else None) or now.timestamp()
    is_held = found.is_so and now.timestamp() - since >= check.stable_for
    return {
        "ok": is_held,
        "is_so": found.is_so,
        "since": since if found.is_so else None,
        "expected": found.expected,
        "actual": actual,
        "broken_by": None if is_held else before.get("broken_by"),
    }


def blamed(account: Account, *, now: datetime) -> int:
    """Return the sequence of what most likely did it: the newest call that changed something, else the newest event."""
    oldest = (now - BLAMED_FOR).timestamp()
    recent = [event for event in account.answer("Log", {})["events"] if event["time"] >= oldest]
    calls = [event for event in recent if event["type"] == "API Call" and event["detail"]["operation"] not in _OURS]
    blamed_event = next(iter(reversed(calls or recent)), None)
    return int(blamed_event["sequence"]) if blamed_event else 0


def recorded(run: LessonRun, account: Account) -> dict[str, Any]:
    """Return what the reference sheet keeps: the calls that the learner made, which came from the lesson, and where it
    ended."""
    events = account.answer("Log", {})["events"]
    calls = [
        {
            "operation": event["detail"]["operation"],
            "parameters": event["detail"]["parameters"],
            "origin": event["detail"]["origin"],
        }
        for event in events
        if event["type"] == "API Call"
        and event["detail"]["result"] == "Success"
        and event["detail"]["operation"] not in _OURS
    ]
    return {
        "calls": calls,
        "own_calls": sum(call["origin"] != "learn" for call in calls),
        "began": run.began_sequence,
        "ended": run.account.last_sequence,
    }
