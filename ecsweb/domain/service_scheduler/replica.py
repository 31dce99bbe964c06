"""REPLICA services: keep `desiredCount` tasks of the newest deployment running (`ecs-facts.md` 6).

One rule covers steady state, roll-out and draining: tasks that are *kept* (newest deployment, instance not draining)
are filled up to the desired count; tasks that are *leaving* (older deployment or draining instance) go as fast as the
minimum allows; maximumPercent bounds everything that is not STOPPED.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ecsweb.domain.capacity.fargate import choose_on_fargate
from ecsweb.domain.capacity.strategies import next_provider
from ecsweb.domain.capacity.waiting import (
    MOST_WAITING,
    WAITING_LIMIT,
    in_words_of_provider,
    may_wait,
    of_provider,
)
from ecsweb.domain.placement.scheduler import Decision, after, choose_for_service, planned_task
from ecsweb.domain.service_scheduler.deployments import (
    maximum_tasks,
    may_start,
    minimum_healthy,
    next_rollouts,
    start_moments,
)
from ecsweb.domain.service_scheduler.healthy import grace_ends, has_arrived, is_healthy, is_unhealthy
from ecsweb.domain.service_scheduler.plan import Pace, ServicePlan, Start, Stop
from ecsweb.domain.service_scheduler.rebalancing import (
    Rebalancing,
    gives_up,
    start_elsewhere,
    waits_for_the_new_one,
)
from ecsweb.domain.service_scheduler.scale_in import surplus_tasks
from ecsweb.domain.snapshots import ClusterSnapshot, DeploymentSnapshot, ServiceSnapshot, TaskSnapshot
from ecsweb.domain.statuses import ContainerInstanceStatus, LaunchType, RolloutState

DEPLOYMENT_BLOCKED = "DEPLOYMENT_CONFIGURATION"
PROTECTED = "PROTECTED"


@dataclass(frozen=True, slots=True)
class Ranks:
    """A service's wanted tasks, sorted by what becomes of them.

    Of the leaving, `unhealthy` would stay if they were well, and `shielded` stay for now as they are protected from
    the deployment that replaces them; of the kept, `loose` may go on scale-in.
    """

    kept: tuple[TaskSnapshot, ...]
    leaving: tuple[TaskSnapshot, ...]
    unhealthy: tuple[TaskSnapshot, ...] = ()
    shielded: tuple[TaskSnapshot, ...] = ()
    loose: tuple[TaskSnapshot, ...] = ()


def plan_replica(
    service: ServiceSnapshot, primary: DeploymentSnapshot, cluster: ClusterSnapshot, *, now: datetime, pace: Pace
) -> tuple[ServicePlan, ClusterSnapshot]:
    """Plan one pass for a REPLICA service; return the plan and the cluster as it will be for the next service.

    Example: desired 3, min 100, max 200, revision 2 just deployed → 3 starts of the new, no stop; with two of the new
    healthy → 2 stops of the old.
    """
    ranks = _ranks(service, primary, cluster, now=now)
    wanted = service.desired_count - len(ranks.kept)
    room = maximum_tasks(service.desired_count, service.maximum_percent) - len(service.tasks)
    starts, unplaced, cluster_after = _starts(
        service, primary, cluster, count=_start_count(service, primary, min(wanted, room), now=now, pace=pace), now=now
    )
    too_many = 0 if waits_for_the_new_one(service, ranks.kept) else min(-wanted, len(ranks.loose))
    going = surplus_tasks(ranks.loose, too_many, cluster, service.strategies)
    surplus = tuple(stop_of(task) for task in going)
    stops = (*surplus, *_leaving(service, ranks, surplus, now=now, pace=pace))
    running = [task for task in ranks.kept if has_arrived(task)]
    is_rolled_out = len(running) == service.desired_count == len(ranks.kept) and not ranks.leaving
    rollouts = next_rollouts(service, is_rolled_out=is_rolled_out)
    is_blocked = wanted > 0 >= room and not stops and _waits_for_nothing(service, ranks, now=now, pace=pace)
    rebalancing = gives_up(service, ranks.kept, going, cluster)
    if is_rolled_out and room > 0 and service.rebalances_zones and may_start(service, primary, now=now, pace=pace):
        starts, rebalancing = _rebalance(service, primary, ranks, cluster)
    protected = 0 if waits_for_the_new_one(service, ranks.kept) else max(0, -wanted - len(surplus))
    held = PROTECTED if protected else DEPLOYMENT_BLOCKED if is_blocked else ""
    plan = ServicePlan(
        service_pk=service.pk,
        protected=protected,
        rebalancing=rebalancing,
        starts=starts,
        replaced=min(len(starts), len(ranks.unhealthy)),
        stops=stops,
        rollouts=rollouts,
        unplaced=unplaced,
        placement_failure=_failure(service, unplaced, wanted=wanted, starts=starts, held=held),
        is_steady=_steadiness(service, is_rolled_out=is_rolled_out, busy=bool(starts or stops)),
        next_look_at=_next_look_at(service, primary, ranks, wanted=wanted, room=room, now=now, pace=pace),
    )
    return plan, cluster_after


def _rebalance(
    service: ServiceSnapshot, primary: DeploymentSnapshot, ranks: Ranks, cluster: ClusterSnapshot
) -> tuple[tuple[Start, ...], Rebalancing | None]:
    """Return the start that begins to even the zones of a service that has all it wants, or nothing."""
    found = start_elsewhere(service, primary, ranks.kept, cluster)
    if found is None:
        return (), None
    decision, rebalancing = found
    provider = decision.chosen.capacity_provider if service.providers and decision.chosen else ""
    return (Start(primary.pk, decision, provider),), rebalancing


def _ranks(service: ServiceSnapshot, primary: DeploymentSnapshot, cluster: ClusterSnapshot, *, now: datetime) -> Ranks:
    staying: set[int | None] = {i.pk for i in cluster.instances if i.status is ContainerInstanceStatus.ACTIVE}
    # What waits for capacity has no instance that could go away.
    staying.add(None)
    live = [task for task in service.tasks if task.is_wanted]
    right = [task for task in live if task.deployment_pk == primary.pk and task.instance_pk in staying]
    unhealthy = tuple(task for task in right if is_unhealthy(task, service, now=now))
    kept = tuple(task for task in right if task not in unhealthy)
    leaving = tuple(task for task in live if task not in kept)
    if primary.rollout_state is RolloutState.FAILED:
        # Nothing is launched in their place: what an earlier deployment left running stays.
        leaving = tuple(t for t in leaving if t in unhealthy or t.instance_pk not in staying or not t.is_running)
    return Ranks(
        kept=kept,
        leaving=leaving,
        unhealthy=unhealthy,
        # Neither a failed check nor a machine that goes away asks for protection (`ecs-facts.md` 6.9).
        shielded=tuple(t for t in leaving if t.is_protected(now) and t not in unhealthy and t.instance_pk in staying),
        loose=tuple(t for t in kept if not t.is_protected(now)),
    )


def _start_count(
    service: ServiceSnapshot, primary: DeploymentSnapshot, wanted: int, *, now: datetime, pace: Pace
) -> int:
    if not may_start(service, primary, now=now, pace=pace):
        return 0
    return max(0, wanted)


def _starts(
    service: ServiceSnapshot, primary: DeploymentSnapshot, cluster: ClusterSnapshot, *, count: int, now: datetime
) -> tuple[tuple[Start, ...], Decision | None, ClusterSnapshot]:
    starts: list[Start] = []
    kept = (task for task in service.tasks if task.is_wanted and task.deployment_pk == primary.pk)
    held = Counter(task.capacity_provider for task in kept)
    for _ in range(count):
        provider = next_provider(service.providers, held, service.desired_count) if service.providers else ""
        decision = _decision(service, primary, cluster, provider)
        waits = may_wait(cluster, provider, decision)
        if decision.chosen is None and not waits:
            return tuple(starts), decision, cluster
        if waits and sum(task.instance_pk is None for task in cluster.tasks) >= MOST_WAITING:
            return tuple(starts), replace(decision, reason=WAITING_LIMIT), cluster
        chosen = decision.chosen.pk if decision.chosen else None
        planned = planned_task(chosen, group=service.group, now=now, deployment_pk=primary.pk)
        cluster = after(cluster, planned, primary.demand)
        held[provider] += 1
        starts.append(Start(primary.pk, decision, provider, waits=waits))
    return tuple(starts), None, cluster


def _decision(
    service: ServiceSnapshot, primary: DeploymentSnapshot, cluster: ClusterSnapshot, provider: str
) -> Decision:
    if service.launch_type is LaunchType.FARGATE:
        return choose_on_fargate(cluster, primary.demand, group=service.group)
    decision = choose_for_service(
        of_provider(cluster, provider),
        primary.demand,
        group=service.group,
        strategies=service.strategies,
        constraints=primary.constraints,
    )
    return in_words_of_provider(decision, provider)


def _leaving(
    service: ServiceSnapshot, ranks: Ranks, surplus: Sequence[Stop], *, now: datetime, pace: Pace
) -> tuple[Stop, ...]:
    """Stop leaving tasks that never ran at once, and of the running ones as many as the minimum allows.

    Those not healthy yet go first, so that what stays is healthy; what scale-in stops cannot stand in for them. A
    healthy one goes only when enough healthy ones stay: one that is ill and protected cannot stand in for it either.

    SIMPLIFIED: AWS picks among ill ones at random; here the oldest goes, so that the same picture gives the same plan.
    """
    ended = {stop.task_pk for stop in surplus}
    pending = [task for task in ranks.leaving if not task.is_running and task not in ranks.shielded]
    running = [task for task in ranks.leaving if task.is_running]
    least = minimum_healthy(service.desired_count, service.minimum_healthy_percent)
    kept = sum(1 for task in ranks.kept if task.pk not in ended and is_healthy(task, now=now, pace=pace))
    free = sorted((task for task in running if task not in ranks.shielded), key=lambda task: task.pk)
    well = [task for task in free if is_healthy(task, now=now, pace=pace)]
    spare = max(0, len(running) + kept - least)
    unwell = [task for task in free if task not in well][:spare]
    healthy = sum(1 for task in running if is_healthy(task, now=now, pace=pace))
    going = [*pending, *unwell, *well[: max(0, min(spare - len(unwell), healthy + kept - least))]]
    return tuple(stop_of(task, is_unhealthy=task in ranks.unhealthy) for task in going)


def _waits_for_nothing(service: ServiceSnapshot, ranks: Ranks, *, now: datetime, pace: Pace) -> bool:
    """Tell whether no task is ending or becoming healthy, so that time alone will not unblock a roll-out."""
    if ranks.shielded:
        return False
    is_settled = all(is_healthy(task, now=now, pace=pace) for task in ranks.kept)
    return bool(ranks.leaving) and is_settled and len(ranks.kept) + len(ranks.leaving) == len(service.tasks)


def stop_of(task: TaskSnapshot, *, is_unhealthy: bool = False, breaks_constraint: bool = False) -> Stop:
    """Return the order to stop this task."""
    return Stop(
        task.pk,
        task.task_id,
        task.deployment_pk,
        was_running=task.is_running,
        is_unhealthy=is_unhealthy,
        breaks_constraint=breaks_constraint,
    )


def _failure(
    service: ServiceSnapshot, unplaced: Decision | None, *, wanted: int, starts: Sequence[Start], held: str
) -> str | None:
    """Return the new code of what keeps tasks from starting, or None where nothing changed."""
    if unplaced is not None:
        code = unplaced.reason
    elif held:
        code = held
    elif starts or wanted <= 0:
        code = ""
    else:
        return None
    return code if code != service.placement_failure else None


def _steadiness(service: ServiceSnapshot, *, is_rolled_out: bool, busy: bool) -> bool | None:
    is_steady = is_rolled_out and not busy and len(service.tasks) == service.desired_count
    return is_steady if is_steady != service.is_steady else None


def _next_look_at(
    service: ServiceSnapshot,
    primary: DeploymentSnapshot,
    ranks: Ranks,
    *,
    wanted: int,
    room: int,
    now: datetime,
    pace: Pace,
) -> datetime | None:
    moments = grace_ends(service, now=now)
    moments += [task.protected_until for task in (*ranks.shielded, *ranks.kept) if task.protected_until]
    if ranks.leaving:
        moments += [t.started_at + pace.healthy_after for t in ranks.kept if t.is_running and t.started_at]
    if wanted > 0 and room > 0:
        moments += start_moments(service, primary, pace=pace)
    return min((moment for moment in moments if moment > now), default=None)
