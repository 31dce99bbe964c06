from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from ecsweb.domain.agents import AgentCondition
from ecsweb.domain.statuses import ContainerInstanceStatus, LaunchType
from ecsweb.models.capacity_provider import AutoScalingGroup
from ecsweb.models.cluster import Cluster


class RegisteredInstances(models.Manager["ContainerInstance"]):
    """The container instances that ECS shows; what carries FARGATE tasks is nobody's instance."""

    def get_queryset(self) -> models.QuerySet[ContainerInstance]:
        return super().get_queryset().exclude(launch_type=LaunchType.FARGATE)


class ContainerInstance(models.Model):
    """A machine registered in a cluster: here a virtual one, with its own network and book-keeping on the engine.

    Those with launch type FARGATE carry the FARGATE tasks of a zone: they hold the tasks' network, and are hidden, as
    AWS hides them. `objects` and a cluster's `container_instances` leave them out; `everything` does not.
    """

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="container_instances")
    instance_id = models.CharField(max_length=32, unique=True)
    ec2_instance_id = models.CharField(max_length=32)
    instance_type = models.CharField(max_length=64)
    launch_type = models.CharField(max_length=16, default=LaunchType.EC2)
    # The group that launched it, if one did; `capacity_provider` names the provider that makes use of it.
    auto_scaling_group = models.ForeignKey(
        AutoScalingGroup, null=True, blank=True, on_delete=models.SET_NULL, related_name="container_instances"
    )
    capacity_provider = models.CharField(max_length=255, blank=True)
    # The group ends it: it drains first where the provider drains.
    is_ending = models.BooleanField(default=False)
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

    objects = RegisteredInstances()
    everything: ClassVar[models.Manager[ContainerInstance]] = models.Manager()

    class Meta:
        ordering = ("registered_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(registered_cpu__gte=0) & Q(registered_memory__gte=0), name="instance_resources_not_negative"
            ),
            models.UniqueConstraint(
                fields=("cluster", "availability_zone"),
                condition=Q(launch_type=LaunchType.FARGATE, is_purged=False),
                name="one_fargate_host_a_zone",
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
