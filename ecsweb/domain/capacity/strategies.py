"""Capacity provider strategies: base first, then weights as a ratio (`ecs-facts.md` 6.11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.errors import InvalidParameterException, UnsupportedFeatureException
from ecsweb.domain.statuses import LaunchType, SchedulingStrategy

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")
MOST_ITEMS = 20
MOST_BASE = 100_000
MOST_WEIGHT = 1000
BOTH = "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."


@dataclass(frozen=True, slots=True)
class StrategyItem:
    """One capacity provider: at least `base` tasks on it, and of the others its `weight` in the sum of weights."""

    provider: str
    base: int = 0
    weight: int = 0


def strategy_of(
    asked: Sequence[Mapping[str, Any]], *, associated: Collection[str], field: str = "capacityProviderStrategy"
) -> tuple[StrategyItem, ...]:
    """Return the strategy that a call asks for, each provider one of the cluster's. Raises InvalidParameterException.

    SIMPLIFIED: ECS's words for these refusals are not published; these are ours.
    """
    items = tuple(
        StrategyItem(str(entry.get("capacityProvider") or ""), entry.get("base") or 0, entry.get("weight") or 0)
        for entry in asked
    )
    names = [item.provider for item in items]
    wrong = ""
    if len(items) > MOST_ITEMS:
        wrong = f"A capacity provider strategy can have at most {MOST_ITEMS} items."
    elif len(set(names)) != len(names):
        wrong = "A capacity provider strategy can name each capacity provider once."
    elif sum(item.base > 0 for item in items) > 1:
        wrong = "Only one capacity provider in a capacity provider strategy can have a base defined."
    elif not all(0 <= item.base <= MOST_BASE and 0 <= item.weight <= MOST_WEIGHT for item in items):
        wrong = f"A base is from 0 to {MOST_BASE}, a weight from 0 to {MOST_WEIGHT}."
    elif len({name in FARGATE_PROVIDERS for name in names}) > 1:
        wrong = (
            "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and "
            "Fargate capacity providers. Specify one or the other and try again."
        )
    elif unknown := sorted(set(names) - set(associated)):
        wrong = f"The capacity provider {unknown[0][:255]} is not associated with the cluster."
    if wrong:
        raise InvalidParameterException(wrong, field=field)
    return items


def launch_type_of(items: Sequence[StrategyItem]) -> LaunchType:
    """Return on whose machines the tasks of a strategy run; a strategy never mixes the two."""
    return LaunchType.FARGATE if any(item.provider in FARGATE_PROVIDERS for item in items) else LaunchType.EC2


def check_placeable(items: Sequence[StrategyItem]) -> None:
    """Raise InvalidParameterException where no provider has a weight: then nothing can be placed."""
    if not any(item.weight for item in items):
        raise InvalidParameterException(
            "At least one capacity provider of a strategy must have a weight above 0.",
            field="capacityProviderStrategy",
        )


def strategy_after_update(
    asked: Sequence[Mapping[str, Any]], *, associated: Collection[str], launch_type: LaunchType
) -> tuple[StrategyItem, ...]:
    """Return the strategy that UpdateService gives a service; an empty list is back to its launch type (6.3).

    It reaches tasks that start later and starts no deployment. Raises InvalidParameterException.
    SIMPLIFIED: ECS also moves services between EC2 and FARGATE; here that is an UnsupportedFeatureException.
    """
    items = strategy_of(asked, associated=associated)
    if not items:
        return ()
    check_placeable(items)
    if launch_type_of(items) is not launch_type:
        raise UnsupportedFeatureException(
            f"Moving a service from {launch_type} to capacity providers of {launch_type_of(items)} is not simulated "
            "here. Create another service.",
            field="capacityProviderStrategy",
        )
    return items


def check_of_daemon(asked: Sequence[object], kind: SchedulingStrategy) -> None:
    """Raise InvalidParameterException for a strategy of a DAEMON, whose tasks are one an instance, whoever's it is.

    SIMPLIFIED: ECS's words for it are not published.
    """
    if asked and kind is SchedulingStrategy.DAEMON:
        raise InvalidParameterException(
            "The daemon scheduling strategy does not support capacity provider strategies. Specify launch type EC2.",
            field="capacityProviderStrategy",
        )


def as_stored(items: Sequence[StrategyItem]) -> list[dict[str, Any]]:
    """Return a strategy in AWS's shape, every value said."""
    return [{"capacityProvider": item.provider, "weight": item.weight, "base": item.base} for item in items]


def allocate(items: Sequence[StrategyItem], count: int) -> dict[str, int]:
    """Return how many of `count` tasks belong to each provider: base first, the rest by weight, within one.

    Example: FARGATE base 1 weight 1, FARGATE_SPOT weight 3, 5 tasks → 2 and 3. Without any weight only the base.
    """
    found = {item.provider: min(item.base, count) for item in items}
    rest, weights = count - sum(found.values()), sum(item.weight for item in items)
    if not weights:
        return found
    for item in items:
        found[item.provider] += rest * item.weight // weights
    left = count - sum(found.values())
    # What is left over goes where the most was cut off; among equals the earlier provider has it.
    ordered = sorted(items, key=lambda item: -(rest * item.weight % weights))
    for item in ordered[:left]:
        found[item.provider] += 1
    return found


def next_provider(items: Sequence[StrategyItem], held: Mapping[str, int], count: int) -> str:
    """Return the provider of the next task on the way to `count`: the one that lacks most, the base before all.

    `held` is how many each has. Where none lacks any it is the one with the greatest weight.
    """
    for item in items:
        if held.get(item.provider, 0) < min(item.base, count):
            return item.provider
    target = allocate(items, count)
    lacking = max(items, key=lambda item: (target[item.provider] - held.get(item.provider, 0), item.weight))
    return lacking.provider
