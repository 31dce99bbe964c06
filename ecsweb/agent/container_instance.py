"""One step of a container instance's agent: look at its containers once, then drive each of its tasks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from ecsweb.agent import labels
from ecsweb.agent.engine import Engine, EngineContainer, EngineError, EngineUnavailable
from ecsweb.agent.observe import by_label
from ecsweb.agent.silence import is_silent, keep_silent_instance
from ecsweb.agent.task_engine import TaskDriver, load_tasks
from ecsweb.agent.volumes import remove_volumes_of_instance
from ecsweb.controlplane import state_changes
from ecsweb.controlplane.container_instances import refresh_capabilities
from ecsweb.controlplane.hosts import restart_agent_when_due
from ecsweb.controlplane.installation import install_id
from ecsweb.domain.agents import AgentCondition, is_restart_due
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, ContainerInstanceStatus, LaunchType
from ecsweb.models import ContainerInstance, Task

logger = logging.getLogger(__name__)


def step(instance_pk: int, engine: Engine, *, clock: Callable[[], datetime] = timezone.now) -> datetime | None:
    """Bring the instance's tasks nearer to what is wanted; return when time alone will ask for more, if ever.

    An engine that does not answer makes the agent disconnected: containers run on, nothing new is placed.
    """
    instance = ContainerInstance.everything.select_related("cluster__account").filter(pk=instance_pk).first()
    if instance is None:
        return None
    if is_restart_due(AgentCondition(instance.agent_condition), instance.agent_restarts_at, now=clock()):
        restart_agent_when_due(instance, now=clock())
    try:
        shown = engine.list_containers(labels={labels.INSTANCE: instance.instance_id})
        if is_silent(instance):
            return keep_silent_instance(instance, engine, shown)
        _connected(instance, clock=clock)
        next_look_at = _drive_all(instance, engine, shown, clock=clock)
        _finish(instance, engine)
    except EngineUnavailable as error:
        if instance.status != ContainerInstanceStatus.INACTIVE and instance.launch_type != LaunchType.FARGATE:
            state_changes.submit_agent_connection(instance, is_connected=False, reason=str(error), at=clock())
        return None
    return next_look_at


def _connected(instance: ContainerInstance, *, clock: Callable[[], datetime]) -> None:
    if instance.status == ContainerInstanceStatus.INACTIVE or instance.launch_type == LaunchType.FARGATE:
        return
    refresh_capabilities(instance, now=clock())
    if not instance.agent_connected:
        state_changes.submit_agent_connection(instance, is_connected=True, reason="", at=clock())


def _drive_all(
    instance: ContainerInstance, engine: Engine, shown: Sequence[EngineContainer], *, clock: Callable[[], datetime]
) -> datetime | None:
    """Drive every task that is not over, and those that are and still have something on the engine."""
    found = by_label(shown, labels.TASK)
    unfinished = Q(last_status__in=STATUSES_BEFORE_STOPPED) | Q(is_purged=True) | Q(task_id__in=list(found))
    tasks = list(load_tasks(unfinished & Q(container_instance=instance)))

    def drive(task: Task) -> datetime | None:
        containers = {container.name: container for container in found.get(task.task_id, [])}
        driver = TaskDriver(engine, clock, containers)
        if task.is_purged:
            driver.purge(task.pk)
            return None
        return driver.drive(task)

    moments = [moment for moment in _each(drive, tasks) if moment is not None]
    return min(moments, default=None)


@cache
def _slots() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=settings.ECSWEB_ENGINE_SLOTS, thread_name_prefix="engine-slot")


def _each(drive: Callable[[Task], datetime | None], tasks: Sequence[Task]) -> list[datetime | None]:
    """Drive the tasks a few at a time: more than 3-4 engine calls at once only add latency (`reliability.md` 7.1)."""
    if settings.ECSWEB_ENGINE_SLOTS == 0 or len(tasks) < 2:
        return [drive(task) for task in tasks]

    def in_a_slot(task: Task) -> datetime | None:
        try:
            return drive(task)
        finally:
            # The pool's threads outlive the job; a connection that broke must not outlive it with them.
            connection.close_if_unusable_or_obsolete()

    return list(_slots().map(in_a_slot, tasks))


def _finish(instance: ContainerInstance, engine: Engine) -> None:
    """Remove the network of an instance that is gone, and the row of a purged one, once no task is left on it."""
    is_over = instance.is_purged or instance.status == ContainerInstanceStatus.INACTIVE
    if not is_over:
        return
    left = Task.objects.filter(container_instance=instance)
    if instance.is_purged and left.exists():
        return
    if left.filter(last_status__in=STATUSES_BEFORE_STOPPED).exists():
        return
    try:
        remove_volumes_of_instance(engine, instance)
        engine.remove_network(labels.network_name(install_id(), instance.instance_id))
    except EngineUnavailable:
        raise
    except EngineError as error:
        logger.info("network or volumes of %s are still in use: %s", instance.instance_id, error)
        return
    if instance.is_purged:
        state_changes.forget_container_instance(instance.pk)
