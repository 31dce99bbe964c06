from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecsweb.domain.identifiers import new_revision_id
from ecsweb.domain.statuses import DeploymentController, LaunchType, SchedulingStrategy, ServiceStatus
from ecsweb.models.cluster import Cluster
from ecsweb.models.task_definition import TaskDefinition


class Service(models.Model):
    """Keeps tasks of one revision running: REPLICA a number, DAEMON one on every instance (`ecs-facts.md` 6)."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(max_length=255)
    status = models.CharField(max_length=16, default=ServiceStatus.ACTIVE)
    scheduling_strategy = models.CharField(max_length=16, default=SchedulingStrategy.REPLICA)
    launch_type = models.CharField(max_length=16, default=LaunchType.EC2)
    capacity_provider_strategy = models.JSONField(default=list, blank=True)
    network_configuration = models.JSONField(default=dict, blank=True)
    deployment_controller = models.CharField(max_length=16, default=DeploymentController.ECS)
    # Absent with the EXTERNAL controller until a task set is PRIMARY; then that one's.
    task_definition = models.ForeignKey(
        TaskDefinition, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    desired_count = models.IntegerField(default=0)
    minimum_healthy_percent = models.IntegerField(default=100)
    maximum_percent = models.IntegerField(default=200)
    # AWS-shaped, as it was asked for.
    deployment_circuit_breaker = models.JSONField(default=dict, blank=True)
    health_check_grace_period_seconds = models.IntegerField(null=True, blank=True)
    placement_constraints = models.JSONField(default=list, blank=True)
    placement_strategy = models.JSONField(default=list, blank=True)
    client_token = models.CharField(max_length=64, blank=True)
    tags = models.JSONField(default=list, blank=True)
    rebalances_zones = models.BooleanField(default=False)
    # A task was started in the emptier zone, and one in the fuller has to go.
    is_rebalancing = models.BooleanField(default=False)
    propagate_tags = models.CharField(max_length=32, default="NONE")
    enable_ecs_managed_tags = models.BooleanField(default=False)
    created_by = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField()
    # When somebody deleted it: what stopped from then on stopped because of that.
    deleted_at = models.DateTimeField(null=True, blank=True)
    # The scheduler's memory between two passes, all of it visible to the learner.
    is_steady = models.BooleanField(default=False)
    placement_failure = models.CharField(max_length=64, blank=True)
    condition_said_at = models.DateTimeField(null=True, blank=True)
    last_decision = models.JSONField(default=dict, blank=True)
    last_started_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("cluster", "name"),
                condition=~Q(status=ServiceStatus.INACTIVE),
                name="service_name_unique_while_not_inactive",
            ),
            models.CheckConstraint(condition=Q(desired_count__gte=0), name="desired_count_not_negative"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        cluster = self.cluster
        return f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}:service/{cluster.name}/{self.name}"


class Deployment(models.Model):
    """One roll-out of a service's task definition (`ecs-facts.md` 6.5)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="deployments")
    deployment_id = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=16)
    task_definition = models.ForeignKey(TaskDefinition, on_delete=models.PROTECT, related_name="deployments")
    rollout_state = models.CharField(max_length=16)
    rollout_state_reason = models.CharField(max_length=255, blank=True)
    # Consecutive tasks that never reached RUNNING; back to 0 once one does (`ecs-facts.md` 6.5).
    failed_tasks = models.IntegerField(default=0)
    failed_tasks_ever = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    # Container name → engine's id of the image that its tag meant when the first task started (`ecs-facts.md` 2.7).
    resolved_images = models.JSONField(default=dict, blank=True)
    # The service revision: the workload settings that this roll-out brings, which never change (`ecs-facts.md` 6.10).
    revision_id = models.CharField(max_length=32, unique=True, default=new_revision_id)
    workload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("service",), condition=Q(status="PRIMARY"), name="one_primary_deployment_a_service"
            ),
        )

    def __str__(self) -> str:
        return self.deployment_id

    @property
    def revision_arn(self) -> str:
        cluster = self.service.cluster
        return (
            f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}"
            f":service-revision/{cluster.name}/{self.service.name}/{self.revision_id}"
        )


class ServiceEvent(models.Model):
    """A message in `DescribeServices`' `events`; the newest 100 are kept (`ecs-facts.md` 6.8)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=36, unique=True)
    message = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.message
