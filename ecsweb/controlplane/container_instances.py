"""RegisterContainerInstance, DeregisterContainerInstance, UpdateContainerInstancesState (`ecs-facts.md` 3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.container_instances import (
    AGENTS_OWN,
    FORCED,
    check_reserved_ports,
    check_room_for_tasks,
    check_same_type,
    check_settable_status,
    kept_attributes,
    with_capabilities,
)
from ecsweb.domain.errors import ClusterNotFoundException, InvalidParameterException
from ecsweb.domain.identifiers import new_ec2_instance_id, new_id
from ecsweb.domain.resources import RESERVED_TCP_PORTS
from ecsweb.domain.statuses import (
    STATUSES_BEFORE_STOPPED,
    ClusterStatus,
    ContainerInstanceStatus,
    ContainerStatus,
    DesiredStatus,
    StopCode,
    TaskStatus,
)
from ecsweb.domain.task_definitions import ADVERTISED_CAPABILITIES
from ecsweb.models import Cluster, Container, ContainerInstance, Heartbeat, Task

AGENT_VERSION = {"agentVersion": "1.105.1", "agentHash": "ecsweb"}


@dataclass(frozen=True, slots=True)
class Registration:
    """What an agent says of its machine: CPU units, MiB, zone, type, its EC2 id and own attributes."""

    cpu: int
    memory: int
    availability_zone: str
    instance_type: str
    ec2_instance_id: str = ""
    attributes: Sequence[Mapping[str, Any]] = field(default=())
    tags: Sequence[dict[str, str]] = field(default=())
    reserved_tcp_ports: Sequence[int] = RESERVED_TCP_PORTS
    reserved_udp_ports: Sequence[int] = ()
    version_info: Mapping[str, str] = field(default_factory=dict)
    auto_scaling_group_pk: int | None = None
    capacity_provider: str = ""


def register_container_instance(cluster: Cluster, registration: Registration, *, now: datetime) -> ContainerInstance:
    """Register a new container instance in the cluster; it may take tasks at once.

    Raises InvalidParameterException for too many reserved ports, ClusterNotFoundException where the cluster has just
    been deleted.
    """
    check_reserved_ports(registration.reserved_tcp_ports, registration.reserved_udp_ports)
    with transaction.atomic():
        lock_placement(cluster)
        if not Cluster.objects.filter(pk=cluster.pk, status=ClusterStatus.ACTIVE).exists():
            raise ClusterNotFoundException("The referenced cluster was inactive.", field="cluster")
        instance = ContainerInstance.objects.create(
            cluster=cluster,
            instance_id=new_id(),
            ec2_instance_id=registration.ec2_instance_id or new_ec2_instance_id(),
            instance_type=registration.instance_type,
            availability_zone=registration.availability_zone,
            agent_connection_changed_at=now,
            registered_cpu=registration.cpu,
            registered_memory=registration.memory,
            reserved_tcp_ports=list(registration.reserved_tcp_ports),
            reserved_udp_ports=list(registration.reserved_udp_ports),
            attributes=attributes_of(registration),
            version_info={**AGENT_VERSION, **_docker_version(), **registration.version_info},
            tags=list(registration.tags),
            auto_scaling_group_id=registration.auto_scaling_group_pk,
            capacity_provider=registration.capacity_provider,
            registered_at=now,
        )
        _changed(instance, now=now)
    return instance


def _docker_version() -> dict[str, str]:
    """Return the engine's version in the agent's words, as it was last heard; nothing where none was heard of."""
    detail = Heartbeat.objects.filter(part="engine", ok=True).values_list("detail", flat=True).first() or {}
    return {"dockerVersion": f"DockerVersion: {detail['version']}"} if detail.get("version") else {}


def register_again(instance: ContainerInstance, registration: Registration, *, now: datetime) -> ContainerInstance:
    """Update the record of an instance that registers again with its own ARN (`ecs-facts.md` 3.1).

    Custom attributes and status stay as they are: those of the agent's settings count at the first registration only.
    Raises ClientException for another instance type, or for less than its tasks have reserved.
    """
    check_reserved_ports(registration.reserved_tcp_ports, registration.reserved_udp_ports)
    check_same_type(instance.instance_type, registration.instance_type)
    again = replace(
        registration,
        attributes=kept_attributes(instance.attributes),
        instance_type=instance.instance_type,
        availability_zone=instance.availability_zone,
    )
    with transaction.atomic():
        lock_placement(instance.cluster)
        tasks = Task.objects.filter(container_instance=instance, last_status__in=STATUSES_BEFORE_STOPPED)
        reserved = tasks.aggregate(cpu=Coalesce(Sum("cpu"), 0), memory=Coalesce(Sum("memory"), 0))
        check_room_for_tasks(
            cpu=registration.cpu,
            memory=registration.memory,
            reserved_cpu=reserved["cpu"],
            reserved_memory=reserved["memory"],
        )
        ContainerInstance.objects.filter(pk=instance.pk).update(
            registered_cpu=registration.cpu,
            registered_memory=registration.memory,
            reserved_tcp_ports=list(registration.reserved_tcp_ports),
            reserved_udp_ports=list(registration.reserved_udp_ports),
            attributes=attributes_of(again),
            version_info={**instance.version_info, **registration.version_info},
            version=F("version") + 1,
        )
        instance.refresh_from_db()
        _changed(instance, now=now)
    return instance


def refresh_capabilities(instance: ContainerInstance, *, now: datetime) -> bool:
    """Bring the record's capabilities to what the agent can do now, after an update of the product; tell whether."""
    attributes = with_capabilities(instance.attributes, ADVERTISED_CAPABILITIES)
    if attributes is None:
        return False
    with transaction.atomic():
        rows = ContainerInstance.objects.filter(pk=instance.pk, version=instance.version)
        if rows.update(attributes=attributes, version=F("version") + 1) != 1:
            return False
        instance.refresh_from_db()
        _changed(instance, now=now)
    return True


def attributes_of(registration: Registration) -> list[dict[str, Any]]:
    """Return built-in attributes, capabilities, then custom ones; a custom one may not replace what the agent says.

    SIMPLIFIED: a virtual machine has no AMI, VPC, subnet or Outpost to name.
    """
    built_in = {
        "ecs.availability-zone": registration.availability_zone,
        "ecs.instance-type": registration.instance_type,
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.cpu-architecture": "x86_64",
    }
    attributes: dict[str, dict[str, Any]] = {
        a["name"]: {"name": a["name"], "value": a.get("value", "")}
        for a in registration.attributes
        if not a["name"].startswith(AGENTS_OWN)
    }
    attributes |= {name: {"name": name, "value": value} for name, value in built_in.items() if value}
    attributes |= {name: {"name": name} for name in ADVERTISED_CAPABILITIES}
    return list(attributes.values())


def deregister_container_instance(instance: ContainerInstance, *, is_forced: bool, now: datetime) -> ContainerInstance:
    """Make the instance INACTIVE. Raises InvalidParameterException while tasks run and it is not forced.

    SIMPLIFIED: on AWS forced deregistration leaves the containers running, forgotten; here they are removed, since
    nothing of ours may stay on a learner's engine without a row that wants it.
    """
    with transaction.atomic():
        lock_placement(instance.cluster)
        tasks = Task.objects.filter(container_instance=instance, last_status__in=STATUSES_BEFORE_STOPPED)
        if not is_forced and tasks.exists():
            raise InvalidParameterException("Found running tasks on the instance.", field="containerInstance")
        forget_tasks(instance, reason=FORCED, now=now)
        ContainerInstance.objects.filter(pk=instance.pk).update(
            status=ContainerInstanceStatus.INACTIVE,
            agent_connected=False,
            agent_connection_changed_at=now,
            version=F("version") + 1,
        )
        instance.refresh_from_db()
        _changed(instance, now=now)
        announcements.wake_instance(instance.pk)
    return instance


def forget_tasks(instance: ContainerInstance, *, reason: str, now: datetime) -> None:
    """Record every task of an instance that ECS has lost as STOPPED (`ecs-facts.md` 3.5, 4.3); to be called in a
    transaction that holds the cluster's placement lock."""
    tasks = Task.objects.filter(container_instance=instance, last_status__in=STATUSES_BEFORE_STOPPED)
    for task in tasks.select_related(
        "cluster__account", "container_instance__cluster__account", "task_definition__account"
    ):
        _orphan(task, reason=reason, now=now)


def _orphan(task: Task, *, reason: str, now: datetime) -> None:
    Container.everything.filter(task=task).exclude(last_status=ContainerStatus.STOPPED).update(
        last_status=ContainerStatus.STOPPED, finished_at=now
    )
    Task.objects.filter(pk=task.pk).exclude(last_status=TaskStatus.STOPPED).update(
        last_status=TaskStatus.STOPPED,
        desired_status=DesiredStatus.STOPPED,
        stop_code=task.stop_code or StopCode.TERMINATION_NOTICE,
        stopped_reason=task.stopped_reason or reason,
        stopping_at=task.stopping_at or now,
        stopped_at=now,
        version=F("version") + 1,
    )
    task.refresh_from_db()
    events.task_state_change(task, at=now)


def update_container_instance_state(instance: ContainerInstance, *, status: str, now: datetime) -> ContainerInstance:
    """Set an instance ACTIVE or DRAINING. Raises InvalidParameterException for any other status."""
    check_settable_status(status)
    with transaction.atomic():
        lock_placement(instance.cluster)
        rows = ContainerInstance.objects.filter(pk=instance.pk).exclude(status=ContainerInstanceStatus.INACTIVE)
        if rows.exclude(status=status).update(status=status, version=F("version") + 1) == 1:
            instance.refresh_from_db()
            _changed(instance, now=now)
    instance.refresh_from_db()
    return instance


def _changed(instance: ContainerInstance, *, now: datetime) -> None:
    events.container_instance_state_change(instance, at=now)
    announcements.wake_cluster(instance.cluster_id)
