"""Read a cluster's rows, in a number of queries that does not grow with its tasks: all, or of some instances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, LaunchType, TaskDefinitionStatus, TaskStatus
from ecsweb.models import Cluster, Container, ContainerInstance, Service, Task, TaskDefinition
from ecsweb.web.diagrams.cluster_picture import tints

STOPPED_SHOWN_FOR = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class Tally:
    """How much the cluster has: instances, and tasks by service, status and revision (primary keys)."""

    instances: int
    counts: Mapping[tuple[int | None, str, int], int]

    @property
    def tasks(self) -> int:
        """Return how many tasks there are."""
        return sum(self.counts.values())

    @property
    def of_definitions(self) -> Counter[int]:
        """Return how many tasks each revision has."""
        found: Counter[int] = Counter()
        for (_service, _status, definition), count in self.counts.items():
            found[definition] += count
        return found

    def revisions_of(self, service: int, statuses: Collection[str]) -> list[int]:
        """Return the revision of each task of a service that is in one of these statuses."""
        return [
            definition
            for (owner, status, definition), count in self.counts.items()
            for _one in range(count)
            if owner == service and status in statuses
        ]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a picture is drawn from: rows of the database, or rows of the past that were never in it."""

    cluster: Cluster
    instances: Sequence[ContainerInstance]
    tasks: Sequence[Task]
    stopped: Sequence[Task]
    services: Sequence[Service]
    definitions: Sequence[TaskDefinition]
    names: Mapping[str, str]
    tint_of: Mapping[str, str]
    letters: Mapping[int, str]
    # What somebody looks for among the tasks.
    looked_for: str = ""
    # Counted by who read only some of the rows; where these are all of them, counting them is enough.
    tally: Tally | None = None


# What is drawn of a task and a container: with hundreds of tasks, reading the rest would take most of the time.
TASK_COLUMNS = (
    "task_id",
    "container_instance_id",
    "task_definition_id",
    "service_id",
    "launch_type",
    "last_status",
    "desired_status",
    "health_status",
    "cpu",
    "memory",
    "tcp_ports",
    "udp_ports",
    "stop_code",
    "stopped_reason",
    "stop_cause",
    "created_at",
    "stopping_at",
)
CONTAINER_COLUMNS = (
    "task_id",
    "name",
    "essential",
    "last_status",
    "exit_code",
    "reason",
    "network_bindings",
    "finished_at",
)


def read_rows(cluster: Cluster, names: Mapping[str, str], only: frozenset[str] | None = None) -> Rows:
    """Return the cluster's rows as the database has them now; with `only`, of these instances and their tasks alone."""
    hosts = list(ContainerInstance.everything.filter(cluster=cluster))
    # One that joined after the names were read is drawn the next time.
    named = [host for host in hosts if _is_drawn(host) and host.instance_id in names]
    drawn = [host for host in named if only is None or host.instance_id in only]
    shown = Container.objects.only(*CONTAINER_COLUMNS).order_by("index")
    everything = Task.objects.filter(cluster=cluster, is_purged=False)
    tasks = everything if only is None else everything.filter(container_instance__in=[host.pk for host in drawn])
    tasks = tasks.only(*TASK_COLUMNS).prefetch_related(Prefetch("containers", shown, to_attr="fetched_containers"))
    since = timezone.now() - STOPPED_SHOWN_FOR
    services = Service.objects.filter(cluster=cluster).exclude(status="INACTIVE").select_related("task_definition")
    definitions = TaskDefinition.objects.filter(account=cluster.account, region=cluster.region)
    used = everything.order_by().values("task_definition").distinct()
    known = list(definitions.filter(Q(status="ACTIVE") | Q(pk__in=used)))
    found = list(services.prefetch_related("deployments"))
    live = list(tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED))
    # One that stops between the two looks would stand in the picture twice.
    seen = {task.pk for task in live}
    over = tasks.filter(last_status=TaskStatus.STOPPED, stopped_at__gte=since).order_by("-stopped_at")[:60]
    stopped = [task for task in over if task.pk not in seen]
    _join([*live, *stopped], hosts, known, cluster)
    return Rows(
        cluster=cluster,
        instances=drawn,
        tasks=live,
        stopped=stopped,
        services=found,
        definitions=known,
        names=names,
        tint_of=tints_of(known),
        letters={row.pk: row.name[:1].upper() for row in found},
        tally=None if only is None else _counted_by_the_database(everything, len(named)),
    )


def tints_of(definitions: Iterable[TaskDefinition]) -> dict[str, str]:
    """Return the tints of these revisions; those that nobody can run any more take none from the others."""
    ordered = sorted(definitions, key=lambda row: (row.status != TaskDefinitionStatus.ACTIVE, row.registered_at))
    return tints([row.family_revision for row in ordered])


def counted(tasks: Sequence[Task], instances: Sequence[ContainerInstance]) -> Tally:
    """Count rows that are all that there are."""
    return Tally(
        len(instances), Counter((task.service_id, task.last_status, task.task_definition_id) for task in tasks)
    )


def _counted_by_the_database(everything: QuerySet[Task], instances: int) -> Tally:
    live = everything.filter(last_status__in=STATUSES_BEFORE_STOPPED).order_by()
    rows = live.values_list("service", "last_status", "task_definition").annotate(count=Count("pk"))
    return Tally(instances, {(service, status, definition): count for service, status, definition, count in rows})


def _is_drawn(host: ContainerInstance) -> bool:
    return host.launch_type != LaunchType.FARGATE and host.status != "INACTIVE" and not host.is_purged


def _join(
    tasks: Sequence[Task], hosts: Sequence[ContainerInstance], definitions: Sequence[TaskDefinition], cluster: Cluster
) -> None:
    """Give each task the rows that it belongs to: each is read once, not once a task."""
    by_host = {host.pk: host for host in hosts}
    by_definition = {row.pk: row for row in definitions}
    by_service = Service.objects.in_bulk({task.service_id for task in tasks if task.service_id})
    for task in tasks:
        task.cluster = cluster
        task.task_definition = by_definition[task.task_definition_id]
        task.service = by_service[task.service_id] if task.service_id else None
        task.container_instance = by_host[task.container_instance_id] if task.container_instance_id else None
