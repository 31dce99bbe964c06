"""Step 3 of placement: order the instances that could take the task (`ecs-facts.md` 5.2, 5.4)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot

MOST_STRATEGIES = 5
INSTANCE_ID = "instanceId"
ATTRIBUTE = "attribute:"
ZONE = "attribute:ecs.availability-zone"


@dataclass(frozen=True, slots=True)
class Strategy:
    """One link of a chain: `spread` over a field, `binpack` by cpu or memory, or `random`."""

    kind: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.field}".strip()


# What a service does without a strategy of its own: even over zones, there even over instances (`ecs-facts.md` 6.6).
DEFAULT_SPREAD = (Strategy("spread", ZONE), Strategy("spread", INSTANCE_ID))


def strategies_of(asked: Sequence[Mapping[str, Any]]) -> tuple[Strategy, ...]:
    """Return the chain of a call. Raises InvalidParameterException with AWS's texts."""
    if len(asked) > MOST_STRATEGIES:
        raise InvalidParameterException(
            f"Maximum number of strategies is {MOST_STRATEGIES}.", field="placementStrategy"
        )
    return tuple(_strategy(str(entry.get("type") or ""), str(entry.get("field") or "")) for entry in asked)


def _strategy(kind: str, field: str) -> Strategy:
    match kind:
        case "random":
            if field:
                raise InvalidParameterException("random field should not be specified.", field="placementStrategy")
            return Strategy(kind)
        case "binpack":
            if field.lower() not in {"cpu", "memory"}:
                raise InvalidParameterException(f"binpack field '{field[:100]}' is invalid.", field="placementStrategy")
            return Strategy(kind, field.lower())
        case "spread":
            return Strategy(kind, _spread_field(field))
        case _:
            raise InvalidParameterException("A placement strategy must have a type.", field="placementStrategy")


def _spread_field(field: str) -> str:
    if field.lower() in {"instanceid", "host"}:
        return INSTANCE_ID
    if field.lower().startswith(ATTRIBUTE) and len(field) > len(ATTRIBUTE):
        return ATTRIBUTE + field[len(ATTRIBUTE) :]
    raise InvalidParameterException(f"spread field '{field[:100]}' is invalid.", field="placementStrategy")


@dataclass(frozen=True, slots=True)
class Load:
    """How many tasks of a group each zone and each instance holds."""

    by_zone: Counter[str]
    by_instance: Counter[int]


def load_of(cluster: ClusterSnapshot, group: str) -> Load:
    """Count the wanted tasks of `group`; those being stopped no longer count."""
    zones = {instance.pk: instance.availability_zone for instance in cluster.instances}
    mine = [task for task in cluster.tasks if task.group == group and task.is_wanted]
    by_instance = Counter(task.instance_pk for task in mine if task.instance_pk is not None)
    by_zone: Counter[str] = Counter()
    for instance_pk, count in by_instance.items():
        by_zone[zones.get(instance_pk, "")] += count
    return Load(by_zone=by_zone, by_instance=by_instance)


def value_of(instance: InstanceSnapshot, field: str) -> str:
    """Return what a spread groups the instance by; instances without the attribute are a group of their own."""
    if field == INSTANCE_ID:
        return instance.instance_id
    if field == ZONE:
        return instance.availability_zone
    return instance.attributes.get(field.removeprefix(ATTRIBUTE), "")


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain of strategies over a cluster and the load of a group: gives each instance its scores, the lowest best.

    Each link narrows what the former left, which is the order of tuples. `chance` is only needed for `random`.
    """

    strategies: tuple[Strategy, ...]
    cluster: ClusterSnapshot
    load: Load
    chance: random.Random | None = None

    def ordered(self, instances: Sequence[InstanceSnapshot]) -> list[tuple[InstanceSnapshot, tuple[float, ...]]]:
        """Return the instances, best first, with their scores.

        Ties go to the instance with most memory left, then to the oldest, so that the same picture gives the same
        choice.
        """
        counts = [self.counts(strategy) for strategy in self.strategies]
        scored = [
            (i, tuple(self._score(s, i, c) for s, c in zip(self.strategies, counts, strict=True)))
            for i in sorted(instances, key=lambda i: i.pk)
        ]
        return sorted(scored, key=lambda one: (one[1], -one[0].remaining_memory, one[0].pk))

    def counts(self, strategy: Strategy) -> Counter[str]:
        """Return how many tasks of the group each value of a spread's field holds."""
        found: Counter[str] = Counter()
        if strategy.kind == "spread":
            for instance in self.cluster.instances:
                found[value_of(instance, strategy.field)] += self.load.by_instance[instance.pk]
        return found

    def _score(self, strategy: Strategy, instance: InstanceSnapshot, counts: Counter[str]) -> float:
        match strategy.kind:
            case "spread":
                return counts[value_of(instance, strategy.field)]
            case "binpack":
                return instance.remaining_cpu if strategy.field == "cpu" else instance.remaining_memory
            case _:
                return self.chance.random() if self.chance else 0.0
