"""Sentences about what a container mounts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ecsweb.domain.volumes import Mount, Scope, mounts_of
from ecsweb.models import Task


def mounts(task: Task, container_name: str) -> list[str]:
    """Return a sentence for each volume that the container mounts, and how long what is in it stays."""
    return [_mount(mount) for mount in mounts_of(task.task_definition.document, container_name)]


def _mount(mount: Mount) -> str:
    words = {"name": mount.volume.name, "path": mount.path}
    if mount.volume.scope is Scope.SHARED:
        said = _("volume %(name)s at %(path)s, shared: it stays on the container instance") % words
    else:
        said = _("volume %(name)s at %(path)s, of the task: gone with it") % words
    return f"{said} ({_('read-only')})" if mount.read_only else said
