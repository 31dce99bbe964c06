"""Capacity providers (`ecs-facts.md` 6.11): FARGATE and FARGATE_SPOT, which all have, and those of Auto Scaling groups.

SIMPLIFIED: nobody takes FARGATE_SPOT's capacity back. ECS's words for most refusals here are not published; several
are as users have quoted them, the others ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.auto_scaling_groups import find_group
from ecsweb.domain.capacity.providers import check_protection, check_provider_name, managed_scaling_of
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.errors import ClientException, InvalidParameterException, ResourceInUseException
from ecsweb.models import Account, AutoScalingGroup, CapacityProvider, Cluster

Shape = Mapping[str, Any]


def provider_arn(account: Account, region: str, name: str) -> str:
    """Return the ARN of the capacity provider of that name."""
    return f"arn:aws:ecs:{region}:{account.account_id}:capacity-provider/{name}"


def describe_fargate_provider(account: Account, region: str, name: str) -> dict[str, Any]:
    """Return one of AWS's own capacity providers in AWS's shape."""
    arn = provider_arn(account, region, name)
    return {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "tags": [], "type": name}


def describe_capacity_provider(row: CapacityProvider) -> dict[str, Any]:
    """Return a capacity provider of an Auto Scaling group in AWS's shape."""
    provider = {
        "autoScalingGroupArn": row.group.arn if row.group else "",
        "managedScaling": row.managed_scaling,
        "managedTerminationProtection": row.managed_termination_protection,
        "managedDraining": row.managed_draining,
    }
    return {
        "capacityProviderArn": row.arn,
        "name": row.name,
        "status": row.status,
        "autoScalingGroupProvider": provider,
        "updateStatus": row.update_status,
        "tags": row.tags,
        "type": "EC2_AUTOSCALING",
    }


def find_provider(account: Account, region: str, reference: str) -> CapacityProvider | None:
    """Return the provider of an Auto Scaling group by name or ARN, deleted ones left out, or None."""
    rows = CapacityProvider.objects.select_related("account", "group__account", "group__cluster")
    live = rows.filter(account=account, region=region).exclude(status="INACTIVE")
    found = live.filter(name=reference.rsplit("/", 1)[-1]).first()
    return found if found is not None and reference in {found.name, found.arn} else None


def get_provider(account: Account, region: str, reference: str, *, field: str) -> CapacityProvider:
    """Return the provider by name or ARN. Raises ClientException for AWS's own, or where there is none."""
    if reference.rsplit("/", 1)[-1] in FARGATE_PROVIDERS:
        raise ClientException("The specified capacity provider is reserved and cannot be changed.", field=field)
    found = find_provider(account, region, reference)
    if found is None:
        raise ClientException("The specified capacity provider does not exist.", field=field)
    return found


def create_capacity_provider(
    account: Account, region: str, name: str, asked: Shape, *, tags: Sequence[Mapping[str, str]], now: datetime
) -> CapacityProvider:
    """Create a provider of an Auto Scaling group; `asked` is `autoScalingGroupProvider`.

    Raises InvalidParameterException, ClientException for a name that is taken or a group that has a provider already.
    """
    check_provider_name(name)
    group = find_group(account, region, asked["autoScalingGroupArn"])
    if group is None:
        raise ClientException(
            "The specified Auto Scaling group ARN is not valid. Specify a valid Auto Scaling group ARN and try again.",
            field="autoScalingGroupProvider.autoScalingGroupArn",
        )
    scaling = managed_scaling_of(asked.get("managedScaling"))
    protection = asked.get("managedTerminationProtection", "DISABLED")
    check_protection(protection, scaling)
    with transaction.atomic():
        # The write lock of whoever makes another provider of this group, or of that name, now.
        AutoScalingGroup.objects.filter(pk=group.pk).update(name=group.name)
        _check_free(account, region, name, group)
        row = CapacityProvider.objects.create(
            account=account,
            region=region,
            name=name,
            group=group,
            managed_scaling=scaling,
            managed_termination_protection=protection,
            managed_draining=asked.get("managedDraining", "ENABLED"),
            tags=list(tags),
            created_at=now,
        )
        _record(row, now=now)
    return row


def _check_free(account: Account, region: str, name: str, group: AutoScalingGroup) -> None:
    if find_provider(account, region, name) is not None:
        raise ClientException(
            "The specified capacity provider already exists. To change the configuration of an existing capacity "
            "provider, update the capacity provider.",
            field="name",
        )
    if group.capacity_providers.exclude(status="INACTIVE").exists():
        raise ClientException(
            "The specified Auto Scaling group ARN is already being used by another capacity provider. Specify a unique "
            "Auto Scaling group ARN and try again.",
            field="autoScalingGroupProvider.autoScalingGroupArn",
        )


def update_capacity_provider(row: CapacityProvider, asked: Shape, *, now: datetime) -> CapacityProvider:
    """Change what `asked` names of managed scaling, termination protection and draining; the rest stays.

    Raises InvalidParameterException.
    """
    scaling = row.managed_scaling
    if "managedScaling" in asked:
        given = {"status": row.managed_scaling["status"], **asked["managedScaling"]}
        scaling = managed_scaling_of(given, before=row.managed_scaling)
    protection = asked.get("managedTerminationProtection", row.managed_termination_protection)
    check_protection(protection, scaling)
    with transaction.atomic():
        CapacityProvider.objects.filter(pk=row.pk).update(
            managed_scaling=scaling,
            managed_termination_protection=protection,
            managed_draining=asked.get("managedDraining", row.managed_draining),
            update_status="UPDATE_COMPLETE",
        )
        row.refresh_from_db()
        _record(row, now=now)
    return row


def delete_capacity_provider(row: CapacityProvider, *, now: datetime) -> CapacityProvider:
    """Delete a provider that no cluster is associated with; its group stays. Raises ResourceInUseException."""
    with transaction.atomic():
        if users := clusters_with(row):
            raise ResourceInUseException(
                "The specified capacity provider is in use and cannot be removed: it is associated with the cluster "
                f"{users[0].name}.",
                field="capacityProvider",
            )
        CapacityProvider.objects.filter(pk=row.pk).update(status="INACTIVE", update_status="DELETE_COMPLETE")
        row.refresh_from_db()
        _record(row, now=now)
    return row


def clusters_with(row: CapacityProvider) -> list[Cluster]:
    """Return the ACTIVE clusters that the provider is associated with."""
    rows = Cluster.objects.filter(account=row.account_id, region=row.region, status="ACTIVE").order_by("name")
    return [cluster for cluster in rows if row.name in cluster.capacity_providers]


def _record(row: CapacityProvider, *, now: datetime) -> None:
    if row.group is None:
        raise InvalidParameterException("The Auto Scaling group of this capacity provider is gone.")
    cluster = row.group.cluster
    topics = ["clusters", f"cluster-{cluster.pk}"]
    events.ours(
        cluster,
        detail_type="Capacity Provider Change",
        detail=describe_capacity_provider(row),
        topics=topics,
        at=now,
    )
    announcements.wake_cluster(cluster.pk)
