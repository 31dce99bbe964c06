"""What a deployment would do, round by round, with the scheduler's own plan on a copy of the cluster.

Every round ends well: what was started runs and is healthy, what was stopped is gone. Other services stand still.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from ecsweb.domain.placement.scheduler import Decision
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.deployments import maximum_tasks, minimum_healthy
from ecsweb.domain.service_scheduler.plan import Pace, ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan_service
from ecsweb.domain.snapshots import (
    ClusterSnapshot,
    DeploymentSnapshot,
    InstanceSnapshot,
    ServiceSnapshot,
    TaskSnapshot,
)
from ecsweb.domain.statuses import (
    DeploymentStatus,
    DesiredStatus,
    HealthStatus,
    RolloutState,
    SchedulingStrategy,
    TaskStatus,
)

MOST_ROUNDS = 20
# The deployment that is not there yet, and the first of its tasks.
NEW = -1
Change = Callable[[InstanceSnapshot], InstanceSnapshot]
AT_ONCE = Pace(healthy_after=timedelta(0), start_spacing=timedelta(0))


class Outcome(StrEnum):
    """How it would end: all replaced, no place for a task, tasks that wait until their capacity provider has scaled,
    nothing may start or stop, or more rounds than are shown."""

    DONE = "DONE"
    WAITS = "WAITS"
    NO_ROOM = "NO_ROOM"
    BLOCKED = "BLOCKED"
    LONG = "LONG"


@dataclass(frozen=True, slots=True)
class Round:
    """One pass: where tasks start (by instance id), how many stop, and how many of each run when it is over."""

    started: tuple[str, ...]
    stopped: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a deployment would do. `least` healthy tasks must stay, `most` may be there at once, by the percentages;
    `lowest` run and `highest` are there while it goes on."""

    desired: int
    least: int
    most: int
    replaced: int
    lowest: int
    highest: int
    rounds: tuple[Round, ...]
    outcome: Outcome
    unplaced: Decision | None = None


def forecast(
    service: ServiceSnapshot, deployment: DeploymentSnapshot, cluster: ClusterSnapshot, *, now: datetime
) -> Forecast:
    """Return what becomes of the service when `deployment` is its newest.

    Example: desired 2, 100 % and 200 %, room for four → one round starts 2, the next stops 2; never below 2, at most 4.
    """
    copy = _Copy.settled(service, replace(deployment, pk=NEW), cluster, now=now)
    replaced, lowest, highest = len(copy.service.tasks), len(copy.service.tasks), len(copy.service.tasks)
    rounds: list[Round] = []
    outcome, plan = Outcome.LONG, ServicePlan(service.pk)
    while len(rounds) < MOST_ROUNDS and outcome is Outcome.LONG:
        plan = copy.plan()
        if (ended := _end(copy, plan)) is not None:
            outcome = ended
            continue
        lowest = min(lowest, len(copy.service.tasks) - len(plan.stops))
        highest = max(highest, len(copy.service.tasks) + len(plan.starts))
        rounds.append(copy.apply(plan))
    desired = copy.service.desired_count
    return Forecast(
        desired=desired,
        least=minimum_healthy(desired, service.minimum_healthy_percent),
        most=_most(service, desired),
        replaced=replaced,
        lowest=lowest,
        highest=highest,
        rounds=tuple(rounds),
        outcome=outcome,
        unplaced=plan.unplaced if outcome is Outcome.NO_ROOM else None,
    )


def _most(service: ServiceSnapshot, desired: int) -> int:
    if service.scheduling_strategy is SchedulingStrategy.DAEMON:
        return desired
    return maximum_tasks(desired, service.maximum_percent)


def _end(copy: _Copy, plan: ServicePlan) -> Outcome | None:
    """Return how it ends here; None while something is to be done."""
    tasks = copy.service.tasks
    if len(tasks) == copy.service.desired_count and all(task.deployment_pk == NEW for task in tasks):
        return Outcome.DONE
    if plan.stops or any(start.decision.chosen for start in plan.starts):
        return None
    if plan.starts:
        return Outcome.WAITS
    return Outcome.NO_ROOM if plan.unplaced else Outcome.BLOCKED


@dataclass(slots=True)
class _Copy:
    """The cluster with one service, in which plans come true at once."""

    cluster: ClusterSnapshot
    service: ServiceSnapshot
    demands: Mapping[int | None, Demand]
    now: datetime
    last: int = NEW

    @classmethod
    def settled(
        cls, service: ServiceSnapshot, deployment: DeploymentSnapshot, cluster: ClusterSnapshot, *, now: datetime
    ) -> _Copy:
        """Return the copy in which what is starting runs already, and what is stopping is gone."""
        old = tuple(replace(d, status=DeploymentStatus.ACTIVE) for d in service.deployments)
        new = replace(
            deployment, status=DeploymentStatus.PRIMARY, rollout_state=RolloutState.IN_PROGRESS, retry_at=None
        )
        demands: dict[int | None, Demand] = {d.pk: d.demand for d in (new, *old)}
        running = tuple(_running(task, now=now) for task in service.tasks if task.is_wanted and task.instance_pk)
        copy = cls(cluster, replace(service, deployments=(new, *old), last_started_at=None), demands, now)
        copy._leave(task for task in service.tasks if not task.is_wanted)
        copy.service = replace(copy.service, tasks=running)
        copy._together()
        return copy

    def plan(self) -> ServicePlan:
        """Plan one pass; what a DAEMON service wants is computed with it."""
        made, _cluster = plan_service(self.service, self.cluster, now=self.now, pace=AT_ONCE)
        if made.desired_count is not None:
            self.service = replace(self.service, desired_count=made.desired_count)
        return made

    def apply(self, made: ServicePlan) -> Round:
        """Let the plan come true and return what it was."""
        going = {stop.task_pk for stop in made.stops}
        chosen = [(one.decision.chosen, one.capacity_provider) for one in made.starts if one.decision.chosen]
        self._leave(task for task in self.service.tasks if task.pk in going)
        staying = tuple(task for task in self.service.tasks if task.pk not in going)
        self.service = replace(
            self.service, tasks=(*staying, *(self._started(place, provider) for place, provider in chosen))
        )
        self._together()
        new = sum(task.deployment_pk == NEW for task in self.service.tasks)
        return Round(
            started=tuple(place.instance_id for place, _provider in chosen),
            stopped=len(made.stops),
            old=len(self.service.tasks) - new,
            new=new,
        )

    def _started(self, place: InstanceSnapshot, provider: str) -> TaskSnapshot:
        self.last -= 1
        demand = self.demands[NEW]
        self._change(place.pk, lambda found: found.minus(demand))
        if self.cluster.room is not None:
            self.cluster = replace(self.cluster, room=self.cluster.room.minus(demand))
        return TaskSnapshot(
            pk=self.last,
            task_id="",
            group=self.service.group,
            instance_pk=place.pk,
            last_status=TaskStatus.RUNNING,
            desired_status=DesiredStatus.RUNNING,
            created_at=self.now,
            started_at=self.now,
            deployment_pk=NEW,
            capacity_provider=provider,
        )

    def _leave(self, tasks: Iterable[TaskSnapshot]) -> None:
        for task in tasks:
            demand = self.demands.get(task.deployment_pk, Demand())
            self._change(task.instance_pk, partial(_plus, demand=demand))
            if self.cluster.room is not None:
                self.cluster = replace(self.cluster, room=self.cluster.room.plus(demand))

    def _change(self, instance_pk: int | None, change: Change) -> None:
        def changed(found: tuple[InstanceSnapshot, ...]) -> tuple[InstanceSnapshot, ...]:
            return tuple(change(one) if one.pk == instance_pk else one for one in found)

        self.cluster = replace(
            self.cluster,
            instances=changed(self.cluster.instances),
            fargate_hosts=changed(self.cluster.fargate_hosts),
        )

    def _together(self) -> None:
        """Let the cluster say of the service what the service says itself."""
        others = tuple(one for one in self.cluster.services if one.pk != self.service.pk)
        tasks = tuple(task for task in self.cluster.tasks if task.group != self.service.group)
        self.cluster = replace(self.cluster, services=(*others, self.service), tasks=(*tasks, *self.service.tasks))


def _running(task: TaskSnapshot, *, now: datetime) -> TaskSnapshot:
    return replace(
        task,
        last_status=TaskStatus.RUNNING,
        health_status=HealthStatus.HEALTHY if task.has_health_check else task.health_status,
        started_at=task.started_at or now,
    )


def _plus(instance: InstanceSnapshot, *, demand: Demand) -> InstanceSnapshot:
    return replace(
        instance,
        remaining_cpu=instance.remaining_cpu + demand.cpu,
        remaining_memory=instance.remaining_memory + demand.memory,
        used_tcp_ports=instance.used_tcp_ports - demand.tcp_ports,
        used_udp_ports=instance.used_udp_ports - demand.udp_ports,
        remaining_enis=instance.remaining_enis + demand.enis,
    )
