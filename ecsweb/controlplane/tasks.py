"""RunTask, StartTask: tasks that somebody runs directly."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from ecsweb.controlplane import events, quotas
from ecsweb.controlplane.decisions import decision_as_json
from ecsweb.controlplane.fargate import ensure_hosts
from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.references import find_container_instance, tasks_of
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.controlplane.task_rows import TaskOrder, create_task, lock_placement
from ecsweb.domain.capacity.fargate import LIMIT, LIMIT_REACHED, check_fargate, choose_on_fargate, not_with_fargate
from ecsweb.domain.capacity.strategies import next_provider
from ecsweb.domain.capacity.waiting import (
    MOST_WAITING,
    WAITING_LIMIT_REACHED,
    in_words_of_provider,
    may_wait,
    of_provider,
)
from ecsweb.domain.errors import ClientException, ConflictException, InvalidParameterException
from ecsweb.domain.overrides import overridden
from ecsweb.domain.placement.constraints import constraints_of
from ecsweb.domain.placement.filters import STATUS
from ecsweb.domain.placement.nearest import failure_detail
from ecsweb.domain.placement.scheduler import (
    ACCOUNT_LIMIT,
    NO_INSTANCES,
    Decision,
    after,
    choose_for_run_task,
    choose_given,
    planned_task,
)
from ecsweb.domain.placement.strategies import strategies_of
from ecsweb.domain.snapshots import ClusterSnapshot
from ecsweb.domain.statuses import LaunchType
from ecsweb.models import Cluster, Task


@dataclass(frozen=True, slots=True)
class Failure:
    """An entry of `failures`: what could not be used, ECS's reason, and a sentence."""

    reason: str
    arn: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """What RunTask and StartTask answer: partial success is normal."""

    tasks: tuple[Task, ...] = ()
    failures: tuple[Failure, ...] = ()


def run_task(cluster: Cluster, order: TaskOrder, *, count: int, now: datetime, chance: random.Random) -> TaskAnswer:
    """Place and record `count` tasks; each that fits nowhere is a failure of the answer, not an error.

    Raises InvalidParameterException when the cluster has no usable instance at all, ConflictException for a client
    token used with other parameters (`ecs-facts.md` 5.1).
    """
    asked = [*order.constraints, *order.task_definition.document.get("placementConstraints", [])]
    constraints, strategies = constraints_of(asked, matches), strategies_of(order.strategies)
    with transaction.atomic():
        lock_placement(cluster)
        fingerprint = order.fingerprint(count=count)
        if earlier := _earlier_answer(cluster, order, fingerprint):
            return earlier
        if order.launch_type is LaunchType.FARGATE:
            return _run_on_fargate(cluster, order, count=count, now=now, fingerprint=fingerprint)
        snapshot = snapshot_of(cluster)
        _check_capacity(snapshot, order)
        tasks, refused = [], []
        held: Counter[str] = Counter()
        for _ in range(count):
            provider = next_provider(order.provider_strategy, held, count) if order.provider_strategy else ""
            held[provider] += 1
            decision = choose_for_run_task(
                of_provider(snapshot, provider),
                order.demand,
                group=order.effective_group,
                strategies=strategies,
                constraints=constraints,
                chance=chance,
            )
            decision = in_words_of_provider(decision, provider)
            one = replace(order, capacity_provider=provider)
            task, snapshot = _settle(cluster, one, decision, snapshot, now=now, fingerprint=fingerprint)
            if task is not None:
                tasks.append(task)
            else:
                refused.append(decision)
        _record_refused(cluster, order, refused, at=now)
    return TaskAnswer(_reloaded(cluster, tasks), tuple(_failure(cluster, one) for one in refused))


def _check_capacity(snapshot: ClusterSnapshot, order: TaskOrder) -> None:
    """Raise InvalidParameterException where nothing could ever take the task: no instance, and nothing that scales."""
    providers = [item.provider for item in order.provider_strategy] or [""]
    if any(provider in snapshot.scaled_providers for provider in providers):
        return
    usable = [one for provider in providers for one in of_provider(snapshot, provider).instances]
    if not any(one.status == "ACTIVE" for one in usable):
        where = "capacity provider" if order.provider_strategy else "cluster"
        raise InvalidParameterException(f"No Container Instances were found in your {where}.", field="cluster")


def _run_on_fargate(cluster: Cluster, order: TaskOrder, *, count: int, now: datetime, fingerprint: str) -> TaskAnswer:
    """Record `count` FARGATE tasks, spread over the zones; those above the limit are failures of the answer."""
    check_fargate(overridden(order.task_definition.document, order.overrides), order.demand.attributes)
    if order.constraints or order.strategies:
        raise not_with_fargate(has_constraints=bool(order.constraints))
    ensure_hosts(cluster, now=now)
    snapshot, tasks, refused = snapshot_of(cluster), [], []
    held: Counter[str] = Counter()
    for _ in range(count):
        decision = choose_on_fargate(snapshot, order.demand, group=order.effective_group)
        provider = next_provider(order.provider_strategy, held, count) if order.provider_strategy else ""
        held[provider] += 1
        one = replace(order, capacity_provider=provider)
        task, snapshot = _settle(cluster, one, decision, snapshot, now=now, fingerprint=fingerprint)
        tasks += [task] if task is not None else []
        refused += [decision] if task is None else []
    _record_refused(cluster, order, refused, at=now)
    return TaskAnswer(_reloaded(cluster, tasks), tuple(_failure(cluster, one) for one in refused))


def start_task(cluster: Cluster, order: TaskOrder, *, instances: Sequence[str], now: datetime) -> TaskAnswer:
    """Record a task on each of the given container instances; no scheduler, but it must fit (`ecs-facts.md` 5.1)."""
    with transaction.atomic():
        lock_placement(cluster)
        fingerprint = order.fingerprint(instances=list(instances))
        if earlier := _earlier_answer(cluster, order, fingerprint):
            return earlier
        snapshot, tasks, failures, refused = snapshot_of(cluster), [], [], []
        for reference in instances:
            row = find_container_instance(cluster, reference)
            if row is None or row.status == "INACTIVE":
                failures.append(Failure("MISSING" if row is None else "INACTIVE", row.arn if row else reference))
                continue
            decision = choose_given(
                snapshot, order.demand, instance_pk=row.pk, group=order.effective_group, rule="start_task"
            )
            task, snapshot = _settle(cluster, order, decision, snapshot, now=now, fingerprint=fingerprint)
            if task is not None:
                tasks.append(task)
            else:
                refused.append(decision)
                failures.append(_failure(cluster, decision))
        _record_refused(cluster, order, refused, at=now)
    return TaskAnswer(_reloaded(cluster, tasks), tuple(failures))


def _earlier_answer(cluster: Cluster, order: TaskOrder, fingerprint: str) -> TaskAnswer | None:
    if not order.client_token:
        return None
    tasks = list(tasks_of(cluster).filter(client_token=order.client_token))
    if tasks and any(task.call_fingerprint != fingerprint for task in tasks):
        raise ConflictException(
            "Task with the same client token was already started with other parameters.",
            field="clientToken",
            resource_ids=[task.arn for task in tasks],
        )
    return TaskAnswer(tuple(tasks)) if tasks else None


def _settle(
    cluster: Cluster,
    order: TaskOrder,
    decision: Decision,
    snapshot: ClusterSnapshot,
    *,
    now: datetime,
    fingerprint: str,
) -> tuple[Task | None, ClusterSnapshot]:
    waits = may_wait(snapshot, order.capacity_provider, decision)
    if decision.chosen is None and not waits:
        return None, snapshot
    if waits and sum(task.instance_pk is None for task in snapshot.tasks) >= MOST_WAITING:
        raise ClientException(WAITING_LIMIT_REACHED, field="capacityProviderStrategy")
    instance_pk = decision.chosen.pk if decision.chosen else None
    task = create_task(
        cluster,
        order,
        instance_pk=instance_pk,
        decision=decision_as_json(decision, at=now),
        now=now,
        call_fingerprint=fingerprint,
    )
    planned = planned_task(instance_pk, group=order.effective_group, now=now)
    return task, after(snapshot, planned, order.demand)


def _failure(cluster: Cluster, decision: Decision) -> Failure:
    """Return ECS's failure: its literal reason, the nearest instance, and how much of what was missing."""
    closest = decision.closest
    if decision.reason in (ACCOUNT_LIMIT, LIMIT):
        return Failure(LIMIT_REACHED, detail=quotas.full() if decision.reason == ACCOUNT_LIMIT else "")
    if closest is None:
        only = decision.candidates[0] if decision.candidates else None
        arn = _instance_arn(cluster, only.instance.instance_id) if only else ""
        reason = "INACTIVE" if only and only.exclusion and only.exclusion.rule == STATUS else decision.reason
        return Failure("RESOURCE:CPU" if reason == NO_INSTANCES else reason, arn)
    return Failure(decision.reason, _instance_arn(cluster, closest.instance.instance_id), failure_detail(decision))


def _instance_arn(cluster: Cluster, instance_id: str) -> str:
    account_id = cluster.account.account_id
    return f"arn:aws:ecs:{cluster.region}:{account_id}:container-instance/{cluster.name}/{instance_id}"


def _record_refused(cluster: Cluster, order: TaskOrder, refused: Sequence[Decision], *, at: datetime) -> None:
    """Append to the log what found no place, and the first decision whole: no task is there to keep it."""
    if not refused:
        return
    failures = [_failure(cluster, one) for one in refused]
    events.ours(
        cluster,
        detail_type="Decision",
        detail={
            "group": order.effective_group,
            "taskDefinition": order.task_definition.family_revision,
            "failures": [{"reason": f.reason, "arn": f.arn, "detail": f.detail} for f in failures],
            "decision": decision_as_json(refused[0], at=at),
        },
        topics=[f"cluster-{cluster.pk}"],
        at=at,
    )


def _reloaded(cluster: Cluster, tasks: Sequence[Task]) -> tuple[Task, ...]:
    rows = {row.pk: row for row in tasks_of(cluster).filter(pk__in=[task.pk for task in tasks])}
    return tuple(rows[task.pk] for task in tasks)
