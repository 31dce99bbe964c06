"""Volumes on the engine: named by ids only, made before the first container that mounts them, gone with their owner."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from ecsweb.agent import labels as label
from ecsweb.agent.engine import Engine, EngineError
from ecsweb.controlplane.installation import install_id
from ecsweb.domain.volumes import Scope, Volume, mounts_of, volumes_of
from ecsweb.models import ContainerInstance, Task


def volume_name(volume: Volume, *, install: str, instance_id: str, task_id: str) -> str:
    """Return the volume's name on the engine: ids and digests only, so that nothing that was typed reaches it."""
    if volume.scope is Scope.TASK:
        return f"ecsw-{install}-{task_id}-v{volume.index}"
    return f"ecsw-{install}-{instance_id}-s{hashlib.sha256(volume.name.encode()).hexdigest()[:16]}"


def ensure_volumes(engine: Engine, task: Task, container_name: str) -> None:
    """Make sure of what the container mounts.

    Raises EngineError, also for a shared volume that has to be on the instance and is not.
    """
    mounts = mounts_of(task.task_definition.document, container_name)
    for volume in {mount.volume.name: mount.volume for mount in mounts}.values():
        name = _name_in(task, volume)
        if not volume.autoprovision and name not in engine.list_volumes():
            raise EngineError(
                f"no such volume: {volume.name} is shared, is not to be provisioned automatically, and is not on the "
                "container instance"
            )
        engine.ensure_volume(name, _labels(task, volume))


def _name_in(task: Task, volume: Volume) -> str:
    instance_id = task.host.instance_id
    return volume_name(volume, install=install_id(), instance_id=instance_id, task_id=task.task_id)


def _labels(task: Task, volume: Volume) -> Mapping[str, str]:
    given = {key: value for key, value in volume.labels if not key.lower().startswith(label.RESERVED_PREFIXES)}
    ours = {
        label.INSTALL: install_id(),
        label.ACCOUNT: task.cluster.account.account_id,
        label.INSTANCE: task.host.instance_id,
        label.VOLUME: volume.name,
    }
    return {**given, **ours, **({label.TASK: task.task_id} if volume.scope is Scope.TASK else {})}


def remove_volumes_of_task(engine: Engine, task: Task) -> None:
    """Remove the task's own volumes; its containers are gone already."""
    for volume in volumes_of(task.task_definition.document).values():
        if volume.scope is Scope.TASK:
            engine.remove_volume(_name_in(task, volume))


def remove_volumes_of_instance(engine: Engine, instance: ContainerInstance) -> None:
    """Remove what a container instance that is over has left: its disk is gone with it."""
    for name, found in engine.list_volumes().items():
        if found.get(label.INSTANCE) == instance.instance_id:
            engine.remove_volume(name)
