"""Find what events and wake-ups missed: orphans on the engine, stopped tasks past their time.

The engine is looked at first and the database second: a row is always committed before its container is created, so
what has no row in that order is a true orphan and needs no grace period (`reliability.md` section 3).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from ecsweb.agent import labels
from ecsweb.agent.engine import Engine, EngineContainer, EngineError, EngineUnavailable
from ecsweb.controlplane.housekeeping import retire_inactive_instances, retire_stopped_tasks
from ecsweb.controlplane.task_definitions import finish_deletions
from ecsweb.domain.sweeping import may_remove
from ecsweb.domain.timeouts import stopped_task_retention
from ecsweb.models import ContainerInstance, Task

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep found: `held_back` is how many orphans the brake kept it from removing."""

    removed: int = 0
    held_back: int = 0


def sweep(engine: Engine, *, clock: Callable[[], datetime]) -> SweepResult:
    """Remove orphans (with the brake on) and retire stopped tasks. Raises EngineUnavailable."""
    shown = engine.list_containers()
    networks, volumes = engine.list_networks(), engine.list_volumes()
    result = _remove_orphans(engine, shown)
    _remove_networks(engine, {name: found.get(labels.INSTANCE, "") for name, found in networks.items()})
    if not result.held_back:
        _remove_volumes(engine, volumes)
    before = clock() - stopped_task_retention(speed=settings.ECSWEB_SPEED)
    retire_stopped_tasks(before=before)
    retire_inactive_instances(before=before)
    finish_deletions()
    return result


def _remove_orphans(engine: Engine, shown: Sequence[EngineContainer]) -> SweepResult:
    known = set(Task.objects.values_list("task_id", flat=True))
    orphans = [container for container in shown if container.labels.get(labels.TASK) not in known]
    if not may_remove(len(orphans), of=len(shown)):
        logger.error(
            "%d of %d containers have no task, as with a lost database: none removed", len(orphans), len(shown)
        )
        return SweepResult(held_back=len(orphans))
    for container in orphans:
        logger.warning("removing %s: no task wants it", container.name)
        engine.remove(container.runtime_id)
    return SweepResult(removed=len(orphans))


def _remove_volumes(engine: Engine, volumes: Mapping[str, Mapping[str, str]]) -> None:
    """Remove the volumes of tasks that are forgotten, and of container instances that are over."""
    tasks = set(Task.objects.values_list("task_id", flat=True))
    instances = set(ContainerInstance.everything.exclude(status="INACTIVE").values_list("instance_id", flat=True))
    for name, found in volumes.items():
        task_id = found.get(labels.TASK)
        if task_id in tasks or (task_id is None and found.get(labels.INSTANCE) in instances):
            continue
        try:
            engine.remove_volume(name)
        except EngineUnavailable:
            raise
        except EngineError as error:
            logger.info("volume %s is still in use: %s", name, error)


def _remove_networks(engine: Engine, instances: dict[str, str]) -> None:
    known = set(ContainerInstance.everything.exclude(status="INACTIVE").values_list("instance_id", flat=True))
    for name, instance_id in instances.items():
        if instance_id in known:
            continue
        try:
            engine.remove_network(name)
        except EngineUnavailable:
            raise
        except EngineError as error:
            logger.info("network %s is still in use: %s", name, error)
