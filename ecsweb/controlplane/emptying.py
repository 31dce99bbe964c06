"""Want clusters gone with all that is in them: the agents remove it, and the rows follow when they are done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import QuerySet

from ecsweb.controlplane import announcements
from ecsweb.domain.statuses import ClusterStatus, DesiredStatus, ServiceStatus
from ecsweb.models import (
    Account,
    AutoScalingGroup,
    CapacityProvider,
    Cluster,
    ContainerInstance,
    Deployment,
    Parameter,
    Service,
    Task,
    TaskDefinition,
)

Belongings = Mapping[str, Sequence[str]]


def want_gone(clusters: QuerySet[Cluster]) -> None:
    """End the services of the clusters; tasks and instances are purged by the agents, at once."""
    Service.objects.filter(cluster__in=clusters).update(status=ServiceStatus.INACTIVE, desired_count=0)
    AutoScalingGroup.objects.filter(cluster__in=clusters).delete()
    tasks = Task.objects.filter(cluster__in=clusters)
    tasks.filter(container_instance=None).delete()
    tasks.update(desired_status=DesiredStatus.STOPPED, is_purged=True)
    instances = ContainerInstance.everything.filter(cluster__in=clusters)
    instances.update(is_purged=True)
    for instance in instances:
        announcements.wake_instance(instance.pk)
    clusters.update(status=ClusterStatus.INACTIVE)


@transaction.atomic
def begin_emptying(account: Account, region: str, belongings: Belongings) -> None:
    """Want gone what is named by `clusters`, `families`, `parameters` and `providers`, and nothing else."""
    providers = CapacityProvider.objects.filter(account=account, region=region)
    providers.filter(name__in=belongings.get("providers", ())).delete()
    want_gone(_clusters(account, region, belongings))


@transaction.atomic
def finish_emptying(account: Account, region: str, belongings: Belongings) -> bool:
    """Delete the rows once the agents have removed what they had; tell whether it is over.

    A revision that something else still runs stays.
    """
    clusters = _clusters(account, region, belongings)
    if ContainerInstance.everything.filter(cluster__in=clusters, is_purged=True).exists():
        return False
    over = clusters.filter(status=ClusterStatus.INACTIVE)
    Deployment.objects.filter(service__cluster__in=over).delete()
    Service.objects.filter(cluster__in=over).delete()
    over.filter(container_instances=None).delete()
    mine = {"account": account, "region": region}
    unused = TaskDefinition.objects.filter(**mine, family__in=belongings.get("families", ()))
    unused.filter(tasks=None, services=None, deployments=None).delete()
    Parameter.objects.filter(**mine, name__in=belongings.get("parameters", ())).delete()
    announcements.publish_on_commit(account.pk, topics=["clusters", "task-definitions"])
    return True


def _clusters(account: Account, region: str, belongings: Belongings) -> QuerySet[Cluster]:
    return Cluster.objects.filter(account=account, region=region, name__in=belongings.get("clusters", ()))
