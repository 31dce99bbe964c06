from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecsweb.api import call
from ecsweb.api.principal import ADMIN, root_of
from ecsweb.domain.errors import EcsError
from ecsweb.models import Deployment, Service, ServiceDeployment, ServiceEvent, TaskDefinition, TaskSet
from ecsweb.web.admin.door import RuntimeAdmin, through_the_door


@admin.register(Service)
class ServiceAdmin(RuntimeAdmin[Service]):
    list_display = (
        "name",
        "cluster",
        "status",
        "scheduling_strategy",
        "task_definition",
        "desired_count",
        "is_steady",
        "placement_failure",
    )
    list_filter = ("status", "scheduling_strategy", "is_steady")
    list_select_related = ("cluster", "task_definition")
    search_fields = ("name", "cluster__name", "task_definition__family")
    actions = ("scale_to_zero", "force_new_deployment", "delete_services")

    def _update(self, request: HttpRequest, rows: QuerySet[Service], operation: str, params: dict[str, Any]) -> None:
        through_the_door(
            request,
            rows.select_related("cluster__account"),
            cluster_of=lambda row: row.cluster,
            operation=operation,
            params=lambda row: {"service": row.name, **params},
        )

    @admin.action(description=gettext_lazy("Scale to 0 (UpdateService)"), permissions=["act"])
    def scale_to_zero(self, request: HttpRequest, rows: QuerySet[Service]) -> None:
        self._update(request, rows, "UpdateService", {"desiredCount": 0})

    @admin.action(description=gettext_lazy("Force a new deployment (UpdateService)"), permissions=["act"])
    def force_new_deployment(self, request: HttpRequest, rows: QuerySet[Service]) -> None:
        self._update(request, rows, "UpdateService", {"forceNewDeployment": True})

    @admin.action(description=gettext_lazy("Delete services and their tasks (DeleteService)"), permissions=["act"])
    def delete_services(self, request: HttpRequest, rows: QuerySet[Service]) -> None:
        self._update(request, rows, "DeleteService", {"force": True})


@admin.register(Deployment)
class DeploymentAdmin(RuntimeAdmin[Deployment]):
    list_display = (
        "deployment_id",
        "service",
        "status",
        "task_definition",
        "rollout_state",
        "failed_tasks",
        "created_at",
    )
    list_filter = ("status", "rollout_state")
    list_select_related = ("service", "task_definition")
    search_fields = ("deployment_id", "service__name", "task_definition__family")


@admin.register(ServiceDeployment)
class ServiceDeploymentAdmin(RuntimeAdmin[ServiceDeployment]):
    list_display = ("service_deployment_id", "service", "status", "target", "created_at", "finished_at")
    list_filter = ("status",)
    list_select_related = ("service", "target")
    search_fields = ("service_deployment_id", "service__name")


@admin.register(TaskSet)
class TaskSetAdmin(RuntimeAdmin[TaskSet]):
    list_display = ("task_set_id", "service", "status", "external_id", "scale", "stability_status", "created_at")
    list_filter = ("status", "stability_status", "launch_type")
    list_select_related = ("service", "deployment")
    search_fields = ("deployment__deployment_id", "service__name", "external_id")


@admin.register(ServiceEvent)
class ServiceEventAdmin(RuntimeAdmin[ServiceEvent]):
    list_display = ("created_at", "service", "message")
    list_select_related = ("service",)
    search_fields = ("message", "service__name")


@admin.register(TaskDefinition)
class TaskDefinitionAdmin(RuntimeAdmin[TaskDefinition]):
    list_display = ("family_revision", "account", "region", "status", "registered_at")
    list_filter = ("status", "region")
    list_select_related = ("account",)
    search_fields = ("family", "account__account_id")
    actions = ("deregister",)

    @admin.action(description=gettext_lazy("Deregister (DeregisterTaskDefinition)"), permissions=["act"])
    def deregister(self, request: HttpRequest, rows: QuerySet[TaskDefinition]) -> None:
        for row in rows.select_related("account"):
            principal = root_of(row.account.account_id, row.region, origin=ADMIN)
            try:
                call(principal, "DeregisterTaskDefinition", {"taskDefinition": row.arn})
            except EcsError as error:
                messages.error(request, f"{row}: {error.code}: {error.message}")
            else:
                messages.success(request, _("%(name)s is INACTIVE.") % {"name": row})
