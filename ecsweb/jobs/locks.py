"""Who holds a lease: this host, process and thread, so that the lease of a process that died here need not run out."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from ecsweb.controlplane import leases


def holder() -> str:
    """Return `host/process/thread` of the caller."""
    return f"{socket.gethostname()[:30]}/{os.getpid()}/{threading.get_ident()}"


def is_gone(name: str) -> bool:
    """Tell whether a holder is a process of this host that no longer exists; of other hosts nothing is known."""
    host, _, rest = name.partition("/")
    process = rest.partition("/")[0]
    if host != socket.gethostname()[:30] or not process.isdigit() or int(process) == os.getpid():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


class LeaseTaken(Exception):
    """Somebody else works there now, from what was known before this wake-up: it has to be looked at again."""


@contextmanager
def lease(key: str) -> Iterator[leases.Held]:
    """Hold the lease of `key` for the block; only its holder releases it. Raises LeaseTaken."""
    held = leases.take(key, holder=holder(), now=timezone.now(), is_gone=is_gone)
    if held is None:
        raise LeaseTaken(key)
    try:
        yield held
    finally:
        leases.release(held)
