"""Measure what the tasks and instances that somebody looks at use, and put it where pages can read it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.db.models import Q, Sum

from ecsweb.agent.engine import Engine, UsageUnknown
from ecsweb.controlplane import usage_samples
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED
from ecsweb.domain.usage import Reading, Sample, cpu_units, mebibytes
from ecsweb.models import Container, ContainerInstance, Task

# More containers than run on any instance: a guard for the time that one look takes.
MOST_CONTAINERS = 1_500


@dataclass(slots=True)
class UsageSampler:
    """Reads the engine, keeps the last reading of each container, and makes a sample of two."""

    engine: Engine
    clock: Callable[[], float] = time.time
    _before: Mapping[str, Reading] = field(default_factory=dict)
    _kind: str = ""

    def sample(self) -> None:
        """Take one sample of everything that is wanted now; nothing wanted costs one look into Redis."""
        wanted = usage_samples.wanted()
        if not wanted:
            self._before = {}
            return
        self._kind = self._kind or self.engine.ping().kind
        containers = _containers_of(wanted)
        try:
            now = self.engine.usage({one for ids in containers.values() for one in ids})
        except UsageUnknown as unknown:
            usage_samples.put({}, engine=self._kind, gap=unknown.gap)
            return
        before, self._before = self._before, now
        sums = {name: self._sum(ids, before, now) for name, ids in containers.items()}
        usage_samples.put(_with_reservations({k: v for k, v in sums.items() if v is not None}), engine=self._kind)

    def _sum(self, ids: Iterable[str], before: Mapping[str, Reading], now: Mapping[str, Reading]) -> Sample | None:
        """Return what the containers use together; None before each of two looks has seen one of them."""
        found = [now[one] for one in ids if one in now]
        rates = [cpu_units(before[one], now[one]) for one in ids if one in now and one in before]
        known = [rate for rate in rates if rate is not None]
        if found and not known:
            return None
        at = max((reading.at for reading in found), default=self.clock())
        return Sample(at, round(sum(known), 2), round(sum(mebibytes(reading.memory) for reading in found), 2))


def _containers_of(wanted: Iterable[str]) -> Mapping[str, list[str]]:
    """Return the engine's ids of the running containers of everything that is wanted, by its name.

    A task without any is left out; an instance without any uses nothing, which is worth telling. Of an instance whose
    agent is silent nothing is told: it is the agent that measures.
    """
    kinds = [name.partition(":") for name in wanted]
    tasks = {key for kind, _, key in kinds if kind == "task"}
    named = [key for kind, _, key in kinds if kind == "instance"]
    heard = ContainerInstance.objects.filter(instance_id__in=named, agent_connected=True)
    instances = set(heard.exclude(status="INACTIVE").values_list("instance_id", flat=True))
    rows = Container.objects.filter(
        Q(task__task_id__in=tasks) | Q(task__container_instance__instance_id__in=instances),
        last_status="RUNNING",
        task__container_instance__agent_connected=True,
    ).exclude(runtime_id="")
    found: dict[str, list[str]] = defaultdict(list, {usage_samples.of_instance(one): [] for one in instances})
    columns = ("runtime_id", "task__task_id", "task__container_instance__instance_id")
    for runtime_id, task_id, instance_id in rows.values_list(*columns)[:MOST_CONTAINERS]:
        if task_id in tasks:
            found[usage_samples.of_task(task_id)].append(runtime_id)
        if instance_id in instances:
            found[usage_samples.of_instance(instance_id)].append(runtime_id)
    return found


def _with_reservations(samples: Mapping[str, Sample]) -> Mapping[str, Sample]:
    """Return the samples, those of instances with what placement has subtracted for their tasks."""
    instances = [name.partition(":")[2] for name in samples if name.startswith("instance:")]
    rows = Task.objects.filter(
        container_instance__instance_id__in=instances, last_status__in=STATUSES_BEFORE_STOPPED
    ).values_list("container_instance__instance_id")
    reserved = {
        usage_samples.of_instance(instance_id): (cpu, memory)
        for instance_id, cpu, memory in rows.annotate(Sum("cpu"), Sum("memory"))
    }
    return {
        name: replace(one, reserved_cpu=reserved[name][0], reserved_memory=reserved[name][1])
        if name in reserved
        else one
        for name, one in samples.items()
    }
