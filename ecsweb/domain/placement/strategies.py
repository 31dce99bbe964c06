"""Step 3 of placement: order the instances that could take the task (`ecs-facts.md` 5.2, 5.4)."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot


@dataclass(frozen=True, slots=True)
class Load:
    """How many tasks of a group each zone and each instance holds."""

    by_zone: Counter[str]
    by_instance: Counter[int]


def load_of(cluster: ClusterSnapshot, group: str) -> Load:
    """Count the wanted tasks of `group`; those being stopped no longer count."""
    zones = {instance.pk: instance.availability_zone for instance in cluster.instances}
    by_instance = Counter(task.instance_pk for task in cluster.tasks if task.group == group and task.is_wanted)
    by_zone: Counter[str] = Counter()
    for instance_pk, count in by_instance.items():
        by_zone[zones.get(instance_pk, "")] += count
    return Load(by_zone=by_zone, by_instance=by_instance)


def spread(instances: Sequence[InstanceSnapshot], load: Load) -> list[InstanceSnapshot]:
    """Order for the service's default: zone with fewest tasks of the group, there the instance with fewest.

    Ties go to the instance with most memory left, then to the oldest, so that the same picture gives the same choice.
    """
    return sorted(
        instances,
        key=lambda i: (load.by_zone[i.availability_zone], load.by_instance[i.pk], -i.remaining_memory, i.pk),
    )


def shuffled(instances: Sequence[InstanceSnapshot], chance: random.Random) -> list[InstanceSnapshot]:
    """Order for RunTask's default, which is random among the instances that fit."""
    ordered = sorted(instances, key=lambda i: i.pk)
    chance.shuffle(ordered)
    return ordered
