"""Secrets of a container: fetched once, before it is created, and never written anywhere else (`ecs-facts.md` 2.7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ecsweb.agent.engine import EngineError
from ecsweb.controlplane.parameters import find_parameter
from ecsweb.models import Task


class SecretMissing(EngineError):
    """A parameter that a container wants as a secret is not in the account's store."""


def secrets_of(task: Task, definition: Mapping[str, Any]) -> dict[str, str]:
    """Return name and value of each of the container's `secrets`. Raises SecretMissing.

    What changes in the store later reaches only tasks that start later.
    """
    found: dict[str, str] = {}
    for secret in definition.get("secrets") or ():
        row = find_parameter(task.cluster.account, task.cluster.region, secret["valueFrom"])
        if row is None:
            raise SecretMissing(
                "unable to pull secrets or registry auth: unable to retrieve secrets from ssm: "
                f"invalid parameters: {secret['valueFrom']}"
            )
        found[secret["name"]] = row.value
    return found
