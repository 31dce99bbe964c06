"""Whatever happens to a cluster, the scheduler keeps its promises (`reliability.md` I4, I6, I8; A6's properties)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.deployments import maximum_tasks, minimum_healthy
from ecsweb.domain.service_scheduler.healthy import is_healthy
from ecsweb.domain.service_scheduler.plan import ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot, ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import (
    ContainerInstanceStatus,
    DeploymentStatus,
    DesiredStatus,
    RolloutState,
    SchedulingStrategy,
    TaskStatus,
)
from tests.domain.made import NOW, PACE, deployment, instance, service, task

ACTIVE, DRAINING = ContainerInstanceStatus.ACTIVE, ContainerInstanceStatus.DRAINING
DEMAND = Demand(cpu=256, memory=256)


@dataclass
class Machine:
    """A small pure world: plans are applied at once, tasks start and stop a round later, faults are thrown in."""

    service: ServiceSnapshot
    instances: dict[int, InstanceSnapshot]
    now: datetime = NOW
    next_pk: int = 10_000

    def snapshot(self) -> ClusterSnapshot:
        tasks = self.service.tasks
        instances = []
        for found in self.instances.values():
            for _ in [t for t in tasks if t.instance_pk == found.pk]:
                found = found.minus(DEMAND)  # noqa: PLW2901 — a frozen value, narrowed step by step
            instances.append(found)
        return ClusterSnapshot(1, tuple(instances), tasks, (self.service,))

    def round(self) -> ServicePlan:
        """Plan, check the promises, apply, let time pass."""
        found = self.snapshot()
        made = plan(found, now=self.now, pace=PACE).services[0]
        check_promises(found, made, self.now)
        self.apply(made)
        self.pass_time()
        return made

    def apply(self, made: ServicePlan) -> None:
        stopped = {stop.task_pk for stop in made.stops}
        tasks = [replace(t, desired_status=DesiredStatus.STOPPED) if t.pk in stopped else t for t in self.service.tasks]
        for start in made.starts:
            assert start.decision.chosen is not None
            self.next_pk += 1
            fresh = task(start.decision.chosen.pk, start.deployment_pk, status=TaskStatus.PENDING)
            tasks.append(replace(fresh, pk=self.next_pk, created_at=self.now))
        states = {rollout.deployment_pk: rollout for rollout in made.rollouts}
        deployments = [
            replace(d, status=states[d.pk].status, rollout_state=states[d.pk].rollout_state) if d.pk in states else d
            for d in self.service.deployments
        ]
        self.service = replace(
            self.service,
            tasks=tuple(tasks),
            deployments=tuple(d for d in deployments if d.status is not DeploymentStatus.INACTIVE),
            last_started_at=self.now if made.starts else self.service.last_started_at,
            is_steady=self.service.is_steady if made.is_steady is None else made.is_steady,
            placement_failure=self.service.placement_failure
            if made.placement_failure is None
            else made.placement_failure,
            desired_count=self.service.desired_count if made.desired_count is None else made.desired_count,
        )

    def pass_time(self) -> None:
        self.now += timedelta(seconds=2)
        alive = [t for t in self.service.tasks if t.is_wanted]
        self.service = replace(self.service, tasks=tuple(self._aged(t) for t in alive))

    def _aged(self, found: TaskSnapshot) -> TaskSnapshot:
        if found.last_status is TaskStatus.RUNNING:
            return found
        return replace(found, last_status=TaskStatus.RUNNING, started_at=self.now)

    def lose_task(self, index: int) -> None:
        tasks = list(self.service.tasks)
        if tasks:
            tasks.pop(index % len(tasks))
        self.service = replace(self.service, tasks=tuple(tasks))

    def set_instance(self, pk: int, **fields: object) -> None:
        if pk in self.instances:
            self.instances[pk] = replace(self.instances[pk], **fields)  # type: ignore[arg-type] # — test data

    def deploy(self) -> None:
        old = tuple(replace(d, status=DeploymentStatus.ACTIVE) for d in self.service.deployments)
        self.next_pk += 1
        new = replace(deployment(self.next_pk), rollout_state=RolloutState.IN_PROGRESS, demand=DEMAND)
        self.service = replace(self.service, deployments=(new, *old), is_steady=False)


def check_promises(found: ClusterSnapshot, made: ServicePlan, now: datetime) -> None:
    service_ = found.services[0]
    is_replica = service_.scheduling_strategy is SchedulingStrategy.REPLICA
    most = maximum_tasks(service_.desired_count, service_.maximum_percent)
    if made.starts and is_replica:
        assert len(service_.tasks) + len(made.starts) <= most
    left = {i.pk: i for i in found.instances}
    for start in made.starts:
        chosen = start.decision.chosen
        assert chosen is not None
        target = left[chosen.pk]
        assert target.status is ACTIVE
        assert target.agent_connected
        left[chosen.pk] = target.minus(DEMAND)
        assert left[chosen.pk].remaining_cpu >= 0
        assert left[chosen.pk].remaining_memory >= 0
        if not is_replica:
            assert chosen.pk not in {t.instance_pk for t in service_.tasks}
    if is_replica:
        check_minimum(service_, made, found, now)


def check_minimum(service_: ServiceSnapshot, made: ServicePlan, found: ClusterSnapshot, now: datetime) -> None:
    """Our own stopping never takes healthy tasks below the minimum (a surplus above desired may always go)."""
    least = minimum_healthy(service_.desired_count, service_.minimum_healthy_percent)
    primary = service_.primary
    staying = {i.pk for i in found.instances if i.status is ACTIVE}
    stopped = {stop.task_pk for stop in made.stops if stop.was_running}

    def counts(t: TaskSnapshot) -> bool:
        is_kept = primary is not None and t.deployment_pk == primary.pk and t.instance_pk in staying
        return is_healthy(t, now=now, pace=PACE) if is_kept else t.is_running

    healthy = [t for t in service_.tasks if counts(t)]
    running = [t for t in service_.tasks if t.is_running]
    after = [t for t in running if t.pk not in stopped]
    if stopped and len(healthy) >= least:
        assert len(after) >= min(least, service_.desired_count)


PERCENTS = st.sampled_from([(100, 200), (50, 100), (50, 200), (0, 100), (75, 150)])
FAULT = st.one_of(
    st.tuples(st.just("lose"), st.integers(0, 20)),
    st.tuples(st.just("drain"), st.integers(1, 4)),
    st.tuples(st.just("activate"), st.integers(1, 4)),
    st.tuples(st.just("disconnect"), st.integers(1, 4)),
    st.tuples(st.just("connect"), st.integers(1, 4)),
    st.tuples(st.just("scale"), st.integers(0, 8)),
    st.tuples(st.just("deploy"), st.just(0)),
    st.tuples(st.just("nothing"), st.just(0)),
)


def throw(machine: Machine, kind: str, number: int) -> None:
    match kind:
        case "lose":
            machine.lose_task(number)
        case "drain" | "activate":
            machine.set_instance(number, status=DRAINING if kind == "drain" else ACTIVE)
        case "disconnect" | "connect":
            machine.set_instance(number, agent_connected=kind == "connect")
        case "scale" if machine.service.scheduling_strategy is SchedulingStrategy.REPLICA:
            machine.service = replace(machine.service, desired_count=number, is_steady=False)
        case "deploy":
            machine.deploy()
        case _:
            return


def world(desired: int, percents: tuple[int, int], machines: int, strategy: SchedulingStrategy) -> Machine:
    made = service(
        desired=desired,
        scheduling_strategy=strategy,
        minimum_healthy_percent=percents[0],
        maximum_percent=percents[1],
        deployments=(deployment(demand=DEMAND, rollout_state=RolloutState.IN_PROGRESS),),
    )
    return Machine(made, {pk: instance(pk, "abc"[pk % 3]) for pk in range(1, machines + 1)})


@settings(max_examples=150, deadline=None)
@given(
    desired=st.integers(0, 8),
    percents=PERCENTS,
    machines=st.integers(1, 4),
    history=st.lists(st.tuples(FAULT, st.integers(1, 3)), max_size=12),
)
def test_replica_keeps_its_promises_and_ends_as_desired(
    desired: int, percents: tuple[int, int], machines: int, history: list[tuple[tuple[str, int], int]]
) -> None:
    machine = world(desired, percents, machines, SchedulingStrategy.REPLICA)
    for (kind, number), rounds in history:
        throw(machine, kind, number)
        for _ in range(rounds):
            machine.round()

    # Faults stop; there is room for all, also for a roll-out (7 tasks of 256 MiB on each instance).
    for pk in list(machine.instances):
        machine.set_instance(pk, status=ACTIVE, agent_connected=True)
    for pk in (11, 12, 13):
        machine.instances[pk] = instance(pk, "abc"[pk % 3])
    asked = machine.service.desired_count
    can_roll = maximum_tasks(asked, percents[1]) > asked or minimum_healthy(asked, percents[0]) < asked
    for _ in range(60):
        machine.round()

    if can_roll or len(machine.service.deployments) == 1:
        running = [t for t in machine.service.tasks if t.is_running]
        assert len(running) == machine.service.desired_count
        assert {t.deployment_pk for t in running} <= {machine.service.primary.pk if machine.service.primary else 0}
        assert machine.round().is_empty


@settings(max_examples=80, deadline=None)
@given(machines=st.integers(1, 4), history=st.lists(st.tuples(FAULT, st.integers(1, 3)), max_size=12))
def test_daemon_runs_once_on_each_active_instance_in_the_end(
    machines: int, history: list[tuple[tuple[str, int], int]]
) -> None:
    machine = world(0, (0, 100), machines, SchedulingStrategy.DAEMON)
    for (kind, number), rounds in history:
        throw(machine, kind, number)
        for _ in range(rounds):
            machine.round()
    for pk in list(machine.instances):
        machine.set_instance(pk, agent_connected=True)
    for _ in range(30):
        machine.round()

    active = sorted(pk for pk, found in machine.instances.items() if found.status is ACTIVE)
    assert sorted(t.instance_pk or 0 for t in machine.service.tasks) == active
    assert machine.service.desired_count == len(active)


@settings(max_examples=150, deadline=None)
@given(
    desired=st.integers(0, 8),
    percents=PERCENTS,
    machines=st.integers(1, 4),
    lost=st.lists(st.integers(0, 9), max_size=4),
)
def test_a_second_pass_over_an_applied_plan_starts_and_stops_nothing(
    desired: int, percents: tuple[int, int], machines: int, lost: list[int]
) -> None:
    machine = world(desired, percents, machines, SchedulingStrategy.REPLICA)
    for _ in range(3):
        machine.round()
    for index in lost:
        machine.lose_task(index)

    machine.apply(plan(machine.snapshot(), now=machine.now, pace=PACE).services[0])
    again = plan(machine.snapshot(), now=machine.now, pace=PACE).services[0]

    assert (again.starts, again.stops) == ((), ())
