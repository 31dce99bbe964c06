"""TagResource, UntagResource: find by ARN what can have tags, whatever kind it is (`ecs-facts.md` 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, cast

from django.db import transaction
from django.db.models import F, Manager, Model, QuerySet

from ecsweb.controlplane import events
from ecsweb.controlplane.capacity_providers import find_provider
from ecsweb.controlplane.references import (
    find_cluster,
    find_container_instance,
    find_service,
    find_task,
    find_task_set,
)
from ecsweb.controlplane.references import find_task_definition as find_revision
from ecsweb.domain.errors import ClusterNotFoundException, InvalidParameterException, ResourceNotFoundException
from ecsweb.domain.identifiers import Arn, parse_arn
from ecsweb.domain.statuses import ClusterStatus
from ecsweb.domain.tags import Tag
from ecsweb.models import Account, Cluster, ContainerInstance, Service, Task, TaskDefinition, TaskSet

LONG_ARN = "Long arn format must be used for tagging operations"


class Taggable(Protocol):
    """A row with tags and an ARN."""

    pk: int
    tags: list[Tag]

    @property
    def arn(self) -> str:
        """Return its ARN."""


Finder = Callable[[Account, str, str, Arn], Taggable | None]
KINDS: dict[str, Finder] = {}


def taggable(resource_type: str) -> Callable[[Finder], Finder]:
    """Register how a kind of resource is found by its ARN: (account, region, text of the ARN, its parts) → row."""

    def register(finder: Finder) -> Finder:
        KINDS[resource_type] = finder
        return finder

    return register


def get_taggable(account: Account, region: str, text: str) -> Taggable:
    """Return the row of that ARN. Raises InvalidParameterException for what is no ARN of a kind that has tags or an
    ARN of the old, short format; ClusterNotFoundException or ResourceNotFoundException when there is none."""
    arn = parse_arn(text)
    if arn is None or arn.resource_type not in KINDS:
        raise InvalidParameterException(
            "The specified resourceArn is not an ARN that can have tags.", field="resourceArn"
        )
    row = None
    if (arn.account_id, arn.region) == (account.account_id, region):
        row = KINDS[arn.resource_type](account, region, text, arn)
    if row is None and arn.resource_type == "cluster":
        raise ClusterNotFoundException("Cluster not found.", field="resourceArn")
    if row is None:
        raise ResourceNotFoundException("The specified resource was not found.", field="resourceArn")
    return row


@taggable("cluster")
def _cluster(account: Account, region: str, text: str, _arn: Arn) -> Taggable | None:
    cluster = find_cluster(account, region, text)
    return cluster if cluster and cluster.status == ClusterStatus.ACTIVE else None


@taggable("capacity-provider")
def _capacity_provider(account: Account, region: str, text: str, _arn: Arn) -> Taggable | None:
    return find_provider(account, region, text)


@taggable("task-definition")
def _task_definition(account: Account, region: str, text: str, _arn: Arn) -> Taggable | None:
    return find_revision(account, region, text)


@taggable("container-instance")
def _container_instance(account: Account, region: str, text: str, arn: Arn) -> Taggable | None:
    cluster = cluster_in(account, region, arn)
    return find_container_instance(cluster, text) if cluster else None


@taggable("task")
def _task(account: Account, region: str, text: str, arn: Arn) -> Taggable | None:
    cluster = cluster_in(account, region, arn)
    return find_task(cluster, text) if cluster else None


@taggable("service")
def _service(account: Account, region: str, text: str, arn: Arn) -> Taggable | None:
    cluster = cluster_in(account, region, arn)
    return find_service(cluster, text) if cluster else None


@taggable("task-set")
def _task_set(account: Account, region: str, text: str, arn: Arn) -> Taggable | None:
    cluster, parts = cluster_in(account, region, arn), arn.path.split("/")
    service = find_service(cluster, parts[1]) if cluster else None
    return find_task_set(service, text) if service else None


def cluster_in(account: Account, region: str, arn: Arn) -> Cluster | None:
    """Return the cluster inside a long ARN, or None. Raises InvalidParameterException for a short one."""
    name, slash, _rest = arn.path.partition("/")
    if not slash:
        raise InvalidParameterException(LONG_ARN, field="resourceArn")
    return find_cluster(account, region, name)


def set_tags(account: Account, region: str, row: Taggable, tags: Sequence[Tag], *, now: datetime) -> None:
    """Write the row's tags and append EventBridge's `Tag Change on Resource`; a container instance's version grows."""
    before = {tag["key"]: tag.get("value", "") for tag in row.tags}
    after = {tag["key"]: tag["value"] for tag in tags}
    changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    if not changed:
        return
    values: dict[str, object] = {"tags": list(tags)}
    if isinstance(row, ContainerInstance):
        values["version"] = F("version") + 1
    with transaction.atomic():
        _rows_like(row).update(**values)
        events.append(
            account,
            region=region,
            detail_type="Tag Change on Resource",
            source="aws.tag",
            detail={"changed-tag-keys": changed, "service": "ecs", "tags": after, "resource-type": _kind(row)},
            resources=[row.arn],
            topics=_topics(row),
            at=now,
        )


def _rows_like(row: Taggable) -> QuerySet[Model]:
    """Return the query for this one row, whatever its model."""
    model = type(cast(Model, row))
    manager: Manager[Model] = model.objects  # type: ignore[attr-defined] # — every model of ours has its default one
    return manager.filter(pk=row.pk)


def _kind(row: Taggable) -> str:
    found = parse_arn(row.arn)
    return found.resource_type if found else ""


def _topics(row: Taggable) -> list[str]:
    """Return the words under which the pages about this resource listen."""
    match row:
        case Cluster():
            return ["clusters", f"cluster-{row.pk}"]
        case ContainerInstance():
            return [f"instance-{row.instance_id}"]
        case Task():
            return [f"task-{row.task_id}"]
        case Service() | TaskSet():
            return [f"service-{row.service_id if isinstance(row, TaskSet) else row.pk}"]
        case TaskDefinition():
            return events.definition_topics(row)
        case _:
            return []
