"""Reasons as sentences, in the reader's language: what happened, why, and who does something about it.

Decisions and rows keep codes and ECS's literal words; here they become something a learner reads once and understands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.domain.statuses import BEFORE_RUNNING, StopCode, TaskStatus
from ecsweb.models import Container, Service, Task


def task_now(task: Task) -> str:
    """Return one sentence about where the task is in its life."""
    status = TaskStatus(task.last_status)
    if status is TaskStatus.RUNNING:
        return _("All its containers run.")
    if status in BEFORE_RUNNING:
        return _("The agent prepares the image and starts the containers.")
    if status is TaskStatus.STOPPED:
        return _("It is over. A stopped task never runs again.")
    return _("Its containers are being stopped: first they are asked, then killed.")


def task_end(task: Task, containers: list[Container]) -> str:
    """Return why the task stopped, or is stopping; empty while it is meant to run."""
    if not task.stop_code:
        return ""
    match StopCode(task.stop_code):
        case StopCode.ESSENTIAL_CONTAINER_EXITED:
            return _essential(containers)
        case StopCode.TASK_FAILED_TO_START:
            return _("A container could not be started, so the task never ran: %(reason)s") % {
                "reason": _first_reason(containers)
            }
        case StopCode.USER_INITIATED:
            return _("Somebody stopped it: %(reason)s") % {"reason": task.stopped_reason}
        case StopCode.SERVICE_SCHEDULER_INITIATED:
            return _("Its service stopped it, to have the right number of tasks of the right revision.")
        case _:
            return task.stopped_reason


def _essential(containers: list[Container]) -> str:
    gone = [c for c in containers if c.essential and c.last_status == "STOPPED"]
    first = min(gone, key=lambda c: (c.finished_at is None, c.finished_at or c.pk), default=None)
    if first is None:
        return _("An essential container ended, and with it the task.")
    words = {"name": first.name, "code": "–" if first.exit_code is None else first.exit_code}
    if first.reason.startswith("OutOfMemoryError"):
        return (
            _(
                "The essential container %(name)s was killed because it used more memory than its limit "
                "(exit code %(code)s), so the whole task stopped."
            )
            % words
        )
    if first.exit_code == 137:
        return (
            _("The essential container %(name)s was killed (exit code %(code)s: SIGKILL), so the whole task stopped.")
            % words
        )
    if first.exit_code == 0:
        return _("The essential container %(name)s finished its work (exit code 0), so the whole task stopped.") % words
    return _("The essential container %(name)s ended with exit code %(code)s, so the whole task stopped.") % words


def _first_reason(containers: list[Container]) -> str:
    return next((c.reason for c in containers if c.reason), "–")


def task_future(task: Task) -> str:
    """Return who looks after a task that is over: its service, or nobody."""
    if task.last_status != TaskStatus.STOPPED:
        return ""
    if task.service is None:
        return _("Nobody looks after a task that was run directly, so it stays stopped.")
    if task.service.status != "ACTIVE":
        return _("Its service is being deleted, so nothing replaces it.")
    if task.stop_code == StopCode.SERVICE_SCHEDULER_INITIATED:
        return _("That is what the service %(service)s wanted.") % {"service": task.service.name}
    return _("The service %(service)s starts a new task in its place. It is a new task, not this one again.") % {
        "service": task.service.name
    }


def decision(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return why a task was placed where it is, or why it could not be placed; `names` maps instance ids to names."""
    if not found:
        return ""
    chosen = next((c for c in found["candidates"] if c["instance"] == found["chosen"]), None)
    if chosen is None:
        return unplaced(found, names)
    words = {"instance": names.get(chosen["instance"], chosen["instance"][:8]), "zone": chosen["zone"]}
    match found["rule"]:
        case "spread":
            return _spread(found, chosen) % words
        case "daemon":
            return _("A DAEMON service runs one task on each instance, and %(instance)s had none.") % words
        case "start_task":
            return _("StartTask named %(instance)s; no scheduler chose.") % words
        case _:
            return _("RunTask chose %(instance)s at random among the instances with enough room.") % words


def _spread(found: Mapping[str, Any], chosen: Mapping[str, Any]) -> str:
    if _is_tie(found, chosen):
        return _(
            "Spread evenly: no zone and no instance had fewer tasks of this service than %(instance)s in %(zone)s."
        )
    return _(
        "Spread evenly: zone %(zone)s had the fewest tasks of this service, and there %(instance)s had the fewest."
    )


def _is_tie(found: Mapping[str, Any], chosen: Mapping[str, Any]) -> bool:
    """Tell whether another instance was as good, so that nobody is told of a fewest that there was not."""
    rivals = [c for c in found["candidates"] if not c["excluded_by"] and c is not chosen]
    wanted = (chosen["zone_tasks"], chosen["instance_tasks"])
    return any((c["zone_tasks"], c["instance_tasks"]) == wanted for c in rivals)


def unplaced(found: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """Return what kept a task from being placed, with the amounts."""
    excluded = [c for c in found["candidates"] if c["excluded_by"]]
    if not excluded or found["reason"] == "NO_INSTANCES":
        return _("There is no container instance that takes tasks in this cluster.")
    told = [c for c in excluded if c["excluded_by"] == found["reason"]] or excluded
    closest = max(told, key=lambda c: c["available"] or 0)
    name = names.get(closest["instance"], closest["instance"][:8])
    return exclusion(closest, name)


def exclusion(candidate: Mapping[str, Any], name: str) -> str:
    """Return why one instance cannot take the task."""
    said = {
        "RESOURCE:MEMORY": _("It needs %(wanted)s MiB of memory, and %(name)s has %(available)s MiB left."),
        "RESOURCE:CPU": _("It needs %(wanted)s CPU units, and %(name)s has %(available)s left."),
        "RESOURCE:PORTS": _("It wants the host port %(detail)s, which is in use on %(name)s."),
        "AGENT": _("The agent of %(name)s is disconnected, so nothing new is placed there."),
        "ATTRIBUTE": _("It needs %(detail)s, which %(name)s does not offer."),
        "STATUS": _("%(name)s is %(detail)s and takes no new tasks."),
    }
    code = str(candidate["excluded_by"])
    return said.get(code, code) % {**candidate, "name": name}


def rule(candidate: Mapping[str, Any]) -> str:
    """Return the short form for the table: the rule that excluded the instance, or what ranked it."""
    match candidate["excluded_by"]:
        case "":
            return _("zone: %(zone)s tasks, instance: %(own)s") % {
                "zone": candidate["zone_tasks"],
                "own": candidate["instance_tasks"],
            }
        case "RESOURCE:MEMORY" | "RESOURCE:CPU":
            return _("%(rule)s: wants %(wanted)s, has %(available)s") % {**candidate, "rule": candidate["excluded_by"]}
        case _:
            return f"{candidate['excluded_by']} {candidate['detail']}".strip()


def service_now(service: Service, *, running: int, pending: int) -> str:
    """Return one sentence about what the service has and what it does about it."""
    words = {"service": service.name, "desired": service.desired_count, "running": running, "pending": pending}
    if service.status == "DRAINING":
        return _("The service %(service)s is being deleted; %(running)s of its tasks still run.") % words
    if service.status == "INACTIVE":
        return _("The service %(service)s was deleted.") % words
    if service.is_steady:
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


def cluster_now(*, instances: int, tasks: int, services: int) -> str:
    """Return one sentence about the whole cluster."""
    if not instances:
        return _(
            "This cluster is empty, and that is fine: a cluster is a logical place and has no compute of its own. "
            "Launch a container instance to give it some."
        )
    machines = ngettext("%(count)s container instance", "%(count)s container instances", instances) % {
        "count": instances
    }
    running = ngettext("%(count)s task", "%(count)s tasks", tasks) % {"count": tasks}
    if not tasks and not services:
        return _("%(machines)s wait for work: run a task directly, or let a service keep some running.") % {
            "machines": machines
        }
    return _("%(machines)s carry %(running)s.") % {"machines": machines, "running": running}
