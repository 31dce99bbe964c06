from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecsweb.domain.agents import AgentCondition
from ecsweb.domain.statuses import ContainerInstanceStatus
from ecsweb.models.cluster import Cluster


class ContainerInstance(models.Model):
    """A machine registered in a cluster: here a virtual one, with its own network and book-keeping on the engine."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="container_instances")
    instance_id = models.CharField(max_length=32, unique=True)
    ec2_instance_id = models.CharField(max_length=32)
    instance_type = models.CharField(max_length=64)
    availability_zone = models.CharField(max_length=64)
    status = models.CharField(max_length=16, default=ContainerInstanceStatus.ACTIVE)
    agent_connected = models.BooleanField(default=True)
    agent_connection_changed_at = models.DateTimeField()
    agent_connection_reason = models.CharField(max_length=1024, blank=True)
    # What chaos did to the agent (`domain.agents`); ECS itself knows only `agent_connected`.
    agent_condition = models.CharField(max_length=16, default=AgentCondition.RUNNING)
    agent_restarts_at = models.DateTimeField(null=True, blank=True)
    # CPU units (1024 a vCPU) and MiB.
    registered_cpu = models.IntegerField()
    registered_memory = models.IntegerField()
    reserved_tcp_ports = models.JSONField(default=list)
    reserved_udp_ports = models.JSONField(default=list)
    attributes = models.JSONField(default=list)
    version_info = models.JSONField(default=dict)
    tags = models.JSONField(default=list, blank=True)
    # SIMPLIFIED: on AWS it grows, and an event is sent, also with each task that is placed here or ends.
    version = models.BigIntegerField(default=1)
    registered_at = models.DateTimeField()
    # Set by reset and deregistering: the agent removes the network, then the row may go.
    is_purged = models.BooleanField(default=False)

    class Meta:
        ordering = ("registered_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(registered_cpu__gte=0) & Q(registered_memory__gte=0), name="instance_resources_not_negative"
            ),
        )

    def __str__(self) -> str:
        return self.instance_id

    @property
    def arn(self) -> str:
        cluster = self.cluster
        return (
            f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}"
            f":container-instance/{cluster.name}/{self.instance_id}"
        )
