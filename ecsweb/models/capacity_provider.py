from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ecsweb.models.account import Account
from ecsweb.models.cluster import Cluster


class AutoScalingGroup(models.Model):
    """A group of like machines that keeps its size: here virtual ones, which join the cluster that it names.

    On AWS it belongs to EC2 Auto Scaling, and its launch template says which cluster the machines join.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="auto_scaling_groups")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=255)
    group_uuid = models.CharField(max_length=36, unique=True)
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="auto_scaling_groups")
    instance_type = models.CharField(max_length=64)
    availability_zones = models.JSONField(default=list)
    # Machines: at least, at most, and how many there are to be now.
    min_size = models.IntegerField(default=0)
    max_size = models.IntegerField(default=1)
    desired_capacity = models.IntegerField(default=0)
    # When each machine that was launched will be up and register, as ISO 8601.
    booting = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "region", "name"), name="auto_scaling_group_name_unique_in_region"
            ),
            models.CheckConstraint(
                condition=Q(min_size__gte=0)
                & Q(desired_capacity__gte=F("min_size"))
                & Q(desired_capacity__lte=F("max_size")),
                name="auto_scaling_group_size_within_bounds",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return (
            f"arn:aws:autoscaling:{self.region}:{self.account.account_id}"
            f":autoScalingGroup:{self.group_uuid}:autoScalingGroupName/{self.name}"
        )


class CapacityProvider(models.Model):
    """A capacity provider of one Auto Scaling group (`ecs-facts.md` 6.11), with what it measured last."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="capacity_providers")
    region = models.CharField(max_length=32)
    name = models.CharField(max_length=255)
    status = models.CharField(max_length=16, default="ACTIVE")
    update_status = models.CharField(max_length=32, default="CREATE_COMPLETE")
    group = models.ForeignKey(
        AutoScalingGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="capacity_providers"
    )
    # AWS-shaped: status, targetCapacity, minimumScalingStepSize, maximumScalingStepSize, instanceWarmupPeriod.
    managed_scaling = models.JSONField(default=dict)
    managed_termination_protection = models.CharField(max_length=16, default="DISABLED")
    managed_draining = models.CharField(max_length=16, default="ENABLED")
    tags = models.JSONField(default=list, blank=True)
    # CapacityProviderReservation as it was measured last: M, N, and since when it has been below the target.
    instances_needed = models.IntegerField(default=0)
    instances_present = models.IntegerField(default=0)
    measured_at = models.DateTimeField(null=True, blank=True)
    below_target_since = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("account", "region", "name"),
                condition=~Q(status="INACTIVE"),
                name="capacity_provider_name_unique_in_region",
            ),
            models.UniqueConstraint(
                fields=("group",), condition=~Q(status="INACTIVE"), name="one_capacity_provider_a_group"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account.account_id}:capacity-provider/{self.name}"
