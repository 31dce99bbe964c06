"""Let a container instance's agent take its next steps."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from ecsweb.agent.container_instance import step as take_step
from ecsweb.agent.discovery import current_engine
from ecsweb.jobs import wakeups
from ecsweb.jobs.locks import lease


def step_instance(instance_id: int) -> datetime | None:
    """Take the instance's steps under its lease; return when time alone will ask for more, if ever.

    Raises LeaseTaken when another worker takes them now.
    """
    with lease(f"step:{instance_id}"):
        return take_step(instance_id, current_engine())


@shared_task
def step(*, object_id: int) -> None:
    """Job: step the container instance of that key, and come back when time alone asks for it."""
    wakeups.run_coalesced(
        wakeups.STEP, key=f"step:{object_id}", object_id=object_id, work=lambda: step_instance(object_id)
    )
