"""Rules of what a container definition passes on to the engine (`ecs-facts.md` 2.4, 2.7; `reliability.md` 5.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from typing import Any

from ecsweb.domain.errors import ClientException
from ecsweb.domain.task_definitions.fields import HOST_NAME, refuse, setting

Document = Mapping[str, Any]

LARGEST_CPU = 262144
# SIMPLIFIED: ECS takes as many words as fit into a definition; more than these are a slip.
MOST_WORDS, LONGEST_WORD = 100, 8192
MOST_FILES = 10
# The sysctls of the Pod Security Standards' baseline: each is the container's own.
SAFE_SYSCTLS = frozenset(
    {
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_syncookies",
    }
)
# Of the drivers that instances offer: ECS's own, and Docker's.
LOG_OPTIONS: Mapping[str, frozenset[str]] = {
    "awslogs": frozenset(
        {
            "awslogs-create-group",
            "awslogs-credentials-endpoint",
            "awslogs-datetime-format",
            "awslogs-endpoint",
            "awslogs-force-flush-interval-seconds",
            "awslogs-format",
            "awslogs-group",
            "awslogs-multiline-pattern",
            "awslogs-region",
            "awslogs-stream",
            "awslogs-stream-prefix",
            "max-buffer-size",
            "mode",
            "tag",
        }
    ),
    "json-file": frozenset(
        {
            "compress",
            "env",
            "env-regex",
            "labels",
            "labels-regex",
            "max-buffer-size",
            "max-file",
            "max-size",
            "mode",
            "tag",
        }
    ),
}
SYSCTL_VALUE = re.compile(r"[0-9]{1,10}([ \t,-][0-9]{1,10})*")


def check_cpu(container: Document, path: str) -> None:
    """Container CPU is from 0 to 262144 units (`ecs-facts.md` 2.4)."""
    units = int(container.get("cpu") or 0)
    if units < 0:
        raise refuse("Invalid setting for container: 'cpu' must not be negative.", f"{path}.cpu")
    if units > LARGEST_CPU:
        raise refuse(f"Invalid setting for container: 'cpu' must be at most {LARGEST_CPU}.", f"{path}.cpu")


def check_words(container: Document, path: str) -> None:
    """`command` and `entryPoint` are lists of words, not too many and not too long."""
    for name in ("command", "entryPoint"):
        words = container.get(name) or ()
        if len(words) > MOST_WORDS or any(len(str(word)) > LONGEST_WORD for word in words):
            raise refuse(
                setting(container, name, f"at most {MOST_WORDS} words of {LONGEST_WORD} characters."), f"{path}.{name}"
            )


def check_system_controls(container: Document, path: str) -> None:
    """Only sysctls that are the container's own may be set, to numbers."""
    for control in container.get("systemControls") or ():
        name, value = str(control.get("namespace") or ""), str(control.get("value") or "")
        if name not in SAFE_SYSCTLS:
            raise refuse(
                setting(container, "systemControls", f"{name[:60]} is never set here."), f"{path}.systemControls"
            )
        if not SYSCTL_VALUE.fullmatch(value):
            raise refuse(setting(container, "systemControls", "a value is a number."), f"{path}.systemControls")


def check_extra_hosts(container: Document, path: str) -> None:
    """An extra host is a name and a literal address, and none that others rely on."""
    for host in container.get("extraHosts") or ():
        name, address = str(host.get("hostname") or ""), str(host.get("ipAddress") or "")
        if not HOST_NAME.fullmatch(name) or name.lower() == "localhost" or name.lower().endswith(".internal"):
            raise refuse(
                setting(container, "extraHosts", f"{name[:60]!r} is no name to be given."), f"{path}.extraHosts"
            )
        if not _is_address(address):
            raise refuse(setting(container, "extraHosts", f"{address[:60]!r} is no address."), f"{path}.extraHosts")


def _is_address(text: str) -> bool:
    try:
        return not ip_address(text).is_link_local
    except ValueError:
        return False


def check_unique_ulimits(container: Document, path: str) -> None:
    """A ulimit is given once."""
    names = [limit.get("name") for limit in container.get("ulimits") or ()]
    if len(set(names)) != len(names):
        raise refuse(setting(container, "ulimits", "a name is given twice."), f"{path}.ulimits")


def check_environment_files(container: Document, path: str) -> None:
    """At most ten environment files, of the type s3, named `.env` (`ecs-facts.md` 2.7)."""
    files = container.get("environmentFiles") or ()
    if len(files) > MOST_FILES:
        raise refuse(setting(container, "environmentFiles", f"at most {MOST_FILES}."), f"{path}.environmentFiles")
    for one in files:
        if not str(one.get("value") or "").endswith(".env"):
            raise refuse(
                setting(container, "environmentFiles", "a file's name ends in .env."), f"{path}.environmentFiles"
            )


def check_health_words(container: Document, path: str) -> None:
    """A health check's command begins with CMD or CMD-SHELL (`ecs-facts.md` 2.6)."""
    command = (container.get("healthCheck") or {}).get("command") or ()
    if command and command[0] not in {"CMD", "CMD-SHELL", "NONE"}:
        raise ClientException(
            f"Health check command of container '{container['name']}' must begin with CMD or CMD-SHELL.",
            field=f"{path}.healthCheck",
        )


def check_log_options(container: Document, path: str) -> None:
    """A log driver that runs here takes its own options only; awslogs needs a group (`ecs-facts.md` 2.7, 2.8)."""
    log = container.get("logConfiguration") or {}
    driver, options = str(log.get("logDriver") or ""), log.get("options") or {}
    field = f"{path}.logConfiguration"
    if driver == "awslogs" and "awslogs-group" not in options:
        raise ClientException("Log driver awslogs requires options: awslogs-group", field=field)
    unknown = sorted(str(name)[:60] for name in options if name not in LOG_OPTIONS.get(driver, options))
    if unknown:
        # SIMPLIFIED: ECS's words are not published.
        raise ClientException(f"Log driver {driver} disallows options: {', '.join(unknown)}", field=field)


OPTION_RULES: Sequence[Callable[[Document, str], None]] = (
    check_cpu,
    check_words,
    check_system_controls,
    check_extra_hosts,
    check_unique_ulimits,
    check_environment_files,
    check_health_words,
    check_log_options,
)
