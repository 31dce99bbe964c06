"""Tell the rest of the product, after commit, that something happened: hints only, the database stays the truth.

Two audiences: the pages (a Redis channel an account) and the workers (a Django signal that `jobs` listens to, since
controlplane may not import jobs). Every publication is bounded to a second and its failure is logged and swallowed:
the sweep and the pages' catch-up find what a lost hint missed (`reliability.md` fact 4).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from functools import cache

import redis
from django.conf import settings
from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

# Sent after commit with `cluster_id` (int) or `instance_id` (int primary key): look at this object soon.
cluster_needs_reconcile = Signal()
instance_needs_step = Signal()
# Sent with `account_id`: something happened that an open lab may ask about; with `play_id`: a play may go on.
lessons_need_look = Signal()
play_needs_step = Signal()

LOGS_WANTED = "ecsweb:logs-wanted"
LOGS_WANTED_FOR_SECONDS = 20
# A request gives several hints; after one that was not taken in time the others do not wait their second each.
SILENCE_SECONDS = 2.0


@cache
def connection() -> redis.Redis:
    """Return this process's client; its time-outs keep a frozen server from holding a request."""
    return redis.Redis.from_url(
        settings.ECSWEB_REDIS_URL, socket_timeout=1, socket_connect_timeout=1, decode_responses=True
    )


class Silence:
    """Remembers for a moment that the server did not answer, so that a frozen one costs a request one wait only."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin_after(self, error: Exception) -> None:
        """Note that the server did not answer in time; one that refuses at once keeps nobody waiting."""
        if isinstance(error, redis.TimeoutError):
            self._until = time.monotonic() + SILENCE_SECONDS

    def lasts(self) -> bool:
        """Tell whether hints are dropped without being tried."""
        return time.monotonic() < self._until


silence = Silence()


def channel(account_pk: int) -> str:
    """Return the pub/sub channel of an account."""
    return f"ecsweb:events:{account_pk}"


def publish(account_pk: int, *, topics: Sequence[str], sequence: int | None = None) -> None:
    """Publish `topics` ("cluster-12", "task-<id>", …) now; with `sequence` when they stem from the log."""
    if silence.lasts():
        return
    message = json.dumps({"topics": list(topics), "sequence": sequence})
    try:
        connection().publish(channel(account_pk), message)
    except redis.RedisError as error:
        silence.begin_after(error)
        logger.warning("not published (pages catch up by themselves): %s", error)


def publish_on_commit(account_pk: int, *, topics: Sequence[str], sequence: int | None = None) -> None:
    """Publish once the transaction is in the database."""
    transaction.on_commit(lambda: publish(account_pk, topics=topics, sequence=sequence))


def wake_cluster(cluster_id: int) -> None:
    """Ask, after commit, for a reconcile of the cluster."""
    transaction.on_commit(lambda: cluster_needs_reconcile.send(sender=None, cluster_id=cluster_id))


def wake_instance(instance_id: int) -> None:
    """Ask, after commit, the agent of the container instance (by primary key) to take its next step."""
    transaction.on_commit(lambda: instance_needs_step.send(sender=None, instance_id=instance_id))


def wake_lessons(account_id: int) -> None:
    """Ask, after commit, to look at what the account's open lab asks about (by the account's primary key)."""
    transaction.on_commit(lambda: lessons_need_look.send(sender=None, account_id=account_id))


def wake_play(play_id: int) -> None:
    """Ask, after commit, to go on with a play."""
    transaction.on_commit(lambda: play_needs_step.send(sender=None, play_id=play_id))


def want_logs(task_id: str) -> None:
    """Say that somebody looks at this task's logs: the agent follows them for the next 20 s."""
    if silence.lasts():
        return
    try:
        connection().zadd(LOGS_WANTED, {task_id: time.time() + LOGS_WANTED_FOR_SECONDS})
    except redis.RedisError as error:
        silence.begin_after(error)
        logger.warning("logs not asked for: %s", error)


def wanted_logs() -> list[str]:
    """Return the ids of the tasks whose logs somebody looks at now, at most 50."""
    try:
        client = connection()
        client.zremrangebyscore(LOGS_WANTED, 0, time.time())
        return [str(task_id) for task_id in client.zrange(LOGS_WANTED, 0, 49)]
    except redis.RedisError as error:
        logger.warning("wanted logs not read: %s", error)
        return []
