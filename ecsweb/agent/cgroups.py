"""Read what a container uses from its cgroup: version 1 and 2, whichever driver named it, from the files alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_MOUNT = re.compile(
    r"^\d+ \d+ \S+ (?P<root>\S+) (?P<point>\S+) .* - (?P<kind>cgroup2?) \S+ (?P<options>\S+)$", re.MULTILINE
)
UNIFIED = ""
# What Docker's two cgroup drivers call a container's group.
BY_NAME = ("docker/{}", "system.slice/docker-{}.scope")


@dataclass(frozen=True, slots=True)
class Mount:
    """Where a hierarchy is mounted, and which of its groups is the mount's root."""

    root: str
    point: str

    def folder(self, group: str) -> Path | None:
        """Return the folder of a group; None for one outside of what is mounted here."""
        inside = group.removeprefix(self.root.rstrip("/"))
        is_outside = not inside.startswith("/") or not group.startswith(self.root) or ".." in Path(group).parts
        return None if is_outside else Path(self.point) / inside.lstrip("/")


@dataclass(frozen=True, slots=True)
class CgroupFolders:
    """The folders of one container's group: that with its CPU time, and that with its memory (one in version 2)."""

    cpu: Path
    memory: Path

    def cpu_nanoseconds(self) -> int:
        """Return the CPU time taken so far. Raises OSError when the group is gone."""
        old = self.cpu / "cpuacct.usage"
        if old.exists():
            return int(old.read_text())
        return _statistics(self.cpu / "cpu.stat")["usage_usec"] * 1000

    def memory_bytes(self) -> int:
        """Return the memory in use without the file cache that could be dropped, as `docker stats` shows it."""
        old = self.memory / "memory.usage_in_bytes"
        used = int((old if old.exists() else self.memory / "memory.current").read_text())
        statistics = _statistics(self.memory / "memory.stat")
        cache = statistics.get("total_inactive_file", statistics.get("inactive_file", 0))
        return max(0, used - cache)


def mounts(mountinfo: str) -> Mapping[str, Mount]:
    """Return the mounts of `/proc/self/mountinfo` by controller; version 2 has one, under `UNIFIED`.

    >>> sorted(mounts("32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct"))
    ['cpu', 'cpuacct', 'rw']
    """
    found: dict[str, Mount] = {}
    for line in _MOUNT.finditer(mountinfo):
        mount = Mount(line["root"], line["point"])
        names = [UNIFIED] if line["kind"] == "cgroup2" else line["options"].split(",")
        for name in names:
            found.setdefault(name, mount)
    return found


def groups(cgroup: str) -> Mapping[str, str]:
    """Return the groups of a process by controller, from its `/proc/PID/cgroup`.

    >>> groups("4:cpu,cpuacct:/docker/ab\\n0::/")
    {'cpu': '/docker/ab', 'cpuacct': '/docker/ab', '': '/'}
    """
    found: dict[str, str] = {}
    for line in cgroup.splitlines():
        _number, names, group = line.split(":", 2)
        found.update(dict.fromkeys(names.split(","), group))
    return found


def folders_of(runtime_id: str, *, cgroup: str, mountinfo: str) -> CgroupFolders | None:
    """Return where the container's usage stands; None where that process is not of the container, or not seen here.

    The id in the group's name tells a process of this host from another host's with the same number.
    """
    mounted, of_process = mounts(mountinfo), groups(cgroup)
    cpu = _folder("cpuacct", runtime_id, of_process, mounted)
    memory = _folder("memory", runtime_id, of_process, mounted)
    return None if cpu is None or memory is None else CgroupFolders(cpu, memory)


def folders_by_name(runtime_id: str, *, mountinfo: str) -> CgroupFolders | None:
    """Return where the container's usage stands, by what Docker calls its group; None where that is not seen here.

    For a process that sees the host's cgroups and not its processes: ecsweb in a container that has them mounted.
    """
    mounted = mounts(mountinfo)
    cpu, memory = _named("cpuacct", runtime_id, mounted), _named("memory", runtime_id, mounted)
    return None if cpu is None or memory is None else CgroupFolders(cpu, memory)


def _named(controller: str, runtime_id: str, mounted: Mapping[str, Mount]) -> Path | None:
    mount = mounted.get(controller) or mounted.get(UNIFIED)
    paths = [Path(mount.point) / name.format(runtime_id) for name in BY_NAME] if mount else []
    return next((path for path in paths if path.is_dir()), None)


def _folder(
    controller: str, runtime_id: str, of_process: Mapping[str, str], mounted: Mapping[str, Mount]
) -> Path | None:
    name = controller if controller in of_process else UNIFIED
    mount, group = mounted.get(name), _own_group(of_process.get(name, ""), runtime_id)
    return mount.folder(group) if mount is not None and group else None


def _own_group(group: str, runtime_id: str) -> str:
    """Return the container's group, also where its process has put itself into one below; "" where it is another's."""
    before, found, after = group.rpartition(runtime_id)
    return before + found + after.partition("/")[0] if found else ""


def _statistics(path: Path) -> Mapping[str, int]:
    rows = (line.split() for line in path.read_text().splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 2}
