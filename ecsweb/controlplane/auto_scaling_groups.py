"""Auto Scaling groups: what EC2 Auto Scaling keeps for an account, here groups of virtual machines of one cluster.

SIMPLIFIED: on AWS they are made by another service's API, and a launch template says which cluster a machine joins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.db import transaction

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.container_instances import Registration, attributes_of
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.capacity.managed_scaling import Group
from ecsweb.domain.capacity.providers import check_auto_scaling_group, check_sizes, scaling_settings
from ecsweb.domain.errors import ClientException, ResourceInUseException
from ecsweb.domain.identifiers import new_uuid
from ecsweb.domain.resources import INSTANCE_TYPES, RESERVED_TCP_PORTS, task_enis
from ecsweb.domain.snapshots import InstanceSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus
from ecsweb.models import Account, AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many machines a group has at least, is to have now, and has at most."""

    minimum: int
    desired: int
    maximum: int


def find_group(account: Account, region: str, reference: str) -> AutoScalingGroup | None:
    """Return the group of that name or ARN, or None."""
    name = reference.rsplit("autoScalingGroupName/", 1)[-1]
    rows = AutoScalingGroup.objects.select_related("account", "cluster__account")
    found = rows.filter(account=account, region=region, name=name).first()
    return found if found is not None and reference in {found.name, found.arn} else None


def get_group(account: Account, region: str, reference: str) -> AutoScalingGroup:
    """Return the group of that name or ARN. Raises ClientException where there is none."""
    found = find_group(account, region, reference)
    if found is None:
        raise ClientException("AutoScalingGroup name not found.", field="AutoScalingGroupName")
    return found


def create_group(
    cluster: Cluster, name: str, *, instance_type: str, zones: Sequence[str], sizes: Sizes, now: datetime
) -> AutoScalingGroup:
    """Create a group whose machines join the cluster; it launches what its desired capacity asks for.

    Raises InvalidParameterException, ClientException for a name that is taken.
    """
    check_auto_scaling_group(name, instance_type, (sizes.minimum, sizes.desired, sizes.maximum))
    with transaction.atomic():
        lock_placement(cluster)
        if find_group(cluster.account, cluster.region, name) is not None:
            raise ClientException(
                "AutoScalingGroup by this name already exists - A group with the name already exists.",
                field="AutoScalingGroupName",
            )
        group = AutoScalingGroup.objects.create(
            account=cluster.account,
            region=cluster.region,
            name=name,
            group_uuid=new_uuid(),
            cluster=cluster,
            instance_type=instance_type,
            availability_zones=list(dict.fromkeys(zones)),
            min_size=sizes.minimum,
            desired_capacity=sizes.desired,
            max_size=sizes.maximum,
            created_at=now,
        )
        record_group(group, now=now)
    return group


def update_group(group: AutoScalingGroup, sizes: Sizes, *, now: datetime) -> AutoScalingGroup:
    """Change the group's sizes; it launches or ends machines to follow. Raises InvalidParameterException."""
    check_sizes(sizes.minimum, sizes.desired, sizes.maximum)
    with transaction.atomic():
        lock_placement(group.cluster)
        AutoScalingGroup.objects.filter(pk=group.pk).update(
            min_size=sizes.minimum, desired_capacity=sizes.desired, max_size=sizes.maximum
        )
        group.refresh_from_db()
        record_group(group, now=now)
    return group


def delete_group(group: AutoScalingGroup, *, now: datetime) -> None:
    """Delete an empty group that no capacity provider uses. Raises ResourceInUseException otherwise."""
    with transaction.atomic():
        lock_placement(group.cluster)
        if group.capacity_providers.exclude(status="INACTIVE").exists():
            raise ResourceInUseException(
                "The Auto Scaling group is used by a capacity provider. Delete that first.",
                field="AutoScalingGroupName",
            )
        if (
            group.booting
            or ContainerInstance.objects.filter(auto_scaling_group=group).exclude(status="INACTIVE").exists()
        ):
            raise ResourceInUseException(
                "You cannot delete an AutoScalingGroup while there are instances still in the group.",
                field="AutoScalingGroupName",
            )
        record_group(group, now=now, is_deleted=True)
        group.delete()


def record_group(group: AutoScalingGroup, *, now: datetime, is_deleted: bool = False) -> None:
    """Append what the group is to have now, and let the scheduler look at it."""
    events.ours(
        group.cluster,
        detail_type="Auto Scaling Group Change",
        detail={**describe_group(group), "deleted": is_deleted},
        topics=["clusters", f"cluster-{group.cluster_id}"],
        at=now,
    )
    announcements.wake_cluster(group.cluster_id)


def describe_group(group: AutoScalingGroup) -> dict[str, object]:
    """Return the group in the shape of EC2 Auto Scaling, with the instance type and cluster of its machines."""
    instances = ContainerInstance.objects.filter(auto_scaling_group=group).exclude(status="INACTIVE")
    members = [
        {
            "InstanceId": one.ec2_instance_id,
            "InstanceType": one.instance_type,
            "AvailabilityZone": one.availability_zone,
            "LifecycleState": "Terminating:Wait" if one.is_ending else "InService",
        }
        for one in instances
    ]
    return {
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "MinSize": group.min_size,
        "MaxSize": group.max_size,
        "DesiredCapacity": group.desired_capacity,
        "AvailabilityZones": group.availability_zones,
        "Instances": members,
        "Pending": len(group.booting),
        "InstanceType": group.instance_type,
        "cluster": group.cluster.name,
    }


def groups_of(cluster: Cluster) -> tuple[Group, ...]:
    """Return the Auto Scaling groups whose machines join the cluster, without their instances."""
    rows = list(AutoScalingGroup.objects.filter(cluster=cluster))
    providers = CapacityProvider.objects.filter(group__in=rows).exclude(status="INACTIVE")
    by_group = {provider.group_id: provider for provider in providers}
    return tuple(_group(cluster, row, by_group.get(row.pk)) for row in rows)


def _group(cluster: Cluster, row: AutoScalingGroup, provider: CapacityProvider | None) -> Group:
    found = Group(
        pk=row.pk,
        minimum=row.min_size,
        maximum=row.max_size,
        desired=row.desired_capacity,
        fresh=_fresh(row),
        zones=tuple(row.availability_zones),
        booting=tuple(datetime.fromisoformat(text) for text in row.booting),
    )
    if provider is None or provider.name not in cluster.capacity_providers:
        return found
    return replace(
        found,
        provider=provider.name,
        settings=scaling_settings(provider.managed_scaling, speed=settings.ECSWEB_SPEED),
        protects_tasks=provider.managed_termination_protection == "ENABLED",
        drains=provider.managed_draining == "ENABLED",
        measured_at=provider.measured_at,
        below_since=provider.below_target_since,
    )


def registration_of(row: AutoScalingGroup, zone: str, *, provider: str = "") -> Registration:
    """Return what the agent of a fresh machine of the group says of it."""
    size = INSTANCE_TYPES[row.instance_type]
    return Registration(
        cpu=size.registered_cpu,
        memory=size.registered_memory,
        availability_zone=zone,
        instance_type=row.instance_type,
        auto_scaling_group_pk=row.pk,
        capacity_provider=provider,
    )


def _fresh(row: AutoScalingGroup) -> InstanceSnapshot:
    registration = registration_of(row, row.availability_zones[0])
    attributes = attributes_of(registration)
    return InstanceSnapshot(
        pk=0,
        instance_id="",
        status=ContainerInstanceStatus.ACTIVE,
        agent_connected=True,
        availability_zone=registration.availability_zone,
        remaining_cpu=registration.cpu,
        remaining_memory=registration.memory,
        used_tcp_ports=frozenset(RESERVED_TCP_PORTS),
        remaining_enis=task_enis(row.instance_type),
        attributes={one["name"]: one.get("value", "") for one in attributes},
    )
