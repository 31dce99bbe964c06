"""What a service has and what it does about it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecsweb.models import Service
from ecsweb.web.sentences.task_sets import external_now


def is_steady(service: Service, *, running: int) -> bool:
    """Tell whether nothing is to be done: a task may be lost since the scheduler last said so, and it says so later."""
    return service.is_steady and running >= service.desired_count


def service_now(service: Service, *, running: int, pending: int) -> str:
    """Return one sentence about what the service has and what it does about it."""
    if service.deployment_controller == "EXTERNAL" and service.status == "ACTIVE":
        return external_now(service, running=running, pending=pending)
    return _now(service, running=running, pending=pending)


def _now(service: Service, *, running: int, pending: int) -> str:
    words = {"service": service.name, "desired": service.desired_count, "running": running, "pending": pending}
    if service.status == "DRAINING":
        return _("The service %(service)s is being deleted; %(running)s of its tasks still run.") % words
    if service.status == "INACTIVE":
        return _("The service %(service)s was deleted.") % words
    if is_steady(service, running=running):
        return (
            _("The service %(service)s wants %(desired)s running and has %(running)s. Nothing is to be done.") % words
        )
    if service.placement_failure:
        return (
            _("The service %(service)s wants %(desired)s running, has %(running)s, and finds no place for another.")
            % words
        )
    if pending:
        return (
            _("The service %(service)s wants %(desired)s running, has %(running)s, and is starting %(pending)s.")
            % words
        )
    return _("The service %(service)s wants %(desired)s running and has %(running)s.") % words
