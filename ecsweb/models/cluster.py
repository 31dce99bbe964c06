from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecsweb.domain.statuses import ClusterStatus
from ecsweb.models.account import Account


class Cluster(models.Model):
    """A logical group of capacity, tasks and services; empty at first, and that is fine (`ecs-facts.md` 7)."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="clusters")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=255)
    status = models.CharField(max_length=16, default=ClusterStatus.ACTIVE)
    tags = models.JSONField(default=list, blank=True)
    settings = models.JSONField(default=list, blank=True)
    # How ECS Exec logs and which keys encrypt storage: kept and shown, nothing here acts on it.
    configuration = models.JSONField(default=dict, blank=True)
    # Names, and the strategy of what names neither a launch type nor a strategy (`ecs-facts.md` 6.11).
    capacity_providers = models.JSONField(default=list, blank=True)
    default_capacity_provider_strategy = models.JSONField(default=list, blank=True)
    # What ECS makes for a provider of an Auto Scaling group: [{"id", "type", "capacityProvider"}], and when it is done.
    attachments = models.JSONField(default=list, blank=True)
    attachments_ready_at = models.DateTimeField(null=True, blank=True)
    # Grows with every decision about this cluster; taking it is the write lock of placement.
    version = models.BigIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("account", "region", "name"), name="cluster_name_unique_in_region"),
            models.CheckConstraint(condition=~Q(name=""), name="cluster_has_name"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account.account_id}:cluster/{self.name}"
