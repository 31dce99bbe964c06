"""What an instance must offer to run a definition, and what ours offer (`ecs-facts.md` 3.6): a gap is ATTRIBUTE."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ecsweb.domain.capacity.definitions import is_fargate_compatible

Document = Mapping[str, Any]

CAPABILITY = "com.amazonaws.ecs.capability."
# What every container instance of ours offers (`ecs-facts.md` 3.6); the value is usually absent.
ADVERTISED_CAPABILITIES: tuple[str, ...] = (
    *(f"{CAPABILITY}docker-remote-api.1.{minor}" for minor in range(17, 42)),
    f"{CAPABILITY}logging-driver.awslogs",
    f"{CAPABILITY}logging-driver.json-file",
    f"{CAPABILITY}logging-driver.none",
    "ecs.capability.container-health-check",
    "ecs.capability.container-ordering",
    "ecs.capability.container-restart-policy",
    "ecs.capability.docker-plugin.local",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.task-cpu-mem-limit",
    "ecs.capability.task-eni",
)


def _volumes(document: Document) -> Sequence[Document]:
    return document.get("volumes") or ()


def _is_asm(secret: Document) -> bool:
    """Tell whether a secret is one of Secrets Manager, which is not here; any other is a parameter's name or ARN."""
    return str(secret.get("valueFrom", "")).startswith("arn:aws:secretsmanager:")


# Each pair: what a definition asks for, and the attribute that an instance must have for it. What is not in
# ADVERTISED_CAPABILITIES is not built yet or never allowed (`reliability.md` 5.2, action *cap*).
_TASK_REQUIREMENTS: Sequence[tuple[str, Callable[[Document], bool]]] = (
    ("ecs.capability.task-eni", lambda d: d.get("networkMode") == "awsvpc"),
    ("ecsweb.capability.network-host", lambda d: d.get("networkMode") == "host"),
    ("ecsweb.capability.pid-host", lambda d: bool(d.get("pidMode"))),
    ("ecsweb.capability.ipc-host", lambda d: d.get("ipcMode") in {"host", "task"}),
    ("ecs.capability.task-cpu-mem-limit", lambda d: bool(d.get("cpu") or d.get("memory"))),
    (f"{CAPABILITY}task-iam-role", lambda d: bool(d.get("taskRoleArn"))),
    ("ecs.capability.docker-plugin.local", lambda d: any(v.get("dockerVolumeConfiguration") for v in _volumes(d))),
    ("ecsweb.capability.host-volumes", lambda d: any((v.get("host") or {}).get("sourcePath") for v in _volumes(d))),
)
_CONTAINER_REQUIREMENTS: Sequence[tuple[str, Callable[[Document], bool]]] = (
    (f"{CAPABILITY}privileged-container", lambda c: bool(c.get("privileged"))),
    ("ecs.capability.container-health-check", lambda c: bool(c.get("healthCheck"))),
    ("ecs.capability.container-ordering", lambda c: bool(c.get("dependsOn"))),
    ("ecs.capability.container-restart-policy", lambda c: bool((c.get("restartPolicy") or {}).get("enabled"))),
    ("ecs.capability.secrets.ssm.environment-variables", lambda c: any(not _is_asm(s) for s in c.get("secrets", []))),
    ("ecs.capability.secrets.asm.environment-variables", lambda c: any(_is_asm(s) for s in c.get("secrets", []))),
    ("ecsweb.capability.devices", lambda c: bool((c.get("linuxParameters") or {}).get("devices"))),
    # SIMPLIFIED: no instance has GPUs, so there is no RESOURCE:GPU either.
    ("ecsweb.capability.gpu", lambda c: bool(c.get("resourceRequirements"))),
    ("ecs.capability.private-registry-authentication.secretsmanager", lambda c: bool(c.get("repositoryCredentials"))),
)


def required_attributes(document: Document) -> list[str]:
    """Return the names of the attributes an instance must have to run this definition, sorted."""
    found = {name for name, asks in _TASK_REQUIREMENTS if asks(document)}
    for container in document["containerDefinitions"]:
        found |= {name for name, asks in _CONTAINER_REQUIREMENTS if asks(container)}
        driver = (container.get("logConfiguration") or {}).get("logDriver")
        if driver:
            found.add(f"{CAPABILITY}logging-driver.{driver}")
    return sorted(found)


def compatibilities(document: Document) -> list[str]:
    """Return what the definition can run on."""
    if document.get("networkMode") != "awsvpc":
        return ["EXTERNAL", "EC2"]
    return ["EC2", "FARGATE"] if is_fargate_compatible(document) else ["EC2"]
