"""When a service says again what it has said: not before the cause was gone or six hours are over (6.8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ecsweb.domain.service_scheduler.plan import Pace, ServicePlan
from ecsweb.domain.snapshots import ServiceSnapshot


def is_due(said_at: datetime | None, *, now: datetime, every: timedelta) -> bool:
    """Tell whether a message that was said at `said_at` is said again by `now` while its cause lasts."""
    return said_at is not None and said_at + every <= now


def with_repeat(plan: ServicePlan, service: ServiceSnapshot, *, now: datetime, pace: Pace) -> ServicePlan:
    """Return the plan, with `repeats` set where steady state or a placement failure has lasted long enough.

    Example: steady since seven hours and nothing to do → "has reached a steady state." once more.
    """
    keeps_failing = bool(service.placement_failure) and (plan.unplaced is not None or plan.protected or plan.is_empty)
    lasts = keeps_failing or (service.is_steady and plan.is_empty)
    is_unchanged = plan.placement_failure is None and plan.is_steady is None
    if lasts and is_unchanged and is_due(service.condition_said_at, now=now, every=pace.repeat_every):
        return replace(plan, repeats=True)
    return plan
