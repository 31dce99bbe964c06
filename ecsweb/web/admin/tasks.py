from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecsweb.models import Container, ContainerLog, Task
from ecsweb.web.admin.door import RuntimeAdmin, through_the_door


@admin.register(Task)
class TaskAdmin(RuntimeAdmin[Task]):
    list_display = (
        "task_id",
        "cluster",
        "task_definition",
        "group",
        "last_status",
        "desired_status",
        "stop_code",
        "created_at",
    )
    list_filter = ("last_status", "desired_status", "stop_code")
    list_select_related = ("cluster", "task_definition")
    search_fields = ("task_id", "group", "started_by", "cluster__name", "task_definition__family")
    actions = ("stop_tasks",)

    @admin.action(description=_("Stop tasks (StopTask)"), permissions=["act"])
    def stop_tasks(self, request: HttpRequest, rows: QuerySet[Task]) -> None:
        through_the_door(
            request,
            rows.select_related("cluster__account"),
            cluster_of=lambda row: row.cluster,
            operation="StopTask",
            params=lambda row: {"task": row.task_id},
        )


@admin.register(Container)
class ContainerAdmin(RuntimeAdmin[Container]):
    list_display = ("name", "task", "image", "essential", "last_status", "exit_code", "reason", "engine_name")
    list_filter = ("last_status", "essential")
    list_select_related = ("task",)
    search_fields = ("name", "image", "runtime_id", "engine_name", "task__task_id")
    actions = ("kill",)

    @admin.action(description=_("Kill containers (docker kill)"), permissions=["act"])
    def kill(self, request: HttpRequest, rows: QuerySet[Container]) -> None:
        through_the_door(
            request,
            rows.select_related("task__cluster__account"),
            cluster_of=lambda row: row.task.cluster,
            operation="KillContainer",
            params=lambda row: {"task": row.task.task_id, "container": row.name},
        )


@admin.register(ContainerLog)
class ContainerLogAdmin(RuntimeAdmin[ContainerLog]):
    list_display = ("container", "is_complete", "updated_at")
    list_select_related = ("container",)
    search_fields = ("container__name", "container__task__task_id", "text")
