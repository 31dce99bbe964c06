"""The rows that every task begins with, whoever orders it: names chosen before anything exists on an engine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.decisions import record_decision
from ecsweb.controlplane.installation import install_id
from ecsweb.domain.capacity.strategies import StrategyItem
from ecsweb.domain.identifiers import new_id, new_uuid
from ecsweb.domain.networks import PAUSE, PAUSE_IMAGE, is_awsvpc, new_interface
from ecsweb.domain.overrides import overridden
from ecsweb.domain.resources import Demand, demand_of
from ecsweb.domain.statuses import LaunchType, TaskStatus
from ecsweb.domain.tags import Tag, managed_tags, tags_of_task
from ecsweb.models import Cluster, Container, ContainerInstance, Deployment, Service, Task, TaskDefinition


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """What a RunTask or StartTask call asks for, apart from where."""

    task_definition: TaskDefinition
    group: str = ""
    started_by: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[Mapping[str, str]] = ()
    propagate_tags: str = "NONE"
    enable_ecs_managed_tags: bool = False
    client_token: str = ""
    constraints: Sequence[Mapping[str, Any]] = ()
    strategies: Sequence[Mapping[str, Any]] = ()
    launch_type: LaunchType = LaunchType.EC2
    provider_strategy: tuple[StrategyItem, ...] = ()
    capacity_provider: str = ""

    @property
    def effective_group(self) -> str:
        """Return the group, `family:NAME` where none was given (`ecs-facts.md` 4.6)."""
        return self.group or f"family:{self.task_definition.family}"

    @property
    def demand(self) -> Demand:
        """Return what one task takes, with the call's overrides."""
        document = overridden(self.task_definition.document, self.overrides)
        return demand_of(document, self.task_definition.requires_attributes)

    @property
    def placement(self) -> dict[str, Any]:
        """Return what the order asks of placement, for a task that waits: its constraints, the definition's too."""
        of_definition = self.task_definition.document.get("placementConstraints", [])
        return {"constraints": [*self.constraints, *of_definition], "strategies": list(self.strategies)}

    def fingerprint(self, **more: object) -> str:
        """Return a digest of the call, so that a client token used again with other parameters is noticed."""
        placement = [list(self.constraints), list(self.strategies)]
        parts = [self.task_definition.pk, self.group, self.started_by, self.overrides, list(self.tags), placement, more]
        parts += [[item.provider, item.base, item.weight] for item in self.provider_strategy]
        parts += [self.launch_type] if self.launch_type is not LaunchType.EC2 else []
        parts += [self.propagate_tags, self.enable_ecs_managed_tags, self.network]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def lock_placement(cluster: Cluster) -> None:
    """Take the cluster's write lock for this transaction: two placements never see the same free memory."""
    Cluster.objects.filter(pk=cluster.pk).update(version=F("version") + 1)


def create_task(
    cluster: Cluster,
    order: TaskOrder,
    *,
    instance_pk: int | None,
    decision: Mapping[str, Any],
    now: datetime,
    service: Service | None = None,
    deployment: Deployment | None = None,
    call_fingerprint: str = "",
) -> Task:
    """Write the task's row and its containers' rows, engine names chosen, before anything exists on an engine.

    Without an instance it waits for capacity of its provider, in PROVISIONING.
    """
    demand = order.demand
    has_interface = is_awsvpc(order.task_definition.document)
    waits = instance_pk is None
    task = Task.objects.create(
        cluster=cluster,
        container_instance=_instance(instance_pk),
        launch_type=order.launch_type,
        capacity_provider=order.capacity_provider,
        placement=order.placement if waits else {},
        task_definition=order.task_definition,
        service=service,
        deployment=deployment,
        task_id=new_id(),
        group=order.effective_group,
        started_by=order.started_by,
        overrides=dict(order.overrides),
        tags=_tags(cluster, order, service),
        cpu=demand.cpu,
        memory=demand.memory,
        tcp_ports=sorted(demand.tcp_ports),
        udp_ports=sorted(demand.udp_ports),
        client_token=order.client_token,
        call_fingerprint=call_fingerprint,
        decision=dict(decision),
        last_status=TaskStatus.PROVISIONING if has_interface or waits else TaskStatus.PENDING,
        network_interface=new_interface(order.network) if has_interface else {},
        created_at=now,
    )
    _create_containers(task, order.task_definition.document["containerDefinitions"])
    record_decision(task, at=now)
    events.task_state_change(task, at=now)
    if instance_pk is None:
        announcements.wake_cluster(cluster.pk)
    else:
        announcements.wake_instance(instance_pk)
    return task


def _instance(instance_pk: int | None) -> ContainerInstance | None:
    if instance_pk is None:
        return None
    return ContainerInstance.everything.select_related("cluster__account").get(pk=instance_pk)


def _create_containers(task: Task, definitions: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of the containers; in an awsvpc task the one that holds the network comes first."""
    if task.network_interface:
        Container.everything.create(
            task=task,
            index=-1,
            name=PAUSE,
            container_uuid=new_uuid(),
            image=PAUSE_IMAGE,
            engine_name=f"{engine_name(task.task_id, 0)}-pause",
        )
    Container.objects.bulk_create(
        Container(
            task=task,
            index=index,
            name=definition["name"],
            container_uuid=new_uuid(),
            image=definition["image"],
            essential=definition.get("essential", True),
            engine_name=engine_name(task.task_id, index),
        )
        for index, definition in enumerate(definitions)
    )


def _tags(cluster: Cluster, order: TaskOrder, service: Service | None) -> list[Tag]:
    sources = {"TASK_DEFINITION": order.task_definition.tags, "SERVICE": service.tags if service else []}
    managed = managed_tags(cluster.name, service.name if service else "") if order.enable_ecs_managed_tags else []
    return tags_of_task(order.tags, sources.get(order.propagate_tags, []), managed)


def engine_name(task_id: str, index: int) -> str:
    """Return the engine container's name: ids only, so that nothing a user typed reaches the engine as a name."""
    return f"ecsw-{install_id()}-{task_id}-{index}"
