"""Accounts: find or open one, and empty it again (`POST /_ecsweb/reset`)."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.emptying import want_gone
from ecsweb.controlplane.lessons import end_lessons
from ecsweb.controlplane.plays import end_plays
from ecsweb.domain.statuses import ClusterStatus, ServiceStatus
from ecsweb.models import (
    Account,
    AccountSetting,
    BrokenImage,
    CapacityProvider,
    Cluster,
    ContainerInstance,
    Deployment,
    Parameter,
    Service,
    Task,
    TaskDefinition,
)


def open_account(account_id: str) -> Account:
    """Return the account of that number, opened at its first use."""
    return Account.objects.get_or_create(account_id=account_id)[0]


def account_of(user: AbstractBaseUser) -> Account:
    """Return the sandbox of a person in class mode, opened with a free number at the first login."""
    account = Account.objects.filter(user_id=user.pk).first()
    while account is None:
        number = f"{secrets.randbelow(10**12):012d}"
        account, is_new = Account.objects.get_or_create(account_id=number, defaults={"user_id": user.pk})
        account = account if is_new else None
    return account


def begin_reset(account: Account, *, now: datetime) -> None:
    """Want everything of the account gone: services end, tasks and instances are purged by the agents, at once."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(reset_began_at=now)
        CapacityProvider.objects.filter(account=account).delete()
        BrokenImage.objects.filter(account=account).delete()
        # First who would make things anew, then the things.
        end_plays(account)
        want_gone(Cluster.objects.filter(account=account))
        end_lessons(account)
        events.append(
            account,
            region=settings.ECSWEB_REGION,
            detail_type="Account Reset",
            detail={},
            topics=["clusters", "task-definitions"],
            at=now,
            source=events.OURS,
        )


def begin_removal(account: Account, *, now: datetime) -> None:
    """Empty the account for good: its person comes in no more, and once the agents are done, both are deleted."""
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(is_leaving=True)
        get_user_model().objects.filter(account=account).update(is_active=False)
        begin_reset(account, now=now)


def finish_removal(account: Account) -> bool:
    """Delete an account that was to go, its log and its person, once it is emptied; tell whether it is gone."""
    with transaction.atomic():
        row = Account.objects.filter(pk=account.pk, is_leaving=True).first()
        if row is None or row.reset_began_at is not None:
            return row is None
        # What the reset kept, stopped tasks above all, protects the revisions that it came of.
        Task.objects.filter(cluster__account=row).delete()
        Deployment.objects.filter(service__cluster__account=row).delete()
        Service.objects.filter(cluster__account=row).delete()
        user = row.user
        row.delete()
        if user is not None:
            user.delete()
    return True


def finish_reset(account: Account) -> bool:
    """Delete the rows a reset left, once the agents have removed all it wanted gone; tell whether it is over.

    What was made since the reset began is kept, and so is the log.
    """
    with transaction.atomic():
        began_at = Account.objects.values_list("reset_began_at", flat=True).get(pk=account.pk)
        if began_at is None:
            return True
        if ContainerInstance.everything.filter(cluster__account=account, is_purged=True).exists():
            return False
        ended = Service.objects.filter(
            cluster__account=account, status=ServiceStatus.INACTIVE, created_at__lte=began_at
        )
        Deployment.objects.filter(service__in=ended).delete()
        ended.delete()
        Cluster.objects.filter(account=account, status=ClusterStatus.INACTIVE, container_instances=None).delete()
        unused = TaskDefinition.objects.filter(account=account, registered_at__lte=began_at)
        unused.filter(tasks=None, services=None, deployments=None).delete()
        AccountSetting.objects.filter(account=account).delete()
        Parameter.objects.filter(account=account, last_modified_at__lte=began_at).delete()
        Account.objects.filter(pk=account.pk).update(reset_began_at=None)
    announcements.publish(account.pk, topics=["clusters", "task-definitions"])
    return True


def resetting_accounts() -> list[Account]:
    """Return the accounts whose reset is not over."""
    return list(Account.objects.exclude(reset_began_at=None))


def leaving_accounts() -> list[Account]:
    """Return the accounts that go as soon as they are emptied."""
    return list(Account.objects.filter(is_leaving=True))


def keep_look(account: Account, name: str, value: str) -> None:
    """Remember how the account's person wants the pages to look, in whatever browser."""
    if account.looks.get(name) != value:
        account.looks = {**account.looks, name: value}
        account.save(update_fields=["looks"])
