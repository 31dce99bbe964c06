"""Where a container's usage stands, for every way in which kernels and Docker lay it out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from ecsweb.agent import labels as label
from ecsweb.agent.cgroups import CgroupFolders, folders_by_name, folders_of
from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.docker_parts import LOOK
from ecsweb.agent.docker_usage import DockerUsage
from ecsweb.agent.engine import UsageUnknown
from ecsweb.domain.usage import UsageGap

ID = "0123456789abcdef" * 4
OLD = """32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,nosuid shared:10 - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,nosuid shared:11 - cgroup2 cgroup2 rw,nsdelegate
"""
NEW = "29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n"


@pytest.mark.parametrize(
    ("mountinfo", "cgroup", "cpu", "memory"),
    [
        (
            OLD,
            f"5:memory:/docker/{ID}\n4:cpu,cpuacct:/docker/{ID}\n0::/",
            f"/sys/fs/cgroup/cpu,cpuacct/docker/{ID}",
            f"/sys/fs/cgroup/memory/docker/{ID}",
        ),
        (
            OLD,
            f"5:memory:/system.slice/docker-{ID}.scope\n4:cpu,cpuacct:/system.slice/docker-{ID}.scope\n0::/",
            f"/sys/fs/cgroup/cpu,cpuacct/system.slice/docker-{ID}.scope",
            f"/sys/fs/cgroup/memory/system.slice/docker-{ID}.scope",
        ),
        (NEW, f"0::/docker/{ID}\n", f"/sys/fs/cgroup/docker/{ID}", f"/sys/fs/cgroup/docker/{ID}"),
        (
            NEW,
            f"0::/system.slice/docker-{ID}.scope/init\n",
            f"/sys/fs/cgroup/system.slice/docker-{ID}.scope",
            f"/sys/fs/cgroup/system.slice/docker-{ID}.scope",
        ),
        (
            NEW.replace("0:26 / ", "0:26 /outer "),
            f"0::/outer/docker/{ID}\n",
            f"/sys/fs/cgroup/docker/{ID}",
            f"/sys/fs/cgroup/docker/{ID}",
        ),
    ],
    ids=["v1 cgroupfs", "v1 systemd", "v2 cgroupfs", "v2 systemd with a group below", "a mount that shows a part"],
)
def test_the_folders_of_a_container_are_found(mountinfo: str, cgroup: str, cpu: str, memory: str) -> None:
    assert folders_of(ID, cgroup=cgroup, mountinfo=mountinfo) == CgroupFolders(Path(cpu), Path(memory))


@pytest.mark.parametrize(
    "cgroup",
    ["0::/system.slice/ssh.service\n", f"0::/../docker/{ID}\n", f"0::/docker/{ID}\n", ""],
    ids=["another process", "outside of our namespace", "outside of the mount", "nothing"],
)
def test_a_process_that_is_not_the_containers_is_not_taken_for_it(cgroup: str) -> None:
    mountinfo = NEW.replace("0:26 / ", "0:26 /outer ") if cgroup.startswith("0::/docker") else NEW

    assert folders_of(ID, cgroup=cgroup, mountinfo=mountinfo) is None


@pytest.mark.parametrize("name", [f"docker/{ID}", f"system.slice/docker-{ID}.scope"])
@pytest.mark.parametrize("layout", [NEW, OLD], ids=["v2", "v1"])
def test_where_only_cgroups_are_seen_the_group_is_found_by_its_name(tmp_path: Path, layout: str, name: str) -> None:
    # As in a container that has the host's cgroups mounted: in its own namespace their root lies above it.
    mountinfo = layout.replace("/sys/fs/cgroup", str(tmp_path)).replace("0:26 / ", "0:26 /../.. ")
    cpu, memory = (tmp_path / "cpu,cpuacct", tmp_path / "memory") if layout == OLD else (tmp_path, tmp_path)
    for folder in {cpu, memory}:
        (folder / name).mkdir(parents=True)

    assert folders_by_name(ID, mountinfo=mountinfo) == CgroupFolders(cpu / name, memory / name)
    assert folders_by_name("f" * 64, mountinfo=mountinfo) is None


def write(folder: Path, files: Mapping[str, str]) -> CgroupFolders:
    for name, text in files.items():
        (folder / name).write_text(text)
    return CgroupFolders(folder, folder)


def test_version_1_is_read(tmp_path: Path) -> None:
    statistics = "cache 900\ninactive_file 1\ntotal_inactive_file 500\n"
    folders = write(
        tmp_path,
        {"cpuacct.usage": "1500000000\n", "memory.usage_in_bytes": "2000\n", "memory.stat": statistics},
    )

    assert (folders.cpu_nanoseconds(), folders.memory_bytes()) == (1_500_000_000, 1500)


def test_version_2_is_read(tmp_path: Path) -> None:
    folders = write(
        tmp_path,
        {
            "cpu.stat": "usage_usec 1500000\nuser_usec 1\n",
            "memory.current": "2000\n",
            "memory.stat": "anon 5\ninactive_file 500\n",
        },
    )

    assert (folders.cpu_nanoseconds(), folders.memory_bytes()) == (1_500_000_000, 1500)


class Elsewhere(DockerUsage):
    """A Docker engine in a machine of its own: the process ids that it tells are others' here."""

    install_id = "a1b2c3d4"
    base_url = None

    def looking(self, seconds: float = LOOK) -> AbstractContextManager[Any]:
        raise NotImplementedError

    def changing(self, seconds: float = LOOK) -> AbstractContextManager[Any]:
        raise NotImplementedError

    def document(self, name_or_id: str) -> Mapping[str, Any]:
        labels = {label.INSTALL: self.install_id}
        return {"Id": name_or_id, "Config": {"Labels": labels}, "State": {"Pid": os.getpid()}}


@pytest.mark.skipif(not Path("/proc/self/mountinfo").exists(), reason="this machine has no cgroups to look into")
def test_a_machine_of_dockers_own_is_said_to_be_one() -> None:
    with pytest.raises(UsageUnknown) as refused:
        Elsewhere().usage([ID])

    assert refused.value.gap is UsageGap.OTHER_HOST


def test_a_remote_engine_is_not_asked() -> None:
    engine = DockerEngine("a1b2c3d4", base_url="tcp://127.0.0.1:1", network_pool="10.214.0.0/16")

    with pytest.raises(UsageUnknown) as refused:
        engine.usage([ID])

    assert refused.value.gap is UsageGap.REMOTE
