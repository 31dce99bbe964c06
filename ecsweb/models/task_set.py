from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecsweb.domain.statuses import LaunchType, StabilityStatus, TaskSetStatus
from ecsweb.models.service import Deployment, Service
from ecsweb.models.task_definition import TaskDefinition


class TaskSet(models.Model):
    """A share of an EXTERNAL service's tasks, of one revision (`ecs-facts.md` 6.10).

    Underneath it is a deployment, as in ECS itself: the same kind of id, the same `startedBy`, the same back-off of
    tasks that never start. What ECS calls a deployment of the service, with a roll-out, it is not.
    """

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="task_sets")
    deployment = models.OneToOneField(Deployment, on_delete=models.CASCADE, related_name="task_set")
    status = models.CharField(max_length=16, default=TaskSetStatus.ACTIVE)
    external_id = models.CharField(max_length=255, blank=True)
    # Percent of the service's desired count.
    scale = models.FloatField(default=100)
    launch_type = models.CharField(max_length=16, default=LaunchType.EC2)
    capacity_provider_strategy = models.JSONField(default=list, blank=True)
    network_configuration = models.JSONField(default=dict, blank=True)
    client_token = models.CharField(max_length=36, blank=True)
    tags = models.JSONField(default=list, blank=True)
    stability_status = models.CharField(max_length=16, default=StabilityStatus.STABILIZING)
    stability_status_at = models.DateTimeField()
    placement_failure = models.CharField(max_length=64, blank=True)
    # When steady state or the failure was said last: it is said again while it lasts.
    condition_said_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("service",), condition=Q(status="PRIMARY"), name="one_primary_task_set_a_service"
            ),
            models.CheckConstraint(condition=Q(scale__gte=0) & Q(scale__lte=100), name="task_set_scale_is_percent"),
        )

    def __str__(self) -> str:
        return self.task_set_id

    @property
    def task_set_id(self) -> str:
        return self.deployment.deployment_id

    @property
    def task_definition(self) -> TaskDefinition:
        return self.deployment.task_definition

    @property
    def arn(self) -> str:
        cluster = self.service.cluster
        place = f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}:task-set"
        return f"{place}/{cluster.name}/{self.service.name}/{self.task_set_id}"
