"""Leases: one worker on an object at a time, with a token that fences late writers (`reliability.md` 8.7).

The lease saves work; the compare-and-swap of each write is what makes it right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from ecsweb.models import Lease

LEASE_FOR = timedelta(seconds=30)
LONG_AGO = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class LeaseLost(Exception):
    """Somebody else works on the object now; nothing was written."""


@dataclass(frozen=True, slots=True)
class Held:
    """A lease that is ours until it expires or somebody else takes it."""

    key: str
    token: int


def take(
    key: str, *, holder: str, now: datetime, is_gone: Callable[[str], bool] = lambda _holder: False
) -> Held | None:
    """Take the lease if it is free, has expired, or its holder `is_gone`; None when somebody else works there."""
    lease, _is_new = Lease.objects.get_or_create(key=key, defaults={"expires_at": LONG_AGO})
    rows = Lease.objects.filter(key=key, token=lease.token)
    if not is_gone(lease.holder):
        rows = rows.filter(expires_at__lte=now)
    if rows.update(holder=holder, token=F("token") + 1, expires_at=now + LEASE_FOR) != 1:
        return None
    return Held(key=key, token=lease.token + 1)


def renew(held: Held, *, now: datetime) -> bool:
    """Extend the lease; False when it is no longer ours, and then nothing may be written any more."""
    renewed = Lease.objects.filter(key=held.key, token=held.token, expires_at__gt=LONG_AGO)
    return renewed.update(expires_at=now + LEASE_FOR) == 1


def release(held: Held) -> None:
    """Give the lease back; one that was taken over meanwhile is left alone."""
    Lease.objects.filter(key=held.key, token=held.token).update(expires_at=LONG_AGO)
