"""From rows to what the engine is told, and what of that a learner is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from ecsweb.agent import labels
from ecsweb.agent.engine import ContainerSpec, EngineContainer
from ecsweb.agent.policy import CLASS_IMAGES, Mode
from ecsweb.agent.secrets import secrets_of
from ecsweb.agent.translate import Identities, pause_spec, to_spec
from ecsweb.controlplane.installation import install_id
from ecsweb.domain.networks import PAUSE
from ecsweb.models import Container, Task


def spec_of(task: Task, container: Container) -> ContainerSpec:
    """Return what the engine is told about the container. Raises SecretMissing, policy.Refused."""
    definition = task.task_definition
    mode: Mode = "class" if settings.ECSWEB_MODE == "class" else "solo"
    documents = {c["name"]: c for c in definition.document["containerDefinitions"]}
    account = task.cluster.account.account_id
    identities = Identities(
        install=install_id(),
        account=account,
        region=task.cluster.region,
        cluster=task.cluster.name,
        instance_id=task.host.instance_id,
        task_id=task.task_id,
        task_arn=task.arn,
        family=definition.family,
        revision=definition.revision,
        engine_name=container.engine_name,
        network=labels.network_name(install_id(), task.host.instance_id),
        launch_type=task.launch_type,
    )
    if container.name == PAUSE:
        return pause_spec(task_definition=definition.document, identities=identities, mode=mode)
    return to_spec(
        container_definition=documents[container.name],
        task_definition=definition.document,
        identities=identities,
        mode=mode,
        allowed_images=CLASS_IMAGES,
        overrides=task.overrides,
        secrets=secrets_of(task, documents[container.name]),
        engine_names={one.name: one.engine_name for one in task.all_containers},
    )


def definition_of(task: Task, container: Container) -> Mapping[str, Any]:
    """Return the container's definition."""
    documents = task.task_definition.document["containerDefinitions"]
    if container.name == PAUSE:
        return {"name": PAUSE, "portMappings": [one for each in documents for one in each.get("portMappings") or ()]}
    return next(one for one in documents if one["name"] == container.name)


def network_labels(task: Task) -> Mapping[str, str]:
    """Return the labels of a container instance's network."""
    return {
        labels.INSTALL: install_id(),
        labels.ACCOUNT: task.cluster.account.account_id,
        labels.INSTANCE: task.host.instance_id,
    }


def told(spec: ContainerSpec, made: EngineContainer) -> dict[str, object]:
    """Return what the engine was told, for the learner: no values of the environment, which may be secret."""
    return {
        "id": made.runtime_id,
        "name": spec.name,
        "image": spec.image,
        "command": list(spec.command or ()),
        "environment": sorted(spec.environment),
        "labels": dict(spec.labels),
        "memory": spec.memory,
        "cpuShares": spec.cpu_shares,
        "network": spec.network,
        "mounts": [f"{m.volume}:{m.path}{':ro' if m.read_only else ''}" for m in spec.mounts],
        "ports": [f"{p.host_ip}:{p.host_port or ''}->{p.container_port}/{p.protocol}" for p in spec.ports],
    }
