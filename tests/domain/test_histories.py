"""Several services share a cluster while people and faults act on it: the promises hold at every step (I4, I6, I8)."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ecsweb.domain.breakers import CircuitBreaker
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.deployments import maximum_tasks, minimum_healthy
from ecsweb.domain.service_scheduler.healthy import is_healthy
from ecsweb.domain.service_scheduler.plan import ClusterPlan, ServicePlan
from ecsweb.domain.service_scheduler.replica import DEPLOYMENT_BLOCKED
from ecsweb.domain.snapshots import ClusterSnapshot, ServiceSnapshot
from ecsweb.domain.statuses import (
    ContainerInstanceStatus,
    HealthStatus,
    RolloutState,
    SchedulingStrategy,
    ServiceStatus,
)
from tests.domain.made import PACE, deployment, service
from tests.domain.simulation import Simulation

ACTIVE, DRAINING = ContainerInstanceStatus.ACTIVE, ContainerInstanceStatus.DRAINING
DEMANDS = (
    Demand(cpu=128, memory=128),
    Demand(cpu=300, memory=64),
    Demand(cpu=64, memory=64, tcp_ports=frozenset({8080})),
)
WEB, API, LOGS, METRICS = 1, 2, 3, 4
PERCENTS = ((100, 200), (50, 100), (50, 200), (0, 100), (100, 150), (75, 125))
Action = tuple[str, int, int]

ACTIONS = st.one_of(
    st.tuples(st.sampled_from(["lose"]), st.integers(0, 30), st.just(0)),
    st.tuples(st.sampled_from(["drain", "activate", "disconnect", "connect", "deregister", "register"]),
              st.integers(1, 5), st.just(0)),
    st.tuples(st.just("scale"), st.sampled_from([WEB, API]), st.integers(0, 6)),
    st.tuples(st.just("deploy"), st.just(WEB), st.just(2)),  # one service only: others could not share the port
    st.tuples(st.just("deploy"), st.sampled_from([WEB, API]), st.integers(0, 1)),
    st.tuples(st.just("deploy"), st.sampled_from([LOGS, METRICS]), st.just(0)),  # a larger one might find no room
    st.tuples(st.just("percents"), st.sampled_from([WEB, API]), st.integers(0, len(PERCENTS) - 1)),
    st.tuples(st.just("delete"), st.sampled_from([API, METRICS]), st.just(0)),
    st.tuples(st.just("protect"), st.integers(0, 30), st.integers(1, 30)),
    st.tuples(st.just("fall ill"), st.integers(0, 30), st.just(0)),
    st.tuples(st.just("deploy broken"), st.just(API), st.just(0)),
)  # fmt: skip
HISTORY = st.lists(st.tuples(ACTIONS, st.integers(0, 4)), max_size=14)


def act(world: Simulation, action: Action) -> None:
    kind, number, _ = action
    match kind:
        case "lose":
            world.lose(number)
        case "drain" | "activate":
            world.set_instance(number, status=DRAINING if kind == "drain" else ACTIVE)
        case "disconnect" | "connect":
            world.set_instance(number, agent_connected=kind == "connect")
        case "deregister":
            world.deregister(number)
        case "register":
            world.register(number)
        case "protect":
            world.protect(number, action[2])
        case "fall ill":
            world.fall_ill(number)
        case _:
            act_on_service(world, action)


def act_on_service(world: Simulation, action: Action) -> None:
    kind, pk, value = action
    if world.services[pk].status is not ServiceStatus.ACTIVE:
        return
    match kind:
        case "scale":
            # Without tasks a revision that does not start would count as rolled out, and be tried for ever later.
            world.change(pk, desired_count=max(1, value) if pk == API else value, is_steady=False)
        case "deploy":
            world.deploy(pk, DEMANDS[value])
        case "deploy broken":
            world.deploy_broken(pk, DEMANDS[value])
        case "percents":
            world.change(pk, minimum_healthy_percent=PERCENTS[value][0], maximum_percent=PERCENTS[value][1])
        case _:
            world.change(pk, status=ServiceStatus.DRAINING, desired_count=0)


def new_world(machines: int) -> Simulation:
    def made(pk: int, name: str, **fields: Any) -> ServiceSnapshot:
        first = deployment(pk, demand=DEMANDS[0], rollout_state=RolloutState.IN_PROGRESS)
        return service(pk=pk, name=name, deployments=(first,), **fields)

    daemon: dict[str, Any] = {
        "scheduling_strategy": SchedulingStrategy.DAEMON,
        "minimum_healthy_percent": 0,
        "maximum_percent": 100,
        "desired": 0,
    }
    services = (
        made(WEB, "web", desired=3),
        made(
            API,
            "api",
            desired=2,
            minimum_healthy_percent=50,
            maximum_percent=100,
            circuit_breaker=CircuitBreaker(enable=True, rollback=True),
        ),
        made(LOGS, "logs", **daemon),
        made(METRICS, "metrics", **{**daemon, "minimum_healthy_percent": 50}),
    )
    world = Simulation({s.pk: s for s in services}, {}, checked=frozenset({WEB}))
    for pk in range(1, machines + 1):
        world.register(pk)
    return world


def look(world: Simulation) -> None:
    """Plan, hold the plan to the promises, apply it, and see that the same look again would do nothing."""
    found, made = world.snapshot(), world.plan()
    check_places(found, made)
    for service_plan in made.services:
        check_numbers(next(s for s in found.services if s.pk == service_plan.service_pk), service_plan, found, world)
    world.apply(made)
    # A breaker that trips ends its pass: what the service goes back to is started in the next one.
    tripped = {p.service_pk for p in made.services if any(r.rollout_state is RolloutState.FAILED for r in p.rollouts)}
    again = [p for p in world.plan().services if p.service_pk not in tripped]
    assert [(p.starts, p.stops) for p in again if p.starts or p.stops] == []


def check_places(found: ClusterSnapshot, made: ClusterPlan) -> None:
    left = {i.pk: i for i in found.instances}
    demands = {d.pk: d.demand for s in found.services for d in s.deployments}
    for start in (start for p in made.services for start in p.starts):
        assert start.decision.chosen is not None
        target, demand = left[start.decision.chosen.pk], demands[start.deployment_pk]
        assert target.status is ACTIVE
        assert target.agent_connected
        assert not demand.tcp_ports & target.used_tcp_ports
        left[target.pk] = target.minus(demand)
        assert min(left[target.pk].remaining_cpu, left[target.pk].remaining_memory) >= 0


def check_numbers(asked: ServiceSnapshot, made: ServicePlan, found: ClusterSnapshot, world: Simulation) -> None:
    stops = [stop.task_pk for stop in made.stops]
    assert len(stops) == len(set(stops))
    check_health_and_protection(asked, made, found, world)
    assert set(stops) <= {t.pk for t in asked.tasks if t.is_wanted}
    if asked.status is not ServiceStatus.ACTIVE:
        assert not made.starts
    elif asked.scheduling_strategy is SchedulingStrategy.DAEMON:
        places = [start.decision.chosen.pk for start in made.starts if start.decision.chosen]
        assert len({*places, *(t.instance_pk for t in asked.tasks)}) >= len(places) + len(asked.tasks)
        check_daemon_minimum(asked, set(stops), found)
    else:
        most = maximum_tasks(asked.desired_count, asked.maximum_percent)
        assert not made.starts or len(asked.tasks) + len(made.starts) <= most
        check_replica_minimum(asked, set(stops), found, world)


def check_health_and_protection(
    asked: ServiceSnapshot, made: ServicePlan, found: ClusterSnapshot, world: Simulation
) -> None:
    """Only ill tasks are stopped for their health; a protected one goes for that or with its instance; a FAILED
    deployment launches nothing."""
    tasks, staying = {t.pk: t for t in asked.tasks}, {i.pk for i in found.instances if i.status is ACTIVE}
    for stop in made.stops:
        stopped = tasks[stop.task_pk]
        assert not stop.is_unhealthy or stopped.health_status is HealthStatus.UNHEALTHY
        if asked.status is ServiceStatus.ACTIVE and stopped.is_protected(world.now):
            assert stop.is_unhealthy or stopped.instance_pk not in staying
    if asked.primary is not None and asked.primary.rollout_state is RolloutState.FAILED:
        assert not made.starts


def check_replica_minimum(asked: ServiceSnapshot, stops: set[int], found: ClusterSnapshot, world: Simulation) -> None:
    """A healthy task that leaves (older deployment or draining instance) goes only when enough healthy ones stay."""
    staying = {i.pk for i in found.instances if i.status is ACTIVE}
    assert asked.primary is not None
    healthy = [t for t in asked.tasks if is_healthy(t, now=world.now, pace=PACE)]
    leaving = {t.pk for t in healthy if t.deployment_pk != asked.primary.pk or t.instance_pk not in staying}
    if stops & leaving:
        left = [t for t in healthy if t.is_wanted and t.pk not in stops]
        assert len(left) >= minimum_healthy(asked.desired_count, asked.minimum_healthy_percent)


def check_daemon_minimum(asked: ServiceSnapshot, stops: set[int], found: ClusterSnapshot) -> None:
    """A roll-out on the instances that carry the daemon leaves its minimum of them served."""
    carrying = {i.pk for i in found.instances if i.status is ACTIVE}
    served = {t.pk for t in asked.tasks if t.is_running and t.instance_pk in carrying}
    if served & stops:
        assert len(served - stops) >= minimum_healthy(len(carrying), asked.minimum_healthy_percent)


def end_of_faults(world: Simulation) -> None:
    """Connect every agent and add room for all, also for a roll-out and for one fixed port an instance."""
    for pk in list(world.instances):
        world.set_instance(pk, agent_connected=True)
    for pk in range(11, 19):
        world.register(pk)
    world.ill.clear()
    for _ in range(90):
        look(world)
        if world.is_at_rest and world.plan().next_look_at is None:
            return
        world.pass_time(2)


def check_ending(world: Simulation) -> None:
    active = {i.pk for i in world.instances.values() if i.status is ACTIVE}
    blocked = {s.pk for s in world.services.values() if s.placement_failure == DEPLOYMENT_BLOCKED}
    # What a failed deployment left running stays, also where it should leave: nothing is launched in its place.
    failed = {s.pk for s in world.services.values() if s.primary and s.primary.rollout_state is RolloutState.FAILED}
    still_used = {t.instance_pk for pk in blocked | failed for t in world.services[pk].tasks}
    for found in world.services.values():
        running = [t for t in found.tasks if t.is_running]
        if found.status is not ServiceStatus.ACTIVE:
            assert (found.status, found.tasks) == (ServiceStatus.INACTIVE, ())
        elif found.scheduling_strategy is SchedulingStrategy.DAEMON:
            places = [t.instance_pk for t in running]
            assert len(places) == len(set(places)) == len(found.tasks)
            assert active <= set(places) <= active | still_used  # the last of the services' tasks to leave
            assert found.desired_count == len(active)
        elif found.primary is not None and found.primary.rollout_state is RolloutState.FAILED:
            # Nothing was ever rolled out that it could go back to.
            assert found.primary.pk in world.broken
            assert not world.completed.get(found.pk)
        elif found.pk not in blocked:
            assert len(running) == len(found.tasks) == found.desired_count
            assert [d.rollout_state for d in found.deployments] == [RolloutState.COMPLETED]
            assert (found.is_steady, found.placement_failure) == (True, "")
            # The breaker went back from every revision that does not start.
            assert not world.broken & {d.pk for d in found.deployments}
    assert world.plan().is_empty


@settings(max_examples=120, deadline=None)
@given(machines=st.integers(0, 5), history=HISTORY)
def test_services_that_share_a_cluster_keep_their_promises_and_end_as_desired(
    machines: int, history: list[tuple[Action, int]]
) -> None:
    world = new_world(machines)
    for action, looks in history:
        act(world, action)
        for _ in range(looks):
            look(world)
            world.pass_time()
    end_of_faults(world)
    check_ending(world)
