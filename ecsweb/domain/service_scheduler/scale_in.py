"""Which tasks go when a service has more than it wants (`ecs-facts.md` 5.4, 6.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ecsweb.domain.placement.strategies import DEFAULT_SPREAD, Strategy, value_of
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot, TaskSnapshot


def surplus_tasks(
    kept: Sequence[TaskSnapshot], count: int, cluster: ClusterSnapshot, strategies: tuple[Strategy, ...]
) -> tuple[TaskSnapshot, ...]:
    """Return the `count` tasks that go: not yet running ones first, then what the strategies give up first.

    `spread` gives from the fullest value of its field, `binpack` from the instance with most of the resource free, so
    that little-used instances empty first; without a strategy the fullest zone, there the fullest instance. Among
    equals the newest goes.
    """
    left, gone = list(kept), []
    instances = {instance.pk: instance for instance in cluster.instances}
    for _ in range(max(0, count)):
        keys = _Keys(strategies or DEFAULT_SPREAD, left, instances)
        victim = min(left, key=lambda task: (task.is_running, keys.of(task), -task.pk))
        left.remove(victim)
        gone.append(victim)
    return tuple(gone)


class _Keys:
    """The sort keys of one choice: lower goes first."""

    def __init__(
        self, strategies: tuple[Strategy, ...], left: Sequence[TaskSnapshot], instances: dict[int, InstanceSnapshot]
    ) -> None:
        self._strategies, self._instances = strategies, instances
        self._counts = [Counter(self._value(task, strategy) for task in left) for strategy in strategies]

    def _instance(self, task: TaskSnapshot) -> InstanceSnapshot | None:
        return None if task.instance_pk is None else self._instances.get(task.instance_pk)

    def _value(self, task: TaskSnapshot, strategy: Strategy) -> str:
        instance = self._instance(task)
        return value_of(instance, strategy.field) if instance is not None and strategy.kind == "spread" else ""

    def of(self, task: TaskSnapshot) -> tuple[float, ...]:
        """Return one number a strategy."""
        found: list[float] = []
        for strategy, counts in zip(self._strategies, self._counts, strict=True):
            instance = self._instance(task)
            if strategy.kind == "spread":
                found.append(-counts[self._value(task, strategy)])
            elif strategy.kind == "binpack" and instance is not None:
                found.append(-(instance.remaining_cpu if strategy.field == "cpu" else instance.remaining_memory))
        return tuple(found)
