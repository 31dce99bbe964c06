"""What somebody does to an agent or its machine, from outside ECS: chaos, each recorded, with its true consequences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.container_instances import forget_tasks
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.agents import SILENCE, AgentCondition, agent_condition_after, agent_restarts_at, host_gone
from ecsweb.domain.errors import ClientException
from ecsweb.domain.statuses import ContainerInstanceStatus
from ecsweb.models import ContainerInstance


def change_agent(instance: ContainerInstance, operation: str, *, now: datetime) -> ContainerInstance:
    """Carry out DisconnectAgent, ReconnectAgent, KillAgent, RestartAgent, StopInstance or StartInstance.

    While the agent is silent nothing new is placed (`AGENT`) and nothing is reported: containers run on, except on a
    machine that is stopped. Raises ClientException where the operation means nothing now.
    """
    _check_registered(instance)
    with transaction.atomic():
        lock_placement(instance.cluster)
        instance.refresh_from_db()
        condition = agent_condition_after(AgentCondition(instance.agent_condition), operation)
        _record(instance, operation, condition, now=now)
        if condition is AgentCondition.HOST_STOPPED:
            forget_tasks(instance, reason=host_gone(instance.ec2_instance_id, is_terminated=False), now=now)
        _write_agent(instance, condition, now=now)
        events.container_instance_state_change(instance, at=now)
    return instance


def restart_agent_when_due(instance: ContainerInstance, *, now: datetime) -> None:
    """Let a dead agent come back, as its host does by itself after a while."""
    with transaction.atomic():
        _write_agent(instance, AgentCondition.RUNNING, now=now)
        events.container_instance_state_change(instance, at=now)


def _write_agent(instance: ContainerInstance, condition: AgentCondition, *, now: datetime) -> None:
    is_connected = condition is AgentCondition.RUNNING
    values: dict[str, Any] = {
        "agent_condition": condition,
        "agent_restarts_at": agent_restarts_at(now, speed=settings.ECSWEB_SPEED)
        if condition is AgentCondition.DEAD
        else None,
        "agent_connection_reason": SILENCE[condition],
        "agent_connected": is_connected,
        "version": F("version") + 1,
    }
    if instance.agent_connected != is_connected:
        values["agent_connection_changed_at"] = now
    ContainerInstance.objects.filter(pk=instance.pk).update(**values)
    instance.refresh_from_db()
    announcements.wake_instance(instance.pk)
    announcements.wake_cluster(instance.cluster_id)


def lose_instance(instance: ContainerInstance, *, now: datetime) -> ContainerInstance:
    """Terminate the machine: its containers die, its tasks are STOPPED with ECS's literal reason, the record becomes
    INACTIVE (`ecs-facts.md` 3.5). Services replace their tasks on other instances."""
    _check_registered(instance)
    with transaction.atomic():
        lock_placement(instance.cluster)
        _record(instance, "LoseInstance", AgentCondition(instance.agent_condition), now=now)
        forget_tasks(instance, reason=host_gone(instance.ec2_instance_id, is_terminated=True), now=now)
        ContainerInstance.objects.filter(pk=instance.pk).update(
            status=ContainerInstanceStatus.INACTIVE,
            agent_connected=False,
            agent_connection_changed_at=now,
            agent_connection_reason="The machine was terminated.",
            version=F("version") + 1,
        )
        instance.refresh_from_db()
        events.container_instance_state_change(instance, at=now)
        announcements.wake_instance(instance.pk)
        announcements.wake_cluster(instance.cluster_id)
    return instance


def _check_registered(instance: ContainerInstance) -> None:
    if instance.status == ContainerInstanceStatus.INACTIVE:
        raise ClientException("The referenced container instance is inactive.", field="containerInstance")


def _record(instance: ContainerInstance, operation: str, condition: AgentCondition, *, now: datetime) -> None:
    """Record the deed: ahead of what comes of it, so that the log tells the cause before the effect."""
    events.ours(
        instance.cluster,
        detail_type="Chaos",
        detail={
            "operation": operation,
            "clusterArn": instance.cluster.arn,
            "containerInstanceArn": instance.arn,
            "ec2InstanceId": instance.ec2_instance_id,
            "agentCondition": condition,
        },
        topics=["clusters", f"cluster-{instance.cluster_id}", f"instance-{instance.instance_id}"],
        at=now,
    )
