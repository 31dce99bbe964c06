"""What a task set has and what it does about it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecsweb.domain.task_sets import computed_desired_count
from ecsweb.models import Service, TaskSet


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
    share = _("%(scale)s %% of %(desired)s, rounded up, is %(wanted)s: it has %(running)s running.") % words
    if task_set.placement_failure:
        return f"{share} " + _("It finds no place for another.")
    if pending:
        return f"{share} " + _("It is starting %(pending)s.") % words
    return share


def external_now(service: Service, *, running: int, pending: int) -> str:
    """Return one sentence about a service with the EXTERNAL controller: what its task sets want together and have."""
    shares = list(service.task_sets.filter(status__in=("PRIMARY", "ACTIVE")).values_list("scale", flat=True))
    wanted = sum(computed_desired_count(service.desired_count, scale) for scale in shares)
    words = {
        "service": service.name,
        "wanted": wanted,
        "running": running,
        "desired": service.desired_count,
    }
    if not shares and not running and not pending:
        return (
            _("The service %(service)s is deployed from outside and has no task set yet, so it runs nothing.") % words
        )
    share = _("The task sets of the service %(service)s want %(wanted)s running together and have %(running)s.") % words
    if service.placement_failure:
        return f"{share} " + _("It finds no place for another.")
    if wanted < service.desired_count:
        rest = _("Desired are %(desired)s: a task set more, or a greater scale, would bring the rest.") % words
        return f"{share} {rest}"
    return share
