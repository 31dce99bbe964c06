"""Revisions in AWS's shape."""

from __future__ import annotations

from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.models import TaskDefinition


def describe_task_definition(row: TaskDefinition) -> Shape:
    """Return a revision: the document as registered, and what ECS judged of it."""
    return present(
        {
            **row.document,
            "taskDefinitionArn": row.arn,
            "family": row.family,
            "revision": row.revision,
            "status": row.status,
            "requiresAttributes": [{"name": name} for name in row.requires_attributes],
            "compatibilities": row.compatibilities,
            "registeredAt": row.registered_at,
            "registeredBy": row.registered_by,
            "deregisteredAt": row.deregistered_at,
            "deleteRequestedAt": row.delete_requested_at,
        }
    )
