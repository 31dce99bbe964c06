"""Choose a container instance for a task and keep the reasons: one Decision, whether it was placed or not."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ecsweb.domain.placement.constraints import Constraint, violated
from ecsweb.domain.placement.filters import CPU, MEMORY, PORTS, STATUS, Exclusion, exclusions
from ecsweb.domain.placement.strategies import DEFAULT_SPREAD, Chain, Strategy, load_of
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import ClusterSnapshot, InstanceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import DesiredStatus, TaskStatus

NO_INSTANCES = "NO_INSTANCES"
# A learner's account of a class runs as much as it may, whatever its instances have left.
ACCOUNT_LIMIT = "ACCOUNT_LIMIT"
RANDOM = (Strategy("random"),)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One instance in a decision: excluded by rules, or ranked (1 is best) by the scores that the strategies gave."""

    instance: InstanceSnapshot
    exclusions: tuple[Exclusion, ...]
    zone_tasks: int
    instance_tasks: int
    rank: int | None = None
    scores: tuple[float, ...] = ()

    @property
    def exclusion(self) -> Exclusion | None:
        """Return the first rule that says no, which is the reason to be told."""
        return self.exclusions[0] if self.exclusions else None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the scheduler considered, chose and rejected. `reason` is ECS's failure reason where nothing was chosen.

    `rule` is what chose: "spread" (a service's default), "random" (RunTask's), "strategy", "daemon", "start_task".
    """

    rule: str
    candidates: tuple[Candidate, ...]
    chosen: InstanceSnapshot | None
    reason: str = ""
    strategies: tuple[Strategy, ...] = ()

    @property
    def closest(self) -> Candidate | None:
        """Return the instance that came nearest, as in ECS's "closest matching container-instance" message."""
        excluded = [c for c in self.candidates if c.exclusion and c.exclusion.rule != STATUS]
        return min(excluded, key=distance, default=None)


def distance(candidate: Candidate) -> tuple[int, float, int]:
    """Order excluded instances by how little would have to change: a port, then the smallest missing share."""
    exclusion = candidate.exclusion
    if exclusion is None:
        return 0, 0.0, candidate.instance.pk
    order = {PORTS: 0, CPU: 1, MEMORY: 1}.get(exclusion.rule, 2)
    wanted, available = exclusion.wanted or 1, exclusion.available or 0
    return order, (wanted - available) / wanted, candidate.instance.pk


def exclusions_of(
    cluster: ClusterSnapshot,
    instance: InstanceSnapshot,
    demand: Demand,
    *,
    group: str,
    constraints: Sequence[Constraint] = (),
) -> tuple[Exclusion, ...]:
    """Return everything that keeps a task off the instance: steps 1 and 2 (`ecs-facts.md` 5.2)."""
    return (*exclusions(demand, instance), *violated(constraints, instance, cluster, group=group))


def choose(
    cluster: ClusterSnapshot,
    demand: Demand,
    *,
    group: str,
    rule: str,
    strategies: tuple[Strategy, ...] = (),
    constraints: Sequence[Constraint] = (),
    chance: random.Random | None = None,
) -> Decision:
    """Choose an instance of `cluster` for one task of `demand`: filter, constrain, order, take the first.

    Without any instance the reason is NO_INSTANCES; else it is the exclusion of the closest one. A class account's
    quota is the reason only where it alone is in the way: what the machines refuse is told as theirs.
    """
    if cluster.scaled_providers and is_over_quota(cluster, demand):
        # What would wait for more machines takes its room in the account at once.
        return _barred_by_quota(rule, strategies)
    load = load_of(cluster, group)
    candidates = [
        Candidate(
            instance=instance,
            exclusions=exclusions_of(cluster, instance, demand, group=group, constraints=constraints),
            zone_tasks=load.by_zone[instance.availability_zone],
            instance_tasks=load.by_instance[instance.pk],
        )
        for instance in cluster.instances
    ]
    fitting = [c.instance for c in candidates if not c.exclusions]
    ordered = Chain(strategies, cluster, load, chance).ordered(fitting)
    decision = Decision(
        rule=rule,
        candidates=_ranked(candidates, ordered, strategies),
        chosen=ordered[0][0] if ordered else None,
        strategies=strategies,
    )
    if not ordered:
        return replace(decision, reason=_failure_reason(decision))
    return _barred_by_quota(rule, strategies) if is_over_quota(cluster, demand) else decision


def is_over_quota(cluster: ClusterSnapshot, demand: Demand) -> bool:
    """Tell whether the account of a class, which owns the cluster, has no room for one more task of `demand`."""
    return cluster.room is not None and not cluster.room.holds(demand)


def _barred_by_quota(rule: str, strategies: tuple[Strategy, ...]) -> Decision:
    return Decision(rule=rule, candidates=(), chosen=None, reason=ACCOUNT_LIMIT, strategies=strategies)


def _ranked(
    candidates: Sequence[Candidate],
    ordered: Sequence[tuple[InstanceSnapshot, tuple[float, ...]]],
    strategies: tuple[Strategy, ...],
) -> tuple[Candidate, ...]:
    """Give each instance its place and scores; chance gives a first and no second."""
    places = {instance.pk: (place, scores) for place, (instance, scores) in enumerate(ordered, start=1)}
    is_chance = strategies == RANDOM
    ranked: list[Candidate] = []
    for candidate in candidates:
        place, scores = places.get(candidate.instance.pk, (None, ()))
        if is_chance:
            place, scores = (place if place == 1 else None), ()
        ranked.append(replace(candidate, rank=place, scores=scores))
    return tuple(ranked)


def _failure_reason(decision: Decision) -> str:
    closest = decision.closest
    if closest is None or closest.exclusion is None:
        return NO_INSTANCES
    return closest.exclusion.rule


def choose_for_service(
    cluster: ClusterSnapshot,
    demand: Demand,
    *,
    group: str,
    strategies: tuple[Strategy, ...] = (),
    constraints: Sequence[Constraint] = (),
) -> Decision:
    """Choose as a service does: by its strategies, without any by the default spread (`ecs-facts.md` 6.6)."""
    return choose(
        cluster,
        demand,
        group=group,
        rule="strategy" if strategies else "spread",
        strategies=strategies or DEFAULT_SPREAD,
        constraints=constraints,
        # A service's `random` is settled by the picture, too: the same snapshot gives the same plan.
        chance=random.Random(len(cluster.tasks)),
    )


def choose_for_run_task(
    cluster: ClusterSnapshot,
    demand: Demand,
    *,
    group: str,
    chance: random.Random,
    strategies: tuple[Strategy, ...] = (),
    constraints: Sequence[Constraint] = (),
) -> Decision:
    """Choose as RunTask does: by the call's strategies, without any at random (`ecs-facts.md` 5.4)."""
    return choose(
        cluster,
        demand,
        group=group,
        rule="strategy" if strategies else "random",
        strategies=strategies or RANDOM,
        constraints=constraints,
        chance=chance,
    )


def choose_given(
    cluster: ClusterSnapshot,
    demand: Demand,
    *,
    instance_pk: int,
    group: str,
    rule: str,
    constraints: Sequence[Constraint] = (),
) -> Decision:
    """Check the one instance that is given: StartTask and DAEMON services choose no place, but it must fit."""
    only = cluster.with_instances(i for i in cluster.instances if i.pk == instance_pk)
    return choose(only, demand, group=group, rule=rule, constraints=constraints)


def after(cluster: ClusterSnapshot, planned: TaskSnapshot, demand: Demand) -> ClusterSnapshot:
    """Return the cluster once `planned` runs where it was placed, for the next of `count`."""
    instances = tuple(i.minus(demand) if i.pk == planned.instance_pk else i for i in cluster.instances)
    room = cluster.room.minus(demand) if cluster.room else None
    return replace(cluster, instances=instances, tasks=(*cluster.tasks, planned), room=room)


def planned_task(
    instance_pk: int | None, *, group: str, now: datetime, deployment_pk: int | None = None
) -> TaskSnapshot:
    """Return a task that has been decided on and has no row yet; without an instance it waits for capacity."""
    return TaskSnapshot(
        pk=0,
        task_id="",
        group=group,
        instance_pk=instance_pk,
        last_status=TaskStatus.PROVISIONING if instance_pk is None else TaskStatus.PENDING,
        desired_status=DesiredStatus.RUNNING,
        created_at=now,
        deployment_pk=deployment_pk,
    )
