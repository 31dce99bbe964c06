from __future__ import annotations

import random
from typing import Any

import pytest

from ecsweb.domain.placement.filters import exclusions
from ecsweb.domain.placement.scheduler import choose_for_run_task, choose_for_service, choose_given
from ecsweb.domain.resources import INSTANCE_TYPES, Demand, demand_of
from ecsweb.domain.statuses import ContainerInstanceStatus, DesiredStatus
from tests.domain.made import cluster, instance, service, task


@pytest.mark.parametrize(
    ("fields", "demand", "rule"),
    [
        pytest.param({}, Demand(cpu=2048, memory=1966), None, id="exactly fits"),
        pytest.param({"status": ContainerInstanceStatus.DRAINING}, Demand(), "STATUS", id="draining"),
        pytest.param({"agent_connected": False}, Demand(), "AGENT", id="agent disconnected"),
        pytest.param({}, Demand(cpu=2049), "RESOURCE:CPU", id="one CPU unit short"),
        pytest.param({}, Demand(memory=1967), "RESOURCE:MEMORY", id="one MiB short"),
        pytest.param(
            {"used_tcp_ports": frozenset({80})}, Demand(tcp_ports=frozenset({80})), "RESOURCE:PORTS", id="port taken"
        ),
        pytest.param(
            {"used_udp_ports": frozenset({53})},
            Demand(udp_ports=frozenset({53})),
            "RESOURCE:PORTS",
            id="UDP port taken",
        ),
        pytest.param(
            {"used_tcp_ports": frozenset({53})}, Demand(udp_ports=frozenset({53})), None, id="other protocol is free"
        ),
        pytest.param({}, Demand(attributes=frozenset({"gpu"})), "ATTRIBUTE", id="attribute missing"),
        pytest.param({"attributes": {"gpu": ""}}, Demand(attributes=frozenset({"gpu"})), None, id="attribute offered"),
    ],
)
def test_the_first_rule_that_says_no_is_the_reason(fields: dict[str, Any], demand: Demand, rule: str | None) -> None:
    found = next(iter(exclusions(demand, instance(**fields))), None)

    assert (found.rule if found else None) == rule


def test_missing_amounts_are_told() -> None:
    found = next(iter(exclusions(Demand(memory=2048), instance(remaining_memory=1721))), None)

    assert found is not None
    assert (found.wanted, found.available) == (2048, 1721)


def test_spread_prefers_the_zone_then_the_instance_with_fewest_tasks_of_the_group() -> None:
    found = cluster(
        service(task(1), task(1), task(2)), instances=(instance(1, "a"), instance(2, "b"), instance(3, "b"))
    )

    decision = choose_for_service(found, Demand(cpu=1), group="service:web")

    assert decision.chosen is not None
    assert decision.chosen.pk == 3
    assert {c.instance.pk: c.rank for c in decision.candidates} == {1: 3, 2: 2, 3: 1}


def test_stopping_tasks_and_other_groups_do_not_count_for_the_spread() -> None:
    leaving = task(1, desired_status=DesiredStatus.STOPPED)
    found = cluster(service(leaving, task(1, group="family:job"), task(2)))

    decision = choose_for_service(found, Demand(), group="service:web")

    assert decision.chosen is not None
    assert decision.chosen.pk == 1


def test_random_chooses_only_what_fits_and_repeats_with_its_seed() -> None:
    found = cluster(instances=(instance(1, remaining_cpu=0), instance(2), instance(3)))

    chosen = [
        choose_for_run_task(found, Demand(cpu=1), group="g", chance=random.Random(seed)).chosen for seed in range(20)
    ]

    assert {i.pk for i in chosen if i} == {2, 3}
    assert chosen == [
        choose_for_run_task(found, Demand(cpu=1), group="g", chance=random.Random(seed)).chosen for seed in range(20)
    ]


def test_nothing_fits_and_the_closest_is_named() -> None:
    found = cluster(instances=(instance(1, remaining_memory=10), instance(2, remaining_memory=90)))

    decision = choose_for_service(found, Demand(memory=100), group="g")

    assert (decision.chosen, decision.reason) == (None, "RESOURCE:MEMORY")
    assert decision.closest is not None
    assert decision.closest.instance.pk == 2


def test_a_port_is_closer_than_an_amount() -> None:
    found = cluster(instances=(instance(1, remaining_cpu=0), instance(2, used_tcp_ports=frozenset({80}))))

    assert choose_for_service(found, Demand(cpu=1, tcp_ports=frozenset({80})), group="g").reason == "RESOURCE:PORTS"


def test_without_an_instance_that_takes_tasks_the_reason_is_that_there_is_none() -> None:
    draining = instance(1, status=ContainerInstanceStatus.DRAINING)

    assert choose_for_service(cluster(instances=()), Demand(), group="g").reason == "NO_INSTANCES"
    assert choose_for_service(cluster(instances=(draining,)), Demand(), group="g").reason == "NO_INSTANCES"


def test_a_given_instance_is_taken_or_refused_and_no_other() -> None:
    found = cluster(instances=(instance(1, remaining_cpu=0), instance(2)))

    assert choose_given(found, Demand(cpu=1), instance_pk=1, group="g", rule="start_task").reason == "RESOURCE:CPU"
    assert choose_given(found, Demand(cpu=1), instance_pk=2, group="g", rule="start_task").chosen == instance(2)


def test_demand_of_task_level_values_and_of_sums() -> None:
    ports = [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 81, "hostPort": 0}]
    containers = [
        {"cpu": 128, "memory": 64, "portMappings": ports},
        {
            "memory": 512,
            "memoryReservation": 32,
            "portMappings": [{"containerPort": 53, "hostPort": 53, "protocol": "udp"}],
        },
    ]

    summed = demand_of({"containerDefinitions": containers})
    capped = demand_of({"containerDefinitions": containers, "cpu": "256", "memory": "1024", "networkMode": "awsvpc"})

    assert summed == Demand(cpu=128, memory=96, tcp_ports=frozenset({8080}), udp_ports=frozenset({53}))
    assert capped == Demand(cpu=256, memory=1024, enis=1)


def test_a_t3_small_offers_less_memory_than_its_name_says() -> None:
    assert (INSTANCE_TYPES["t3.small"].registered_cpu, INSTANCE_TYPES["t3.small"].registered_memory) == (2048, 1966)


def test_where_something_fits_the_closest_of_the_others_is_still_told() -> None:
    found = cluster(instances=(instance(1), instance(2, agent_connected=False)))
    decision = choose_for_service(found, Demand(), group="g")

    assert decision.closest is not None
    assert (decision.chosen, decision.closest.instance) == (instance(1), instance(2, agent_connected=False))
    assert found.instance(2) == decision.closest.instance
    assert found.instance(3) is None


def test_among_equals_the_one_with_most_memory_left_is_chosen() -> None:
    found = cluster(instances=(instance(1, remaining_memory=100), instance(2, remaining_memory=200)))

    assert choose_for_service(found, Demand(), group="g").chosen == found.instance(2)
