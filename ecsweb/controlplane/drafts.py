"""What a registration would say and where its tasks could stand, without storing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.controlplane.task_definitions import checked_document
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.scheduler import Decision, choose_for_service
from ecsweb.domain.resources import Demand, demand_of
from ecsweb.domain.statuses import ClusterStatus
from ecsweb.domain.task_definitions import compatibilities, required_attributes
from ecsweb.models import Account, Cluster, TaskDefinition

# As many clusters as are looked at; somebody is typing while they are.
MOST_CLUSTERS = 5


@dataclass(frozen=True, slots=True)
class Draft:
    """The document with its defaults, the revision it would become, and what placement would make of one task."""

    document: Mapping[str, Any]
    revision: int
    requires_attributes: tuple[str, ...]
    compatibilities: tuple[str, ...]
    demand: Demand
    places: tuple[tuple[Cluster, Decision], ...]


def draft_of(account: Account, region: str, params: Mapping[str, Any]) -> Draft:
    """Check a registration by its own rules and look for a place for one task in the account's clusters.

    Raises ClientException with ECS's literal message and the field it is about, as the registration would.
    """
    document = checked_document(params)
    demand = demand_of(document, required_attributes(document))
    rows = TaskDefinition.objects.filter(account=account, region=region, family=document["family"])
    highest = rows.aggregate(highest=Max("revision"))["highest"] or 0
    clusters = Cluster.objects.filter(account=account, region=region, status=ClusterStatus.ACTIVE).order_by("name")
    return Draft(
        document=document,
        revision=highest + 1,
        requires_attributes=tuple(required_attributes(document)),
        compatibilities=tuple(compatibilities(document)),
        demand=demand,
        places=tuple((cluster, _place(cluster, document, demand)) for cluster in clusters[:MOST_CLUSTERS]),
    )


def _place(cluster: Cluster, document: Mapping[str, Any], demand: Demand) -> Decision:
    constraints = constraints_of(document["placementConstraints"], matches)
    group = f"family:{document['family']}"
    return choose_for_service(snapshot_of(cluster), demand, group=group, constraints=constraints)
