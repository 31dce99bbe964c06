"""ECS's waits, with the ones that only make a learner wait divided by `ECSWEB_SPEED`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

DEFAULT_STOP_TIMEOUT = timedelta(seconds=30)
START_TIMEOUT = timedelta(minutes=3)
STOPPED_TASK_RETENTION = timedelta(hours=1)
HEALTHY_AFTER = timedelta(seconds=40)
REPEAT_EVERY = timedelta(hours=6)


def stop_timeout(container_definition: Mapping[str, Any], *, speed: float) -> timedelta:
    """Return the wait between stop signal and SIGKILL: `stopTimeout` as it is (2-120 s), else AWS's 30 s / `speed`.

    SIMPLIFIED: AWS waits the whole 30 s where nothing was set; here the default is divided by `ECSWEB_SPEED`.
    """
    given = container_definition.get("stopTimeout")
    if given:
        return timedelta(seconds=min(max(int(given), 2), 120))
    return DEFAULT_STOP_TIMEOUT / speed


def start_timeout(container_definition: Mapping[str, Any]) -> timedelta:
    """Return how long others wait for this container to be healthy or to end: `startTimeout`, else 3 min (2.6).

    Not divided by `ECSWEB_SPEED`: the programs and health checks that are waited for take their own time.
    """
    given = container_definition.get("startTimeout")
    return timedelta(seconds=int(given)) if given else START_TIMEOUT


def stopped_task_retention(*, speed: float) -> timedelta:
    """Return how long a STOPPED task can be described: an hour on AWS (`ecs-facts.md` 4.6), divided by `speed`.

    SIMPLIFIED: at the default speed of 10 a stopped task is gone after six minutes.
    """
    return STOPPED_TASK_RETENTION / speed


def healthy_after(*, speed: float) -> timedelta:
    """Return how long a task without health checks runs before it counts as healthy: 40 s on AWS (6.1), / `speed`."""
    return HEALTHY_AFTER / speed


def repeat_every(*, speed: float) -> timedelta:
    """Return how long a service is silent about what lasts: 6 h on AWS (`ecs-facts.md` 6.8), / `speed`."""
    return REPEAT_EVERY / speed
