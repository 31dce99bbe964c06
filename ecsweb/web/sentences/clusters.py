"""What a cluster holds."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def cluster_now(*, instances: int, tasks: int, services: int) -> str:
    """Return one sentence about the whole cluster."""
    if not instances:
        return _("This cluster is empty, and that is fine.")
    machines = ngettext("%(count)s container instance", "%(count)s container instances", instances) % {
        "count": instances
    }
    running = ngettext("%(count)s task", "%(count)s tasks", tasks) % {"count": tasks}
    if not tasks and not services:
        return ngettext(
            "%(machines)s waits for work: run a task directly, or let a service keep some running.",
            "%(machines)s wait for work: run a task directly, or let a service keep some running.",
            instances,
        ) % {"machines": machines}
    carry = ngettext("%(machines)s carries %(running)s.", "%(machines)s carry %(running)s.", instances)
    return carry % {"machines": machines, "running": running}
