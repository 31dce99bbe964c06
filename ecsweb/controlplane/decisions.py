"""Decisions as JSON: kept on the task or service they are about, and appended to the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ecsweb.controlplane import events
from ecsweb.domain.placement.nearest import Change, nearest_change
from ecsweb.domain.placement.scheduler import Candidate, Decision
from ecsweb.models import Task


def decision_as_json(decision: Decision, *, at: datetime) -> dict[str, Any]:
    """Return the decision with every instance it considered and the rule or rank each got."""
    return {
        "at": at.isoformat(),
        "rule": decision.rule,
        "chosen": decision.chosen.instance_id if decision.chosen else None,
        "reason": decision.reason,
        "strategies": [str(strategy) for strategy in decision.strategies],
        "nearest_change": _change_as_json(nearest_change(decision)),
        "candidates": [_candidate_as_json(candidate) for candidate in decision.candidates],
    }


def _candidate_as_json(candidate: Candidate) -> dict[str, Any]:
    exclusion = candidate.exclusion
    return {
        "instance": candidate.instance.instance_id,
        "zone": candidate.instance.availability_zone,
        "excluded_by": exclusion.rule if exclusion else "",
        "wanted": exclusion.wanted if exclusion else None,
        "available": exclusion.available if exclusion else None,
        "detail": exclusion.detail if exclusion else "",
        "zone_tasks": candidate.zone_tasks,
        "instance_tasks": candidate.instance_tasks,
        "rank": candidate.rank,
        "scores": list(candidate.scores),
    }


def _change_as_json(change: Change | None) -> dict[str, Any] | None:
    """Return what would have to be otherwise on which instance for the task to fit."""
    if change is None:
        return None
    return {
        "instance": change.instance_id,
        "missing": change.missing,
        "rules": [
            {"rule": one.rule, "wanted": one.wanted, "available": one.available, "detail": one.detail}
            for one in change.exclusions
        ],
    }


def record_decision(task: Task, *, at: datetime) -> None:
    """Append why the task stands where it stands to the log; on FARGATE there was no instance to choose."""
    if not task.decision or task.decision.get("rule") == "fargate":
        return
    detail = {"taskArn": task.arn, "group": task.group, **task.decision}
    events.ours(task.cluster, detail_type="Decision", detail=detail, topics=events.task_topics(task), at=at)
