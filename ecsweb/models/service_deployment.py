from __future__ import annotations

from django.db import models

from ecsweb.domain.service_deployments import ServiceDeploymentStatus
from ecsweb.models.service import Deployment, Service


class ServiceDeployment(models.Model):
    """The record of one roll-out, which outlives the deployment that it is about (`ecs-facts.md` 6.10)."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="service_deployments")
    service_deployment_id = models.CharField(max_length=32, unique=True)
    # What it rolls out; where it came from is named by revision ARNs, as those deployments may be gone.
    target = models.OneToOneField(Deployment, on_delete=models.CASCADE, related_name="service_deployment")
    source_revisions = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=32, default=ServiceDeploymentStatus.PENDING)
    status_reason = models.CharField(max_length=255, blank=True)
    # AWS-shaped, as it was when the roll-out began.
    deployment_configuration = models.JSONField(default=dict, blank=True)
    failure_count = models.IntegerField(default=0)
    # What the circuit breaker came to, and at how many failures it would trip; "" and 0 while the roll-out lasts.
    breaker_status = models.CharField(max_length=32, blank=True)
    failure_threshold = models.IntegerField(default=0)
    rollback_reason = models.CharField(max_length=255, blank=True)
    rollback_started_at = models.DateTimeField(null=True, blank=True)
    rollback_target = models.ForeignKey(
        Deployment, null=True, blank=True, on_delete=models.SET_NULL, related_name="rolled_back_to_by"
    )
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.service_deployment_id

    @property
    def arn(self) -> str:
        cluster = self.service.cluster
        return (
            f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}"
            f":service-deployment/{cluster.name}/{self.service.name}/{self.service_deployment_id}"
        )
