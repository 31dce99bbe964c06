"""The steps of placement, the limits of its lists, what each subject of the query language may be asked (5.2-5.5)."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from ecsweb.controlplane.patterns import matches
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.expressions import Facts, parse
from ecsweb.domain.placement.scheduler import after, choose_for_run_task, choose_for_service, planned_task
from ecsweb.domain.placement.strategies import strategies_of
from ecsweb.domain.resources import Demand
from ecsweb.domain.statuses import ContainerInstanceStatus
from tests.domain.made import NOW, cluster, instance

ASKED = Demand(cpu=100, memory=100, tcp_ports=frozenset({80}), attributes=frozenset({"ssd"}))
FITS: dict[str, Any] = {"attributes": {"ssd": ""}}
LACKS: dict[str, dict[str, Any]] = {
    "not ACTIVE": {"status": ContainerInstanceStatus.DRAINING},
    "no agent": {"agent_connected": False},
    "no CPU": {"remaining_cpu": 99},
    "no memory": {"remaining_memory": 99},
    "port in use": {"used_tcp_ports": frozenset({80})},
    "no attribute": {"attributes": {}},
}


@pytest.mark.parametrize("lack", LACKS)
def test_step_1_keeps_active_connected_instances_that_have_what_the_task_needs(lack: str) -> None:
    found = cluster(instances=(instance(1, **{**FITS, **LACKS[lack]}), instance(2, **FITS)))

    decision = choose_for_service(found, ASKED, group="g")

    assert [one.instance.pk for one in decision.candidates if not one.exclusions] == [2]


def test_step_2_keeps_instances_that_satisfy_every_constraint() -> None:
    found = cluster(
        instances=(
            instance(1, attributes={"a": "1"}),
            instance(2, attributes={"b": "1"}),
            instance(3, attributes={"a": "1", "b": "1"}),
        )
    )
    both = [{"type": "memberOf", "expression": f"attribute:{name} exists"} for name in "ab"]

    decision = choose_for_service(found, Demand(), group="g", constraints=constraints_of(both, matches))

    assert [one.instance.pk for one in decision.candidates if not one.exclusions] == [3]


def test_constraints_are_binding_and_strategies_best_effort() -> None:
    found = cluster(instances=(instance(1, zone="a"), instance(2, zone="a")))
    spread = strategies_of([{"type": "spread", "field": "attribute:rack"}])
    bound = constraints_of([{"type": "memberOf", "expression": "attribute:rack exists"}], matches)

    assert choose_for_service(found, Demand(), group="g", strategies=spread).chosen is not None
    assert choose_for_service(found, Demand(), group="g", constraints=bound).chosen is None


def test_what_was_placed_is_subtracted_before_the_next_is_chosen() -> None:
    found, demand = cluster(instances=(instance(1, remaining_memory=150),)), Demand(memory=100)
    first = choose_for_service(found, demand, group="g")
    assert first.chosen is not None

    then = after(found, planned_task(first.chosen.pk, group="g", now=NOW), demand)

    assert choose_for_service(then, demand, group="g").reason == "RESOURCE:MEMORY"


def test_distinct_instance_counts_tasks_of_the_same_group_only() -> None:
    found, distinct = cluster(instances=(instance(1),)), constraints_of([{"type": "distinctInstance"}], matches)
    held = after(found, planned_task(1, group="family:a", now=NOW), Demand())

    chosen = {
        group: choose_for_run_task(held, Demand(), group=group, constraints=distinct, chance=random.Random(1)).chosen
        for group in ("family:a", "family:b")
    }

    assert chosen["family:a"] is None
    assert chosen["family:b"] is not None


def test_at_most_10_constraints() -> None:
    one = {"type": "memberOf", "expression": "attribute:ssd exists"}
    assert len(constraints_of([one] * 10, matches)) == 10

    with pytest.raises(InvalidParameterException):
        constraints_of([one] * 11, matches)


def test_at_most_5_strategies() -> None:
    one = {"type": "spread", "field": "instanceId"}
    assert len(strategies_of([one] * 5)) == 5

    with pytest.raises(InvalidParameterException, match=r"^Maximum number of strategies is 5\.$"):
        strategies_of([one] * 6)


def test_a_bad_field_of_binpack_is_named() -> None:
    with pytest.raises(InvalidParameterException, match=r"^binpack field 'x' is invalid\.$"):
        strategies_of([{"type": "binpack", "field": "x"}])


def test_random_takes_no_field() -> None:
    with pytest.raises(InvalidParameterException, match=r"^random field should not be specified\.$"):
        strategies_of([{"type": "random", "field": "cpu"}])


def test_random_uses_every_instance_that_fits() -> None:
    found, chance = cluster(instances=tuple(instance(pk) for pk in (1, 2, 3))), random.Random(1)

    decisions = [choose_for_run_task(found, Demand(), group="g", chance=chance) for _ in range(60)]

    assert {one.chosen.pk for one in decisions if one.chosen} == {1, 2, 3}


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        pytest.param(["attribute:ecs.availability-zone", "instanceId"], {1: 1, 2: 1, 3: 2}, id="high availability"),
        pytest.param(["attribute:ecs.availability-zone", "binpack"], {1: 2, 3: 2}, id="cost"),
    ],
)
def test_typical_chains(chain: list[str], expected: dict[int, int]) -> None:
    found = cluster(
        instances=(
            instance(1, zone="a", remaining_memory=500),
            instance(2, zone="a", remaining_memory=900),
            instance(3, zone="b", remaining_memory=900),
        )
    )
    demand = Demand(memory=100)
    strategies = strategies_of(
        [{"type": "binpack", "field": "memory"} if f == "binpack" else {"type": "spread", "field": f} for f in chain]
    )
    for _ in range(4):
        chosen = choose_for_service(found, demand, group="g", strategies=strategies).chosen
        assert chosen is not None
        found = after(found, planned_task(chosen.pk, group="g", now=NOW), demand)

    assert Counter(one.instance_pk for one in found.tasks) == expected


SIGNS = {"==": "x", "!=": "x", "in": "[x]", "!in": "[x]", "=~": "x", "!~": "x"}
ORDER = dict.fromkeys(("==", "!=", ">", ">=", "<", "<="), "x")
ALL = {**SIGNS, **ORDER, "exists": "", "!exists": ""}
ASKABLE: dict[str, tuple[dict[str, str], str]] = {
    "agentConnected": (SIGNS, "true"),
    "agentVersion": (ORDER, "1.2.3"),
    "attribute:NAME": (ALL, "1"),
    "ec2InstanceId": (SIGNS, "i-1"),
    "registeredAt": (ORDER, "2018-06-18"),
    "runningTasksCount": (ORDER, "5"),
    "task:group": (SIGNS, "service:web"),
}


@pytest.mark.parametrize(("subject", "operator"), list(product(ASKABLE, ALL)))
def test_each_subject_takes_its_own_operators(subject: str, operator: str) -> None:
    operators, value = ASKABLE[subject]
    text = f"{subject} {operator} {ALL[operator].replace('x', value)}".strip()
    if operator in operators:
        assert parse(text, matches)(Facts(registered_at=NOW)) in {True, False}
        return
    with pytest.raises(InvalidParameterException):
        parse(text, matches)


WORD_FORMS = {
    "==": "equals",
    "!=": "not_equals",
    ">": "greater_than",
    ">=": "greater_than_equal",
    "<": "less_than",
    "<=": "less_than_equal",
    "exists": "exists",
    "!exists": "not_exists",
    "in": "in",
    "!in": "not_in",
    "=~": "matches",
    "!~": "not_matches",
}


@pytest.mark.parametrize("sign", WORD_FORMS)
def test_each_operator_has_a_word(sign: str) -> None:
    argument = {"in": "[3, 5]", "!in": "[3, 5]", "exists": "", "!exists": ""}.get(sign, "3")
    for value in ("2", "3", "4"):
        facts = Facts(attributes={"n": value})
        texts = [f"attribute:n {form} {argument}".strip() for form in (sign, WORD_FORMS[sign])]
        assert len({parse(text, matches)(facts) for text in texts}) == 1


@pytest.mark.parametrize(
    "written", ["2018-06-18T22:28:28+00:00", "2018-06-18T22:28:28Z", "2018-06-18T22:28:28", "2018-06-18"]
)
def test_registered_at_is_written_with_a_zone_without_one_or_as_a_date(written: str) -> None:
    later = Facts(registered_at=datetime(2018, 6, 19, tzinfo=UTC))
    earlier = Facts(registered_at=datetime(2018, 6, 17, tzinfo=UTC))

    holds = parse(f"registeredAt > {written}", matches)

    assert (holds(later), holds(earlier)) == (True, False)


@pytest.mark.parametrize(
    ("text", "zone_c", "busy"),
    [
        ("attribute:ecs.availability-zone in [us-east-1a, us-east-1c]", True, False),
        ("attribute:ssd exists and runningTasksCount < 5", True, False),
        ("not(task:group == service:web)", True, False),
        ("!(runningTasksCount < 5 && attribute:ssd exists) || task:group == service:web", False, True),
    ],
)
def test_parentheses_lists_and_connectives_mean_what_they_say(text: str, zone_c: bool, busy: bool) -> None:
    in_c = Facts(attributes={"ecs.availability-zone": "us-east-1c", "ssd": ""}, running_tasks=1)
    loaded = Facts(
        attributes={"ecs.availability-zone": "us-east-1b"}, running_tasks=9, groups=frozenset({"service:web"})
    )

    holds = parse(text, matches)

    assert (holds(in_c), holds(loaded)) == (zone_c, busy)
