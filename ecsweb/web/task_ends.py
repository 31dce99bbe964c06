"""How tasks ended: why, in ECS's own words too, and what would mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from ecsweb.domain.statuses import StopCause, StopCode, TaskStatus
from ecsweb.models import Container, Service, Task
from ecsweb.web import sentences
from ecsweb.web.panels.chaos import mending
from ecsweb.web.panels.values import Action

_FAILED = Q(stop_code__in=(StopCode.ESSENTIAL_CONTAINER_EXITED, StopCode.TASK_FAILED_TO_START)) | Q(
    stop_cause=StopCause.UNHEALTHY
)


@dataclass(frozen=True, slots=True)
class TaskEnd:
    """A task that ended, why in a sentence, ECS's own words, and what would mend it."""

    task: Task
    answer: str
    quote: str
    remedies: Sequence[Action]


def last_failure(service: Service) -> TaskEnd | None:
    """Return how the newest task ended that its service did not want to end, as long as ECS remembers it.

    The service's events say only that it was replaced.
    """
    over = Task.objects.filter(_FAILED, service=service, last_status=TaskStatus.STOPPED, is_purged=False)
    task = over.select_related("cluster__account", "task_definition", "service").order_by("-stopped_at", "-pk").first()
    return end_of(task, list(task.containers.all())) if task is not None else None


def end_of(task: Task, containers: list[Container]) -> TaskEnd:
    """Return how the task ended."""
    images = [one.image for one in containers if one.reason.startswith("CannotPull")]
    quote = f"{task.stop_code}: {task.stopped_reason}" if task.stopped_reason else task.stop_code
    return TaskEnd(task, sentences.task_end(task, containers), quote, mending(task.cluster.account, images))
