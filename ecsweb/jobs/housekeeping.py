"""The sweep that alone would be enough, and the parts' heartbeats."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from celery import shared_task
from celery.signals import worker_ready
from django.utils import timezone

from ecsweb.agent import sweep as sweeping
from ecsweb.agent.discovery import current_engine
from ecsweb.agent.engine import EngineError
from ecsweb.agent.health import note_engine
from ecsweb.controlplane import accounts, heartbeats, housekeeping, lessons, plays
from ecsweb.jobs import wakeups
from ecsweb.jobs.agents import step_instance
from ecsweb.jobs.lessons import go_on_with_play, look_at_lessons
from ecsweb.jobs.locks import LeaseTaken
from ecsweb.jobs.reconcile import reconcile_cluster

logger = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(seconds=10)


@shared_task
def sweep() -> None:
    """Job, every 10 s: do what lost wake-ups and events would have asked for, without needing Redis."""
    note_engine(current_engine())
    for instance_pk in housekeeping.unfinished_instances():
        _look(wakeups.STEP, "step", instance_pk, step_instance)
    for cluster_pk in housekeeping.scheduled_clusters():
        _look(wakeups.RECONCILE, "reconcile", cluster_pk, reconcile_cluster)
    for account_pk in lessons.learning_accounts():
        _look(wakeups.LESSONS, "lessons", account_pk, look_at_lessons)
    for play_pk in plays.running_plays():
        _look(wakeups.PLAY, "play", play_pk, go_on_with_play)
    try:
        sweeping.sweep(current_engine(), clock=timezone.now)
    except EngineError as error:
        logger.warning("sweep without an engine: %s", error)
    for account in accounts.resetting_accounts():
        accounts.finish_reset(account)
    for account in accounts.leaving_accounts():
        accounts.finish_removal(account)
    housekeeping.note_checkpoints(now=timezone.now())
    housekeeping.trim_log()


def _look(job: str, kind: str, object_id: int, work: Callable[[int], datetime | None]) -> None:
    """Do the work, unless a job is at it; come back before the next sweep where time alone asks for that."""
    try:
        at = work(object_id)
    except LeaseTaken:
        return
    if at is not None and at < timezone.now() + SWEEP_EVERY:
        wakeups.come_back(job, key=f"{kind}:{object_id}", object_id=object_id, at=at)


@worker_ready.connect
def sweep_at_start(**_signal: object) -> None:
    """Look at everything when a worker comes up: nobody listened to events and wake-ups before (level, not edge)."""
    sweep.delay()


@shared_task
def heartbeat() -> None:
    """Job, every 5 s: beat sent it and a worker ran it, so both live."""
    for part in ("beat", "worker"):
        heartbeats.beat(part, ok=True, detail={}, at=timezone.now())
    note_engine(current_engine())
