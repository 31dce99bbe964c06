"""Frozen views of a cluster, the only input of decisions. Made by `controlplane.snapshots`, never ORM rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ecsweb.domain.breakers import CircuitBreaker
from ecsweb.domain.resources import Demand, Room
from ecsweb.domain.statuses import (
    BEFORE_RUNNING,
    ContainerInstanceStatus,
    DeploymentStatus,
    DesiredStatus,
    HealthStatus,
    LaunchType,
    RolloutState,
    SchedulingStrategy,
    ServiceStatus,
    StabilityStatus,
    TaskSetStatus,
    TaskStatus,
)

if TYPE_CHECKING:
    from ecsweb.domain.capacity.strategies import StrategyItem
    from ecsweb.domain.capacity.waiting import WaitingTask
    from ecsweb.domain.placement.constraints import Constraint
    from ecsweb.domain.placement.strategies import Strategy


@dataclass(frozen=True, slots=True)
class InstanceSnapshot:
    """A container instance with what is left of it: CPU units, MiB, ENIs for tasks, and the ports already in use."""

    pk: int
    instance_id: str
    status: ContainerInstanceStatus
    agent_connected: bool
    availability_zone: str
    remaining_cpu: int
    remaining_memory: int
    used_tcp_ports: frozenset[int] = frozenset()
    used_udp_ports: frozenset[int] = frozenset()
    remaining_enis: int = 2
    attributes: Mapping[str, str] = field(default_factory=dict)
    ec2_instance_id: str = ""
    agent_version: str = ""
    registered_at: datetime | None = None
    capacity_provider: str = ""
    # The Auto Scaling group that it belongs to, and whether that ends it.
    group_pk: int | None = None
    is_ending: bool = False

    def plus(self, demand: Demand) -> InstanceSnapshot:
        """Return this instance once a task of `demand` on it is over."""
        return replace(
            self,
            remaining_cpu=self.remaining_cpu + demand.cpu,
            remaining_memory=self.remaining_memory + demand.memory,
            used_tcp_ports=self.used_tcp_ports - demand.tcp_ports,
            used_udp_ports=self.used_udp_ports - demand.udp_ports,
            remaining_enis=self.remaining_enis + demand.enis,
        )

    def minus(self, demand: Demand) -> InstanceSnapshot:
        """Return this instance after a task of `demand` was placed on it."""
        return replace(
            self,
            remaining_cpu=self.remaining_cpu - demand.cpu,
            remaining_memory=self.remaining_memory - demand.memory,
            used_tcp_ports=self.used_tcp_ports | demand.tcp_ports,
            used_udp_ports=self.used_udp_ports | demand.udp_ports,
            remaining_enis=self.remaining_enis - demand.enis,
        )


@dataclass(frozen=True, slots=True)
class TaskSnapshot:
    """A task that is not STOPPED."""

    pk: int
    task_id: str
    group: str
    # None while it waits for capacity.
    instance_pk: int | None
    last_status: TaskStatus
    desired_status: DesiredStatus
    created_at: datetime
    started_at: datetime | None = None
    deployment_pk: int | None = None
    protected_until: datetime | None = None
    has_health_check: bool = False
    health_status: HealthStatus = HealthStatus.UNKNOWN
    capacity_provider: str = ""
    # What it holds of its instance until it is STOPPED.
    reserved: Demand = field(default_factory=Demand)

    @property
    def is_wanted(self) -> bool:
        """Tell whether it is meant to run on."""
        return self.desired_status is DesiredStatus.RUNNING

    def is_protected(self, now: datetime) -> bool:
        """Tell whether it is protected from scale-in and from being stopped in a deployment (`ecs-facts.md` 6.9)."""
        return self.protected_until is not None and self.protected_until > now

    @property
    def is_running(self) -> bool:
        """Tell whether it is RUNNING and meant to stay so."""
        return self.is_wanted and self.last_status is TaskStatus.RUNNING

    @property
    def is_starting(self) -> bool:
        """Tell whether it has not reached RUNNING yet and is meant to."""
        return self.is_wanted and self.last_status in BEFORE_RUNNING


@dataclass(frozen=True, slots=True)
class DeploymentSnapshot:
    """A roll-out of one revision of a service."""

    pk: int
    deployment_id: str
    status: DeploymentStatus
    rollout_state: RolloutState
    demand: Demand
    created_at: datetime
    failed_tasks: int = 0
    failed_tasks_ever: int = 0
    retry_at: datetime | None = None
    # The service's and the revision's together.
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True, slots=True)
class RollbackTarget:
    """The newest deployment that was COMPLETED: what a failed one goes back to."""

    pk: int
    deployment_id: str


@dataclass(frozen=True, slots=True)
class TaskSetSnapshot:
    """A task set of a service with the EXTERNAL controller; `scale` is percent of the service's desired count."""

    pk: int
    status: TaskSetStatus
    scale: float
    deployment: DeploymentSnapshot
    stability_status: StabilityStatus = StabilityStatus.STABILIZING
    placement_failure: str = ""
    condition_said_at: datetime | None = None
    launch_type: LaunchType = LaunchType.EC2
    providers: tuple[StrategyItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSnapshot:
    """A service with its deployments (PRIMARY first) and its tasks that are not STOPPED."""

    pk: int
    name: str
    status: ServiceStatus
    scheduling_strategy: SchedulingStrategy
    desired_count: int
    minimum_healthy_percent: int
    maximum_percent: int
    deployments: tuple[DeploymentSnapshot, ...]
    tasks: tuple[TaskSnapshot, ...]
    is_steady: bool = False
    placement_failure: str = ""
    # When it was last said that it is steady, or what keeps its tasks from being placed.
    condition_said_at: datetime | None = None
    last_started_at: datetime | None = None
    strategies: tuple[Strategy, ...] = ()
    launch_type: LaunchType = LaunchType.EC2
    providers: tuple[StrategyItem, ...] = ()
    circuit_breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    rollback_target: RollbackTarget | None = None
    rebalances_zones: bool = False
    is_rebalancing: bool = False
    health_check_grace_period: timedelta = timedelta(0)
    # With the EXTERNAL controller somebody else manages these; there are no deployments then.
    is_external: bool = False
    task_sets: tuple[TaskSetSnapshot, ...] = ()

    @property
    def group(self) -> str:
        """Return the task group of the service's tasks (`ecs-facts.md` 4.6)."""
        return f"service:{self.name}"

    @property
    def primary(self) -> DeploymentSnapshot | None:
        """Return the newest deployment, which is the one to roll out."""
        return next((d for d in self.deployments if d.status is DeploymentStatus.PRIMARY), None)


@dataclass(frozen=True, slots=True)
class ClusterSnapshot:
    """Everything a scheduling decision may know about a cluster."""

    pk: int
    instances: tuple[InstanceSnapshot, ...] = ()
    tasks: tuple[TaskSnapshot, ...] = ()
    services: tuple[ServiceSnapshot, ...] = ()
    # What carries FARGATE tasks, one in each zone; no decision about container instances sees them.
    fargate_hosts: tuple[InstanceSnapshot, ...] = ()
    # What is left to an account of a class, all its clusters together; None where nobody shares the machine.
    room: Room | None = None
    # Tasks that wait for capacity, and the providers with managed scaling, which may bring it.
    waiting: tuple[WaitingTask, ...] = ()
    scaled_providers: frozenset[str] = frozenset()

    def instance(self, pk: int | None) -> InstanceSnapshot | None:
        """Return the container instance of that key, if it is still there."""
        return next((i for i in (*self.instances, *self.fargate_hosts) if i.pk == pk), None)

    def with_instances(self, instances: Iterable[InstanceSnapshot]) -> ClusterSnapshot:
        """Return this cluster with other instances (after a placement)."""
        return replace(self, instances=tuple(instances))
