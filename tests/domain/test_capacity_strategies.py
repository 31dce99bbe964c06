from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecsweb.domain.capacity.strategies import (
    StrategyItem,
    allocate,
    check_placeable,
    next_provider,
    strategy_after_update,
    strategy_of,
)
from ecsweb.domain.errors import InvalidParameterException, UnsupportedFeatureException
from ecsweb.domain.statuses import LaunchType

PROVIDERS = ("FARGATE", "FARGATE_SPOT")


@st.composite
def items(draw: st.DrawFn) -> tuple[StrategyItem, ...]:
    weights = draw(st.lists(st.integers(0, 1000), min_size=1, max_size=6).filter(any))
    based, base = draw(st.integers(0, len(weights) - 1)), draw(st.integers(0, 30))
    return tuple(StrategyItem(f"p{i}", base if i == based else 0, weight) for i, weight in enumerate(weights))


@given(items(), st.integers(0, 200))
def test_the_base_is_satisfied_first_and_the_rest_is_within_one_of_the_ratio(
    strategy: tuple[StrategyItem, ...], count: int
) -> None:
    found = allocate(strategy, count)
    base, weights = sum(item.base for item in strategy), sum(item.weight for item in strategy)
    rest = max(0, count - base)

    assert sum(found.values()) == count
    for item in strategy:
        by_weight = found[item.provider] - min(item.base, count)
        assert by_weight >= 0
        assert abs(by_weight - Fraction(rest * item.weight, weights)) < 1
        assert item.weight or not by_weight


@given(items(), st.integers(0, 60))
def test_one_task_after_another_comes_to_the_same_as_all_at_once(
    strategy: tuple[StrategyItem, ...], count: int
) -> None:
    held: Counter[str] = Counter()
    for _ in range(count):
        held[next_provider(strategy, held, count)] += 1

    assert held == Counter(allocate(strategy, count))


@given(items(), st.integers(1, 40))
def test_the_base_comes_before_all_else(strategy: tuple[StrategyItem, ...], count: int) -> None:
    based = next((item for item in strategy if item.base), None)
    first = next_provider(strategy, {}, count)

    assert based is None or first == based.provider


@pytest.mark.parametrize(
    ("count", "expected"),
    [(0, (0, 0)), (1, (1, 0)), (2, (1, 1)), (5, (2, 3)), (9, (3, 6)), (41, (11, 30))],
)
def test_weights_are_a_ratio_of_what_the_base_leaves(count: int, expected: tuple[int, int]) -> None:
    strategy = (StrategyItem("FARGATE", base=1, weight=1), StrategyItem("FARGATE_SPOT", weight=3))

    assert tuple(allocate(strategy, count).values()) == expected


def item(provider: str = "FARGATE", **values: int) -> dict[str, Any]:
    return {"capacityProvider": provider, **values}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([item(f"p{i}") for i in range(21)], "at most 20 items"),
        ([item(), item()], "each capacity provider once"),
        ([item(base=1), item("FARGATE_SPOT", base=1)], "Only one capacity provider"),
        ([item(weight=1001)], "a weight from 0 to 1000"),
        ([item(base=100_001)], "A base is from 0 to 100000"),
        ([item(base=-1)], "A base is from 0 to 100000"),
        ([item("other")], "The capacity provider other is not associated with the cluster"),
    ],
)
def test_a_strategy_that_means_nothing_is_refused(asked: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(InvalidParameterException, match=message):
        strategy_of(asked, associated=PROVIDERS)


def test_base_and_weight_are_0_where_nothing_is_said_and_without_any_weight_nothing_is_placed() -> None:
    found = strategy_of([item()], associated=PROVIDERS)

    assert found == (StrategyItem("FARGATE", 0, 0),)
    check_placeable((StrategyItem("FARGATE", weight=1),))
    with pytest.raises(InvalidParameterException, match="weight above 0"):
        check_placeable(found)


def test_an_update_moves_a_service_between_providers_of_fargate_and_not_from_ec2_to_them() -> None:
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]

    found = strategy_after_update(spot, associated=PROVIDERS, launch_type=LaunchType.FARGATE)

    assert found == (StrategyItem("FARGATE_SPOT", 0, 1),)
    assert strategy_after_update([], associated=PROVIDERS, launch_type=LaunchType.EC2) == ()
    with pytest.raises(UnsupportedFeatureException, match="from EC2 to capacity providers of FARGATE"):
        strategy_after_update(spot, associated=PROVIDERS, launch_type=LaunchType.EC2)
