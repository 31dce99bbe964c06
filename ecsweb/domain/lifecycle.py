"""What the agent does next for one task, and what a task becomes when its containers change (`ecs-facts.md` 4).

One step at a time, forward only, safe to repeat: `next_steps` compares what is wanted with what the engine shows and
names the next operation of each container; `task_after` folds the containers' statuses into the task's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ecsweb.domain.burdens import Burden
from ecsweb.domain.container_ordering import Dependency, Progress, Verdict, start_deadlines, start_verdict
from ecsweb.domain.networks import PAUSE
from ecsweb.domain.restarts import RestartPolicy
from ecsweb.domain.statuses import BEFORE_RUNNING, ContainerStatus, DesiredStatus, HealthStatus, StopCode, TaskStatus
from ecsweb.domain.timeouts import START_TIMEOUT

ESSENTIAL_EXITED = "Essential container in task exited"
FAILED_TO_START = "Task failed to start"
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
VANISHED = "ContainerVanishedError: The container was removed from the engine by somebody else"
DEPENDENCY_ERROR = "TaskDependencyError:"
DEPENDENCY_FAILED = f"{DEPENDENCY_ERROR} a container it depends on stopped without meeting the condition"


class ObservedStatus(StrEnum):
    """What the engine says."""

    CREATED = "created"
    RUNNING = "running"
    PAUSED = "paused"
    EXITED = "exited"


@dataclass(frozen=True, slots=True)
class Observed:
    """An engine container as it was seen just now."""

    runtime_id: str
    status: ObservedStatus
    exit_code: int | None = None
    oom_killed: bool = False
    error: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    health: HealthStatus = HealthStatus.UNKNOWN


@dataclass(frozen=True, slots=True)
class ContainerView:
    """A container: what the database last accepted, and what the engine shows (None: nothing there)."""

    pk: int
    name: str
    essential: bool
    last_status: ContainerStatus
    runtime_id: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    stop_signalled_at: datetime | None = None
    is_kill_requested: bool = False
    burden: Burden | None = None
    stop_timeout: timedelta = timedelta(seconds=30)
    depends_on: tuple[Dependency, ...] = ()
    health_status: HealthStatus = HealthStatus.UNKNOWN
    start_timeout: timedelta = START_TIMEOUT
    restart_policy: RestartPolicy | None = None
    # A dependency of it could not be met, or not in time.
    is_dependency_failed: bool = False
    observed: Observed | None = None

    @property
    def progress(self) -> Progress:
        """Return how far it has come, as those that depend on it ask."""
        return Progress(
            self.last_status,
            exit_code=self.exit_code,
            has_started=self.started_at is not None,
            is_healthy=self.health_status is HealthStatus.HEALTHY,
            start_deadline=None if self.started_at is None else self.started_at + self.start_timeout,
        )


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task with its containers in the order of the task definition."""

    pk: int
    desired_status: DesiredStatus
    last_status: TaskStatus
    containers: tuple[ContainerView, ...] = field(default=())

    @property
    def pause(self) -> ContainerView | None:
        """Return the container that holds the network of an awsvpc task."""
        return next((container for container in self.containers if container.name == PAUSE), None)


class Operation(StrEnum):
    """What the agent can do to or report of one container."""

    CREATE = "create"
    START = "start"
    SIGNAL = "signal"
    KILL = "kill"
    BURDEN = "burden"
    RESTART = "restart"
    REPORT_RUNNING = "report_running"
    REPORT_RESTARTED = "report_restarted"
    REPORT_STOPPED = "report_stopped"
    REPORT_HEALTH = "report_health"
    REMOVE = "remove"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Step:
    """The next operation for a container; `until` for WAIT, `reason` and `exit_code` for what is reported."""

    operation: Operation
    container_pk: int
    reason: str = ""
    exit_code: int | None = None
    until: datetime | None = None
    health: HealthStatus = HealthStatus.UNKNOWN


def next_steps(task: TaskView, *, now: datetime) -> tuple[Step, ...]:
    """Return the next step of each container that has one; none when the task is as it should be."""
    steps = (_next_step(task, container, now=now) for container in task.containers)
    return tuple(step for step in steps if step is not None)


def _next_step(task: TaskView, container: ContainerView, *, now: datetime) -> Step | None:
    if container.last_status is ContainerStatus.STOPPED:
        return _after_the_end(container)
    observed = container.observed
    if observed is None and container.runtime_id:
        return Step(Operation.REPORT_STOPPED, container.pk, reason=VANISHED)
    if observed is not None and observed.status is ObservedStatus.EXITED:
        return _exited(task, container, observed)
    if container.is_kill_requested and observed is not None and observed.status is not ObservedStatus.CREATED:
        return Step(Operation.KILL, container.pk)
    if task.desired_status is DesiredStatus.RUNNING:
        return _towards_running(task, container, now=now)
    return _towards_stopped(task, container, now=now)


def _after_the_end(container: ContainerView) -> Step | None:
    """Stop what somebody started again by hand (STOPPED never becomes RUNNING, `reliability.md` F22), and remove what
    was created and could not start: it would only lie there (F26)."""
    observed = container.observed
    if observed is None or observed.status is ObservedStatus.EXITED:
        return None
    if observed.status is ObservedStatus.CREATED:
        return Step(Operation.REMOVE, container.pk)
    return Step(Operation.KILL, container.pk)


def _exited(task: TaskView, container: ContainerView, observed: Observed) -> Step:
    """Report Docker's exit code; an engine that refused to start it left the error text (exit 127 and the like).

    One that ran and ended between two looks was RUNNING first, and ECS would have shown it. One whose restart policy
    says so is started again instead.
    """
    if container.last_status is ContainerStatus.PENDING and observed.started_at and not observed.error:
        return Step(Operation.REPORT_RUNNING, container.pk)
    if task.desired_status is DesiredStatus.RUNNING and _restarts(container, observed):
        return Step(Operation.RESTART, container.pk)
    if observed.oom_killed:
        reason = OUT_OF_MEMORY
    elif observed.error and container.last_status is ContainerStatus.PENDING:
        reason = f"CannotStartContainerError: {observed.error}"
    else:
        reason = ""
    return Step(Operation.REPORT_STOPPED, container.pk, reason=reason, exit_code=observed.exit_code)


def _restarts(container: ContainerView, observed: Observed) -> bool:
    policy = container.restart_policy
    return policy is not None and policy.restarts(
        exit_code=observed.exit_code, started_at=observed.started_at, finished_at=observed.finished_at
    )


def _towards_running(task: TaskView, container: ContainerView, *, now: datetime) -> Step | None:
    observed = container.observed
    if observed is not None and observed.status in {ObservedStatus.RUNNING, ObservedStatus.PAUSED}:
        if container.last_status is ContainerStatus.PENDING:
            return Step(Operation.REPORT_RUNNING, container.pk)
        return _while_running(container, observed)
    others = {other.name: other.progress for other in task.containers}
    match start_verdict(container.depends_on, others):
        case Verdict.NEVER:
            return Step(Operation.REPORT_STOPPED, container.pk, reason=DEPENDENCY_FAILED)
        case Verdict.WAIT:
            return _while_waiting(container, others, now=now)
        case Verdict.READY:
            return Step(Operation.CREATE if observed is None else Operation.START, container.pk)


def _while_running(container: ContainerView, observed: Observed) -> Step | None:
    """Note that it was started again, whoever saw to it (the agent may have died after it did), and its health; put the
    work upon it that somebody asked for."""
    is_newer = observed.started_at is not None and observed.started_at > (container.started_at or observed.started_at)
    if container.restart_policy is not None and is_newer:
        return Step(Operation.REPORT_RESTARTED, container.pk)
    if container.burden is not None and observed.status is ObservedStatus.RUNNING:
        return Step(Operation.BURDEN, container.pk)
    if observed.health is not container.health_status:
        return Step(Operation.REPORT_HEALTH, container.pk, health=observed.health)
    return None


def _while_waiting(container: ContainerView, others: Mapping[str, Progress], *, now: datetime) -> Step | None:
    """Give up once a dependency's start timeout is over (`ecs-facts.md` 2.6); until then there is a time to wait."""
    deadlines = start_deadlines(container.depends_on, others)
    if not deadlines:
        return None
    name, condition, at = min(deadlines, key=lambda deadline: deadline[2])
    if at > now:
        return Step(Operation.WAIT, container.pk, until=at)
    reason = f"{DEPENDENCY_ERROR} container {name} did not meet the condition {condition} within its start timeout"
    return Step(Operation.REPORT_STOPPED, container.pk, reason=reason)


def _towards_stopped(task: TaskView, container: ContainerView, *, now: datetime) -> Step | None:
    observed = container.observed
    if observed is None or observed.status is ObservedStatus.CREATED:
        return Step(Operation.REPORT_STOPPED, container.pk)
    if _is_depended_on(task, container):
        return None
    if observed.status is ObservedStatus.PAUSED:
        return Step(Operation.KILL, container.pk)
    if container.stop_signalled_at is None:
        return Step(Operation.SIGNAL, container.pk)
    ends_at = container.stop_signalled_at + container.stop_timeout
    if ends_at <= now:
        return Step(Operation.KILL, container.pk)
    return Step(Operation.WAIT, container.pk, until=ends_at)


def _is_depended_on(task: TaskView, container: ContainerView) -> bool:
    """Tell whether a container that depends on this one still runs: stopping goes in reverse order (2.6, 4.5)."""
    return any(
        other.last_status is not ContainerStatus.STOPPED
        and any(dependency.container_name == container.name for dependency in other.depends_on)
        for other in task.containers
    )


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What a task becomes: its next statuses and, when it is to stop, why."""

    last_status: TaskStatus
    desired_status: DesiredStatus
    stop_code: StopCode | None = None
    stopped_reason: str = ""


def task_after(task: TaskView) -> TaskOutcome:
    """Fold the containers into the task: the least advanced one counts, an essential one that ended ends it all.

    A stop code is given only for a stop that begins here; a task already wanted STOPPED keeps its own.
    """
    desired, code, reason = task.desired_status, None, ""
    stopped = [c for c in task.containers if c.last_status is ContainerStatus.STOPPED]
    # A container whose dependency cannot be met takes the task with it, essential or not (`ecs-facts.md` 2.6).
    gone = [c for c in stopped if c.essential or c.is_dependency_failed]
    if desired is DesiredStatus.RUNNING and gone:
        desired = DesiredStatus.STOPPED
        code, reason = _why_stopped(gone, task)
    return TaskOutcome(_status_after(task, desired), desired, code, reason)


def _why_stopped(gone: Sequence[ContainerView], task: TaskView) -> tuple[StopCode, str]:
    if all(container.started_at is None for container in gone) and task.last_status in BEFORE_RUNNING:
        return StopCode.TASK_FAILED_TO_START, FAILED_TO_START
    return StopCode.ESSENTIAL_CONTAINER_EXITED, ESSENTIAL_EXITED


def _status_after(task: TaskView, desired: DesiredStatus) -> TaskStatus:
    statuses = {container.last_status for container in task.containers}
    if statuses == {ContainerStatus.STOPPED}:
        return TaskStatus.STOPPED
    if desired is DesiredStatus.STOPPED:
        return _status_on_stopping(task)
    if ContainerStatus.PENDING not in statuses and task.last_status in BEFORE_RUNNING:
        # An awsvpc task shows where ECS would register it with service discovery and load balancers.
        is_first = task.pause is not None and task.last_status is not TaskStatus.ACTIVATING
        return TaskStatus.ACTIVATING if is_first else TaskStatus.RUNNING
    if task.last_status is TaskStatus.PROVISIONING and _is_network_up(task):
        return TaskStatus.PENDING
    return task.last_status


def _is_network_up(task: TaskView) -> bool:
    return task.pause is not None and task.pause.last_status is ContainerStatus.RUNNING


def _status_on_stopping(task: TaskView) -> TaskStatus:
    """Return the way down; a task that never ran goes to its end without a stop of its own to show."""
    others = {c.last_status for c in task.containers if c.name != PAUSE}
    if task.pause is not None and others == {ContainerStatus.STOPPED}:
        return TaskStatus.DEPROVISIONING
    if task.last_status in {TaskStatus.RUNNING, TaskStatus.ACTIVATING}:
        return TaskStatus.STOPPING if task.pause is None else TaskStatus.DEACTIVATING
    return task.last_status
