"""Choose a container instance for a task and keep the reasons: one Decision, whether it was placed or not."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ecsweb.domain.placement.filters import CPU, MEMORY, PORTS, STATUS, Exclusion, first_exclusion
from ecsweb.domain.placement.strategies import Load, load_of, shuffled, spread
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import DesiredStatus, TaskStatus

NO_INSTANCES = "NO_INSTANCES"

Ordering = Callable[[Sequence[InstanceSnapshot], Load], list[InstanceSnapshot]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One instance in a decision: excluded by a rule, or ranked (1 is best)."""

    instance: InstanceSnapshot
    exclusion: Exclusion | None
    zone_tasks: int
    instance_tasks: int
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the scheduler considered, chose and rejected. `reason` is ECS's failure reason where nothing was chosen."""

    rule: str
    candidates: tuple[Candidate, ...]
    chosen: InstanceSnapshot | None
    reason: str = ""

    @property
    def closest(self) -> Candidate | None:
        """Return the instance that came nearest, as in ECS's "closest matching container-instance" message."""
        excluded = [c for c in self.candidates if c.exclusion and c.exclusion.rule != STATUS]
        return min(excluded, key=_distance, default=None)


def _distance(candidate: Candidate) -> tuple[int, float, int]:
    """Order excluded instances by how little would have to change: a port, then the smallest missing share."""
    exclusion = candidate.exclusion
    if exclusion is None:
        return 0, 0.0, candidate.instance.pk
    order = {PORTS: 0, CPU: 1, MEMORY: 1}.get(exclusion.rule, 2)
    wanted, available = exclusion.wanted or 1, exclusion.available or 0
    return order, (wanted - available) / wanted, candidate.instance.pk


def choose(cluster: ClusterSnapshot, demand: Demand, *, group: str, rule: str, ordering: Ordering) -> Decision:
    """Choose an instance of `cluster` for one task of `demand`: filter, order, take the first.

    Without any instance the reason is NO_INSTANCES; else it is the exclusion of the closest one.
    """
    load = load_of(cluster, group)
    candidates = [
        Candidate(
            instance=instance,
            exclusion=first_exclusion(demand, instance),
            zone_tasks=load.by_zone[instance.availability_zone],
            instance_tasks=load.by_instance[instance.pk],
        )
        for instance in cluster.instances
    ]
    ordered = ordering([c.instance for c in candidates if c.exclusion is None], load)
    ranks = {instance.pk: place for place, instance in enumerate(ordered, start=1)}
    ranked = tuple(replace(c, rank=ranks.get(c.instance.pk)) for c in candidates)
    if ordered:
        return Decision(rule=rule, candidates=ranked, chosen=ordered[0])
    decision = Decision(rule=rule, candidates=ranked, chosen=None)
    return replace(decision, reason=_failure_reason(decision))


def _failure_reason(decision: Decision) -> str:
    closest = decision.closest
    if closest is None or closest.exclusion is None:
        return NO_INSTANCES
    return closest.exclusion.rule


def choose_spread(cluster: ClusterSnapshot, demand: Demand, *, group: str) -> Decision:
    """Choose as a service does without a strategy of its own (`ecs-facts.md` 6.6)."""
    return choose(cluster, demand, group=group, rule="spread", ordering=spread)


def choose_random(cluster: ClusterSnapshot, demand: Demand, *, group: str, chance: random.Random) -> Decision:
    """Choose as RunTask does without a strategy (`ecs-facts.md` 5.4)."""
    return choose(cluster, demand, group=group, rule="random", ordering=lambda found, _load: shuffled(found, chance))


def choose_given(cluster: ClusterSnapshot, demand: Demand, *, instance_pk: int, group: str, rule: str) -> Decision:
    """Check the one instance that is given: StartTask and DAEMON services choose no place, but it must fit."""
    only = cluster.with_instances(i for i in cluster.instances if i.pk == instance_pk)
    return choose(only, demand, group=group, rule=rule, ordering=lambda found, _load: list(found))


def after(cluster: ClusterSnapshot, planned: TaskSnapshot, demand: Demand) -> ClusterSnapshot:
    """Return the cluster once `planned` runs where it was placed, for the next of `count`."""
    instances = tuple(i.minus(demand) if i.pk == planned.instance_pk else i for i in cluster.instances)
    return replace(cluster, instances=instances, tasks=(*cluster.tasks, planned))


def planned_task(instance_pk: int, *, group: str, now: datetime, deployment_pk: int | None = None) -> TaskSnapshot:
    """Return a task that has been decided on and has no row yet."""
    return TaskSnapshot(
        pk=0,
        task_id="",
        group=group,
        instance_pk=instance_pk,
        last_status=TaskStatus.PENDING,
        desired_status=DesiredStatus.RUNNING,
        created_at=now,
        deployment_pk=deployment_pk,
    )
