"""A container instance whose agent does not work (chaos): nothing is started, stopped or reported on it.

What was done to the machine itself still happens: containers of a stopped machine end, a `docker kill` that somebody
asked for is carried out, and what is to be removed for good is removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ecsweb.agent import labels
from ecsweb.agent.engine import Engine, EngineContainer, EngineStatus, NoSuchContainer
from ecsweb.agent.observe import by_label
from ecsweb.controlplane import state_changes
from ecsweb.domain.agents import AgentCondition
from ecsweb.domain.statuses import ContainerInstanceStatus
from ecsweb.models import Container, ContainerInstance, Task

ALIVE = (EngineStatus.RUNNING, EngineStatus.PAUSED)


def is_silent(instance: ContainerInstance) -> bool:
    """Tell whether the agent does nothing now; an instance that is gone is cleared away whatever its agent's state."""
    is_gone = instance.is_purged or instance.status == ContainerInstanceStatus.INACTIVE
    return instance.agent_condition != AgentCondition.RUNNING and not is_gone


def keep_silent_instance(
    instance: ContainerInstance, engine: Engine, shown: Sequence[EngineContainer]
) -> datetime | None:
    """Do what happens without the agent; return when a dead one is started again. Raises EngineUnavailable.

    SIMPLIFIED: a real agent that is cut off goes on by itself with what it knew (it ends a task whose essential
    container ended, and starts again what has a restart policy); here it does that when it is back.
    """
    asked = set(
        Container.objects.filter(task__container_instance=instance, kill_requested_at__isnull=False).values_list(
            "engine_name", flat=True
        )
    )
    for container in shown:
        is_stopped_with_host = instance.agent_condition == AgentCondition.HOST_STOPPED
        if container.status in ALIVE and (is_stopped_with_host or container.name in asked):
            _kill(engine, container)
    for row in Container.objects.filter(engine_name__in=asked):
        state_changes.submit_killed(row.pk)
    _purge(instance, engine, shown)
    return instance.agent_restarts_at


def _kill(engine: Engine, container: EngineContainer) -> None:
    try:
        engine.signal(container.runtime_id, "SIGKILL")
    except NoSuchContainer:
        return


def _purge(instance: ContainerInstance, engine: Engine, shown: Sequence[EngineContainer]) -> None:
    found = by_label(shown, labels.TASK)
    for task in Task.objects.filter(container_instance=instance, is_purged=True).only("pk", "task_id"):
        for container in found.get(task.task_id, []):
            engine.remove(container.runtime_id)
        state_changes.forget_task(task.pk)
