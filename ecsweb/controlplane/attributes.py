"""PutAttributes, DeleteAttributes: custom attributes, which placement constraints can ask for (`ecs-facts.md` 3.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.references import find_container_instance
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain import attributes as rules
from ecsweb.domain.errors import TargetNotFoundException
from ecsweb.models import Cluster, ContainerInstance

Attribute = Mapping[str, Any]
Change = Callable[[list[Attribute], Attribute], list[Attribute]]


def put_attributes(cluster: Cluster, asked: Sequence[Attribute], *, now: datetime) -> list[Attribute]:
    """Put each attribute on its target; all or none. Raises TargetNotFoundException and the rules' errors."""
    return _change(cluster, asked, rules.put, now=now)


def delete_attributes(cluster: Cluster, asked: Sequence[Attribute], *, now: datetime) -> list[Attribute]:
    """Remove each attribute from its target; one that is not there is no error. Raises TargetNotFoundException."""
    return _change(cluster, asked, rules.without, now=now)


def _change(cluster: Cluster, asked: Sequence[Attribute], change: Change, *, now: datetime) -> list[Attribute]:
    rules.check_call(asked)
    answered: list[Attribute] = []
    with transaction.atomic():
        lock_placement(cluster)
        for attribute in asked:
            instance = _target(cluster, attribute)
            attributes = change(instance.attributes, attribute)
            if attributes != instance.attributes:
                ContainerInstance.objects.filter(pk=instance.pk).update(attributes=attributes, version=F("version") + 1)
                instance.refresh_from_db()
                events.container_instance_state_change(instance, at=now)
            answered.append({**attribute, "targetType": "container-instance", "targetId": instance.arn})
        announcements.wake_cluster(cluster.pk)
    return answered


def _target(cluster: Cluster, attribute: Attribute) -> ContainerInstance:
    reference = str(attribute.get("targetId") or "")
    instance = find_container_instance(cluster, reference) if reference else None
    if instance is None or instance.status == "INACTIVE":
        raise TargetNotFoundException(
            f"The specified target wasn't found: {reference[:100] or 'no targetId'}.", field="attributes.targetId"
        )
    return instance
