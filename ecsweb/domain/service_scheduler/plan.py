"""What the service scheduler wants done: values that `controlplane.apply` writes, with the reasons for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ecsweb.domain.placement.scheduler import Decision
from ecsweb.domain.service_scheduler.rebalancing import Rebalancing
from ecsweb.domain.statuses import DeploymentStatus, RolloutState, ServiceStatus


@dataclass(frozen=True, slots=True)
class Pace:
    """ECS's long waits, already divided by `ECSWEB_SPEED`.

    `healthy_after`: how long a task without health checks must be RUNNING before it counts as healthy (AWS: 40 s).
    `start_spacing`: the least time between two batches of starts of one service, so that a crash loop after RUNNING,
    which ECS restarts at once and for ever, cannot eat the machine (`reliability.md` F27; ours, not AWS's).
    `repeat_every`: how long a service is silent about what lasts before it says it again (AWS: 6 h).
    """

    healthy_after: timedelta = timedelta(seconds=40)
    start_spacing: timedelta = timedelta(seconds=1)
    repeat_every: timedelta = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Start:
    """Start one task of the deployment where the decision says."""

    deployment_pk: int
    decision: Decision
    capacity_provider: str = ""
    # Nothing was chosen, and that is no failure: the task waits until its provider has scaled.
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Stop:
    """Stop a task of the service; the flags tell the words of event and reason.

    `breaks_constraint`: the instance of a DAEMON's task no longer meets the constraints (`ecs-facts.md` 6.1).
    """

    task_pk: int
    task_id: str
    deployment_pk: int | None
    was_running: bool
    is_unhealthy: bool = False
    breaks_constraint: bool = False


@dataclass(frozen=True, slots=True)
class Rollout:
    """A deployment's next status and roll-out state; `reason` "" leaves the reason that it has.

    `is_requested`: somebody stopped it (StopServiceDeployment), not the circuit breaker.
    """

    deployment_pk: int
    deployment_id: str
    status: DeploymentStatus
    rollout_state: RolloutState
    reason: str = ""
    is_requested: bool = False


@dataclass(frozen=True, slots=True)
class TaskSetPart:
    """Which task set a plan is about, and whether it has ended."""

    pk: int
    task_set_id: str
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """Everything to do for one service in this pass; what is None stays as it is.

    `placement_failure` is the code of what keeps a task from being placed ("" when nothing does). `next_look_at` is
    when time alone will change the plan.
    """

    service_pk: int
    starts: tuple[Start, ...] = ()
    stops: tuple[Stop, ...] = ()
    rollouts: tuple[Rollout, ...] = ()
    unplaced: Decision | None = None
    placement_failure: str | None = None
    is_steady: bool | None = None
    status: ServiceStatus | None = None
    desired_count: int | None = None
    next_look_at: datetime | None = None
    # How many of the starts replace tasks that failed their health checks.
    replaced: int = 0
    # How many tasks cannot go on scale-in as they are protected.
    protected: int = 0
    # The step of AZ rebalancing that the start or the stop is, if it is one.
    rebalancing: Rebalancing | None = None
    # Steady state or the placement failure has lasted so long that it is said once more.
    repeats: bool = False
    # Where the plan is about one task set, its steadiness and its placement failure are meant.
    task_set: TaskSetPart | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to write."""
        if self.task_set is not None and self.task_set.is_over:
            return False
        changes = (self.placement_failure, self.is_steady, self.status, self.desired_count)
        is_quiet = not (self.starts or self.stops or self.rollouts or self.repeats)
        return is_quiet and all(change is None for change in changes)


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """The plans of a cluster's services, in the order in which they were made."""

    services: tuple[ServicePlan, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether the cluster is as it should be."""
        return all(plan.is_empty for plan in self.services)

    @property
    def next_look_at(self) -> datetime | None:
        """Return the earliest moment at which time alone changes the plan."""
        return min((plan.next_look_at for plan in self.services if plan.next_look_at), default=None)
