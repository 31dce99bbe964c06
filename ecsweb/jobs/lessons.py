"""Look at what an account's open lab asks about, and let plays go on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from ecsweb.agent.discovery import current_engine
from ecsweb.agent.inspection import containers_of
from ecsweb.controlplane.lessons import open_runs
from ecsweb.jobs import wakeups
from ecsweb.jobs.locks import lease
from ecsweb.learn.lessons.asking import DockerLook
from ecsweb.learn.lessons.runs import go_on
from ecsweb.learn.player import advance
from ecsweb.models import Account, Play


def look_at_lessons(account_pk: int) -> datetime | None:
    """Go on with what is under way in the account; return when time alone asks for more. Raises LeaseTaken."""
    account = Account.objects.filter(pk=account_pk).first()
    if account is None:
        return None
    with lease(f"lessons:{account_pk}"):
        docker = _docker(account.account_id)
        moments = [go_on(run, now=timezone.now(), docker=docker) for run in open_runs(account)]
        return min((at for at in moments if at), default=None)


def go_on_with_play(play_pk: int) -> datetime | None:
    """Take the next actions of a play; return when to come back. Raises LeaseTaken."""
    with lease(f"play:{play_pk}"):
        play = Play.objects.select_related("account", "lesson_run__account").filter(pk=play_pk).first()
        return advance(play, now=timezone.now(), docker=_docker(play.account.account_id)) if play else None


def _docker(account_id: str) -> DockerLook:
    def look() -> list[dict[str, Any]]:
        return containers_of(current_engine(), account_id)

    return look


@shared_task
def look(*, object_id: int) -> None:
    """Job: look at the lessons of the account of that key."""
    wakeups.run_coalesced(
        wakeups.LESSONS, key=f"lessons:{object_id}", object_id=object_id, work=lambda: look_at_lessons(object_id)
    )


@shared_task
def play(*, object_id: int) -> None:
    """Job: go on with the play of that key."""
    wakeups.run_coalesced(
        wakeups.PLAY, key=f"play:{object_id}", object_id=object_id, work=lambda: go_on_with_play(object_id)
    )
