"""Constraints bind, strategies order (`ecs-facts.md` 5.2–5.4), and each decision keeps its reasons."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.controlplane.patterns import matches
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.nearest import nearest_change
from ecsweb.domain.placement.scheduler import (
    Decision,
    after,
    choose_for_run_task,
    choose_for_service,
    exclusions_of,
    planned_task,
)
from ecsweb.domain.placement.strategies import Strategy, strategies_of
from ecsweb.domain.resources import Demand
from ecsweb.domain.service_scheduler.scale_in import surplus_tasks
from ecsweb.domain.snapshots import ClusterSnapshot
from tests.domain.made import NOW, cluster, instance, task

ZONE = {"type": "spread", "field": "attribute:ecs.availability-zone"}
INSTANCE = {"type": "spread", "field": "instanceId"}
CPU = {"type": "binpack", "field": "cpu"}
MEMORY = {"type": "binpack", "field": "memory"}
SMALL = Demand(cpu=10, memory=10)
GROUP = "service:web"


def place(
    found: ClusterSnapshot,
    count: int,
    strategy: list[dict[str, str]],
    constraints: tuple[dict[str, str], ...] = (),
    *,
    demand: Demand = SMALL,
) -> tuple[ClusterSnapshot, list[Decision]]:
    """Place `count` tasks one after the other."""
    decisions = []
    for _ in range(count):
        decision = choose_for_service(
            found,
            demand,
            group=GROUP,
            strategies=strategies_of(strategy),
            constraints=constraints_of(constraints, matches),
        )
        decisions.append(decision)
        if decision.chosen is not None:
            found = after(found, planned_task(decision.chosen.pk, group=GROUP, now=NOW), demand)
    return found, decisions


def counts(found: ClusterSnapshot) -> Counter[int]:
    return Counter(one.instance_pk for one in found.tasks if one.instance_pk)


def three(**fields: Any) -> ClusterSnapshot:
    return cluster(
        instances=(
            instance(1, zone="a", **fields),
            instance(2, zone="a", **fields),
            instance(3, zone="b", **fields),
        )
    )


def test_spread_over_zones_counts_zones_not_instances() -> None:
    found, _ = place(three(), 4, [ZONE, INSTANCE])

    assert counts(found) == {1: 1, 2: 1, 3: 2}


def test_spread_over_instances_counts_instances_not_zones() -> None:
    found, _ = place(three(), 3, [INSTANCE])

    assert counts(found) == {1: 1, 2: 1, 3: 1}


def test_spread_over_a_custom_attribute() -> None:
    racks = cluster(
        instances=tuple(instance(pk, attributes={"rack": rack}) for pk, rack in ((1, "x"), (2, "x"), (3, "y")))
    )
    found, _ = place(racks, 4, [{"type": "spread", "field": "attribute:rack"}, INSTANCE])

    assert counts(found) == {1: 1, 2: 1, 3: 2}


@pytest.mark.parametrize("spelling", ["instanceId", "INSTANCEID", "host"])
def test_host_is_another_word_for_instance_id(spelling: str) -> None:
    assert strategies_of([{"type": "spread", "field": spelling}]) == (Strategy("spread", "instanceId"),)


@pytest.mark.parametrize(("strategy", "wanted"), [([CPU], 1), ([MEMORY], 2)])
def test_binpack_takes_the_instance_with_least_of_the_field_left(strategy: list[dict[str, str]], wanted: int) -> None:
    found = cluster(
        instances=(
            instance(1, remaining_cpu=100, remaining_memory=900),
            instance(2, remaining_cpu=900, remaining_memory=100),
            instance(3, remaining_cpu=5, remaining_memory=5),
        )
    )
    _, decisions = place(found, 1, strategy)

    assert decisions[0].chosen is not None
    assert decisions[0].chosen.pk == wanted


def test_binpack_fills_one_instance_before_the_next() -> None:
    found, _ = place(three(remaining_memory=50), 7, [MEMORY])

    assert sorted(counts(found).values()) == [2, 5]


def test_a_chain_narrows_what_the_former_left() -> None:
    start = three(remaining_memory=50)
    found, decisions = place(start, 4, [ZONE, MEMORY])

    assert sorted(counts(found).values()) == [2, 2]
    assert counts(found)[3] == 2
    assert [str(strategy) for strategy in decisions[0].strategies] == [
        "spread attribute:ecs.availability-zone",
        "binpack memory",
    ]
    assert decisions[1].candidates[2].scores == (0, 50)


def test_run_task_without_a_strategy_is_random_and_has_no_second_place() -> None:
    chosen = set()
    for seed in range(30):
        decision = choose_for_run_task(three(), Demand(cpu=1), group="g", chance=random.Random(seed))
        assert decision.chosen is not None
        chosen.add(decision.chosen.pk)
        assert sorted(c.rank or 0 for c in decision.candidates) == [0, 0, 1]

    assert chosen == {1, 2, 3}


def test_counts_are_those_of_the_group_only() -> None:
    others = tuple(task(3, group="service:other") for _ in range(5))
    found = replace(three(), tasks=others)

    _, decisions = place(found, 1, [INSTANCE])

    assert [c.scores for c in decisions[0].candidates] == [(0,), (0,), (0,)]


def test_distinct_instance_puts_each_task_of_the_group_on_another_instance() -> None:
    found, decisions = place(three(), 4, [MEMORY], ({"type": "distinctInstance"},))

    assert counts(found) == {1: 1, 2: 1, 3: 1}
    assert decisions[3].reason == "DistinctInstance placement constraint unsatisfied"


def test_member_of_keeps_instances_out_and_says_so_in_the_words_of_ecs() -> None:
    types = cluster(
        instances=(
            instance(1, attributes={"ecs.instance-type": "t3.small"}),
            instance(2, attributes={"ecs.instance-type": "m5.large"}),
        )
    )
    only = ({"type": "memberOf", "expression": "attribute:ecs.instance-type =~ m5.*"},)
    none = ({"type": "memberOf", "expression": "attribute:ecs.instance-type == r5.large"},)

    _, placed = place(types, 1, [], only)
    _, refused = place(types, 1, [], none)

    assert placed[0].chosen == types.instances[1]
    assert refused[0].reason == "MemberOf placement constraint unsatisfied"


def test_member_of_sees_what_was_placed_before() -> None:
    alone = ({"type": "memberOf", "expression": "not(task:group == service:web)"},)
    found, _ = place(three(), 5, [], alone)

    assert counts(found) == {1: 1, 2: 1, 3: 1}


REFUSED_STRATEGIES = {
    "Maximum number of strategies is 5.": [{"type": "random"}] * 6,
    "binpack field 'disk' is invalid.": [{"type": "binpack", "field": "disk"}],
    "binpack field '' is invalid.": [{"type": "binpack"}],
    "random field should not be specified.": [{"type": "random", "field": "cpu"}],
    "spread field 'zone' is invalid.": [{"type": "spread", "field": "zone"}],
    "spread field 'attribute:' is invalid.": [{"type": "spread", "field": "attribute:"}],
}
REFUSED_CONSTRAINTS = {
    "Maximum number of placement constraints is 10.": [{"type": "distinctInstance"}] * 11,
    "distinctInstance expression should not be specified.": [{"type": "distinctInstance", "expression": "a"}],
    "Invalid expression: it is empty": [{"type": "memberOf"}],
}


@pytest.mark.parametrize("message", REFUSED_STRATEGIES)
def test_strategies_that_are_none_are_refused(message: str) -> None:
    with pytest.raises(InvalidParameterException) as caught:
        strategies_of(REFUSED_STRATEGIES[message])
    assert (caught.value.message, caught.value.field) == (message, "placementStrategy")


@pytest.mark.parametrize("message", REFUSED_CONSTRAINTS)
def test_constraints_that_are_none_are_refused(message: str) -> None:
    with pytest.raises(InvalidParameterException) as caught:
        constraints_of(REFUSED_CONSTRAINTS[message], matches)
    assert caught.value.message.startswith(message)
    assert caught.value.field == "placementConstraints"


def test_the_nearest_change_is_on_the_instance_that_lacks_fewest_things_and_least() -> None:
    found = cluster(
        instances=(
            instance(1, remaining_cpu=0, remaining_memory=1000),
            instance(2, remaining_cpu=500, remaining_memory=300),
            instance(3, remaining_cpu=500, remaining_memory=100),
        )
    )
    decision = choose_for_service(found, Demand(cpu=100, memory=400), group="g")

    change = nearest_change(decision)
    assert change is not None
    assert (change.instance_id, change.missing) == (found.instances[1].instance_id, 100)
    assert [one.rule for one in change.exclusions] == ["RESOURCE:MEMORY"]


def test_there_is_no_nearest_change_where_it_fits_or_nothing_is_there() -> None:
    assert nearest_change(choose_for_service(three(), Demand(), group="g")) is None
    assert nearest_change(choose_for_service(cluster(instances=()), Demand(), group="g")) is None


def test_scale_in_by_binpack_empties_little_used_instances_first() -> None:
    found = cluster(instances=(instance(1, remaining_memory=900), instance(2, remaining_memory=100)))
    tasks = (task(1), task(2), task(2))

    gone = surplus_tasks(tasks, 1, found, strategies_of([MEMORY]))

    assert gone == (tasks[0],)


def test_scale_in_by_spread_takes_from_the_fullest_value() -> None:
    found = three()
    tasks = (task(1), task(2), task(3))

    assert surplus_tasks(tasks, 1, found, strategies_of([ZONE, INSTANCE])) == (tasks[1],)
    assert surplus_tasks(tasks, 2, found, ()) == (tasks[1], tasks[2])


instances = st.lists(
    st.tuples(st.integers(0, 100), st.integers(0, 100), st.sampled_from("ab")), min_size=1, max_size=6
).map(
    lambda sizes: cluster(
        instances=tuple(
            instance(pk, remaining_cpu=cpu, remaining_memory=memory, zone=zone)
            for pk, (cpu, memory, zone) in enumerate(sizes, start=1)
        )
    )
)
chains = st.lists(st.sampled_from([ZONE, INSTANCE, CPU, MEMORY, {"type": "random"}]), max_size=3)
demands = st.builds(Demand, cpu=st.integers(0, 30), memory=st.integers(0, 30))
rules = st.lists(
    st.sampled_from(
        [{"type": "distinctInstance"}, {"type": "memberOf", "expression": "runningTasksCount < 2 or task:group == g"}]
    ),
    max_size=2,
)


@given(
    instances, chains, rules, st.builds(Demand, cpu=st.integers(0, 30), memory=st.integers(0, 30)), st.integers(1, 12)
)
def test_what_is_chosen_satisfies_every_rule_and_capacity_is_never_negative(
    found: ClusterSnapshot, chain: list[dict[str, str]], asked: list[dict[str, str]], demand: Demand, count: int
) -> None:
    constraints = constraints_of(asked, matches)
    for _ in range(count):
        decision = choose_for_service(
            found, demand, group="service:web", strategies=strategies_of(chain), constraints=constraints
        )
        fitting = [
            one.pk
            for one in found.instances
            if not exclusions_of(found, one, demand, group="service:web", constraints=constraints)
        ]
        assert (decision.chosen is None) == (not fitting)
        if decision.chosen is None:
            change = nearest_change(decision)
            assert change is not None
            assert change.exclusions
            return
        assert decision.chosen.pk in fitting
        found = after(found, planned_task(decision.chosen.pk, group="service:web", now=NOW), demand)
        assert all(one.remaining_cpu >= 0 and one.remaining_memory >= 0 for one in found.instances)


@given(st.integers(1, 6), st.integers(1, 20))
def test_spread_over_instances_never_differs_by_more_than_one(machines: int, tasks: int) -> None:
    found = cluster(instances=tuple(instance(pk) for pk in range(1, machines + 1)))
    found, _ = place(found, tasks, [INSTANCE], demand=Demand())

    held = [counts(found)[pk] for pk in range(1, machines + 1)]
    assert max(held) - min(held) <= 1


@given(instances, st.integers(1, 10))
def test_distinct_instance_never_doubles(found: ClusterSnapshot, count: int) -> None:
    found, _ = place(found, count, [MEMORY], ({"type": "distinctInstance"},), demand=Demand())

    assert all(number == 1 for number in counts(found).values())
