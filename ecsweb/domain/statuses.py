"""The status words of ECS, in life-cycle order. Never compare them with `<`: they are text; use `rank`."""

from __future__ import annotations

from enum import StrEnum


class TaskStatus(StrEnum):
    """A task's `lastStatus` (`ecs-facts.md` 4.1). A status only ever moves forward.

    SIMPLIFIED: a task that is forgotten is so at once: no DELETED.
    """

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    DEPROVISIONING = "DEPROVISIONING"
    STOPPED = "STOPPED"

    @property
    def rank(self) -> int:
        """Return the place in the life cycle; of two observations the greater is right."""
        return list(TaskStatus).index(self)

    @property
    def is_terminal(self) -> bool:
        """Tell whether the task is over."""
        return self is TaskStatus.STOPPED

    def may_become(self, other: TaskStatus) -> bool:
        """Tell whether `other` lies further on: statuses never go back (`reliability.md` I7)."""
        return other.rank > self.rank


BEFORE_RUNNING = frozenset({TaskStatus.PROVISIONING, TaskStatus.PENDING, TaskStatus.ACTIVATING})
STATUSES_BEFORE_STOPPED = tuple(status for status in TaskStatus if not status.is_terminal)


class DesiredStatus(StrEnum):
    """What is wanted of a task; it only ever moves towards STOPPED (`ecs-facts.md` 4.1)."""

    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class ContainerStatus(StrEnum):
    """A container's `lastStatus` as ECS shows it: every status of the agent before RUNNING is PENDING."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STOPPED = "STOPPED"


class StopCode(StrEnum):
    """Why a task stopped (`ecs-facts.md` 4.3). Branch on this, never on `stoppedReason`.

    SIMPLIFIED: nothing is reclaimed or maintained here: no SpotInterruption is given, and no InfrastructureHealth, nor
    the reason of Managed Instances, which are not here.
    """

    TASK_FAILED_TO_START = "TaskFailedToStart"
    ESSENTIAL_CONTAINER_EXITED = "EssentialContainerExited"
    USER_INITIATED = "UserInitiated"
    SERVICE_SCHEDULER_INITIATED = "ServiceSchedulerInitiated"
    SPOT_INTERRUPTION = "SpotInterruption"
    TERMINATION_NOTICE = "TerminationNotice"


class StopCause(StrEnum):
    """Why it was this task that its service stopped, where ECS's stop code and literal reason do not say so."""

    DRAINING = "DRAINING"
    UNHEALTHY = "UNHEALTHY"
    CONSTRAINT = "CONSTRAINT"
    REBALANCING = "REBALANCING"


class HealthStatus(StrEnum):
    """Container and task health; UNKNOWN where no check is defined."""

    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"
    UNKNOWN = "UNKNOWN"


class ClusterStatus(StrEnum):
    """A cluster's status (`ecs-facts.md` 7)."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class ContainerInstanceStatus(StrEnum):
    """A container instance's status (`ecs-facts.md` 3.3).

    SIMPLIFIED: no REGISTERING, DEREGISTERING, REGISTRATION_FAILED: there is no trunk interface to wait for.
    """

    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"
    INACTIVE = "INACTIVE"


class TaskDefinitionStatus(StrEnum):
    """A revision's status (`ecs-facts.md` 2.1)."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"
    DELETE_IN_PROGRESS = "DELETE_IN_PROGRESS"
    # Ours: gone for everybody, but its number is never given again.
    DELETED = "DELETED"


class ServiceStatus(StrEnum):
    """A service's status (`ecs-facts.md` 6.2)."""

    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"
    INACTIVE = "INACTIVE"


class SchedulingStrategy(StrEnum):
    """The two kinds of service (`ecs-facts.md` 6.1)."""

    REPLICA = "REPLICA"
    DAEMON = "DAEMON"


class DeploymentStatus(StrEnum):
    """A deployment's status: the newest is PRIMARY, older ones with tasks ACTIVE (`ecs-facts.md` 6.5)."""

    PRIMARY = "PRIMARY"
    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class RolloutState(StrEnum):
    """How far a deployment has come (`ecs-facts.md` 6.5)."""

    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class LaunchType(StrEnum):
    """On whose machines a task runs: container instances of the cluster, or AWS's, which nobody sees."""

    EC2 = "EC2"
    FARGATE = "FARGATE"


class DeploymentController(StrEnum):
    """Who decides how a service's tasks are deployed: ECS, or somebody outside who manages task sets (6.10)."""

    ECS = "ECS"
    EXTERNAL = "EXTERNAL"


class TaskSetStatus(StrEnum):
    """A task set's status (`ecs-facts.md` 6.10). PRIMARY and ACTIVE may change places; DRAINING is for good."""

    PRIMARY = "PRIMARY"
    ACTIVE = "ACTIVE"
    DRAINING = "DRAINING"
    # Ours: its last task has ended and it is gone for everybody.
    INACTIVE = "INACTIVE"


class StabilityStatus(StrEnum):
    """Whether a task set has what it wants (`ecs-facts.md` 6.10)."""

    STEADY_STATE = "STEADY_STATE"
    STABILIZING = "STABILIZING"
