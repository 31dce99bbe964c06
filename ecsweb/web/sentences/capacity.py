"""Where a task's capacity comes from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecsweb.models import Task


def task_capacity(task: Task) -> str:
    """Return why the task counts for its capacity provider; empty where none was asked for."""
    if not task.capacity_provider:
        return ""
    return _("Capacity provider %(name)s: the strategy fills the base first, then the weights share what is left.") % {
        "name": task.capacity_provider
    }
