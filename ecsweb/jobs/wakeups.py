"""Turn "look at this soon" into a job, coalesced: a hundred wake-ups make two runs, and none is lost.

The recipe (measured, `libraries.md` Celery section): a request increments a generation and enqueues only if it could
set the queued flag; the job deletes the flag first, and after its work asks again if the generation moved meanwhile.
Redis or the broker being away is survived: the row is stored, the hint is dropped, the sweep finds it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import redis
from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from ecsweb.controlplane import announcements
from ecsweb.jobs.locks import LeaseTaken

logger = logging.getLogger(__name__)

QUEUED_FOR_SECONDS = 60
# How soon a wake-up that met somebody at work looks again; as many of them as there are, they look once.
AGAIN_SECONDS = 0.25
# By name: web processes send wake-ups too, and must not import what holds the engine.
RECONCILE = "ecsweb.jobs.reconcile.reconcile"
STEP = "ecsweb.jobs.agents.step"
LESSONS = "ecsweb.jobs.lessons.look"
PLAY = "ecsweb.jobs.lessons.play"


def request(job: str, *, key: str, object_id: int, countdown: float = 0.0) -> None:
    """Enqueue the job of that name unless one is queued already; `countdown` seconds make a timer, never coalesced."""
    if announcements.silence.lasts():
        return
    try:
        if not countdown:
            client = announcements.connection()
            client.incr(f"ecsweb:generation:{key}")
            if not client.set(f"ecsweb:queued:{key}", 1, nx=True, ex=QUEUED_FOR_SECONDS):
                return
        current_app.send_task(job, kwargs={"object_id": object_id}, countdown=countdown or None, retry=False)
    except (redis.RedisError, OperationalError, OSError) as error:
        announcements.silence.begin_after(error)
        logger.warning("wake-up of %s dropped (the sweep finds it): %s", key, error)


def run_coalesced(job: str, *, key: str, object_id: int, work: Callable[[], datetime | None]) -> None:
    """Do `work` for a wake-up; ask again if others asked meanwhile, and at the moment that it returns, if any.

    `work` takes the lease itself, and raises LeaseTaken where it is held: by a job that may have read the database
    before this wake-up's cause was in it, or by the sweep, which reads no generations. So it is tried again soon.
    """
    client = announcements.connection()
    try:
        client.delete(f"ecsweb:queued:{key}")
        before = client.get(f"ecsweb:generation:{key}")
    except redis.RedisError as error:
        logger.warning("working on %s without its wake-up flag: %s", key, error)
        _try(job, key=key, object_id=object_id, work=work)
        return
    _try(job, key=key, object_id=object_id, work=work)
    try:
        moved = client.get(f"ecsweb:generation:{key}") != before
    except redis.RedisError as error:
        logger.warning("wake-ups of %s not read again (the sweep finds them): %s", key, error)
        return
    if moved:
        request(job, key=key, object_id=object_id)


def _try(job: str, *, key: str, object_id: int, work: Callable[[], datetime | None]) -> None:
    try:
        come_back(job, key=key, object_id=object_id, at=work())
    except LeaseTaken:
        _again_soon(job, key=key, object_id=object_id)


def _again_soon(job: str, *, key: str, object_id: int) -> None:
    try:
        is_first = announcements.connection().set(f"ecsweb:again:{key}", 1, nx=True, px=int(AGAIN_SECONDS * 1000))
    except redis.RedisError as error:
        logger.warning("%s is not tried again (the sweep finds it): %s", key, error)
        return
    if is_first:
        request(job, key=key, object_id=object_id, countdown=AGAIN_SECONDS)


def come_back(job: str, *, key: str, object_id: int, at: datetime | None) -> None:
    """Set a timer for when time alone asks for more; at least 50 ms, so that it never becomes a busy loop."""
    if at is not None:
        seconds = max(0.05, (at - timezone.now()).total_seconds())
        request(job, key=key, object_id=object_id, countdown=seconds)


def wake_cluster(*, cluster_id: int, **_signal: object) -> None:
    """Ask for a reconcile of the cluster."""
    request(RECONCILE, key=f"reconcile:{cluster_id}", object_id=cluster_id)


def wake_instance(*, instance_id: int, **_signal: object) -> None:
    """Ask for the next step of the container instance's agent."""
    request(STEP, key=f"step:{instance_id}", object_id=instance_id)


def wake_lessons(*, account_id: int, **_signal: object) -> None:
    """Ask for a look at the account's open lesson."""
    request(LESSONS, key=f"lessons:{account_id}", object_id=account_id)


def wake_play(*, play_id: int, **_signal: object) -> None:
    """Ask to go on with a play."""
    request(PLAY, key=f"play:{play_id}", object_id=play_id)


def connect() -> None:
    """Listen to controlplane's announcements; called once when Django is ready."""
    announcements.cluster_needs_reconcile.connect(wake_cluster, dispatch_uid="ecsweb.wake_cluster")
    announcements.instance_needs_step.connect(wake_instance, dispatch_uid="ecsweb.wake_instance")
    announcements.lessons_need_look.connect(wake_lessons, dispatch_uid="ecsweb.wake_lessons")
    announcements.play_needs_step.connect(wake_play, dispatch_uid="ecsweb.wake_play")
