"""Keep history bounded: stopped tasks past their retention, and the log."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from ecsweb.controlplane import announcements, timeline
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, TaskStatus
from ecsweb.models import Account, AutoScalingGroup, ContainerInstance, Event, Service, Task

STOPPED_TASKS_KEPT = 50
EVENTS_KEPT = 20_000


def retire_stopped_tasks(*, before: datetime) -> int:
    """Mark stopped tasks for removal: those older than `before`, and all but the newest 50 of a service."""
    stopped = Task.objects.filter(last_status=TaskStatus.STOPPED, is_purged=False)
    retired = list(stopped.filter(stopped_at__lt=before).values_list("pk", flat=True))
    crowded = Service.objects.filter(tasks__last_status=TaskStatus.STOPPED).annotate(stopped=Count("tasks"))
    for service in crowded.filter(stopped__gt=STOPPED_TASKS_KEPT):
        newest = stopped.filter(service=service).order_by("-stopped_at")
        retired += list(newest.values_list("pk", flat=True)[STOPPED_TASKS_KEPT:])
    # Those that never had an instance have nothing on an engine, either.
    Task.objects.filter(pk__in=retired, container_instance=None).delete()
    for instance_pk in set(Task.objects.filter(pk__in=retired).values_list("container_instance_id", flat=True)):
        announcements.wake_instance(instance_pk)
    return Task.objects.filter(pk__in=retired).update(is_purged=True)


def retire_inactive_instances(*, before: datetime) -> int:
    """Mark container instances for removal that were deregistered before that moment and hold no task's history."""
    rows = ContainerInstance.objects.filter(status="INACTIVE", is_purged=False, agent_connection_changed_at__lt=before)
    return rows.filter(tasks=None).update(is_purged=True)


def note_checkpoints(*, now: datetime) -> None:
    """Let each log carry a checkpoint now and then, so that its past stays cheap to tell and survives trimming."""
    for account in Account.objects.all():
        timeline.note_checkpoint(account, now=now)


def trim_log() -> None:
    """Keep the newest events of each account; the sequence goes on."""
    for account in Account.objects.all():
        Event.objects.filter(account=account, sequence__lte=account.last_sequence - EVENTS_KEPT).delete()


def unfinished_instances() -> list[int]:
    """Return the container instances whose agent may have something to do."""
    placed = Task.objects.exclude(container_instance=None)
    busy = placed.filter(last_status__in=STATUSES_BEFORE_STOPPED).values_list("container_instance_id", flat=True)
    purged = placed.filter(is_purged=True).values_list("container_instance_id", flat=True)
    live = ContainerInstance.objects.exclude(status="INACTIVE").values_list("pk", flat=True)
    gone = ContainerInstance.everything.filter(is_purged=True).values_list("pk", flat=True)
    # Containers of a machine that was lost must end even where the hint to end them was lost, too.
    left = Task.objects.filter(container_instance__status="INACTIVE").values_list("container_instance_id", flat=True)
    return sorted({*busy, *purged, *live, *gone, *left})


def scheduled_clusters() -> list[int]:
    """Return the clusters with a service that is not INACTIVE, a group, or a task that waits for capacity."""
    services = Service.objects.exclude(status="INACTIVE").values_list("cluster_id", flat=True)
    groups = AutoScalingGroup.objects.values_list("cluster_id", flat=True)
    waiting = Task.objects.filter(container_instance=None, last_status__in=STATUSES_BEFORE_STOPPED)
    return sorted({*services, *groups, *waiting.values_list("cluster_id", flat=True)})
