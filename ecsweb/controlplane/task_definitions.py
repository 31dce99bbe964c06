"""RegisterTaskDefinition, DeregisterTaskDefinition (`ecs-facts.md` 2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from ecsweb.controlplane import events
from ecsweb.controlplane.descriptions import describe_task_definition
from ecsweb.controlplane.patterns import matches
from ecsweb.domain.errors import ClientException, InvalidParameterException
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, DeploymentStatus, ServiceStatus, TaskDefinitionStatus
from ecsweb.domain.task_definitions import compatibilities, normalised, required_attributes
from ecsweb.models import Account, Deployment, Service, Task, TaskDefinition


def _check_constraints(asked: Sequence[Mapping[str, Any]]) -> None:
    """Raise ClientException for what a definition may not constrain: only memberOf, and only what can be read (2.2)."""
    try:
        constraints_of(asked, matches)
    except InvalidParameterException as error:
        raise ClientException(error.message, field="placementConstraints") from error


def checked_document(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document that a registration would store. Raises ClientException with the field it is about."""
    document = normalised(params)
    _check_constraints(document["placementConstraints"])
    return document


def register_task_definition(
    account: Account,
    region: str,
    params: Mapping[str, Any],
    *,
    registered_by: str,
    tags: Sequence[dict[str, str]],
    now: datetime,
) -> TaskDefinition:
    """Store a new revision of the family: one above the highest there ever was, even when nothing changed.

    SIMPLIFIED: of several at once each gets its number; AWS may refuse one of them.

    Raises ClientException with ECS's literal message and the field it is about.
    """
    document = checked_document(params)
    with transaction.atomic():
        # The account's row is the lock: two registrations at once get two numbers.
        Account.objects.filter(pk=account.pk).update(last_sequence=F("last_sequence"))
        rows = TaskDefinition.objects.filter(account=account, region=region, family=document["family"])
        highest = rows.aggregate(highest=Max("revision"))["highest"] or 0
        row = TaskDefinition.objects.create(
            account=account,
            region=region,
            family=document["family"],
            revision=highest + 1,
            document=document,
            requires_attributes=required_attributes(document),
            compatibilities=compatibilities(document),
            tags=list(tags),
            registered_at=now,
            registered_by=registered_by,
        )
        _record(row, now=now)
    return row


def deregister_task_definition(row: TaskDefinition, *, now: datetime) -> TaskDefinition:
    """Make a revision INACTIVE: what runs it runs on, nothing new may use it, the number is never used again."""
    with transaction.atomic():
        active = TaskDefinition.objects.filter(pk=row.pk, status=TaskDefinitionStatus.ACTIVE)
        if active.update(status=TaskDefinitionStatus.INACTIVE, deregistered_at=now) != 1:
            raise ClientException("The specified task definition is inactive.", field="taskDefinition")
        row.refresh_from_db()
        _record(row, now=now)
    return row


def delete_task_definition(row: TaskDefinition, *, now: datetime) -> TaskDefinition:
    """Begin to delete an INACTIVE revision; it goes once no task and no service refers to it (`ecs-facts.md` 2.1)."""
    with transaction.atomic():
        inactive = TaskDefinition.objects.filter(pk=row.pk, status=TaskDefinitionStatus.INACTIVE)
        if inactive.update(status=TaskDefinitionStatus.DELETE_IN_PROGRESS, delete_requested_at=now) == 1:
            row.refresh_from_db()
            _record(row, now=now)
    return row


def finish_deletions() -> int:
    """Let go of the revisions that are being deleted and that nothing uses any more; return how many."""
    going = TaskDefinition.objects.filter(status=TaskDefinitionStatus.DELETE_IN_PROGRESS)
    tasks = Task.objects.filter(last_status__in=STATUSES_BEFORE_STOPPED).values("task_definition")
    services = Service.objects.exclude(status=ServiceStatus.INACTIVE).exclude(task_definition=None)
    deployments = Deployment.objects.exclude(status=DeploymentStatus.INACTIVE).values("task_definition")
    unused = going.exclude(pk__in=tasks).exclude(pk__in=services.values("task_definition")).exclude(pk__in=deployments)
    return unused.update(status=TaskDefinitionStatus.DELETED)


def _record(row: TaskDefinition, *, now: datetime) -> None:
    events.append(
        row.account,
        region=row.region,
        detail_type="Task Definition State Change",
        source=events.OURS,
        detail=describe_task_definition(row),
        resources=[row.arn],
        topics=events.definition_topics(row),
        at=now,
    )
