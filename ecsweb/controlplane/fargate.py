"""What carries FARGATE tasks: one hidden row a zone, made when the first such task comes, gone with the cluster."""

from __future__ import annotations

from datetime import datetime

from ecsweb.controlplane import announcements
from ecsweb.domain.capacity.fargate import ZONES
from ecsweb.domain.identifiers import new_id
from ecsweb.domain.statuses import ContainerInstanceStatus, LaunchType
from ecsweb.models import Cluster, ContainerInstance

# Units and MiB that no cluster here reaches: FARGATE is never full.
ENOUGH = 1_000_000_000


def ensure_hosts(cluster: Cluster, *, now: datetime) -> None:
    """Make the cluster's hosts of FARGATE tasks, if there are none; the caller holds the lock of placement."""
    rows = ContainerInstance.everything.filter(cluster=cluster, launch_type=LaunchType.FARGATE, is_purged=False)
    found = set(rows.values_list("availability_zone", flat=True))
    ContainerInstance.everything.bulk_create(
        ContainerInstance(
            cluster=cluster,
            instance_id=new_id(),
            launch_type=LaunchType.FARGATE,
            availability_zone=zone,
            agent_connection_changed_at=now,
            registered_cpu=ENOUGH,
            registered_memory=ENOUGH,
            registered_at=now,
        )
        for zone in (f"{cluster.region}{letter}" for letter in ZONES)
        if zone not in found
    )


def end_hosts(cluster: Cluster) -> None:
    """Let the agents remove the networks of a deleted cluster's FARGATE tasks, and then the rows."""
    rows = ContainerInstance.everything.filter(cluster=cluster, launch_type=LaunchType.FARGATE)
    rows.update(is_purged=True, status=ContainerInstanceStatus.INACTIVE)
    for host in rows:
        announcements.wake_instance(host.pk)
