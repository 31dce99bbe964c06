"""Where the capacity of tasks comes from."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecsweb.models import Service, Task


def task_capacity(task: Task) -> str:
    """Return why the task counts for its capacity provider; empty where none was asked for."""
    if not task.capacity_provider:
        return ""
    return _("Capacity provider %(name)s: the strategy fills the base first, then the weights share what is left.") % {
        "name": task.capacity_provider
    }


def service_capacity(service: Service) -> str:
    """Return the service's capacity provider strategy and whom it reaches; empty where it has none."""
    items = [
        f"{item['capacityProvider']} (base {item['base']}, weight {item['weight']})"
        for item in service.capacity_provider_strategy
    ]
    if not items:
        return ""
    return _(
        "Capacity provider strategy: %(items)s. When it changes, running tasks stay where they are and later ones go by"
        " it; a forced deployment moves all."
    ) % {"items": ", ".join(items)}
