"""Volumes of a task definition, and what each container mounts of them (`ecs-facts.md` 2.7).

Two kinds run here: *task* volumes (`host` empty, or `dockerVolumeConfiguration` with scope `task`) are there as long
as the task is, *shared* ones (scope `shared`) stay on their container instance. The other kinds are stored only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

Document = Mapping[str, Any]


class Scope(StrEnum):
    """How long a volume lives: with its task, or with its container instance."""

    TASK = "task"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume by the name that the definition gives it; `index` is its place in the definition.

    A shared one that is not `autoprovision` must be on the instance already.
    """

    name: str
    index: int
    scope: Scope = Scope.TASK
    autoprovision: bool = True
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Mount:
    """A volume at a path of a container."""

    volume: Volume
    path: str
    read_only: bool = False


def volumes_of(document: Document) -> dict[str, Volume]:
    """Return the definition's volumes that are run here, by name."""
    found = {}
    for index, entry in enumerate(document.get("volumes") or ()):
        name = str(entry.get("name") or "")
        docker = entry.get("dockerVolumeConfiguration")
        if docker is not None:
            found[name] = _docker_volume(name, index, docker)
        elif _is_empty_host(entry):
            found[name] = Volume(name, index)
    return found


def _is_empty_host(entry: Document) -> bool:
    is_of_another_kind = any(key.endswith("VolumeConfiguration") or key == "configuredAtLaunch" for key in entry)
    return not is_of_another_kind and not (entry.get("host") or {}).get("sourcePath")


def _docker_volume(name: str, index: int, docker: Document) -> Volume:
    scope = Scope.SHARED if docker.get("scope") == "shared" else Scope.TASK
    labels = tuple((str(key), str(value)) for key, value in (docker.get("labels") or {}).items())
    autoprovision = scope is Scope.TASK or docker.get("autoprovision") is True
    return Volume(name, index, scope, autoprovision=autoprovision, labels=labels)


def mounts_of(document: Document, container_name: str) -> tuple[Mount, ...]:
    """Return what a container mounts: its `mountPoints`, and those of the containers that `volumesFrom` names.

    Its own win where both name a path. Example: app mounts data at /data, side has volumesFrom app → side: data, /data.
    SIMPLIFIED: `volumesFrom` brings the mount points, not the volumes that the other's image declares, and waits for
    nobody: the volumes are the task's, whoever mounts them first.
    """
    containers = {str(one.get("name")): one for one in document.get("containerDefinitions") or ()}
    return tuple(_mounts(containers, volumes_of(document), container_name, frozenset()).values())


def _mounts(
    containers: Mapping[str, Document], volumes: Mapping[str, Volume], name: str, seen: frozenset[str]
) -> dict[str, Mount]:
    container = containers.get(name)
    if container is None or name in seen:
        return {}
    found: dict[str, Mount] = {}
    for source in container.get("volumesFrom") or ():
        inherited = _mounts(containers, volumes, str(source.get("sourceContainer")), seen | {name})
        is_read_only = source.get("readOnly") is True
        for path, mount in inherited.items():
            found[path] = replace(mount, read_only=mount.read_only or is_read_only)
    for point in container.get("mountPoints") or ():
        volume = volumes.get(str(point.get("sourceVolume")))
        path = str(point.get("containerPath") or "")
        if volume is not None:
            found[path] = Mount(volume, path, read_only=point.get("readOnly") is True)
    return found
