"""What a container of a task definition may have here: the two columns of the policy table (`reliability.md` 5.2).

`translate.py` asks this module for every field. Never in either mode: privileges, host paths, devices, a namespace of
the host, a restart policy of Docker's; there is nothing here that could switch one of them on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Literal

from ecsweb.agent.engine import EngineError
from ecsweb.domain.container_health import HealthCheck
from ecsweb.domain.task_definitions.options import SAFE_SYSCTLS, SYSCTL_VALUE

Mode = Literal["solo", "class"]
MIB = 1024 * 1024
MINIMUM_MEMORY = 6 * MIB
LONGEST_CHECK = 1024
OWN_IMAGE = re.compile(r"ecsweb/[a-z0-9-]+:1")

# The capabilities of the Pod Security Standards' baseline, which are Docker's default but for NET_RAW.
BASELINE_CAPABILITIES = frozenset(
    {
        "AUDIT_WRITE",
        "CHOWN",
        "DAC_OVERRIDE",
        "FOWNER",
        "FSETID",
        "KILL",
        "MKNOD",
        "NET_BIND_SERVICE",
        "SETFCAP",
        "SETGID",
        "SETPCAP",
        "SETUID",
        "SYS_CHROOT",
    }
)
CLASS_CAPABILITIES = frozenset({"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"})
# Beside our own: what ours are made of, so that the engine always has it, and what labs write their commands for.
CLASS_IMAGES = ("busybox", "busybox:latest")
DROPPABLE_CAPABILITIES = BASELINE_CAPABILITIES | {"NET_RAW", "ALL"}
# `nproc` is missing on purpose: the kernel counts it over the whole host, pids_limit does what it is wanted for.
ULIMIT_CEILINGS: Mapping[str, int] = {
    "core": 0,
    "cpu": 2**31,
    "data": 2**40,
    "fsize": 2**40,
    "locks": 65536,
    "memlock": 64 * MIB,
    "msgqueue": 819200,
    "nice": 0,
    "nofile": 65536,
    "rss": 2**40,
    "rtprio": 0,
    "rttime": 2**31,
    "sigpending": 65536,
    "stack": 64 * MIB,
}
RESERVED_HOST_PORTS = frozenset({22, 2375, 2376, 51678, 51679, 51680})
_TMPFS_OPTIONS = frozenset({"ro", "rw", "noexec", "exec", "nosuid", "nodev", "noatime", "sync"})
_HOST_NAME = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*")
_RESERVED_HOST_NAMES = ("localhost", "host.docker.internal", "gateway.docker.internal", "metadata.google.internal")
_USER = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,31}(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,31})?")


class Refused(EngineError):
    """The policy does not let this container be made; the message is fit to be shown as its reason."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One column of the table. Sizes are bytes, `default_nano_cpus` 10⁻⁹ CPUs (0: no cap unless the task has one)."""

    mode: Mode
    pids_limit: int
    capabilities: frozenset[str]
    drops_all: bool
    read_only: bool
    maximum_memory: int
    default_nano_cpus: int
    maximum_open_files: int
    maximum_ports: int
    any_image: bool


SOLO = Policy(
    mode="solo",
    pids_limit=256,
    capabilities=BASELINE_CAPABILITIES,
    drops_all=False,
    read_only=False,
    maximum_memory=1024 * 1024 * MIB,
    default_nano_cpus=0,
    maximum_open_files=65536,
    maximum_ports=100,
    any_image=True,
)
CLASS = Policy(
    mode="class",
    pids_limit=64,
    capabilities=CLASS_CAPABILITIES,
    drops_all=True,
    read_only=True,
    maximum_memory=512 * MIB,
    default_nano_cpus=500_000_000,
    maximum_open_files=4096,
    maximum_ports=4,
    any_image=False,
)


def policy_of(mode: Mode) -> Policy:
    """Return the column of the table for `ECSWEB_MODE`."""
    return SOLO if mode == "solo" else CLASS


def check_image(policy: Policy, image: str, allowed_images: Iterable[str]) -> str:
    """Return `image` when it may run; raises Refused. Class mode has a list of exact names, ours among them."""
    if not image or len(image) > 255 or not image.isascii() or not image.isprintable() or " " in image:
        raise Refused(f"{image[:80]!r} is not the name of an image.")
    if not policy.any_image and not OWN_IMAGE.fullmatch(image) and image not in set(allowed_images):
        raise Refused(f"The image {image} is not on the list of this class.")
    return image


def check_user(user: str) -> str:
    """Return `user` (name or id, with a group or without); raises Refused: to drop a bad one would mean root."""
    if user and not _USER.fullmatch(user):
        raise Refused(f"{user[:80]!r} is not a user.")
    return user


def capabilities(policy: Policy, *, add: Iterable[str], drop: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return (cap_add, cap_drop), whatever case and prefix were written; what is not on the list is not added.

    Example (class): add ["cap_chown", "SYS_ADMIN"] → (("CHOWN",), ("ALL",)).
    """
    added = {_capability(name) for name in add} & policy.capabilities
    dropped = {_capability(name) for name in drop} & DROPPABLE_CAPABILITIES
    if policy.drops_all or "ALL" in dropped:
        dropped = {"ALL"}
    return tuple(sorted(added)), tuple(sorted(dropped))


def _capability(name: str) -> str:
    return name.strip().upper().removeprefix("CAP_")


def health_check(policy: Policy, check: HealthCheck | None) -> HealthCheck | None:
    """Return the check as it may be run: class mode has 8 checks a second for everybody, and a command of 1 KiB."""
    if check is None:
        return None
    if policy.mode == "class" and len(" ".join(check.command)) > LONGEST_CHECK:
        raise Refused(f"A health check's command may have at most {LONGEST_CHECK} characters here.")
    least, most = (30, 5) if policy.mode == "class" else (5, 60)
    return replace(
        check,
        interval=max(least, min(check.interval, 300)),
        timeout=max(1, min(check.timeout, most)),
        retries=max(1, min(check.retries, 10)),
        start_period=max(0, min(check.start_period, 300)),
    )


def memory_limit(policy: Policy, wanted: int) -> int:
    """Return bytes between Docker's minimum and the policy's maximum."""
    return max(MINIMUM_MEMORY, min(wanted, policy.maximum_memory))


def ulimit(policy: Policy, name: str, soft: int, hard: int) -> tuple[str, int, int] | None:
    """Return the limit cut to its ceiling (-1 asks for none, so it gets that); None for one that is not passed."""
    ceiling = ULIMIT_CEILINGS.get(name)
    if ceiling is None:
        return None
    if name == "nofile":
        ceiling = policy.maximum_open_files
    hard = ceiling if hard < 0 else min(hard, ceiling)
    return name, hard if soft < 0 else min(soft, hard), hard


def sysctl(name: str, value: str) -> bool:
    """Say whether the sysctl may be set: a name of the list, a value of numbers."""
    return name in SAFE_SYSCTLS and SYSCTL_VALUE.fullmatch(value) is not None


def tmpfs_options(size_mib: int, options: Iterable[str]) -> str:
    """Return mount options: at most 64 MiB, never with device files or set-user-id programs."""
    kept = sorted({option for option in options if option in _TMPFS_OPTIONS} | {"nosuid", "nodev"})
    return ",".join([*kept, f"size={max(1, min(size_mib, 64))}m"])


def is_mount_path(path: str) -> bool:
    """Say whether a tmpfs may lie there: absolute, normal, and over nothing that the kernel or Docker shows."""
    parts = path.split("/")
    is_normal = path.startswith("/") and len(parts) > 1 and not {"", ".", ".."} & set(parts[1:])
    return is_normal and path.isprintable() and not {":", ","} & set(path) and parts[1] not in {"proc", "sys", "dev"}


def is_host_name(name: str) -> bool:
    """Say whether `name` is a host name (RFC 1123)."""
    return len(name) <= 63 and _HOST_NAME.fullmatch(name) is not None


def is_extra_host(name: str, address: str) -> bool:
    """Say whether an /etc/hosts line may be written: a literal address for a name that nothing else relies on."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    reserved = name.lower().endswith(".internal") or name.lower() in _RESERVED_HOST_NAMES
    return is_host_name(name) and not reserved and not parsed.is_link_local


def host_port(policy: Policy, port: int) -> int:
    """Return the host port to bind on 127.0.0.1; 0 is dynamic.

    SIMPLIFIED: in class mode, where instances share one machine, low and reserved ones become dynamic.
    """
    if not 0 <= port <= 65535:
        raise Refused(f"{port} is not a port.")
    if policy.mode == "class" and (port < 1024 or port in RESERVED_HOST_PORTS):
        return 0
    return port
