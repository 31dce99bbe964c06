"""Append to the log, in the transaction of the change itself, and publish once it is in the database.

Detail types and sources are EventBridge's (`ecs-facts.md` 6.8); `Decision`, `API Call` and `Engine Call` are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import announcements, remembered
from ecsweb.controlplane.descriptions import describe_container_instance, describe_deployment, describe_task
from ecsweb.domain.identifiers import new_uuid
from ecsweb.models import (
    Account,
    Cluster,
    ContainerInstance,
    Deployment,
    Event,
    Service,
    ServiceEvent,
    Task,
    TaskDefinition,
)

AWS = "aws.ecs"
OURS = "ecsweb"
SERVICE_EVENTS_KEPT = 100
LESSON_PROGRESS = "Lesson Progress"
# What lessons do not ask about; their own events would wake them for ever.
UNSEEN_BY_LESSONS = frozenset({LESSON_PROGRESS, "Checkpoint", "Engine Call", "Decision"})


@transaction.atomic(savepoint=False)
def append(
    account: Account,
    *,
    region: str,
    detail_type: str,
    detail: Mapping[str, Any],
    topics: Sequence[str],
    at: datetime,
    cluster: Cluster | None = None,
    resources: Sequence[str] = (),
    source: str = AWS,
) -> Event:
    """Append one event with the account's next sequence number and publish its topics after commit.

    Taking the number and writing the row are one transaction, the caller's if there is one: no gap, no number twice.
    """
    Account.objects.filter(pk=account.pk).update(last_sequence=F("last_sequence") + 1)
    sequence, is_learning = Account.objects.values_list("last_sequence", "is_learning").get(pk=account.pk)
    event = Event.objects.create(
        account=account,
        sequence=sequence,
        region=region,
        cluster=cluster,
        event_id=new_uuid(),
        detail_type=detail_type,
        source=source,
        time=at,
        resources=list(resources),
        detail=dict(detail),
        topics=list(topics),
    )
    announcements.publish_on_commit(account.pk, topics=topics, sequence=sequence)
    if is_learning and detail_type not in UNSEEN_BY_LESSONS:
        announcements.wake_lessons(account.pk)
    return event


def task_state_change(task: Task, *, at: datetime) -> None:
    """Append `ECS Task State Change`: its detail is what DescribeTasks answers, and more under `ecsweb`."""
    append(
        task.cluster.account,
        region=task.cluster.region,
        cluster=task.cluster,
        detail_type="ECS Task State Change",
        detail={**describe_task(task), "ecsweb": remembered.task_facts(task)},
        resources=[task.arn],
        topics=task_topics(task),
        at=at,
    )


def task_topics(task: Task) -> list[str]:
    """Return the words under which pages listen for a change of this task."""
    topics = ["clusters", f"cluster-{task.cluster_id}", f"task-{task.task_id}"]
    if task.container_instance is not None:
        topics.append(f"instance-{task.container_instance.instance_id}")
    if task.service_id:
        topics.append(f"service-{task.service_id}")
    return topics


def definition_topics(row: TaskDefinition) -> list[str]:
    """Return the words under which pages listen for a change of this revision."""
    return ["task-definitions", f"definition-{row.pk}"]


def container_instance_state_change(instance: ContainerInstance, *, at: datetime) -> None:
    """Append `ECS Container Instance State Change`."""
    append(
        instance.cluster.account,
        region=instance.cluster.region,
        cluster=instance.cluster,
        detail_type="ECS Container Instance State Change",
        detail={**describe_container_instance(instance), "ecsweb": remembered.instance_facts(instance)},
        resources=[instance.arn],
        topics=["clusters", f"cluster-{instance.cluster_id}", f"instance-{instance.instance_id}"],
        at=at,
    )


def service_event(
    service: Service, message: str, *, event_name: str, at: datetime, kind: str = "INFO", reason: str = ""
) -> None:
    """Add a message to the service's events (the newest 100 are kept) and append `ECS Service Action`.

    `reason` is ECS's code of what failed, `RESOURCE:CPU` for example; most events have none (`ecs-facts.md` 6.8).

    SIMPLIFIED: AWS sends an event only for some messages and without their words; here every message is one.
    """
    row = ServiceEvent.objects.create(service=service, event_id=new_uuid(), message=message, created_at=at)
    kept = service.events.order_by("-created_at", "-pk").values_list("pk", flat=True)[:SERVICE_EVENTS_KEPT]
    if row.pk % 10 == 0:
        service.events.exclude(pk__in=list(kept)).delete()
    more = {"message": message, **({"reason": reason} if reason else {})}
    service_action(service, event_name=event_name, at=at, kind=kind, more=more)


def service_action(
    service: Service, *, event_name: str, at: datetime, kind: str = "INFO", more: Mapping[str, Any] | None = None
) -> None:
    """Append `ECS Service Action`; `more` goes into its detail."""
    append(
        service.cluster.account,
        region=service.cluster.region,
        cluster=service.cluster,
        detail_type="ECS Service Action",
        detail={
            "eventType": kind,
            "eventName": event_name,
            "clusterArn": service.cluster.arn,
            "createdAt": at.isoformat(),
            **(more or {}),
            "ecsweb": {"service": remembered.service_facts(service.pk)},
        },
        resources=[service.arn],
        topics=service_topics(service),
        at=at,
    )


def service_topics(service: Service) -> list[str]:
    """Return the words under which pages listen for a change of this service."""
    return ["clusters", f"cluster-{service.cluster_id}", f"service-{service.pk}"]


def deployment_state_change(
    deployment: Deployment, *, event_name: str, reason: str, at: datetime, kind: str = "INFO"
) -> None:
    """Append `ECS Deployment State Change`; `kind` is ERROR for one that failed (`ecs-facts.md` 6.8)."""
    service = deployment.service
    append(
        service.cluster.account,
        region=service.cluster.region,
        cluster=service.cluster,
        detail_type="ECS Deployment State Change",
        detail={
            "eventType": kind,
            "eventName": event_name,
            "deploymentId": deployment.deployment_id,
            "updatedAt": at.isoformat(),
            "reason": reason,
            "deployment": describe_deployment(deployment, {}),
            "ecsweb": {"service": remembered.service_facts(service.pk)},
        },
        resources=[service.arn],
        topics=service_topics(service),
        at=at,
    )


def ours(
    cluster: Cluster, *, detail_type: str, detail: Mapping[str, Any], topics: Sequence[str], at: datetime
) -> Event:
    """Append an event of our own about a cluster: `Decision`, `Engine Call`, `Cluster State Change`.

    Where it tells of a service's change it carries how the service stands.
    """
    service = None
    if detail_type in {"Service State Change", "Task Set State Change"}:
        service = remembered.service_of(cluster, str(detail["serviceArn"]))
    more = {"ecsweb": {"service": remembered.service_facts(service.pk)}} if service else {}
    return append(
        cluster.account,
        region=cluster.region,
        cluster=cluster,
        detail_type=detail_type,
        detail={**detail, **more},
        resources=[cluster.arn],
        topics=topics,
        at=at,
        source=OURS,
    )


def service_state_change(service: Service, *, at: datetime) -> None:
    """Append `Service State Change`: what became of a service without a message of ECS's about it."""
    ours(
        service.cluster,
        detail_type="Service State Change",
        detail={"serviceArn": service.arn},
        topics=service_topics(service),
        at=at,
    )
