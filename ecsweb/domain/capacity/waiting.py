"""Tasks that wait in PROVISIONING for capacity of their provider (`ecs-facts.md` 4.1, 5.1, 6.11)."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ecsweb.domain.placement.constraints import Constraint
from ecsweb.domain.placement.scheduler import ACCOUNT_LIMIT, NO_INSTANCES, RANDOM, Decision, after, choose, planned_task
from ecsweb.domain.placement.strategies import DEFAULT_SPREAD, Strategy
from ecsweb.domain.resources import Demand
from ecsweb.domain.snapshots import ClusterSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterable

EMPTY_PROVIDER = "EMPTY CAPACITY PROVIDER"
NO_PROVIDER_INSTANCES = "No Container Instances were found in your capacity provider."
# Tasks in PROVISIONING of a cluster (`ecs-facts.md` 10).
MOST_WAITING = 500
WAITING_LIMIT = "PROVISIONING_LIMIT"
WAITING_LIMIT_REACHED = "Tasks provisioning capacity limit exceeded."
# How the reason of a task begins that never got a place.
GIVEN_UP = "TaskFailedToStart: "
# SIMPLIFIED: AWS does not say how long a task waits for capacity before it is given up; this is ours.
WAITS_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """A task without a container instance, with what placement has to know of it."""

    pk: int
    group: str
    provider: str
    demand: Demand
    created_at: datetime
    constraints: tuple[Constraint, ...] = ()
    strategies: tuple[Strategy, ...] = ()
    is_of_service: bool = False


@dataclass(frozen=True, slots=True)
class WaitingPlan:
    """Which waiting tasks have found a place, which are given up (with ECS's reason), and which wait on."""

    placed: tuple[tuple[WaitingTask, Decision], ...] = ()
    given_up: tuple[tuple[WaitingTask, str], ...] = ()
    left: tuple[tuple[WaitingTask, Decision], ...] = ()
    next_look_at: datetime | None = None


def of_provider(cluster: ClusterSnapshot, provider: str) -> ClusterSnapshot:
    """Return the cluster with the instances of a capacity provider only; all of them where none is named."""
    if not provider:
        return cluster
    return cluster.with_instances(one for one in cluster.instances if one.capacity_provider == provider)


def may_wait(cluster: ClusterSnapshot, provider: str, decision: Decision) -> bool:
    """Tell whether a task that was not placed waits for its provider to scale, rather than fails."""
    return decision.chosen is None and provider in cluster.scaled_providers and decision.reason != ACCOUNT_LIMIT


def in_words_of_provider(decision: Decision, provider: str) -> Decision:
    """Return a decision that says EMPTY CAPACITY PROVIDER where the provider, not the cluster, has no instances."""
    return replace(decision, reason=EMPTY_PROVIDER) if provider and decision.reason == NO_INSTANCES else decision


def choose_for_waiting(cluster: ClusterSnapshot, task: WaitingTask) -> Decision:
    """Choose among the instances of the task's provider, as its RunTask call or its service would."""
    usual = DEFAULT_SPREAD if task.is_of_service else RANDOM
    decision = choose(
        of_provider(cluster, task.provider),
        task.demand,
        group=task.group,
        rule="strategy" if task.strategies else "spread" if task.is_of_service else "random",
        strategies=task.strategies or usual,
        constraints=task.constraints,
        chance=random.Random(task.pk),
    )
    return in_words_of_provider(decision, task.provider)


def plan_waiting(
    cluster: ClusterSnapshot, waiting: Sequence[WaitingTask], *, now: datetime, waits_for: timedelta
) -> tuple[WaitingPlan, ClusterSnapshot]:
    """Place what waits, the oldest first; return the plan and the cluster as it will be.

    One that has waited for `waits_for` is given up with what kept it from being placed. Its room in a class account is
    its own already, so that only instances decide.
    """
    room, cluster = cluster.room, replace(cluster, room=None)
    placed, given_up, left = [], [], []
    for task in sorted(waiting, key=lambda one: (one.created_at, one.pk)):
        decision = choose_for_waiting(cluster, task)
        if decision.chosen is not None:
            placed.append((task, decision))
            cluster = after(cluster, planned_task(decision.chosen.pk, group=task.group, now=now), task.demand)
        elif task.created_at + waits_for <= now:
            given_up.append((task, decision.reason))
        else:
            left.append((task, decision))
    plan = WaitingPlan(
        tuple(placed),
        tuple(given_up),
        tuple(left),
        next_look_at=_given_up_at((task for task, _decision in left), waits_for),
    )
    return plan, replace(cluster, room=room)


def _given_up_at(left: Iterable[WaitingTask], waits_for: timedelta) -> datetime | None:
    return min((task.created_at + waits_for for task in left), default=None)
