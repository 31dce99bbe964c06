"""RunTask, StartTask: tasks that somebody runs directly, and the rows every task begins with."""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.decisions import decision_as_json, record_decision
from ecsweb.controlplane.fargate import ensure_hosts
from ecsweb.controlplane.installation import install_id
from ecsweb.controlplane.patterns import matches
from ecsweb.controlplane.references import find_container_instance, tasks_of
from ecsweb.controlplane.snapshots import snapshot_of
from ecsweb.domain.capacity.fargate import LIMIT_REACHED, check_fargate, choose_on_fargate, not_with_fargate
from ecsweb.domain.capacity.strategies import StrategyItem, next_provider
from ecsweb.domain.capacity.waiting import (
    MOST_WAITING,
    WAITING_LIMIT_REACHED,
    in_words_of_provider,
    may_wait,
    of_provider,
)
from ecsweb.domain.errors import ClientException, ConflictException, InvalidParameterException
from ecsweb.domain.identifiers import new_id, new_uuid
from ecsweb.domain.networks import PAUSE, PAUSE_IMAGE, is_awsvpc, new_interface
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
from ecsweb.domain.resources import Demand, demand_of
from ecsweb.domain.snapshots import ClusterSnapshot
from ecsweb.domain.statuses import LaunchType, TaskStatus
from ecsweb.domain.tags import Tag, managed_tags, tags_of_task
from ecsweb.models import Cluster, Container, ContainerInstance, Deployment, Service, Task, TaskDefinition


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """What a RunTask or StartTask call asks for, apart from where."""

    task_definition: TaskDefinition
    group: str = ""
    started_by: str = ""
    overrides: Mapping[str, Any] = field(default_factory=dict)
    network: Mapping[str, Any] = field(default_factory=dict)
    tags: Sequence[Mapping[str, str]] = ()
    propagate_tags: str = "NONE"
    enable_ecs_managed_tags: bool = False
    client_token: str = ""
    constraints: Sequence[Mapping[str, Any]] = ()
    strategies: Sequence[Mapping[str, Any]] = ()
    launch_type: LaunchType = LaunchType.EC2
    provider_strategy: tuple[StrategyItem, ...] = ()
    capacity_provider: str = ""

    @property
    def effective_group(self) -> str:
        """Return the group, `family:NAME` where none was given (`ecs-facts.md` 4.6)."""
        return self.group or f"family:{self.task_definition.family}"

    @property
    def demand(self) -> Demand:
        """Return what one task takes, with the call's overrides."""
        document = overridden(self.task_definition.document, self.overrides)
        return demand_of(document, self.task_definition.requires_attributes)

    @property
    def placement(self) -> dict[str, Any]:
        """Return what the order asks of placement, for a task that waits: its constraints, the definition's too."""
        of_definition = self.task_definition.document.get("placementConstraints", [])
        return {"constraints": [*self.constraints, *of_definition], "strategies": list(self.strategies)}

    def fingerprint(self, **more: object) -> str:
        """Return a digest of the call, so that a client token used again with other parameters is noticed."""
        placement = [list(self.constraints), list(self.strategies)]
        parts = [self.task_definition.pk, self.group, self.started_by, self.overrides, list(self.tags), placement, more]
        parts += [[item.provider, item.base, item.weight] for item in self.provider_strategy]
        parts += [self.launch_type] if self.launch_type is not LaunchType.EC2 else []
        parts += [self.propagate_tags, self.enable_ecs_managed_tags, self.network]
        return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


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


def lock_placement(cluster: Cluster) -> None:
    """Take the cluster's write lock for this transaction: two placements never see the same free memory."""
    Cluster.objects.filter(pk=cluster.pk).update(version=F("version") + 1)


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
        tasks, failures = [], []
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
                failures.append(_failure(cluster, decision))
        _record_decisions(cluster, failures_of=failures, at=now, group=order.effective_group)
    return TaskAnswer(_reloaded(cluster, tasks), tuple(failures))


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
    snapshot, tasks = snapshot_of(cluster), []
    held: Counter[str] = Counter()
    for _ in range(count):
        decision = choose_on_fargate(snapshot, order.demand, group=order.effective_group)
        provider = next_provider(order.provider_strategy, held, count) if order.provider_strategy else ""
        held[provider] += 1
        one = replace(order, capacity_provider=provider)
        task, snapshot = _settle(cluster, one, decision, snapshot, now=now, fingerprint=fingerprint)
        tasks += [task] if task is not None else []
    failures = (Failure(LIMIT_REACHED),) * (count - len(tasks))
    return TaskAnswer(_reloaded(cluster, tasks), failures)


def start_task(cluster: Cluster, order: TaskOrder, *, instances: Sequence[str], now: datetime) -> TaskAnswer:
    """Record a task on each of the given container instances; no scheduler, but it must fit (`ecs-facts.md` 5.1)."""
    with transaction.atomic():
        lock_placement(cluster)
        fingerprint = order.fingerprint(instances=list(instances))
        if earlier := _earlier_answer(cluster, order, fingerprint):
            return earlier
        snapshot, tasks, failures = snapshot_of(cluster), [], []
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
                failures.append(_failure(cluster, decision))
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


def create_task(
    cluster: Cluster,
    order: TaskOrder,
    *,
    instance_pk: int | None,
    decision: Mapping[str, Any],
    now: datetime,
    service: Service | None = None,
    deployment: Deployment | None = None,
    call_fingerprint: str = "",
) -> Task:
    """Write the task's row and its containers' rows, engine names chosen, before anything exists on an engine.

    Without an instance it waits for capacity of its provider, in PROVISIONING.
    """
    demand = order.demand
    has_interface = is_awsvpc(order.task_definition.document)
    waits = instance_pk is None
    task = Task.objects.create(
        cluster=cluster,
        container_instance=_instance(instance_pk),
        launch_type=order.launch_type,
        capacity_provider=order.capacity_provider,
        placement=order.placement if waits else {},
        task_definition=order.task_definition,
        service=service,
        deployment=deployment,
        task_id=new_id(),
        group=order.effective_group,
        started_by=order.started_by,
        overrides=dict(order.overrides),
        tags=_tags(cluster, order, service),
        cpu=demand.cpu,
        memory=demand.memory,
        tcp_ports=sorted(demand.tcp_ports),
        udp_ports=sorted(demand.udp_ports),
        client_token=order.client_token,
        call_fingerprint=call_fingerprint,
        decision=dict(decision),
        last_status=TaskStatus.PROVISIONING if has_interface or waits else TaskStatus.PENDING,
        network_interface=new_interface(order.network) if has_interface else {},
        created_at=now,
    )
    _create_containers(task, order.task_definition.document["containerDefinitions"])
    record_decision(task, at=now)
    events.task_state_change(task, at=now)
    if instance_pk is None:
        announcements.wake_cluster(cluster.pk)
    else:
        announcements.wake_instance(instance_pk)
    return task


def _instance(instance_pk: int | None) -> ContainerInstance | None:
    if instance_pk is None:
        return None
    return ContainerInstance.everything.select_related("cluster__account").get(pk=instance_pk)


def _create_containers(task: Task, definitions: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of the containers; in an awsvpc task the one that holds the network comes first."""
    if task.network_interface:
        Container.everything.create(
            task=task,
            index=-1,
            name=PAUSE,
            container_uuid=new_uuid(),
            image=PAUSE_IMAGE,
            engine_name=f"{engine_name(task.task_id, 0)}-pause",
        )
    Container.objects.bulk_create(
        Container(
            task=task,
            index=index,
            name=definition["name"],
            container_uuid=new_uuid(),
            image=definition["image"],
            essential=definition.get("essential", True),
            engine_name=engine_name(task.task_id, index),
        )
        for index, definition in enumerate(definitions)
    )


def _tags(cluster: Cluster, order: TaskOrder, service: Service | None) -> list[Tag]:
    sources = {"TASK_DEFINITION": order.task_definition.tags, "SERVICE": service.tags if service else []}
    managed = managed_tags(cluster.name, service.name if service else "") if order.enable_ecs_managed_tags else []
    return tags_of_task(order.tags, sources.get(order.propagate_tags, []), managed)


def engine_name(task_id: str, index: int) -> str:
    """Return the engine container's name: ids only, so that nothing a user typed reaches the engine as a name."""
    return f"ecsw-{install_id()}-{task_id}-{index}"


def _failure(cluster: Cluster, decision: Decision) -> Failure:
    """Return ECS's failure: its literal reason, the nearest instance, and how much of what was missing."""
    closest = decision.closest
    if decision.reason == ACCOUNT_LIMIT:
        return Failure(LIMIT_REACHED)
    if closest is None:
        only = decision.candidates[0] if decision.candidates else None
        arn = _instance_arn(cluster, only.instance.instance_id) if only else ""
        reason = "INACTIVE" if only and only.exclusion and only.exclusion.rule == STATUS else decision.reason
        return Failure("RESOURCE:CPU" if reason == NO_INSTANCES else reason, arn)
    return Failure(decision.reason, _instance_arn(cluster, closest.instance.instance_id), failure_detail(decision))


def _instance_arn(cluster: Cluster, instance_id: str) -> str:
    account_id = cluster.account.account_id
    return f"arn:aws:ecs:{cluster.region}:{account_id}:container-instance/{cluster.name}/{instance_id}"


def _record_decisions(cluster: Cluster, *, failures_of: Sequence[Failure], at: datetime, group: str) -> None:
    if not failures_of:
        return
    events.ours(
        cluster,
        detail_type="Decision",
        detail={
            "group": group,
            "failures": [{"reason": f.reason, "arn": f.arn, "detail": f.detail} for f in failures_of],
        },
        topics=[f"cluster-{cluster.pk}"],
        at=at,
    )


def _reloaded(cluster: Cluster, tasks: Sequence[Task]) -> tuple[Task, ...]:
    rows = {row.pk: row for row in tasks_of(cluster).filter(pk__in=[task.pk for task in tasks])}
    return tuple(rows[task.pk] for task in tasks)
