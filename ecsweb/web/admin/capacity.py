"""Auto Scaling groups and their capacity providers."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ecsweb.models import AutoScalingGroup, CapacityProvider
from ecsweb.web.admin.door import RuntimeAdmin, through_the_door


@admin.register(AutoScalingGroup)
class AutoScalingGroupAdmin(RuntimeAdmin[AutoScalingGroup]):
    list_display = ("name", "cluster", "instance_type", "min_size", "desired_capacity", "max_size", "created_at")
    list_filter = ("instance_type", "region")
    list_select_related = ("cluster",)
    search_fields = ("name", "cluster__name", "account__account_id")
    actions = ("delete_groups",)

    @admin.action(description=_("Delete groups (DeleteAutoScalingGroup)"), permissions=["act"])
    def delete_groups(self, request: HttpRequest, rows: QuerySet[AutoScalingGroup]) -> None:
        through_the_door(
            request,
            rows.select_related("cluster__account"),
            cluster_of=lambda row: row.cluster,
            operation="DeleteAutoScalingGroup",
            params=lambda row: {"AutoScalingGroupName": row.name},
        )


@admin.register(CapacityProvider)
class CapacityProviderAdmin(RuntimeAdmin[CapacityProvider]):
    list_display = ("name", "group", "status", "instances_needed", "instances_present", "measured_at", "created_at")
    list_filter = ("status", "region")
    list_select_related = ("group",)
    search_fields = ("name", "group__name", "account__account_id")
    actions = ("delete_providers",)

    @admin.action(description=_("Delete capacity providers (DeleteCapacityProvider)"), permissions=["act"])
    def delete_providers(self, request: HttpRequest, rows: QuerySet[CapacityProvider]) -> None:
        through_the_door(
            request,
            rows.exclude(group=None).select_related("group__cluster__account"),
            cluster_of=lambda row: row.group.cluster,
            operation="DeleteCapacityProvider",
            params=lambda row: {"capacityProvider": row.name},
        )
