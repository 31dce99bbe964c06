"""Find the row that a name, id or ARN means; a `get_…` raises ECS's own exception when there is none."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from ecsweb.domain.errors import (
    ClientException,
    ClusterNotFoundException,
    EcsError,
    InvalidParameterException,
    ServiceNotFoundException,
    TaskSetNotFoundException,
)
from ecsweb.domain.identifiers import cluster_of_arn, family_and_revision, parse_arn, short_name
from ecsweb.domain.statuses import ClusterStatus, TaskDefinitionStatus, TaskSetStatus
from ecsweb.models import Account, Cluster, ContainerInstance, Service, Task, TaskDefinition, TaskSet

DEFAULT_CLUSTER = "default"


def find_cluster(account: Account, region: str, reference: str | None) -> Cluster | None:
    """Return the cluster of that name or ARN, in whatever status, or None. Left out means `default`."""
    name = short_name(reference or DEFAULT_CLUSTER, "cluster", region=region, account_id=account.account_id)
    if name is None:
        return None
    return Cluster.objects.select_related("account").filter(account=account, region=region, name=name).first()


def get_cluster(account: Account, region: str, reference: str | None) -> Cluster:
    """Return the ACTIVE cluster of that name or ARN. Raises ClusterNotFoundException."""
    cluster = find_cluster(account, region, reference)
    if cluster is None:
        raise ClusterNotFoundException("Cluster not found.", field="cluster")
    if cluster.status != ClusterStatus.ACTIVE:
        raise ClusterNotFoundException("The referenced cluster was inactive.", field="cluster")
    return cluster


def find_task_definition(account: Account, region: str, reference: str) -> TaskDefinition | None:
    """Return the revision of `family` (newest ACTIVE), `family:revision` or ARN, or None."""
    parts = family_and_revision(reference, region=region, account_id=account.account_id)
    if parts is None:
        return None
    family, revision = parts
    rows = TaskDefinition.objects.select_related("account").filter(account=account, region=region, family=family)
    if revision is None:
        return rows.filter(status=TaskDefinitionStatus.ACTIVE).order_by("-revision").first()
    return rows.filter(revision=revision).exclude(status=TaskDefinitionStatus.DELETED).first()


def get_runnable_task_definition(
    account: Account, region: str, reference: str, *, inactive: type[EcsError] = ClientException
) -> TaskDefinition:
    """Return an ACTIVE revision. Raises ClientException with RunTask's literal texts (`ecs-facts.md` 2.1)."""
    row = find_task_definition(account, region, reference)
    if row is None:
        raise ClientException("TaskDefinition not found.", field="taskDefinition")
    if row.status != TaskDefinitionStatus.ACTIVE:
        raise inactive("TaskDefinition is inactive", field="taskDefinition")
    return row


def _cluster_matches(cluster: Cluster, reference: str) -> bool:
    return cluster_of_arn(reference) in {None, cluster.name}


def tasks_of(cluster: Cluster) -> QuerySet[Task]:
    """Return the cluster's tasks with all that a description reads, in a constant number of queries."""
    return (
        Task.objects.filter(cluster=cluster, is_purged=False)
        .select_related("cluster__account", "task_definition__account", "container_instance__cluster__account")
        .prefetch_related("containers__task__cluster__account")
    )


def find_task(cluster: Cluster, reference: str) -> Task | None:
    """Return the task of that id or ARN in the cluster, or None."""
    account = cluster.account
    task_id = short_name(reference, "task", region=cluster.region, account_id=account.account_id)
    if task_id is None or not _cluster_matches(cluster, reference):
        return None
    return tasks_of(cluster).filter(task_id=task_id).first()


def get_task(cluster: Cluster, reference: str) -> Task:
    """Return the task. Raises InvalidParameterException with StopTask's literal text."""
    task = find_task(cluster, reference)
    if task is None:
        raise InvalidParameterException("The referenced task was not found.", field="task")
    return task


def find_container_instance(cluster: Cluster, reference: str) -> ContainerInstance | None:
    """Return the container instance of that id or ARN in the cluster (never by EC2 instance id), or None."""
    account_id = cluster.account.account_id
    instance_id = short_name(reference, "container-instance", region=cluster.region, account_id=account_id)
    if instance_id is None or not _cluster_matches(cluster, reference):
        return None
    rows = ContainerInstance.objects.select_related("cluster__account").filter(is_purged=False)
    return rows.filter(cluster=cluster, instance_id=instance_id).first()


def get_container_instance(cluster: Cluster, reference: str) -> ContainerInstance:
    """Return the container instance. Raises InvalidParameterException."""
    instance = find_container_instance(cluster, reference)
    if instance is None:
        raise InvalidParameterException("Referenced container instance not found.", field="containerInstance")
    return instance


def find_service(cluster: Cluster, reference: str, *, statuses: Sequence[str] = ()) -> Service | None:
    """Return the newest service of that name or ARN in the cluster, or None."""
    account_id = cluster.account.account_id
    name = short_name(reference, "service", region=cluster.region, account_id=account_id)
    if name is None or not _cluster_matches(cluster, reference):
        return None
    rows = Service.objects.select_related("cluster__account", "task_definition__account").filter(
        cluster=cluster, name=name
    )
    if statuses:
        rows = rows.filter(status__in=statuses)
    return rows.order_by("-pk").first()


def get_service(cluster: Cluster, reference: str) -> Service:
    """Return the service. Raises ServiceNotFoundException."""
    service = find_service(cluster, reference)
    if service is None:
        raise ServiceNotFoundException("Service not found.", field="service")
    return service


def find_task_set(service: Service, reference: str) -> TaskSet | None:
    """Return the service's task set of that id (`ecs-svc/…`) or ARN, or None."""
    cluster, wanted = service.cluster, reference
    if reference.startswith("arn:"):
        # The id has a slash of its own: what stands before it must be this cluster and this service.
        short_name(reference, "task-set", region=cluster.region, account_id=cluster.account.account_id)
        prefix = f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}:task-set/{cluster.name}/{service.name}/"
        if not reference.startswith(prefix):
            return None
        wanted = reference.removeprefix(prefix)
    rows = TaskSet.objects.select_related("service__cluster__account", "deployment__task_definition__account")
    rows = rows.exclude(status=TaskSetStatus.INACTIVE)
    return rows.filter(service=service, deployment__deployment_id=wanted).first()


def get_task_set(service: Service, reference: str, *, field: str = "taskSet") -> TaskSet:
    """Return the task set. Raises TaskSetNotFoundException."""
    task_set = find_task_set(service, reference)
    if task_set is None:
        raise TaskSetNotFoundException("The specified task set does not exist.", field=field)
    return task_set


def arn_for_failure(text: str, *, resource_type: str, cluster: Cluster) -> str:
    """Return the ARN to name in `failures` for a reference that meant nothing."""
    if parse_arn(text) is not None:
        return text
    return f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}:{resource_type}/{cluster.name}/{text}"
