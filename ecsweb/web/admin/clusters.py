from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecsweb.models import Cluster, ContainerInstance
from ecsweb.web.admin.door import RuntimeAdmin, through_the_door


@admin.register(Cluster)
class ClusterAdmin(RuntimeAdmin[Cluster]):
    list_display = ("name", "region", "account", "status", "version", "created_at")
    list_filter = ("status", "region")
    list_select_related = ("account",)
    search_fields = ("name", "account__account_id")
    actions = ("delete_clusters",)

    @admin.action(description=_("Delete clusters (DeleteCluster)"), permissions=["act"])
    def delete_clusters(self, request: HttpRequest, rows: QuerySet[Cluster]) -> None:
        through_the_door(
            request,
            rows.select_related("account"),
            cluster_of=lambda row: row,
            operation="DeleteCluster",
            params=lambda row: {},
        )


@admin.register(ContainerInstance)
class ContainerInstanceAdmin(RuntimeAdmin[ContainerInstance]):
    list_display = (
        "instance_id",
        "cluster",
        "instance_type",
        "availability_zone",
        "status",
        "agent_connected",
        "agent_condition",
        "registered_cpu",
        "registered_memory",
    )
    list_filter = ("status", "agent_connected", "instance_type")
    list_select_related = ("cluster",)
    search_fields = ("instance_id", "ec2_instance_id", "cluster__name")
    actions = ("drain", "activate", "deregister", "disconnect_agent", "reconnect_agent", "lose")

    def _set_status(self, request: HttpRequest, rows: QuerySet[ContainerInstance], status: str) -> None:
        through_the_door(
            request,
            rows.select_related("cluster__account"),
            cluster_of=lambda row: row.cluster,
            operation="UpdateContainerInstancesState",
            params=lambda row: {"containerInstances": [row.instance_id], "status": status},
        )

    @admin.action(description=_("Drain (UpdateContainerInstancesState DRAINING)"), permissions=["act"])
    def drain(self, request: HttpRequest, rows: QuerySet[ContainerInstance]) -> None:
        self._set_status(request, rows, "DRAINING")

    @admin.action(description=_("Make ACTIVE again (UpdateContainerInstancesState ACTIVE)"), permissions=["act"])
    def activate(self, request: HttpRequest, rows: QuerySet[ContainerInstance]) -> None:
        self._set_status(request, rows, "ACTIVE")

    @admin.action(description=_("Deregister by force (DeregisterContainerInstance)"), permissions=["act"])
    def deregister(self, request: HttpRequest, rows: QuerySet[ContainerInstance]) -> None:
        through_the_door(
            request,
            rows.select_related("cluster__account"),
            cluster_of=lambda row: row.cluster,
            operation="DeregisterContainerInstance",
            params=lambda row: {"containerInstance": row.instance_id, "force": True},
        )

    def _chaos(self, request: HttpRequest, rows: QuerySet[ContainerInstance], operation: str) -> None:
        through_the_door(
            request,
            rows.select_related("cluster__account"),
            cluster_of=lambda row: row.cluster,
            operation=operation,
            params=lambda row: {"containerInstance": row.instance_id},
        )

    @admin.action(description=_("Disconnect agents (chaos: DisconnectAgent)"), permissions=["act"])
    def disconnect_agent(self, request: HttpRequest, rows: QuerySet[ContainerInstance]) -> None:
        self._chaos(request, rows, "DisconnectAgent")

    @admin.action(description=_("Reconnect agents (chaos: ReconnectAgent)"), permissions=["act"])
    def reconnect_agent(self, request: HttpRequest, rows: QuerySet[ContainerInstance]) -> None:
        self._chaos(request, rows, "ReconnectAgent")

    @admin.action(description=_("Terminate machines (chaos: LoseInstance)"), permissions=["act"])
    def lose(self, request: HttpRequest, rows: QuerySet[ContainerInstance]) -> None:
        self._chaos(request, rows, "LoseInstance")
