"""What containers of a Docker engine use, read from cgroups: `docker stats` would take a second a call."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ecsweb.agent import labels as label
from ecsweb.agent.cgroups import CgroupFolders, folders_by_name, folders_of
from ecsweb.agent.docker_parts import DockerPart
from ecsweb.agent.engine import UsageUnknown
from ecsweb.domain.usage import Reading, UsageGap

PROCESSES = Path("/proc")
# A container is looked up once and then only read; a call that meets hundreds of new ones leaves some to the next.
LOOKED_UP = 60
# More than any installation runs at once: what is remembered of containers that are gone is dropped then.
REMEMBERED = 4_000
WORDS = {
    UsageGap.REMOTE: "The Docker engine is on another machine, whose cgroups cannot be read from here.",
    UsageGap.NO_CGROUPS: "This machine has no Linux cgroups that can be read.",
    UsageGap.OTHER_HOST: "The containers' cgroups are not visible from here: Docker runs in a machine of its own.",
}


class DockerUsage(DockerPart):
    """Usage: the part of `docker_engine.DockerEngine` that looks at the kernel's books instead of asking Docker."""

    def __init__(self) -> None:
        self._folders: dict[str, CgroupFolders] = {}

    @property
    @abstractmethod
    def base_url(self) -> str | None:
        """Return the engine's address; None is the default socket."""

    @abstractmethod
    def document(self, name_or_id: str) -> Mapping[str, Any] | None:
        """Return Docker's inspect answer; None when there is no such container."""

    def usage(self, runtime_ids: Iterable[str]) -> Mapping[str, Reading]:
        """Return what those containers use; raises UsageUnknown where none of them can be read from here."""
        wanted = list(runtime_ids)
        mountinfo = self._mountinfo()
        if len(self._folders) > REMEMBERED:
            self._folders.clear()
        unknown = [one for one in wanted if one not in self._folders]
        lost = [one for one in unknown[:LOOKED_UP] if not self._looked_up(one, mountinfo)]
        found = {one: reading for one in wanted if (reading := self._reading(one)) is not None}
        if lost and not found:
            raise UsageUnknown(WORDS[UsageGap.OTHER_HOST], gap=UsageGap.OTHER_HOST)
        return found

    def _mountinfo(self) -> str:
        if not (self.base_url or "unix://").startswith(("unix://", "http+unix://")):
            raise UsageUnknown(WORDS[UsageGap.REMOTE], gap=UsageGap.REMOTE)
        try:
            return (PROCESSES / "self" / "mountinfo").read_text()
        except OSError as error:
            raise UsageUnknown(WORDS[UsageGap.NO_CGROUPS], gap=UsageGap.NO_CGROUPS) from error

    def _looked_up(self, runtime_id: str, mountinfo: str) -> bool:
        """Find the container's cgroup; False where one of ours runs and its cgroup is not to be seen."""
        document = self.document(runtime_id)
        if document is None or str(document["Id"]) != runtime_id:
            return True
        labels = document["Config"].get("Labels") or {}
        pid = int(document["State"].get("Pid") or 0)
        if labels.get(label.INSTALL) != self.install_id or not pid:
            return True
        try:
            cgroup = (PROCESSES / str(pid) / "cgroup").read_text()
        except OSError:
            cgroup = ""
        folders = folders_of(runtime_id, cgroup=cgroup, mountinfo=mountinfo)
        # In a container a number is another's process, if any's; the group's name still tells whose it is.
        folders = folders or folders_by_name(runtime_id, mountinfo=mountinfo)
        if folders is not None:
            self._folders[runtime_id] = folders
        return folders is not None

    def _reading(self, runtime_id: str) -> Reading | None:
        folders = self._folders.get(runtime_id)
        if folders is None:
            return None
        try:
            return Reading(cpu=folders.cpu_nanoseconds(), memory=folders.memory_bytes(), at=time.time())
        except (OSError, KeyError, ValueError):
            # It has ended, and its group with it; one that starts again is looked up again.
            del self._folders[runtime_id]
            return None
