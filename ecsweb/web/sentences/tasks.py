"""Where a task is in its life, why it ended, and who looks after it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecsweb.domain.capacity.waiting import GIVEN_UP
from ecsweb.domain.container_ordering import Progress, Verdict, dependencies_of, verdict
from ecsweb.domain.statuses import (
    BEFORE_RUNNING,
    ContainerStatus,
    SchedulingStrategy,
    StopCause,
    StopCode,
    TaskStatus,
)
from ecsweb.models import Container, Task
from ecsweb.web.sentences.instances import host_end


def task_now(task: Task) -> str:
    """Return one sentence about where the task is in its life."""
    status = TaskStatus(task.last_status)
    if task.is_waiting_for_capacity:
        return waiting_for_capacity(task)
    if status is not TaskStatus.STOPPED and not task.host.agent_connected:
        return _("Its agent is disconnected: this is what ECS last heard, and what became of it since is unknown.")
    if status is TaskStatus.RUNNING:
        return _("All its containers run.")
    match status:
        case TaskStatus.PROVISIONING:
            said = _("It gets a network interface of its own first: a hidden container holds its network.")
        case TaskStatus.DEPROVISIONING:
            said = _("Its containers have stopped; its network interface is being removed.")
        case TaskStatus.STOPPED:
            said = _("It is over. A stopped task never runs again.")
        case _ if status in BEFORE_RUNNING:
            said = _("The agent prepares the image and starts the containers.")
        case _:
            said = _("Its containers are being stopped: first they are asked, then killed.")
    return said


def waiting_for_capacity(task: Task) -> str:
    """Return what a task without a container instance waits for."""
    return _(
        "It waits for capacity: no container instance of the capacity provider %(provider)s has room for it. Managed "
        "scaling launches machines; when one registers, the task is placed there."
    ) % {"provider": task.capacity_provider}


def task_waits(task: Task, containers: list[Container]) -> str:
    """Return what a task that is to run is waiting for, and who does something about it; empty for every other task."""
    if task.stop_code or TaskStatus(task.last_status) not in BEFORE_RUNNING or task.is_waiting_for_capacity:
        return ""
    if not task.host.agent_connected:
        return _("The agent of its container instance is disconnected: nobody there hears that it is to be started.")
    if waiting := _dependencies(task, containers):
        return " ".join(waiting)
    if task.last_status == TaskStatus.PROVISIONING:
        return _("ECS makes its network interface (ENI) before the agent may start containers.")
    return _("It has its place. The agent there fetches the images first, then creates and starts the containers.")


def _dependencies(task: Task, containers: list[Container]) -> list[str]:
    """Return a sentence for each container that may not start yet, and what it waits for (`dependsOn`, `links`)."""
    documents = {one["name"]: one for one in task.task_definition.document["containerDefinitions"]}
    others = {one.name: _progress(one) for one in containers}
    found = []
    for container in containers:
        if container.last_status != ContainerStatus.PENDING or container.name not in documents:
            continue
        for one in dependencies_of(documents[container.name]):
            if one.container_name in others and verdict(one, others[one.container_name]) is Verdict.WAIT:
                words = {"name": container.name, "other": one.container_name, "condition": one.condition}
                found.append(_("%(name)s waits until %(other)s has reached %(condition)s (dependsOn).") % words)
    return found


def _progress(container: Container) -> Progress:
    return Progress(
        last_status=ContainerStatus(container.last_status),
        exit_code=container.exit_code,
        has_started=container.started_at is not None,
        is_healthy=container.health_status == "HEALTHY",
    )


def task_end(task: Task, containers: list[Container]) -> str:
    """Return why the task stopped, or is stopping; empty while it is meant to run."""
    if not task.stop_code:
        return ""
    match StopCode(task.stop_code):
        case StopCode.ESSENTIAL_CONTAINER_EXITED:
            return _essential(containers)
        case StopCode.TASK_FAILED_TO_START:
            return _never_ran(task, containers)
        case StopCode.USER_INITIATED:
            return _("Somebody stopped it: %(reason)s") % {"reason": task.stopped_reason}
        case StopCode.SERVICE_SCHEDULER_INITIATED:
            return _by_its_service(task)
        case _:
            return host_end(task)


def _by_its_service(task: Task) -> str:
    deleted_at = task.service.deleted_at if task.service else None
    if deleted_at and task.stopping_at and task.stopping_at >= deleted_at:
        return _("Its service was deleted, and so all tasks of it were stopped.")
    match task.stop_cause:
        case StopCause.DRAINING:
            return _drained(task)
        case StopCause.UNHEALTHY:
            return _("Its containers ran, but failed their health check, so its service stopped it.")
        case StopCause.CONSTRAINT:
            return _("Its container instance meets the placement constraints no longer, so its service stopped it.")
        case StopCause.REBALANCING:
            return _("Its Availability Zone had more tasks than another, so its service moved one: this one left.")
        case _:
            return _("Its service stopped it, to have the right number of tasks of the right revision.")


def _drained(task: Task) -> str:
    if _is_of_daemon(task):
        return _("Its container instance was DRAINING, so its DAEMON service stopped it there, as the last to leave.")
    return _(
        "Its container instance was DRAINING, so its service stopped it there as soon as minimum and maximum percent "
        "allowed; tasks elsewhere take its place."
    )


def _is_of_daemon(task: Task) -> bool:
    return task.service is not None and task.service.scheduling_strategy == SchedulingStrategy.DAEMON


def _lost_its_place(task: Task) -> bool:
    """Tell whether a task ended because its instance takes none any more: it drained, or it is gone."""
    host = task.container_instance
    is_gone = task.stop_code == StopCode.TERMINATION_NOTICE and host is not None and host.status == "INACTIVE"
    return is_gone or task.stop_cause in (StopCause.DRAINING, StopCause.CONSTRAINT)


def _never_ran(task: Task, containers: list[Container]) -> str:
    if task.stopped_reason.startswith(GIVEN_UP):
        return _(
            "It waited for capacity and was given up: its capacity provider had no room for it in time (%(reason)s)."
        ) % {"reason": task.stopped_reason}
    return _("A container could not be started, so the task never ran: %(reason)s") % {
        "reason": _first_reason(containers)
    }


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
                "(OutOfMemoryError, exit code %(code)s), so the whole task stopped."
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


def task_story(task: Task, containers: list[Container]) -> str:
    """Return how a task ended and who looks after it, as sentences: what Docker said may end without a full stop."""
    end, future = task_end(task, containers), task_future(task)
    is_open = bool(end and future) and end[-1] not in ".!?”\"')"
    return f"{end}{'.' if is_open else ''} {future}".strip()


def task_future(task: Task) -> str:
    """Return who looks after a task that is over: its service, or nobody."""
    if task.last_status != TaskStatus.STOPPED:
        return ""
    if task.service is None:
        return _("Nobody looks after a task that was run directly, so it stays stopped.")
    if task.service.status != "ACTIVE":
        return _("Its service is being deleted, so nothing replaces it.")
    if _is_of_daemon(task) and _lost_its_place(task):
        return _("It is started nowhere else: a DAEMON has one task on each ACTIVE instance, and wants one less now.")
    if task.stop_code == StopCode.SERVICE_SCHEDULER_INITIATED and task.stop_cause != StopCause.UNHEALTHY:
        told = _("That is what the service %(service)s wanted.")
    elif task.service.task_definition_id not in (None, task.task_definition_id):
        told = _("The service %(service)s keeps its number with the revision that it wants now, and not with this one.")
    else:
        told = _("The service %(service)s starts a new task in its place. It is a new task, not this one again.")
    return told % {"service": task.service.name}
