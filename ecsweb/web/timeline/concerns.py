"""Which events of the account, though of no cluster, concern one: of the definitions and the images that it uses."""

from __future__ import annotations

from django.db.models import Q

from ecsweb.domain.timeline.fold import CHAOS, DEFINITION, RESET, TASK
from ecsweb.models import Cluster, Event, Service, TaskDefinition
from ecsweb.web.timeline.stretch import lesson_families, own_events


def concerning(cluster: Cluster) -> Q:
    """Return what tells the events without a cluster that concern this one.

    A revision is of no cluster; it concerns those in which its family has been run, or is to be.
    """
    families = families_of(cluster)
    images = _images_of(cluster, families)
    of_definitions = Q(detail_type=DEFINITION, region=cluster.region, detail__family__in=families)
    of_images = Q(detail_type=CHAOS, region=cluster.region, cluster=None, detail__image__in=images)
    return of_definitions | of_images | Q(detail_type=RESET)


def families_of(cluster: Cluster) -> list[str]:
    """Return the families that were run in the cluster, that its services have, and that its lesson brought."""
    # The log remembers tasks whose rows are gone.
    told = Event.objects.filter(own_events(cluster), account=cluster.account, detail_type=TASK).order_by()
    arns = told.values_list("detail__taskDefinitionArn", flat=True).distinct()
    found = {str(arn).rsplit("/", 1)[-1].partition(":")[0] for arn in arns}
    if cluster.pk:
        found |= set(Service.objects.filter(cluster=cluster).values_list("task_definition__family", flat=True))
    return sorted({*found, *lesson_families(cluster)} - {None})


def _images_of(cluster: Cluster, families: list[str]) -> list[str]:
    rows = TaskDefinition.objects.filter(account=cluster.account, region=cluster.region, family__in=families)
    documents = rows.values_list("document", flat=True)
    return sorted({str(one["image"]) for document in documents for one in document["containerDefinitions"]})
