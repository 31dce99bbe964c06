"""Accounts: find or open one, and empty it again (`POST /_ecsweb/reset`)."""

from __future__ import annotations

import secrets

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from ecsweb.controlplane import announcements
from ecsweb.domain.statuses import DesiredStatus
from ecsweb.models import Account, Cluster, ContainerInstance, Deployment, Service, Task, TaskDefinition


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


def begin_reset(account: Account) -> None:
    """Want everything of the account gone: services end, tasks and instances are purged by the agent, at once."""
    with transaction.atomic():
        Service.objects.filter(cluster__account=account).exclude(status="INACTIVE").update(
            status="INACTIVE", desired_count=0
        )
        Task.objects.filter(cluster__account=account).update(desired_status=DesiredStatus.STOPPED, is_purged=True)
        ContainerInstance.objects.filter(cluster__account=account).update(is_purged=True)
        for instance in ContainerInstance.objects.filter(cluster__account=account):
            announcements.wake_instance(instance.pk)


def is_emptied(account: Account) -> bool:
    """Tell whether the agent has removed everything that the reset wanted gone."""
    return not ContainerInstance.objects.filter(cluster__account=account, is_purged=True).exists()


def finish_reset(account: Account) -> None:
    """Delete the rows that are left once the engine holds nothing of the account any more; the log is kept."""
    with transaction.atomic():
        Deployment.objects.filter(service__cluster__account=account).delete()
        Service.objects.filter(cluster__account=account).delete()
        Cluster.objects.filter(account=account).delete()
        TaskDefinition.objects.filter(account=account).delete()
    announcements.publish(account.pk, topics=["clusters", "task-definitions", "engine"])
