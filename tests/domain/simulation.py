"""A cluster as a value that time and faults act on: what plans are applied to when no engine and no database is there.

Tasks need one to three seconds to start and one to four to stop, and neither moves while their agent is away. Tasks
of a broken deployment never start; those with a health check are HEALTHY two seconds after they run, until made ill.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.deployments import retry_delay
from ecsweb.domain.service_scheduler.healthy import has_arrived
from ecsweb.domain.service_scheduler.plan import ClusterPlan, ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import (
    ClusterSnapshot,
    DeploymentSnapshot,
    InstanceSnapshot,
    RollbackTarget,
    ServiceSnapshot,
    TaskSnapshot,
)
from ecsweb.domain.statuses import (
    DeploymentStatus,
    DesiredStatus,
    HealthStatus,
    RolloutState,
    ServiceStatus,
    TaskStatus,
)
from tests.domain.made import NOW, PACE, deployment, instance, task

SPEED = 10


@dataclass
class Simulation:
    services: dict[int, ServiceSnapshot]
    instances: dict[int, InstanceSnapshot]
    now: datetime = NOW
    last_pk: int = 1000
    stopped_at: dict[int, datetime] = field(default_factory=dict)
    # Deployments whose tasks never start, and what was rolled out completely, by service.
    broken: set[int] = field(default_factory=set)
    completed: dict[int, list[DeploymentSnapshot]] = field(default_factory=dict)
    # Services whose tasks have a health check, and tasks that fail it.
    checked: frozenset[int] = frozenset()
    ill: set[int] = field(default_factory=set)

    @property
    def tasks(self) -> tuple[TaskSnapshot, ...]:
        return tuple(t for s in self.services.values() for t in s.tasks)

    def snapshot(self) -> ClusterSnapshot:
        demands = {d.pk: d.demand for s in self.services.values() for d in s.deployments}
        left = dict(self.instances)
        for found in self.tasks:
            place = found.instance_pk or 0
            left[place] = left[place].minus(demands[found.deployment_pk or 0])
        live = tuple(self._with_target(s) for s in self.services.values() if s.status is not ServiceStatus.INACTIVE)
        return ClusterSnapshot(1, tuple(left.values()), self.tasks, live)

    def _with_target(self, found: ServiceSnapshot) -> ServiceSnapshot:
        """Name the newest deployment that was COMPLETED, apart from the one that is rolled out now."""
        newest = [d for d in self.completed.get(found.pk, []) if found.primary is None or d.pk != found.primary.pk]
        target = RollbackTarget(newest[-1].pk, newest[-1].deployment_id) if newest else None
        return replace(found, rollback_target=target)

    @property
    def is_at_rest(self) -> bool:
        return all(t.is_running and has_arrived(t) for t in self.tasks) and self.plan().is_empty

    def plan(self) -> ClusterPlan:
        return plan(self.snapshot(), now=self.now, pace=PACE)

    def apply(self, made: ClusterPlan) -> None:
        for service_plan in made.services:
            self.services[service_plan.service_pk] = self._applied(service_plan)

    def _applied(self, made: ServicePlan) -> ServiceSnapshot:
        found = self.services[made.service_pk]
        return replace(
            found,
            tasks=(*self._with_stops(found, made), *self._started(found, made)),
            deployments=self._rolled(found, made),
            last_started_at=self.now if made.starts else found.last_started_at,
            is_steady=found.is_steady if made.is_steady is None else made.is_steady,
            placement_failure=found.placement_failure if made.placement_failure is None else made.placement_failure,
            desired_count=found.desired_count if made.desired_count is None else made.desired_count,
            status=made.status or found.status,
        )

    def _rolled(self, found: ServiceSnapshot, made: ServicePlan) -> tuple[DeploymentSnapshot, ...]:
        """Carry out the roll-outs; one that is rolled back to may have left the list already."""
        known = {d.pk: d for d in (*self.completed.get(found.pk, []), *found.deployments)}
        for one in made.rollouts:
            changed = replace(known[one.deployment_pk], status=one.status, rollout_state=one.rollout_state)
            if one.rollout_state is RolloutState.COMPLETED and one.status is DeploymentStatus.PRIMARY:
                self.completed.setdefault(found.pk, []).append(changed)
            is_rollback = one.status is DeploymentStatus.PRIMARY and one.rollout_state is RolloutState.IN_PROGRESS
            fresh: dict[str, Any] = {"failed_tasks": 0, "failed_tasks_ever": 0, "retry_at": None} if is_rollback else {}
            known[one.deployment_pk] = replace(changed, **fresh)
        listed = {d.pk for d in found.deployments} | {one.deployment_pk for one in made.rollouts}
        rolled = [d for pk, d in known.items() if pk in listed and d.status is not DeploymentStatus.INACTIVE]
        return tuple(sorted(rolled, key=lambda d: d.status is not DeploymentStatus.PRIMARY))

    def _with_stops(self, found: ServiceSnapshot, made: ServicePlan) -> list[TaskSnapshot]:
        stops = {stop.task_pk for stop in made.stops}
        self.stopped_at |= dict.fromkeys(stops, self.now)
        return [replace(t, desired_status=DesiredStatus.STOPPED) if t.pk in stops else t for t in found.tasks]

    def _started(self, found: ServiceSnapshot, made: ServicePlan) -> list[TaskSnapshot]:
        return [
            replace(
                task(start.decision.chosen.pk, start.deployment_pk, status=TaskStatus.PENDING, group=found.group),
                pk=self.new_pk(),
                created_at=self.now,
                has_health_check=found.pk in self.checked,
            )
            for start in made.starts
            if start.decision.chosen is not None
        ]

    def new_pk(self) -> int:
        self.last_pk += 1
        return self.last_pk

    def pass_time(self, seconds: float = 1) -> None:
        self.now += timedelta(seconds=seconds)
        for found in list(self.services.values()):
            aged = [self._aged(t) for t in found.tasks]
            # Ageing counts failures and successes of deployments: those changes stay.
            self.change(found.pk, tasks=tuple(t for t in aged if t is not None))

    def _aged(self, found: TaskSnapshot) -> TaskSnapshot | None:
        if not self.instances[found.instance_pk or 0].agent_connected:
            return found
        if not found.is_wanted:
            ends_at = self.stopped_at[found.pk] + timedelta(seconds=1 + found.pk % 4)
            return None if ends_at <= self.now else found
        if found.is_starting and found.created_at + timedelta(seconds=1 + found.pk % 3) <= self.now:
            if found.deployment_pk in self.broken:
                self._count_failure(found.deployment_pk)
                return None
            if not found.has_health_check:
                self._forgive(found)
            return replace(found, last_status=TaskStatus.RUNNING, started_at=self.now)
        return self._checked(found)

    def _checked(self, found: TaskSnapshot) -> TaskSnapshot:
        if not found.has_health_check or found.started_at is None or not found.is_running:
            return found
        if found.pk in self.ill:
            return replace(found, health_status=HealthStatus.UNHEALTHY)
        if found.started_at + timedelta(seconds=2) > self.now or found.health_status is HealthStatus.HEALTHY:
            return found
        self._forgive(found)
        return replace(found, health_status=HealthStatus.HEALTHY)

    def _count_failure(self, deployment_pk: int | None) -> None:
        found = next((d for s in self.services.values() for d in s.deployments if d.pk == deployment_pk), None)
        if found is not None:
            failed = found.failed_tasks + 1
            retry_at = self.now + retry_delay(failed, SPEED)
            self._change_deployment(found.pk, failed_tasks=failed, failed_tasks_ever=failed, retry_at=retry_at)

    def _forgive(self, found: TaskSnapshot) -> None:
        self._change_deployment(found.deployment_pk, failed_tasks=0, retry_at=None)

    def _change_deployment(self, pk: int | None, **fields: object) -> None:
        for found in list(self.services.values()):
            changed = [replace(d, **fields) if d.pk == pk else d for d in found.deployments]  # type: ignore[arg-type] # — test data
            self.services[found.pk] = replace(found, deployments=tuple(changed))

    # What people and faults do.

    def change(self, service_pk: int, **fields: object) -> None:
        self.services[service_pk] = replace(self.services[service_pk], **fields)  # type: ignore[arg-type] # — test data

    def deploy(self, service_pk: int, demand: Demand) -> None:
        old = (replace(d, status=DeploymentStatus.ACTIVE) for d in self.services[service_pk].deployments)
        new = deployment(self.new_pk(), demand=demand, rollout_state=RolloutState.IN_PROGRESS, created_at=self.now)
        self.change(service_pk, deployments=(new, *old), is_steady=False)

    def deploy_broken(self, service_pk: int, demand: Demand) -> None:
        """Deploy a revision whose tasks never start."""
        self.deploy(service_pk, demand)
        self.broken.add(self.last_pk)

    def protect(self, number: int, seconds: int) -> None:
        """Protect one task from scale-in and deployments for a while."""
        self._change_task(number, protected_until=self.now + timedelta(seconds=seconds))

    def fall_ill(self, number: int) -> None:
        """Let one task's health check fail from now on."""
        if self.tasks:
            self.ill.add(self.tasks[number % len(self.tasks)].pk)

    def _change_task(self, number: int, **fields: object) -> None:
        if not self.tasks:
            return
        chosen = self.tasks[number % len(self.tasks)].pk
        for found in list(self.services.values()):
            changed = [replace(t, **fields) if t.pk == chosen else t for t in found.tasks]  # type: ignore[arg-type] # — test data
            self.change(found.pk, tasks=tuple(changed))

    def lose(self, number: int) -> None:
        """End one task: one that had not reached RUNNING counts as a failed start of its deployment."""
        if not self.tasks:
            return
        lost = self.tasks[number % len(self.tasks)]
        if lost.is_starting:
            self._count_failure(lost.deployment_pk)
        self._forget(task_pk=lost.pk)

    def _forget(self, *, task_pk: int | None = None, instance_pk: int | None = None) -> None:
        for found in list(self.services.values()):
            left = tuple(t for t in found.tasks if t.pk != task_pk and t.instance_pk != instance_pk)
            self.services[found.pk] = replace(found, tasks=left)

    def set_instance(self, pk: int, **fields: object) -> None:
        if pk in self.instances:
            self.instances[pk] = replace(self.instances[pk], **fields)  # type: ignore[arg-type] # — test data

    def deregister(self, pk: int) -> None:
        self._forget(instance_pk=pk)
        self.instances.pop(pk, None)

    def register(self, pk: int) -> None:
        self.instances.setdefault(pk, instance(pk, "abc"[pk % 3], remaining_cpu=1024, remaining_memory=1024))
