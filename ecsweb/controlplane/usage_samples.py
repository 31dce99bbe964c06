"""Samples of what tasks and instances use, on their way from the agent to the pages: short rings in Redis.

Like logs, they are taken only while somebody looks. They are hints about the engine, not state: with Redis gone the
pages say that nothing is known, and nothing else changes.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass

import redis

from ecsweb.controlplane.announcements import connection, silence
from ecsweb.domain.usage import Sample

logger = logging.getLogger(__name__)

WANTED = "ecsweb:usage-wanted"
WANTED_FOR_SECONDS = 20
MOST_WANTED = 50
# What the engine is and whether it can be measured, for the pages; forgotten when nobody measures any more.
SOURCE = "ecsweb:usage-source"
SOURCE_KEPT_SECONDS = 20
KEPT = 120
KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known of a thing: its samples, oldest first; the engine's kind and why it cannot be measured, if so."""

    samples: Sequence[Sample] = ()
    engine: str = ""
    gap: str = ""
    # False where Redis did not answer.
    is_known: bool = True


def of_task(task_id: str) -> str:
    """Return the name under which a task's samples are kept."""
    return f"task:{task_id}"


def of_instance(instance_id: str) -> str:
    """Return the name under which a container instance's samples are kept."""
    return f"instance:{instance_id}"


def look_at(name: str, *, is_wanted: bool = True) -> Measured:
    """Return what is known, and say that somebody looks: the agent goes on sampling for the next 20 s."""
    if silence.lasts():
        return Measured(is_known=False)
    pipeline = connection().pipeline(transaction=False)
    if is_wanted:
        pipeline.zadd(WANTED, {name: time.time() + WANTED_FOR_SECONDS})
    pipeline.lrange(_ring(name), 0, -1)
    pipeline.get(SOURCE)
    try:
        *_, rows, source = pipeline.execute()
    except redis.RedisError as error:
        silence.begin_after(error)
        logger.warning("usage not read: %s", error)
        return Measured(is_known=False)
    known = json.loads(source) if source else {}
    return Measured([Sample(*json.loads(row)) for row in rows], known.get("engine", ""), known.get("gap", ""))


def wanted() -> list[str]:
    """Return the names of what somebody looks at now, at most 50."""
    try:
        client = connection()
        client.zremrangebyscore(WANTED, 0, time.time())
        return [str(name) for name in client.zrange(WANTED, 0, MOST_WANTED - 1)]
    except redis.RedisError as error:
        logger.warning("wanted usage not read: %s", error)
        return []


def put(samples: Mapping[str, Sample], *, engine: str, gap: str = "") -> None:
    """Add one sample to each ring; the newest 120 are kept, for ten minutes."""
    pipeline = connection().pipeline(transaction=False)
    pipeline.set(SOURCE, json.dumps({"engine": engine, "gap": gap}), ex=SOURCE_KEPT_SECONDS)
    for name, sample in samples.items():
        pipeline.rpush(_ring(name), json.dumps(astuple(sample)))
        pipeline.ltrim(_ring(name), -KEPT, -1)
        pipeline.expire(_ring(name), KEPT_SECONDS)
    try:
        pipeline.execute()
    except redis.RedisError as error:
        logger.warning("usage not kept: %s", error)


def _ring(name: str) -> str:
    return f"ecsweb:usage:{name}"
