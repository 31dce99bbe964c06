"""What a task set has and what it does about it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecsweb.domain.task_sets import computed_desired_count
from ecsweb.models import TaskSet


def task_set_now(task_set: TaskSet, *, running: int, pending: int) -> str:
    """Return one sentence about the task set's share of the service's tasks."""
    words = {
        "scale": f"{task_set.scale:g}",
        "desired": task_set.service.desired_count,
        "wanted": computed_desired_count(task_set.service.desired_count, task_set.scale),
        "running": running,
        "pending": pending,
    }
    if task_set.status == "DRAINING":
        return _("Its last tasks are being stopped (%(running)s still run); then it is gone.") % words
    share = _("%(scale)s %% of %(desired)s is %(wanted)s: it has %(running)s running.") % words
    if task_set.placement_failure:
        return f"{share} " + _("It finds no place for another.")
    if pending:
        return f"{share} " + _("It is starting %(pending)s.") % words
    return share
