"""Rules of single fields of a container definition (`ecs-facts.md` 2.5–2.8, `reliability.md` 5.2).

Literal texts are AWS's where `ecs-facts.md` 2.8 has them; the others are ours in the same manner.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ecsweb.domain.errors import ClientException

Document = Mapping[str, Any]

PORT_NAME = re.compile(r"[a-z0-9_][a-z0-9_-]{0,63}")
PORT_RANGE = re.compile(r"(\d{1,5})-(\d{1,5})")
MOST_RANGES = 100
USER = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,31}(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,31})?")
HOST_NAME = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*")
LARGEST_ID = 2**32 - 2
RESERVED_LABELS = ("ecsweb.", "com.amazonaws.", "com.docker.", "traefik.", "socket-proxy.", "io.", "org.")
# The capabilities of the Pod Security Standards' baseline.
BASELINE = frozenset(
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
FORBIDDEN_MOUNTS = frozenset({"/", "/proc", "/sys", "/dev", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf"})
MOST_VARIABLES, LONGEST_VARIABLE, LARGEST_ENVIRONMENT = 64, 4096, 32768


def refuse(message: str, field: str) -> ClientException:
    """Return the refusal of a field."""
    return ClientException(message, field=field)


def setting(container: Document, name: str, words: str) -> str:
    """Return the words for a setting of a container that is refused."""
    return f"Invalid '{name}' setting for container '{container['name']}': {words}"


def check_timeouts(container: Document, path: str) -> None:
    """`stopTimeout` and `startTimeout` are seconds: up to 120, the latter at least 2 (`ecs-facts.md` 2.6)."""
    for name, least in (("stopTimeout", 1), ("startTimeout", 2)):
        value = container.get(name)
        if value is not None and not least <= value <= 120:
            raise refuse(setting(container, name, f"it must be from {least} to 120."), f"{path}.{name}")


def check_restart_policy(container: Document, path: str) -> None:
    """The restart period is 60 to 1800 s, and at most 50 exit codes are ignored (`ecs-facts.md` 2.6)."""
    policy = container.get("restartPolicy") or {}
    period = policy.get("restartAttemptPeriod")
    if period is not None and not 60 <= period <= 1800:
        raise refuse(
            f"The 'restartAttemptPeriod' setting for container '{container['name']}' must be between 60 and 1800.",
            f"{path}.restartPolicy.restartAttemptPeriod",
        )
    if len(policy.get("ignoredExitCodes") or ()) > 50:
        raise refuse(
            setting(container, "ignoredExitCodes", "at most 50 are allowed."), f"{path}.restartPolicy.ignoredExitCodes"
        )


def check_port_names(container: Document, path: str) -> None:
    """A port mapping's name is of lower case letters, digits, `_` and `-`, up to 64 (`ecs-facts.md` 1.2)."""
    for mapping in container.get("portMappings") or ():
        name = mapping.get("name")
        if name is not None and not PORT_NAME.fullmatch(name):
            raise refuse(setting(container, "portMappings.name", "invalid characters."), f"{path}.portMappings")


def check_port_ranges(container: Document, path: str) -> None:
    """Ranges go upwards, do not overlap, and are at most 100 (`ecs-facts.md` 2.5)."""
    ranges = [m["containerPortRange"] for m in container.get("portMappings") or () if m.get("containerPortRange")]
    field = f"{path}.portMappings"
    if len(ranges) > MOST_RANGES:
        raise refuse(setting(container, "containerPortRange", f"at most {MOST_RANGES} are allowed."), field)
    taken: set[int] = set()
    for text in ranges:
        found = PORT_RANGE.fullmatch(text)
        first, last = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 1 <= first <= last <= 65535:
            raise refuse(setting(container, "containerPortRange", "it must be like 8000-8010."), field)
        if taken & set(range(first, last + 1)):
            raise refuse(setting(container, "containerPortRange", "ranges must not overlap."), field)
        taken |= set(range(first, last + 1))


def check_ulimits(container: Document, path: str) -> None:
    """A soft limit is not above its hard one; -1 is no limit (`ecs-facts.md` 2.7)."""
    for limit in container.get("ulimits") or ():
        soft, hard = limit.get("softLimit", 0), limit.get("hardLimit", 0)
        if min(soft, hard) < -1 or (hard != -1 and (soft == -1 or soft > hard)):
            raise refuse(
                setting(container, "ulimits", f"the soft limit of {limit.get('name')} is above the hard one."),
                f"{path}.ulimits",
            )


def check_linux_parameters(container: Document, path: str) -> None:
    """Sizes are positive, swappiness is a percentage, capabilities are of the baseline (`reliability.md` 5.2)."""
    linux = container.get("linuxParameters") or {}
    field = f"{path}.linuxParameters"
    for mount in linux.get("tmpfs") or ():
        if (mount.get("size") or 0) < 1:
            raise refuse(setting(container, "tmpfs", "its size must be at least 1 MiB."), field)
        check_mount_path(container, str(mount.get("containerPath") or ""), field)
    if linux.get("sharedMemorySize") is not None and linux["sharedMemorySize"] < 0:
        raise refuse(setting(container, "sharedMemorySize", "it must not be negative."), field)
    if linux.get("maxSwap") is not None and linux["maxSwap"] < 0:
        raise refuse(setting(container, "maxSwap", "it must not be negative."), field)
    if linux.get("swappiness") is not None and not 0 <= linux["swappiness"] <= 100:
        raise refuse(setting(container, "swappiness", "it must be from 0 to 100."), field)
    added = {str(name).upper().removeprefix("CAP_") for name in (linux.get("capabilities") or {}).get("add") or ()}
    if too_much := sorted(added - BASELINE):
        raise refuse(setting(container, "capabilities", f"{too_much[0][:40]} is never given here."), field)


def check_user(container: Document, path: str) -> None:
    """A user is a name or an id, with a group or without."""
    user = container.get("user")
    if not user:
        return
    ids = [part for part in user.split(":") if part.isdigit()]
    if not USER.fullmatch(user) or any(int(one) > LARGEST_ID for one in ids):
        raise refuse(setting(container, "user", "it must be a user or user:group."), f"{path}.user")


def check_host_names(container: Document, path: str) -> None:
    """A host name is one (RFC 1123), and name servers are the engine's."""
    hostname = container.get("hostname")
    if hostname and (len(hostname) > 63 or not HOST_NAME.fullmatch(hostname)):
        raise refuse(setting(container, "hostname", "it is no host name."), f"{path}.hostname")
    if container.get("dnsServers") or container.get("dnsSearchDomains"):
        raise refuse(setting(container, "dnsServers", "own name servers are never given here."), f"{path}.dnsServers")


def check_security(container: Document, path: str) -> None:
    """Nothing loosens what every container here has (`reliability.md` 5.2)."""
    for option in container.get("dockerSecurityOptions") or ():
        if option not in {"no-new-privileges", "no-new-privileges:true"}:
            raise refuse(
                setting(container, "dockerSecurityOptions", "only no-new-privileges is allowed here."),
                f"{path}.dockerSecurityOptions",
            )
    for label in container.get("dockerLabels") or {}:
        if str(label).lower().startswith(RESERVED_LABELS):
            raise refuse(
                setting(container, "dockerLabels", f"{str(label)[:60]} is in a reserved namespace."),
                f"{path}.dockerLabels",
            )


def check_environment(container: Document, path: str) -> None:
    """Names are unique and not too many, values not too long (`reliability.md` 5.2).

    SIMPLIFIED: on AWS the last of two of one name counts; here it is refused, as it is a slip.
    """
    variables = container.get("environment") or []
    names = [variable.get("name") for variable in variables]
    field = f"{path}.environment"
    if len(set(names)) != len(names):
        raise refuse(setting(container, "environment", "a name is given twice."), field)
    sizes = [len(str(variable.get("value") or "").encode()) for variable in variables]
    if len(names) > MOST_VARIABLES or max(sizes, default=0) > LONGEST_VARIABLE or sum(sizes) > LARGEST_ENVIRONMENT:
        raise refuse(
            setting(
                container,
                "environment",
                f"at most {MOST_VARIABLES} variables of {LONGEST_VARIABLE} bytes, {LARGEST_ENVIRONMENT} in all.",
            ),
            field,
        )


def check_mount_path(container: Document, path: str, field: str) -> None:
    """Raise ClientException for a path in a container at which nothing may be mounted."""
    parts = path.split("/")
    is_normal = path.startswith("/") and not {".", ".."} & set(parts) and "" not in parts[1:]
    if not is_normal or path in FORBIDDEN_MOUNTS or parts[1] in {"proc", "sys", "dev"}:
        raise refuse(setting(container, "containerPath", f"{path[:100]!r} cannot be mounted."), field)


def check_mounts(container: Document, path: str) -> None:
    """Mount points are absolute, at different places, and not over what the engine shows."""
    paths = [str(mount.get("containerPath") or "") for mount in container.get("mountPoints") or ()]
    for one in paths:
        check_mount_path(container, one, f"{path}.mountPoints")
    if len(set(paths)) != len(paths):
        raise refuse(setting(container, "mountPoints", "a path is given twice."), f"{path}.mountPoints")


FIELD_RULES: Sequence[Callable[[Document, str], None]] = (
    check_timeouts,
    check_restart_policy,
    check_port_names,
    check_port_ranges,
    check_ulimits,
    check_linux_parameters,
    check_user,
    check_host_names,
    check_security,
    check_environment,
    check_mounts,
)
