"""Try from here: an empty account is made to want what somebody wanted at a moment of a timeline."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.api.renderers import cli_command
from ecsweb.domain.errors import EcsError
from ecsweb.domain.timeline.seeding import SeedCall, renamed
from ecsweb.models import Account, Cluster, Service, TaskDefinition


class Refused(Exception):
    """A call was refused, and with it all of them: nothing was made."""

    def __init__(self, operation: str, error: EcsError) -> None:
        super().__init__(f"{operation}: {error.message}")
        self.operation, self.code, self.message = operation, error.code, error.message


def what_is_there(account: Account) -> dict[str, int]:
    """Return how many ACTIVE clusters, services and revisions the account has; an empty one has none of each."""
    return {
        "clusters": Cluster.objects.filter(account=account, status="ACTIVE").count(),
        "services": Service.objects.filter(cluster__account=account, status="ACTIVE").count(),
        "definitions": TaskDefinition.objects.filter(account=account, status="ACTIVE").count(),
    }


def seed(principal: Principal, calls: Sequence[SeedCall]) -> None:
    """Make all the calls, or none. Raises Refused with the first that was refused."""
    revisions: dict[str, str] = {}
    with transaction.atomic():
        for one in calls:
            try:
                answer = call(principal, one.operation, renamed(one, revisions))
            except EcsError as error:
                raise Refused(one.operation, error) from error
            if one.defines:
                made = answer["taskDefinition"]
                revisions[one.defines] = f"{made['family']}:{made['revision']}"


def commands(calls: Sequence[SeedCall]) -> list[str]:
    """Return the calls as commands."""
    return [cli_command(one.operation, one.params) for one in calls]
