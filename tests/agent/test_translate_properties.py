"""Whatever AWS-shaped container definition is written, the create call that comes of it keeps the policy.

The definitions are made from botocore's own shapes, so that a field that AWS adds is thrown at us as well.
"""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ecsweb.agent import labels as label
from ecsweb.agent.docker_values import HOST_CONFIG_KEYS, create_body
from ecsweb.agent.policy import Mode, Refused
from ecsweb.agent.translate import to_spec
from tests.agent.conftest import IDENTITIES

MODEL = botocore.session.get_session().get_service_model("ecs")
# Words that an attacker would try, thrown in among plain text.
NASTY = (
    "ALL",
    "SYS_ADMIN",
    "cap_sys_admin",
    "host",
    "container:1",
    "/",
    "/var/run/docker.sock",
    "//var/run/../run/docker.sock",
    "unconfined",
    "seccomp=unconfined",
    "no-new-privileges=false",
    "/dev/kmsg",
    "169.254.169.254",
    "localhost",
    "root",
    "0",
    "kernel.core_pattern",
    "net.ipv4.tcp_syncookies",
    "nofile",
    "nproc",
    "1-65535",
    "ecsweb.task",
    "ecsweb.install",
    "com.amazonaws.ecs.cluster",
    "shared",
    "always",
    "/proc",
    "/tmp",
    "suid",
    "dev",
    "ecsweb/web:1",
    "busybox",
)


def strings(shape: StringShape) -> st.SearchStrategy[str]:
    choices = [st.sampled_from(NASTY), st.text(max_size=20)]
    if shape.enum:
        choices.append(st.sampled_from(sorted(shape.enum)))
    return st.one_of(choices)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    if isinstance(shape, StructureShape):
        return st.fixed_dictionaries({}, optional={name: values(member) for name, member in shape.members.items()})
    if isinstance(shape, ListShape):
        return st.lists(values(shape.member), max_size=3)
    if isinstance(shape, MapShape):
        return st.dictionaries(values(shape.key), values(shape.value), max_size=3)
    if isinstance(shape, StringShape):
        return strings(shape)
    if shape.type_name == "boolean":
        return st.booleans()
    return st.one_of(st.integers(-(2**31), 2**31 - 1), st.integers(-2, 70_000))


CONTAINERS = values(MODEL.shape_for("ContainerDefinition"))
TASKS = values(MODEL.shape_for("TaskDefinition"))
OVERRIDES = values(MODEL.shape_for("TaskOverride"))
# Said again here, not imported: the rule must not follow a slip in the policy's own list.
CLASS = {"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"}
BASELINE = CLASS | {"AUDIT_WRITE", "FSETID", "MKNOD", "SETFCAP", "SETPCAP", "SYS_CHROOT"}
ALLOWED_CAPABILITIES = {"solo": BASELINE, "class": CLASS}
EVIL = {
    "image": "ecsweb/web:1",
    "privileged": True,
    "mountPoints": [{"sourceVolume": "root", "containerPath": "/host"}],
    "volumesFrom": [{"sourceContainer": "other"}],
    "links": ["x:y"],
    "dockerSecurityOptions": ["seccomp=unconfined"],
    "restartPolicy": {"enabled": True},
    "linuxParameters": {"devices": [{"hostPath": "/dev/kmsg"}], "capabilities": {"add": ["ALL"]}, "maxSwap": 1},
}
EVIL_TASK = {
    "networkMode": "host",
    "pidMode": "host",
    "ipcMode": "host",
    "volumes": [{"name": "root", "host": {"sourcePath": "/"}}],
}


@settings(max_examples=300, deadline=None)
@given(container=CONTAINERS, task=TASKS, overrides=OVERRIDES, mode=st.sampled_from(["solo", "class"]))
@example(container=EVIL, task=EVIL_TASK, overrides={}, mode="solo")
@example(container=EVIL, task=EVIL_TASK, overrides={}, mode="class")
def test_whatever_is_written_the_policy_holds(
    container: dict[str, Any], task: dict[str, Any], overrides: dict[str, Any], mode: Mode
) -> None:
    try:
        spec = to_spec(
            container_definition={"name": "app", "image": "ecsweb/web:1", **container},
            task_definition=task,
            identities=IDENTITIES,
            mode=mode,
            overrides=overrides,
        )
    except Refused:
        return

    body = create_body(spec)

    check_host(body["HostConfig"], mode)
    assert {"ecsweb.install": IDENTITIES.install, "ecsweb.task": IDENTITIES.task_id}.items() <= body["Labels"].items()
    ours = {key for key in body["Labels"] if key.lower().startswith(label.RESERVED_PREFIXES)}
    assert len(ours) == 10
    check_health(body["Healthcheck"])


def check_health(check: dict[str, Any]) -> None:
    """An image's own check never runs; a check of the definition is a command with bounded times."""
    if check == {"Test": ["NONE"]}:
        return
    assert check.keys() == {"Test", "Interval", "Timeout", "Retries", "StartPeriod"}
    assert check["Test"][0] in {"CMD", "CMD-SHELL"}
    assert 5 * 10**9 <= check["Interval"] <= 300 * 10**9
    assert 10**9 <= check["Timeout"] <= 60 * 10**9
    assert 1 <= check["Retries"] <= 10


def check_host(host: dict[str, Any], mode: Mode) -> None:
    assert set(host) == HOST_CONFIG_KEYS
    assert host["Privileged"] is host["PublishAllPorts"] is host["AutoRemove"] is False
    assert (host["Binds"], host["Devices"], host["SecurityOpt"]) == ([], [], ["no-new-privileges"])
    assert (host["PidMode"], host["UsernsMode"], host["UTSMode"], host["IpcMode"]) == ("", "", "", "private")
    assert all(mount["Type"] == "volume" for mount in host["Mounts"])
    assert all(mount["Source"].startswith(f"ecsw-{IDENTITIES.install}-") for mount in host["Mounts"])
    assert not {mount["Target"] for mount in host["Mounts"]} & {"/", "/proc", "/sys", "/dev"}
    assert host["NetworkMode"] in {IDENTITIES.network, "none"}
    assert host["RestartPolicy"]["Name"] == ""
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}}
    assert 0 < host["PidsLimit"] <= 256
    assert 6 * 2**20 <= host["Memory"] == host["MemorySwap"] <= 2**40
    assert 0 <= host["MemoryReservation"] <= host["Memory"]
    assert 2 <= host["CpuShares"] <= 262144
    assert 0 <= host["ShmSize"] <= 64 * 2**20
    assert set(host["CapAdd"]) <= ALLOWED_CAPABILITIES[mode]
    assert not set(host["Tmpfs"]) & {"/", "/proc", "/sys", "/dev"}
    assert all({"nosuid", "nodev"} <= set(options.split(",")) for options in host["Tmpfs"].values())
    assert "nproc" not in {limit["Name"] for limit in host["Ulimits"]}
    assert all(binding["HostIp"] == "127.0.0.1" for bound in host["PortBindings"].values() for binding in bound)
    if mode == "class":
        assert (host["CapDrop"], host["ReadonlyRootfs"], host["PidsLimit"]) == (["ALL"], True, 64)
        assert host["Memory"] <= 512 * 2**20
        assert host["NanoCpus"] > 0
