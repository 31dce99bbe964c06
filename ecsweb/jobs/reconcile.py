"""Bring a cluster's services nearer to what is wanted of them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from ecsweb.agent.failpoints import hit
from ecsweb.controlplane.apply import apply_plan
from ecsweb.controlplane.leases import LeaseLost
from ecsweb.controlplane.scaling import follow_capacity
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.domain.service_scheduler.plan import Pace
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.timeouts import healthy_after, repeat_every
from ecsweb.jobs import wakeups
from ecsweb.jobs.locks import lease
from ecsweb.models import Cluster

logger = logging.getLogger(__name__)


def pace() -> Pace:
    """Return ECS's waits at this installation's speed."""
    speed = settings.ECSWEB_SPEED
    return Pace(
        healthy_after=healthy_after(speed=speed),
        start_spacing=timedelta(seconds=1),
        repeat_every=repeat_every(speed=speed),
    )


def reconcile_cluster(cluster_id: int) -> datetime | None:
    """Plan and apply once under the lease; return when time alone will change the plan, if ever.

    Raises LeaseTaken when somebody else reconciles the cluster now.
    """
    cluster = Cluster.objects.select_related("account").filter(pk=cluster_id).first()
    if cluster is None:
        return None
    with lease(f"reconcile:{cluster_id}") as held:
        now = timezone.now()
        try:
            scaling_at = follow_capacity(cluster, held=held, now=now)
            made = plan(snapshot_of(cluster), now=now, pace=pace())
            apply_plan(cluster, made, held=held, now=now)
        except LeaseLost:
            logger.warning("cluster %s: another worker took over", cluster_id)
            return None
        if not made.is_empty:
            hit("after_row")
        return min((at for at in (scaling_at, made.next_look_at) if at), default=None)


@shared_task
def reconcile(*, object_id: int) -> None:
    """Job: reconcile the cluster of that key, and come back when time alone asks for it."""
    wakeups.run_coalesced(
        wakeups.RECONCILE, key=f"reconcile:{object_id}", object_id=object_id, work=lambda: reconcile_cluster(object_id)
    )
