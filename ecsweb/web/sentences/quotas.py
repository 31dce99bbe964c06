"""The quota of a class account: what is full, that it is not the machines', and what to do about it."""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.utils.translation import gettext as _

from ecsweb.controlplane.quotas import running
from ecsweb.domain.quotas import QUOTA_FULL
from ecsweb.models import Account


def quota_full() -> str:
    """Return what kept a task from running where the account's own quota did, and what makes room."""
    return _(
        "It is the quota of your account in this class that is full, not the machines: all your clusters together run "
        "at most %(containers)s containers with %(memory)s MiB of memory limits at once. Stop something that you no "
        "longer need, or ask your teacher."
    ) % {"containers": settings.ECSWEB_CLASS_CONTAINERS, "memory": settings.ECSWEB_CLASS_MEMORY}


def what_runs(account: Account) -> str:
    """Return what takes the room of the quota now, cluster by cluster; empty where nothing runs."""
    containers: Counter[str] = Counter()
    memory: Counter[str] = Counter()
    for cluster, demand in running(account.pk):
        containers[cluster] += demand.containers
        memory[cluster] += demand.hard_memory
    each = _("%(cluster)s (containers: %(containers)s, memory: %(memory)s MiB)")
    parts = [each % {"cluster": name, "containers": containers[name], "memory": memory[name]} for name in containers]
    return _("Running now: %(clusters)s.") % {"clusters": ", ".join(parts)} if parts else ""


def quota_full_for(account: Account) -> str:
    """Return that the quota is full, and what takes its room now."""
    return f"{quota_full()} {what_runs(account)}".strip()


def is_quota(answer: str) -> bool:
    """Tell whether a failure, as it was answered, is the quota of the account and not a machine's."""
    return QUOTA_FULL in answer
