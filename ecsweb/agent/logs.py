"""Put the tail of containers' output where pages can read it, capped, before the engine container is gone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from ecsweb.agent.engine import Engine, EngineError
from ecsweb.controlplane import state_changes
from ecsweb.models import Container, ContainerLog

logger = logging.getLogger(__name__)

TAIL_BYTES = 64 * 1024
LONGEST_LINE = 8 * 1024


def keep_log(
    engine: Engine, container: Container, *, runtime_id: str, is_complete: bool, clock: Callable[[], datetime]
) -> None:
    """Store the tail of the container's output; an engine that cannot tell costs the log, never the task."""
    try:
        text = readable(engine.logs(runtime_id, tail_bytes=TAIL_BYTES))
    except EngineError as error:
        logger.warning("no logs of %s: %s", container.engine_name, error)
        return
    stored = ContainerLog.objects.filter(container=container).values_list("text", "is_complete").first()
    if stored != (text, is_complete):
        state_changes.submit_log(container.pk, text=text, is_complete=is_complete, at=clock())


def readable(output: bytes) -> str:
    """Return output as text that can be stored anywhere: no NUL, no half characters, no endless line."""
    text = output.decode("utf-8", errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return "\n".join(line[:LONGEST_LINE] for line in text.split("\n"))


def follow(engine: Engine, task_ids: Iterable[str], *, clock: Callable[[], datetime]) -> None:
    """Store what is new of the running containers of the tasks that somebody looks at."""
    wanted = Container.objects.filter(task__task_id__in=list(task_ids), last_status="RUNNING").exclude(runtime_id="")
    for container in wanted.select_related("task"):
        keep_log(engine, container, runtime_id=container.runtime_id, is_complete=False, clock=clock)
