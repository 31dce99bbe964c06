"""From a task definition, shaped as AWS has it, to an allow-listed container spec; pure.

The spec is built field by field, each through `policy.py`; what is not worded here is not passed on.
Departures from ECS, all on purpose:

SIMPLIFIED: task-level cpu caps each container of the task by itself, on ECS it caps their sum.
SIMPLIFIED: a container with only memoryReservation gets a hard limit, four times that or 512 MiB; on ECS none.
SIMPLIFIED: memory equals memory plus swap, so maxSwap and swappiness do nothing.
SIMPLIFIED: an awsvpc task has an address in the container instance's own network; its ports are published
dynamically as well, since a browser on the host does not always reach that address.
SIMPLIFIED: published ports answer on 127.0.0.1 only, on ECS on every address of the instance.
SIMPLIFIED: logs are always kept by Docker's json-file driver, 1 MB of them, whatever logConfiguration says.
SIMPLIFIED: host paths, network file systems, dnsServers and devices are not passed to the engine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecsweb.agent import labels as label
from ecsweb.agent import policy as rules
from ecsweb.agent.engine import ContainerSpec, PortPublication, VolumeMount
from ecsweb.agent.policy import MIB, Policy, Refused
from ecsweb.agent.volumes import volume_name
from ecsweb.domain.container_health import health_check_of
from ecsweb.domain.container_ordering import links_of
from ecsweb.domain.networks import PAUSE, PAUSE_IMAGE, PAUSE_MEMORY, is_awsvpc
from ecsweb.domain.volumes import mounts_of

MAXIMUM_SHARES = 262144


@dataclass(frozen=True, slots=True)
class Identities:
    """Whose container it is: what labels, names and environment say. `network` is the container instance's."""

    install: str
    account: str
    region: str
    cluster: str
    instance_id: str
    task_id: str
    task_arn: str
    family: str
    revision: int
    engine_name: str
    network: str
    launch_type: str = "EC2"


def to_spec(
    *,
    container_definition: Mapping[str, Any],
    task_definition: Mapping[str, Any],
    identities: Identities,
    mode: rules.Mode,
    overrides: Mapping[str, Any] | None = None,
    allowed_images: Collection[str] = (),
    secrets: Mapping[str, str] | None = None,
    engine_names: Mapping[str, str] | None = None,
) -> ContainerSpec:
    """Return what the engine is told about one container of a task.

    `task_definition` and `container_definition` are AWS-shaped, `overrides` a RunTask's `overrides`; an override of
    this container or of the task wins over the definition. `allowed_images` are the exact names that class mode allows
    beside ours, `secrets` the values that were fetched for it, `engine_names` what the task's containers are called on
    the engine, for links. Raises policy.Refused with a reason fit to be shown.
    """
    policy = rules.policy_of(mode)
    task = {**task_definition, **_given(overrides or {}, "cpu", "memory")}
    container = _overridden(container_definition, overrides or {})
    spec = ContainerSpec(
        name=identities.engine_name,
        image=rules.check_image(policy, str(container.get("image", "")), allowed_images),
        labels=_labels(container, identities),
        network=_network(container, task, identities, engine_names or {}),
        environment=_environment(container, identities, secrets or {}),
        entrypoint=_words(container.get("entryPoint")),
        command=_words(container.get("command")),
        working_directory=str(container.get("workingDirectory") or ""),
        user=rules.check_user(str(container.get("user") or "")),
        hostname="" if is_awsvpc(task) else _hostname(container),
        interactive=container.get("interactive") is True,
        pseudo_terminal=container.get("pseudoTerminal") is True,
        ports=() if is_awsvpc(task) else tuple(_ports(container, task, policy)),
        # An awsvpc task's names and ports are those of the container that holds its network.
        extra_hosts={} if is_awsvpc(task) else _extra_hosts(container),
        links=_links(container, task, engine_names or {}),
        mounts=tuple(_mounts(container, task, identities)),
        health_check=rules.health_check(policy, health_check_of(container)),
        pids_limit=policy.pids_limit,
        **_resources(container, task, policy),
        **_security(container, policy),
    )
    if not is_awsvpc(task):
        return spec
    # Sysctls of the network are the network's, which another container holds.
    return replace(spec, sysctls={name: value for name, value in spec.sysctls.items() if not _is_of_network(name)})


def pause_spec(*, task_definition: Mapping[str, Any], identities: Identities, mode: rules.Mode) -> ContainerSpec:
    """Return what the engine is told about the container that holds the network of an awsvpc task.

    It publishes the ports of all containers of the task, which join its network namespace.
    """
    policy = rules.policy_of(mode)
    containers = task_definition.get("containerDefinitions") or ()
    mappings = [mapping for container in containers for mapping in container.get("portMappings") or ()]
    return ContainerSpec(
        name=identities.engine_name,
        image=PAUSE_IMAGE,
        labels=_labels({"name": PAUSE}, identities),
        network=identities.network,
        memory=PAUSE_MEMORY * MIB,
        environment={"ECSWEB_TASK_ID": identities.task_id},
        ports=tuple(_ports({"portMappings": mappings}, task_definition, policy)),
        extra_hosts={name: address for one in containers for name, address in _extra_hosts(one).items()},
        sysctls={name: value for one in containers for name, value in _sysctls(one).items() if _is_of_network(name)},
        read_only=True,
        cap_drop=("ALL",),
        pids_limit=policy.pids_limit,
    )


def _network(
    container: Mapping[str, Any], task: Mapping[str, Any], identities: Identities, engine_names: Mapping[str, str]
) -> str:
    if task.get("networkMode") == "none" or container.get("disableNetworking") is True:
        return "none"
    return f"container:{engine_names[PAUSE]}" if PAUSE in engine_names else identities.network


def _given(source: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: source[name] for name in names if source.get(name) is not None}


def _overridden(container: Mapping[str, Any], overrides: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(container)
    for override in overrides.get("containerOverrides") or ():
        if override.get("name") == container.get("name"):
            result |= _given(override, "command", "cpu", "memory", "memoryReservation")
            result["environment"] = [*(container.get("environment") or ()), *(override.get("environment") or ())]
    return result


def _words(value: Any) -> tuple[str, ...] | None:
    return tuple(str(word) for word in value) if value else None


def _labels(container: Mapping[str, Any], identities: Identities) -> dict[str, str]:
    written = {str(key): str(value) for key, value in (container.get("dockerLabels") or {}).items()}
    users = {key: value for key, value in written.items() if not key.lower().startswith(label.RESERVED_PREFIXES)}
    # Last, so that nothing a user wrote can stand in for them (the ECS agent does the same, for the same reason).
    ours = {
        label.INSTALL: identities.install,
        label.ACCOUNT: identities.account,
        label.TASK: identities.task_id,
        label.CONTAINER: str(container.get("name", "")),
        label.INSTANCE: identities.instance_id,
        label.ECS_CLUSTER: identities.cluster,
        label.ECS_CONTAINER_NAME: str(container.get("name", "")),
        label.ECS_TASK_ARN: identities.task_arn,
        label.ECS_FAMILY: identities.family,
        label.ECS_REVISION: str(identities.revision),
    }
    return {**users, **ours}


def _environment(container: Mapping[str, Any], identities: Identities, secrets: Mapping[str, str]) -> dict[str, str]:
    environment = {"AWS_REGION": identities.region, "AWS_DEFAULT_REGION": identities.region}
    for entry in container.get("environment") or ():
        name, value = str(entry.get("name") or ""), str(entry.get("value") or "")
        if name and "=" not in name and "\0" not in name + value:
            environment[name] = value
    return (
        environment
        | dict(secrets)
        | {
            "AWS_EXECUTION_ENV": f"AWS_ECS_{identities.launch_type}",
            "ECSWEB_FAMILY": identities.family,
            "ECSWEB_REVISION": str(identities.revision),
            "ECSWEB_TASK_ID": identities.task_id,
            "ECSWEB_INSTANCE": "FARGATE" if identities.launch_type == "FARGATE" else identities.instance_id,
            "ECSWEB_CONTAINER": str(container.get("name", "")),
        }
    )


def cpu_units(value: Any) -> int:
    """Return CPU units of an AWS value: 256, "256", "1 vCPU", ".5 vcpu"; 0 for none or nonsense."""
    text = str(value or "").strip().lower()
    found = re.fullmatch(r"([0-9]{0,12}(?:\.[0-9]{1,6})?)\s*(vcpu)?", text)
    if found is None or not found[1]:
        return 0
    return int(float(found[1]) * 1024) if found[2] else int(float(found[1]))


def mebibytes(value: Any) -> int:
    """Return MiB of an AWS value: 512, "512", "1 GB", ".5gb"; 0 for none or nonsense."""
    text = str(value or "").strip().lower()
    found = re.fullmatch(r"([0-9]{0,12}(?:\.[0-9]{1,6})?)\s*(gb)?", text)
    if found is None or not found[1]:
        return 0
    return int(float(found[1]) * 1024) if found[2] else int(float(found[1]))


def _resources(container: Mapping[str, Any], task: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    reservation = mebibytes(container.get("memoryReservation")) * MIB
    wanted = mebibytes(container.get("memory")) or mebibytes(task.get("memory"))
    limit = rules.memory_limit(policy, wanted * MIB or max(4 * reservation, 512 * MIB))
    units = min(cpu_units(task.get("cpu")), 1024 * 1024)
    return {
        "memory": limit,
        # Docker wants the soft limit below the hard one.
        "memory_reservation": min(reservation, limit) if reservation >= rules.MINIMUM_MEMORY else 0,
        # cpu 0 and 1 become 2, the kernel's minimum, as the ECS agent has it.
        "cpu_shares": max(2, min(cpu_units(container.get("cpu")), MAXIMUM_SHARES)),
        "nano_cpus": max(10**7, units * 10**9 // 1024) if units else policy.default_nano_cpus,
    }


def _security(container: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    linux = container.get("linuxParameters") or {}
    wanted = linux.get("capabilities") or {}
    cap_add, cap_drop = rules.capabilities(policy, add=wanted.get("add") or (), drop=wanted.get("drop") or ())
    read_only = policy.read_only or container.get("readonlyRootFilesystem") is True
    tmpfs = {"/tmp": rules.tmpfs_options(16, ("rw",))} if policy.read_only else {}  # noqa: S108 - in the container
    for mount in (linux.get("tmpfs") or ())[:8]:
        path = str(mount.get("containerPath", ""))
        if rules.is_mount_path(path):
            tmpfs[path] = rules.tmpfs_options(int(mount.get("size") or 1), mount.get("mountOptions") or ("rw",))
    limits = [
        rules.ulimit(policy, str(one.get("name")), int(one.get("softLimit") or 0), int(one.get("hardLimit") or 0))
        for one in container.get("ulimits") or ()
    ]
    return {
        "cap_add": cap_add,
        "cap_drop": cap_drop,
        "read_only": read_only,
        "tmpfs": tmpfs,
        "shm_size": max(0, min(int(linux.get("sharedMemorySize") or 0), 64)) * MIB,
        "init": linux.get("initProcessEnabled") is True,
        "ulimits": tuple({one[0]: one for one in limits if one is not None}.values()),
        "sysctls": _sysctls(container),
    }


def _sysctls(container: Mapping[str, Any]) -> dict[str, str]:
    controls = container.get("systemControls") or ()
    sysctls = {str(one.get("namespace", "")): str(one.get("value", "")) for one in controls}
    return {name: value for name, value in sysctls.items() if rules.sysctl(name, value)}


def _is_of_network(name: str) -> bool:
    return name.startswith("net.")


def _hostname(container: Mapping[str, Any]) -> str:
    name = str(container.get("hostname") or "")
    return name if rules.is_host_name(name) else ""


def _extra_hosts(container: Mapping[str, Any]) -> dict[str, str]:
    pairs = [(str(one.get("hostname", "")), str(one.get("ipAddress", ""))) for one in container.get("extraHosts") or ()]
    return {name: address for name, address in pairs if rules.is_extra_host(name, address)}


def _links(
    container: Mapping[str, Any], task: Mapping[str, Any], engine_names: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    """Return the links to containers of the same task only: names of other tasks are not known here."""
    if (task.get("networkMode") or "bridge") != "bridge":
        return ()
    return tuple((engine_names[name], alias) for name, alias in links_of(container) if name in engine_names)


def _mounts(container: Mapping[str, Any], task: Mapping[str, Any], identities: Identities) -> Iterator[VolumeMount]:
    """Yield the mounts of volumes of the task's own definition: whatever their names, they become ids."""
    # The definition's own container counts, which may be given apart from the task's list.
    others = [one for one in task.get("containerDefinitions") or () if one.get("name") != container.get("name")]
    document = {**task, "containerDefinitions": [*others, container]}
    for mount in mounts_of(document, str(container.get("name"))):
        if rules.is_mount_path(mount.path):
            name = volume_name(
                mount.volume,
                install=identities.install,
                instance_id=identities.instance_id,
                task_id=identities.task_id,
            )
            yield VolumeMount(name, mount.path, mount.read_only)


def _ports(container: Mapping[str, Any], task: Mapping[str, Any], policy: Policy) -> Iterator[PortPublication]:
    if task.get("networkMode") == "none" or container.get("disableNetworking") is True:
        return
    takes_host_port = (task.get("networkMode") or "bridge") == "bridge"
    seen: set[tuple[int, str]] = set()
    for mapping in container.get("portMappings") or ():
        protocol = "udp" if mapping.get("protocol") == "udp" else "tcp"
        for port in _container_ports(mapping):
            if (port, protocol) in seen:
                continue
            seen.add((port, protocol))
            if len(seen) > policy.maximum_ports:
                raise Refused(f"A container may publish at most {policy.maximum_ports} ports here.")
            wanted = int(mapping.get("hostPort") or 0) if takes_host_port else 0
            yield PortPublication(port, rules.host_port(policy, wanted), protocol)


def _container_ports(mapping: Mapping[str, Any]) -> range:
    found = re.fullmatch(r"([0-9]{1,5})-([0-9]{1,5})", str(mapping.get("containerPortRange") or ""))
    first, last = (int(found[1]), int(found[2])) if found else (int(mapping.get("containerPort") or 0),) * 2
    if not 1 <= first <= last <= 65535:
        raise Refused(f"{first}-{last} are not ports." if found else f"{first} is not a port.")
    return range(first, last + 1)
