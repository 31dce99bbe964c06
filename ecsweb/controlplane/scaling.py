"""Write a capacity plan: waiting tasks get their places, groups launch and end machines (`ecs-facts.md` 6.11)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import announcements, events, leases, quotas, waiting_tasks
from ecsweb.controlplane.auto_scaling_groups import groups_of, record_group, registration_of
from ecsweb.controlplane.container_instances import forget_tasks, register_container_instance
from ecsweb.controlplane.leases import LeaseLost
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.agents import host_gone
from ecsweb.domain.capacity.groups import GroupPlan, scaling_pace
from ecsweb.domain.capacity.managed_scaling import Group, Measurement
from ecsweb.domain.capacity.plan import CapacityPlan, plan_capacity
from ecsweb.domain.capacity.waiting import WAITS_FOR
from ecsweb.domain.statuses import ClusterStatus, ContainerInstanceStatus
from ecsweb.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance


def follow_capacity(cluster: Cluster, *, held: leases.Held, now: datetime) -> datetime | None:
    """Place what waits and let the groups follow, in one transaction; return when time alone asks for more.

    Raises LeaseLost, and then nothing is written. A cluster without groups and waiting tasks costs one query or two.
    """
    has_groups = AutoScalingGroup.objects.filter(cluster=cluster).exists()
    if not has_groups and not cluster.tasks.filter(container_instance=None, desired_status="RUNNING").exists():
        return None
    if cluster.status != ClusterStatus.ACTIVE:
        return None
    with transaction.atomic():
        if not leases.renew(held, now=now):
            raise LeaseLost(held.key)
        lock_placement(cluster)
        snapshot = snapshot_of(cluster)
        speed = settings.ECSWEB_SPEED
        plan = plan_capacity(
            snapshot, groups_of(cluster), now=now, pace=scaling_pace(speed=speed), waits_for=WAITS_FOR / speed
        )
        _settle_waiting(plan, now=now)
        for group, group_plan in plan.groups:
            if group_plan.changes(group):
                _write_group(cluster, group, group_plan, now=now)
    return plan.next_look_at


def _settle_waiting(plan: CapacityPlan, *, now: datetime) -> None:
    for task, decision in plan.waiting.placed:
        waiting_tasks.place(task.pk, decision, now=now)
    for task, reason in plan.waiting.given_up:
        waiting_tasks.give_up(task.pk, reason, now=now)
    waiting_tasks.keep_reasons_fresh({task.pk: decision for task, decision in plan.waiting.left}, now=now)


def _write_group(cluster: Cluster, group: Group, plan: GroupPlan, *, now: datetime) -> None:
    row = AutoScalingGroup.objects.select_related("account", "cluster__account").get(pk=group.pk)
    values = {"desired_capacity": plan.desired, "booting": [moment.isoformat() for moment in plan.booting]}
    AutoScalingGroup.objects.filter(pk=row.pk).update(**values)
    if plan.measurement is not None:
        _write_measurement(cluster, group, plan.measurement, now=now)
    for zone in plan.register[: quotas.left(cluster.account, "RegisterContainerInstance")]:
        register_container_instance(cluster, registration_of(row, zone, provider=group.provider), now=now)
    _drain(plan.drain, now=now)
    for instance in ContainerInstance.objects.filter(pk__in=plan.end):
        _terminate(instance, now=now)
    is_resized = plan.desired != group.desired
    if is_resized or len(plan.booting) != len(group.booting) or plan.register or plan.end or plan.drain:
        row.refresh_from_db()
        record_group(row, now=now)


def _write_measurement(cluster: Cluster, group: Group, found: Measurement, *, now: datetime) -> None:
    """Keep what was measured; the log hears of it only when it moves the group, or it would be full of it."""
    rows = CapacityProvider.objects.filter(group=group.pk).exclude(status="INACTIVE")
    rows.update(
        instances_needed=found.needed,
        instances_present=found.present,
        measured_at=now,
        below_target_since=found.below_since,
    )
    topics = ["clusters", f"cluster-{cluster.pk}"]
    if found.desired == group.desired:
        announcements.publish_on_commit(cluster.account_id, topics=topics)
        return
    detail = {
        "capacityProvider": group.provider,
        "instancesNeeded": found.needed,
        "instancesPresent": found.present,
        "CapacityProviderReservation": found.reservation,
        "desiredCapacityBefore": group.desired,
        "desiredCapacity": found.desired,
    }
    events.ours(cluster, detail_type="Managed Scaling", detail=detail, topics=topics, at=now)


def _drain(instance_pks: Sequence[int], *, now: datetime) -> None:
    """Let tasks of services move before the machine ends (managed draining)."""
    for instance in ContainerInstance.objects.select_related("cluster__account").filter(pk__in=instance_pks):
        ContainerInstance.objects.filter(pk=instance.pk).update(
            status=ContainerInstanceStatus.DRAINING, is_ending=True, version=F("version") + 1
        )
        instance.refresh_from_db()
        events.container_instance_state_change(instance, at=now)


def _terminate(instance: ContainerInstance, *, now: datetime) -> None:
    """End the machine: what is still on it ends with it, and the record becomes INACTIVE (`ecs-facts.md` 3.5)."""
    forget_tasks(instance, reason=host_gone(instance.ec2_instance_id, is_terminated=True), now=now)
    ContainerInstance.objects.filter(pk=instance.pk).update(
        status=ContainerInstanceStatus.INACTIVE,
        is_ending=True,
        agent_connected=False,
        agent_connection_changed_at=now,
        agent_connection_reason="The Auto Scaling group ended the machine.",
        version=F("version") + 1,
    )
    instance.refresh_from_db()
    events.container_instance_state_change(instance, at=now)
    announcements.wake_instance(instance.pk)
