"""Watch the engine's events, and the logs and the usage that somebody looks at; nothing depends on any of them."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.utils import timezone

from ecsweb.agent import labels, logs
from ecsweb.agent.discovery import current_engine
from ecsweb.agent.engine import Engine, EngineError
from ecsweb.agent.usage import UsageSampler
from ecsweb.controlplane import announcements, heartbeats, housekeeping
from ecsweb.models import ContainerInstance

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 5
USAGE_SECONDS = 2
# Only what can change a status; `exec_…` of health checks would be noise.
INTERESTING = frozenset(
    {"start", "die", "oom", "kill", "destroy", "stop", "pause", "unpause", "restart", "health_status"}
)


class Command(BaseCommand):
    help = "Watch the container engine: wakes the agents when something happens to a container of ours."

    def handle(self, *_args: Any, **_options: Any) -> None:
        engine = current_engine()
        threading.Thread(target=follow_logs, args=(engine,), name="logs", daemon=True).start()
        threading.Thread(target=follow_usage, args=(engine,), name="usage", daemon=True).start()
        while True:
            watch(engine)
            time.sleep(1)


def watch(engine: Engine) -> None:
    """Wake agents on events until the stream ends; at each beginning look at everything, as events may be lost."""
    since = time.time()
    try:
        _wake_all()
        for event in engine.events(since=since):
            if event.action.split(":")[0] in INTERESTING:
                _wake(event.labels.get(labels.INSTANCE, ""))
    except EngineError as error:
        logger.warning("no events: %s", error)
    except DatabaseError:
        logger.exception("events not passed on (the sweep finds them)")
        connection.close()


def _wake(instance_id: str) -> None:
    instance_pk = ContainerInstance.everything.filter(instance_id=instance_id).values_list("pk", flat=True).first()
    if instance_pk is not None:
        announcements.instance_needs_step.send(sender=None, instance_id=instance_pk)


def _wake_all() -> None:
    for instance_pk in housekeeping.unfinished_instances():
        announcements.instance_needs_step.send(sender=None, instance_id=instance_pk)


def follow_logs(engine: Engine) -> None:
    """Each second, store what is new in the logs that somebody looks at."""
    for second in itertools.count():
        time.sleep(1)
        try:
            if second % HEARTBEAT_SECONDS == 0:
                heartbeats.beat("watcher", ok=True, detail={}, at=timezone.now())
            wanted = announcements.wanted_logs()
            if wanted:
                logs.follow(engine, wanted, clock=timezone.now)
        except (EngineError, DatabaseError) as error:
            logger.warning("logs not followed: %s", error)
            connection.close()


def follow_usage(engine: Engine) -> None:
    """Every two seconds, measure what somebody looks at."""
    sampler = UsageSampler(engine)
    while True:
        time.sleep(USAGE_SECONDS)
        try:
            sampler.sample()
        except (EngineError, DatabaseError) as error:
            logger.warning("usage not measured: %s", error)
            connection.close()
