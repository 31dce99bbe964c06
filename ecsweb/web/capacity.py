"""A cluster's capacity as its page shows it: groups, providers, and the tasks that wait."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from ecsweb.domain.capacity.managed_scaling import reservation
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.statuses import TaskStatus
from ecsweb.models import AutoScalingGroup, CapacityProvider, Cluster, ContainerInstance, Task
from ecsweb.web.pictures import instance_names
from ecsweb.web.sentences import auto_scaling


@dataclass(frozen=True, slots=True)
class Member:
    """An instance of a group."""

    instance_id: str
    name: str
    zone: str
    status: str


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group with its machines, its provider if it has one, and what both are about."""

    group: AutoScalingGroup
    provider: CapacityProvider | None
    is_used: bool
    members: Sequence[Member]
    sentence: str
    scaling: str
    # CapacityProviderReservation in percent, and the tasks that wait for this provider.
    reservation: int
    waiting: Sequence[Task]

    @property
    def is_measured(self) -> bool:
        """Tell whether there is a reservation to show."""
        return self.provider is not None and self.provider.measured_at is not None


def group_cards(cluster: Cluster) -> list[GroupCard]:
    """Return the cluster's groups, in a number of queries that does not grow with them."""
    groups = list(AutoScalingGroup.objects.select_related("account").filter(cluster=cluster))
    providers = {
        provider.group_id: provider
        for provider in CapacityProvider.objects.select_related("account").filter(group__in=groups)
        if provider.status != "INACTIVE"
    }
    rows = list(ContainerInstance.objects.filter(auto_scaling_group__in=groups).exclude(status="INACTIVE"))
    waiting = waiting_of(cluster)
    names = instance_names(cluster)
    return [
        _card(
            cluster,
            group,
            providers.get(group.pk),
            members=[_member(row, names) for row in rows if row.auto_scaling_group_id == group.pk],
            ending=sum(row.is_ending for row in rows if row.auto_scaling_group_id == group.pk),
            waiting=waiting,
        )
        for group in groups
    ]


def _member(row: ContainerInstance, names: dict[str, str]) -> Member:
    return Member(row.instance_id, names[row.instance_id], row.availability_zone[-1:], row.status)


def waiting_of(cluster: Cluster) -> Sequence[Task]:
    """Return the tasks that wait for capacity, the oldest first."""
    rows = Task.objects.select_related("task_definition", "service", "cluster")
    waiting = rows.filter(cluster=cluster, container_instance=None, last_status=TaskStatus.PROVISIONING)
    return list(waiting.order_by("created_at", "pk"))


def _card(
    cluster: Cluster,
    group: AutoScalingGroup,
    provider: CapacityProvider | None,
    *,
    members: Sequence[Member],
    ending: int,
    waiting: Sequence[Task],
) -> GroupCard:
    return GroupCard(
        group=group,
        provider=provider,
        is_used=provider is not None and provider.name in cluster.capacity_providers,
        members=members,
        sentence=auto_scaling.group_now(group, present=len(members) - ending, ending=ending),
        scaling=auto_scaling.reservation_now(provider, speed=settings.ECSWEB_SPEED) if provider else "",
        reservation=round(reservation(provider.instances_needed, provider.instances_present)) if provider else 0,
        waiting=[task for task in waiting if provider and task.capacity_provider == provider.name],
    )


def known_providers(cluster: Cluster) -> list[str]:
    """Return the providers that the cluster can have: AWS's own, and those of its groups."""
    rows = CapacityProvider.objects.filter(group__cluster=cluster).exclude(status="INACTIVE")
    return [*FARGATE_PROVIDERS, *rows.values_list("name", flat=True)]


def groups_without_provider(cluster: Cluster) -> list[AutoScalingGroup]:
    """Return the groups that no capacity provider uses yet."""
    taken = CapacityProvider.objects.filter(group__cluster=cluster).exclude(status="INACTIVE").values("group_id")
    rows = AutoScalingGroup.objects.select_related("account").filter(cluster=cluster)
    return list(rows.exclude(pk__in=taken))
