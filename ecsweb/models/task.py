from __future__ import annotations

from django.db import models
from django.db.models import Q

from ecsweb.domain.networks import PAUSE
from ecsweb.domain.statuses import ContainerStatus, DesiredStatus, HealthStatus, TaskStatus
from ecsweb.models.cluster import Cluster
from ecsweb.models.container_instance import ContainerInstance
from ecsweb.models.service import Deployment, Service
from ecsweb.models.task_definition import TaskDefinition


class NotPlaced(LookupError):
    """The task waits for capacity, or never got any: it has no container instance."""


class Task(models.Model):
    """One run of a task definition on one container instance (`ecs-facts.md` 4)."""

    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="tasks")
    # None while it waits for capacity in PROVISIONING, and where it never got any.
    container_instance = models.ForeignKey(
        ContainerInstance, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks"
    )
    task_definition = models.ForeignKey(TaskDefinition, on_delete=models.PROTECT, related_name="tasks")
    service = models.ForeignKey(Service, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    deployment = models.ForeignKey(Deployment, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    task_id = models.CharField(max_length=32, unique=True)
    group = models.CharField(max_length=255)
    started_by = models.CharField(max_length=128, blank=True)
    launch_type = models.CharField(max_length=16, default="EC2")
    capacity_provider = models.CharField(max_length=255, blank=True)
    overrides = models.JSONField(default=dict, blank=True)
    tags = models.JSONField(default=list, blank=True)
    # The elastic network interface of an awsvpc task; empty for others (`ecs-facts.md` 2.5).
    network_interface = models.JSONField(default=dict, blank=True)
    # What placement subtracts: CPU units, MiB and fixed host ports (`ecs-facts.md` 3.1).
    cpu = models.IntegerField(default=0)
    memory = models.IntegerField(default=0)
    tcp_ports = models.JSONField(default=list)
    udp_ports = models.JSONField(default=list)
    last_status = models.CharField(max_length=16, default=TaskStatus.PENDING)
    desired_status = models.CharField(max_length=16, default=DesiredStatus.RUNNING)
    health_status = models.CharField(max_length=16, default=HealthStatus.UNKNOWN)
    # Task scale-in protection, until this moment (`ecs-facts.md` 6.9).
    protected_until = models.DateTimeField(null=True, blank=True)
    stop_code = models.CharField(max_length=32, blank=True)
    stopped_reason = models.CharField(max_length=1024, blank=True)
    # A StopCause, of a task that its service stopped for more than the right number; empty for every other.
    stop_cause = models.CharField(max_length=16, blank=True, default="")
    version = models.IntegerField(default=1)
    client_token = models.CharField(max_length=64, blank=True, db_index=True)
    # The fingerprint of the call that made it: the same token with another fingerprint is a conflict.
    call_fingerprint = models.CharField(max_length=64, blank=True)
    decision = models.JSONField(default=dict, blank=True)
    # What its call asked of placement, for a task that may wait: {"constraints": […], "strategies": […]}.
    placement = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    pull_started_at = models.DateTimeField(null=True, blank=True)
    pull_stopped_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    stopping_at = models.DateTimeField(null=True, blank=True)
    execution_stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    # Set by reset and housekeeping: the agent removes the engine containers at once, then the row goes.
    is_purged = models.BooleanField(default=False)

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(fields=("cluster", "last_status"), name="task_cluster_status"),
            models.Index(fields=("container_instance", "last_status"), name="task_instance_status"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(cpu__gte=0) & Q(memory__gte=0), name="task_resources_not_negative"),
            models.CheckConstraint(
                condition=~Q(last_status=TaskStatus.STOPPED) | Q(desired_status=DesiredStatus.STOPPED),
                name="stopped_task_is_wanted_stopped",
            ),
            models.CheckConstraint(
                condition=~Q(last_status=TaskStatus.STOPPED) | Q(stopped_at__isnull=False),
                name="stopped_task_has_stopped_at",
            ),
            models.CheckConstraint(
                condition=Q(container_instance__isnull=False)
                | Q(last_status__in=(TaskStatus.PROVISIONING, TaskStatus.STOPPED)),
                name="task_without_instance_waits_or_is_over",
            ),
        )

    def __str__(self) -> str:
        return self.task_id

    @property
    def arn(self) -> str:
        cluster = self.cluster
        return f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}:task/{cluster.name}/{self.task_id}"

    @property
    def is_waiting_for_capacity(self) -> bool:
        """Tell whether it has no container instance yet and is to get one."""
        return self.container_instance_id is None and self.last_status == TaskStatus.PROVISIONING

    @property
    def host(self) -> ContainerInstance:
        """Its container instance. Raises NotPlaced where it has none (yet): an agent never sees such a task."""
        if self.container_instance is None:
            raise NotPlaced(self.task_id)
        return self.container_instance

    @property
    def all_containers(self) -> list[Container]:
        """Its containers, the agent's own pause container too; those that a query has fetched, where one has."""
        fetched = self.__dict__.get("fetched_containers")
        return list(Container.everything.filter(task=self).order_by("index") if fetched is None else fetched)

    @property
    def visible_containers(self) -> list[Container]:
        """Its containers as ECS shows them: those of its definition."""
        if "fetched_containers" not in self.__dict__:
            return list(self.containers.all())
        return [container for container in self.all_containers if container.name != PAUSE]


class VisibleContainers(models.Manager["Container"]):
    """The containers of task definitions; the agent's own pause containers are in `Container.everything` only."""

    def get_queryset(self) -> models.QuerySet[Container]:
        return super().get_queryset().exclude(name=PAUSE)


class Container(models.Model):
    """One container of a task: what was wanted, what was last seen, and the engine's name for it (chosen first)."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="containers")
    index = models.IntegerField()
    name = models.CharField(max_length=255)
    container_uuid = models.CharField(max_length=36, unique=True)
    image = models.CharField(max_length=255)
    essential = models.BooleanField(default=True)
    # Row first, name first: the name is written before the engine container can exist.
    engine_name = models.CharField(max_length=255, unique=True)
    runtime_id = models.CharField(max_length=64, blank=True)
    image_digest = models.CharField(max_length=128, blank=True)
    last_status = models.CharField(max_length=16, default=ContainerStatus.PENDING)
    health_status = models.CharField(max_length=16, default=HealthStatus.UNKNOWN)
    exit_code = models.IntegerField(null=True, blank=True)
    reason = models.CharField(max_length=1024, blank=True)
    network_bindings = models.JSONField(default=list, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # How often its restart policy started it again, and when last.
    restart_count = models.IntegerField(default=0)
    restarted_at = models.DateTimeField(null=True, blank=True)
    stop_signalled_at = models.DateTimeField(null=True, blank=True)
    # Chaos: a real `docker kill` that somebody asked for and the agent has not carried out yet.
    kill_requested_at = models.DateTimeField(null=True, blank=True)
    # Chaos too: work that the agent is to put upon it from inside (`domain.burdens`), until it has.
    burden = models.CharField(max_length=16, blank=True)

    objects = VisibleContainers()
    everything = models.Manager["Container"]()

    class Meta:
        ordering = ("task", "index")
        constraints = (models.UniqueConstraint(fields=("task", "name"), name="container_name_unique_in_task"),)

    def __str__(self) -> str:
        return self.name

    @property
    def arn(self) -> str:
        cluster = self.task.cluster
        return (
            f"arn:aws:ecs:{cluster.region}:{cluster.account.account_id}"
            f":container/{cluster.name}/{self.task.task_id}/{self.container_uuid}"
        )


class ContainerLog(models.Model):
    """The tail of a container's output, put here by the agent so that it outlives the engine container."""

    container = models.OneToOneField(Container, on_delete=models.CASCADE, related_name="log")
    # Lines with the engine's RFC 3339 time stamp in front, newest last; at most 64 KiB.
    text = models.TextField(blank=True)
    is_complete = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"log of {self.container}"
