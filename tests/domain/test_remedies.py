"""The nearest change as calls: what is offered is what is needed, and nothing is offered that would not help."""

from __future__ import annotations

from typing import Any

import pytest

from ecsweb.domain.placement.filters import (
    AGENT,
    ATTRIBUTE,
    CPU,
    DISTINCT_INSTANCE,
    MEMBER_OF,
    MEMORY,
    PORTS,
    STATUS,
)
from ecsweb.domain.placement.remedies import Remedy, RemedyKind, remedies, smallest_type
from ecsweb.domain.resources import Demand

SMALL = Demand(cpu=128, memory=96)


def refused(*rules: tuple[str, str], zone: str = "ap-northeast-2a", also: str = "") -> dict[str, Any]:
    """Return a kept decision without a place, its nearest instance excluded by these rules."""
    found = [{"rule": rule, "wanted": None, "available": None, "detail": detail} for rule, detail in rules]
    candidates = [{"zone": zone, "excluded_by": rules[0][0]}] if rules else []
    candidates += [{"zone": zone, "excluded_by": also}] if also else []
    change = {"instance": "i1", "missing": None, "rules": found} if rules else None
    return {
        "rule": "spread",
        "chosen": None,
        "reason": rules[0][0] if rules else "NO_INSTANCES",
        "nearest_change": change,
        "candidates": candidates,
    }


@pytest.mark.parametrize("rule", [CPU, MEMORY, PORTS, DISTINCT_INSTANCE])
def test_where_resources_are_missing_another_instance_is_launched_in_the_emptiest_zone(rule: str) -> None:
    assert remedies(refused((rule, "")), SMALL) == (Remedy(RemedyKind.LAUNCH, instance_type="t3.nano", zone="b"),)


def test_without_any_instance_one_is_launched() -> None:
    assert remedies(refused(), SMALL) == (Remedy(RemedyKind.LAUNCH, instance_type="t3.nano", zone="a"),)


@pytest.mark.parametrize(
    ("demand", "instance_type"),
    [
        (Demand(cpu=2048, memory=400), "t3.nano"),
        (Demand(cpu=128, memory=492), "t2.micro"),
        (Demand(cpu=0, memory=4096), "t3.large"),
        (Demand(cpu=4096, memory=100), "c5.xlarge"),
        (Demand(cpu=100_000, memory=1), ""),
    ],
)
def test_the_smallest_type_that_holds_the_task_is_chosen(demand: Demand, instance_type: str) -> None:
    assert smallest_type(demand) == instance_type


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([(STATUS, "DRAINING")], [Remedy(RemedyKind.ACTIVATE, "i1")]),
        ([(AGENT, "")], [Remedy(RemedyKind.AGENT, "i1")]),
        ([(STATUS, "DRAINING"), (AGENT, "")], [Remedy(RemedyKind.ACTIVATE, "i1"), Remedy(RemedyKind.AGENT, "i1")]),
        (
            [(MEMBER_OF, "attribute:stack == prod")],
            [Remedy(RemedyKind.ATTRIBUTE, "i1", attribute="stack", value="prod")],
        ),
        ([(MEMBER_OF, "attribute:gpu exists")], [Remedy(RemedyKind.ATTRIBUTE, "i1", attribute="gpu")]),
        # Nobody can give an instance another type or operating system, and some expressions have no single answer.
        ([(MEMBER_OF, "attribute:ecs.instance-type == t3.large")], []),
        ([(MEMBER_OF, "task:group == service:web")], []),
        ([(ATTRIBUTE, "com.amazonaws.ecs.capability.privileged-container")], []),
        # Half a remedy is none.
        ([(STATUS, "DRAINING"), (ATTRIBUTE, "ecs.capability.x")], []),
    ],
)
def test_the_nearest_instance_is_mended_where_that_is_enough(
    rules: list[tuple[str, str]], wanted: list[Remedy]
) -> None:
    assert list(remedies(refused(*rules), SMALL)) == wanted


def test_no_machine_is_launched_where_it_would_not_help() -> None:
    assert remedies(refused((MEMORY, "")), SMALL, may_launch=False) == ()
    assert remedies(refused((MEMORY, ""), also=MEMBER_OF), SMALL) == ()
    assert remedies(refused((PORTS, "22")), Demand(tcp_ports=frozenset({22}))) == ()
    assert remedies({**refused(), "reason": "ACCOUNT_LIMIT"}, SMALL) == ()
    assert remedies({**refused(), "rule": "fargate"}, SMALL) == ()
    assert remedies({**refused(), "chosen": "i1"}, SMALL) == ()
