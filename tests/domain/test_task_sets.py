"""Task sets decided purely: each keeps its count, in any history (ecs-facts 6.10)."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.plan import ServicePlan
from ecsweb.domain.service_scheduler.scheduler import plan
from ecsweb.domain.snapshots import ServiceSnapshot, TaskSetSnapshot
from ecsweb.domain.statuses import (
    ContainerInstanceStatus,
    DeploymentStatus,
    HealthStatus,
    ServiceStatus,
    StabilityStatus,
    TaskSetStatus,
    TaskStatus,
)
from ecsweb.domain.task_sets import (
    check_client_token,
    check_deletable,
    check_room,
    checked_scale,
    computed_desired_count,
)
from tests.domain.made import NOW, PACE, cluster, deployment, instance, service, task
from tests.domain.simulation import Simulation

BLUE, GREEN = 1, 2
Action = tuple[str, int, float]
SMALL = Demand(cpu=64, memory=64)


def task_set(pk: int, scale: float = 100, *, status: TaskSetStatus = TaskSetStatus.ACTIVE, **fields: Any) -> Any:
    under = deployment(pk, status=DeploymentStatus.ACTIVE, demand=SMALL)
    return TaskSetSnapshot(pk=pk, status=status, scale=scale, deployment=under, **fields)


def external(*tasks: Any, sets: tuple[TaskSetSnapshot, ...], desired: int = 4, **fields: Any) -> ServiceSnapshot:
    deployments = tuple(found.deployment for found in sets)
    return service(*tasks, desired=desired, is_external=True, deployments=deployments, task_sets=sets, **fields)


def planned(found: ServiceSnapshot, **more: Any) -> dict[int, ServicePlan]:
    """Plan once; return the plans by their task set, the service's own under 0."""
    made = plan(cluster(found, **more), now=NOW, pace=PACE)
    return {one.task_set.pk if one.task_set else 0: one for one in made.services}


@pytest.mark.parametrize(
    ("desired", "scale", "count"),
    [(4, 100, 4), (4, 30, 2), (1, 0.1, 1), (4, 0, 0), (0, 50, 0), (3, 66.7, 3), (100, 7.0, 7)],
)
def test_the_computed_desired_count_is_rounded_up(desired: int, scale: float, count: int) -> None:
    assert computed_desired_count(desired, scale) == count


@given(st.integers(0, 5000), st.integers(0, 10_000))
def test_rounding_up_is_exact(desired: int, hundredths: int) -> None:
    assert computed_desired_count(desired, hundredths / 100) == math.ceil(Fraction(desired * hundredths, 10_000))


@pytest.mark.parametrize("scale", [{}, {"value": -1}, {"value": 100.01}, {"value": float("nan")}, {"unit": "PERCENT"}])
def test_a_scale_is_from_0_to_100(scale: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameterException):
        checked_scale(scale)
    assert checked_scale({"value": 100, "unit": "PERCENT"}) == 100.0


def test_each_task_set_keeps_its_own_count() -> None:
    blue, green = task_set(BLUE, 100), task_set(GREEN, 50)
    made = planned(external(*(task(on=n % 2 + 1) for n in range(4)), sets=(blue, green), maximum_percent=100))

    assert not made[BLUE].starts
    assert [start.deployment_pk for start in made[GREEN].starts] == [GREEN, GREEN]
    assert {start.decision.chosen.pk for start in made[GREEN].starts if start.decision.chosen} == {1, 2}


def test_a_draining_task_set_stops_all_and_is_over_without_tasks() -> None:
    leaving = task_set(BLUE, status=TaskSetStatus.DRAINING)
    made = planned(external(task(), task(), sets=(leaving,)))[BLUE]
    assert (len(made.stops), made.task_set and made.task_set.is_over, made.starts) == (2, False, ())
    over = planned(external(sets=(leaving,)))[BLUE]
    assert over.task_set
    assert over.task_set.is_over
    assert not over.is_empty


STABLE = [task(), task(on=2)]


@pytest.mark.parametrize(
    ("tasks", "is_stable"),
    [
        (STABLE, True),
        (STABLE[:1], False),
        ([*STABLE, task()], False),
        ([STABLE[0], task(status=TaskStatus.PENDING)], False),
        ([STABLE[0], task(on=3)], False),
        ([STABLE[0], task(has_health_check=True)], False),
        ([STABLE[0], task(has_health_check=True, health_status=HealthStatus.HEALTHY)], True),
    ],
)
def test_stability_is_what_runs_where_it_may_stay(tasks: list[Any], is_stable: bool) -> None:
    draining = instance(3, "a", status=ContainerInstanceStatus.DRAINING)
    found = external(*tasks, sets=(task_set(BLUE),), desired=2)
    made = planned(found, instances=(instance(1, "a"), instance(2, "b"), draining))
    assert made[BLUE].is_steady is (True if is_stable else None)


def test_the_service_follows_its_task_sets() -> None:
    huge = replace(task_set(GREEN), deployment=deployment(GREEN, demand=Demand(cpu=64, memory=9999)))
    made = planned(external(*STABLE, sets=(task_set(BLUE), huge), desired=2))
    assert made[GREEN].placement_failure == made[0].placement_failure == "RESOURCE:MEMORY"
    assert made[0].is_steady is None
    alone = planned(external(*STABLE, sets=(task_set(BLUE),), desired=2))
    assert alone[0].is_steady is True


@pytest.mark.parametrize(
    ("sets", "desired", "is_steady"),
    [
        ((), 4, None),
        ((), 0, True),
        ((task_set(BLUE, 50),), 4, None),
        ((task_set(BLUE, 100),), 2, True),
    ],
    ids=["no task set", "nothing desired", "half of it", "all of it"],
)
def test_a_service_below_its_desired_count_is_not_steady(
    sets: tuple[TaskSetSnapshot, ...], desired: int, is_steady: bool | None
) -> None:
    made = planned(external(*(STABLE if sets else ()), sets=sets, desired=desired))
    assert made[0].is_steady is is_steady


def test_room_deletion_and_tokens() -> None:
    check_room(4)
    check_deletable(is_primary=True, computed=3, is_forced=True)
    check_deletable(is_primary=False, computed=0, is_forced=False)
    check_client_token("!" * 36)
    for wrong in ("x" * 37, "a b", "é"):
        with pytest.raises(InvalidParameterException):
            check_client_token(wrong)


class TaskSets(Simulation):
    """The simulation, with one EXTERNAL service and what plans change about its task sets."""

    @property
    def web(self) -> ServiceSnapshot:
        return self.services[1]

    def put(self, *sets: TaskSetSnapshot) -> None:
        """Let the service have these task sets, and the deployments underneath."""
        kept = {found.deployment.pk: found.deployment for found in sets}
        current = {d.pk: d for d in self.web.deployments}
        fresh = tuple(replace(s, deployment=current.get(s.deployment.pk, s.deployment)) for s in sets)
        self.services[1] = replace(
            self.web, task_sets=fresh, deployments=tuple(current.get(pk, one) for pk, one in kept.items())
        )

    def apply(self, made: Any) -> None:
        super().apply(made)
        plans = {one.task_set.pk: one for one in made.services if one.task_set}
        self.put(*(_after(s, plans.get(s.pk)) for s in self.web.task_sets if not _is_over(plans.get(s.pk))))

    def count(self, pk: int) -> int:
        return sum(found.deployment_pk == pk and found.is_wanted for found in self.web.tasks)


def _is_over(made: ServicePlan | None) -> bool:
    return made is not None and made.task_set is not None and made.task_set.is_over


def _after(found: TaskSetSnapshot, made: ServicePlan | None) -> TaskSetSnapshot:
    if made is None:
        return found
    stability = {True: StabilityStatus.STEADY_STATE, False: StabilityStatus.STABILIZING, None: found.stability_status}
    return replace(
        found,
        stability_status=stability[made.is_steady],
        placement_failure=found.placement_failure if made.placement_failure is None else made.placement_failure,
    )


ACTIONS = st.one_of(
    st.tuples(st.just("scale"), st.integers(1, 4), st.sampled_from([0, 10, 25, 50, 66.7, 100])),
    st.tuples(st.just("desired"), st.just(0), st.integers(0, 6)),
    st.tuples(st.just("create"), st.integers(1, 4), st.sampled_from([0, 50, 100])),
    st.tuples(st.just("delete"), st.integers(1, 4), st.just(0)),
    st.tuples(st.just("lose"), st.integers(0, 20), st.just(0)),
    st.tuples(st.sampled_from(["drain", "activate"]), st.integers(1, 3), st.just(0)),
)


def act(world: TaskSets, kind: str, number: int, value: float) -> None:
    by_pk = {found.pk: found for found in world.web.task_sets}
    found = by_pk.get(number)
    match kind:
        case "lose":
            world.lose(number)
        case "desired":
            world.change(1, desired_count=int(value))
        case "drain":
            world.set_instance(number, status=ContainerInstanceStatus.DRAINING)
        case "activate":
            world.set_instance(number, status=ContainerInstanceStatus.ACTIVE)
        case "create" if found is None:
            world.put(*world.web.task_sets, task_set(number, value))
        case "scale" if found and found.status is not TaskSetStatus.DRAINING:
            world.put(*(replace(s, scale=value) if s.pk == number else s for s in world.web.task_sets))
        case "delete" if found:
            gone = replace(found, status=TaskSetStatus.DRAINING)
            world.put(*(gone if s.pk == number else s for s in world.web.task_sets))
        case _:
            pass


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ACTIONS, st.integers(0, 4)), max_size=12))
def test_in_any_history_each_task_set_ends_with_what_it_wants(
    history: list[tuple[tuple[str, int, float], int]],
) -> None:
    machines = {pk: instance(pk, "abc"[pk - 1], remaining_cpu=4096, remaining_memory=4096) for pk in (1, 2, 3)}
    world = TaskSets({1: external(sets=(), desired=3)}, machines)
    for action, seconds in history:
        draining = {s.pk for s in world.web.task_sets if s.status is TaskSetStatus.DRAINING}
        act(world, *action)
        world.apply(world.plan())
        assert all(s.status is TaskSetStatus.DRAINING for s in world.web.task_sets if s.pk in draining)
        left = world.snapshot().instances
        assert all(found.remaining_cpu >= 0 and found.remaining_memory >= 0 for found in left)
        world.pass_time(seconds)
    for pk in machines:
        world.set_instance(pk, status=ContainerInstanceStatus.ACTIVE)
    for _ in range(400):
        world.apply(world.plan())
        world.pass_time()
        if world.is_at_rest:
            break

    assert world.plan().is_empty
    assert all(s.status is not TaskSetStatus.DRAINING for s in world.web.task_sets)
    wanted = {s.pk: computed_desired_count(world.web.desired_count, s.scale) for s in world.web.task_sets}
    assert {pk: world.count(pk) for pk in wanted} == wanted
    assert Counter(t.deployment_pk for t in world.web.tasks).keys() <= wanted.keys()
    assert all(s.stability_status is StabilityStatus.STEADY_STATE for s in world.web.task_sets)
    assert world.web.is_steady is (sum(wanted.values()) >= world.web.desired_count)
    assert world.web.status is ServiceStatus.ACTIVE
