"""What of the work costs money on AWS: machines and FARGATE tasks, by the hour. Prices are AWS's to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.resources import CPU_UNITS_A_VCPU
from ecsweb.domain.task_definitions.registration import task_cpu_units, task_memory_mib
from ecsweb.learn.taking.work import Machines, Work


@dataclass(frozen=True, slots=True)
class Costs:
    """Machines by type, and what all FARGATE tasks together are billed for each hour."""

    machines: tuple[Machines, ...]
    fargate_tasks: int
    vcpus: float
    gigabytes: float
    container_insights: bool


def costs_of(work: Work) -> Costs:
    """Return what would be billed while everything runs as it is wanted."""
    sizes = {one.name: one.params for one in work.definitions}
    calls = [(one, int(one.get("desiredCount", 0))) for one in work.services]
    calls += [(one, int(one["count"])) for one in work.tasks]
    on_fargate = [(sizes[one["taskDefinition"]], count) for one, count in calls if _is_on_fargate(one)]
    return Costs(
        machines=work.machines,
        fargate_tasks=sum(count for _size, count in on_fargate),
        vcpus=sum(count * (task_cpu_units(size) or 0) for size, count in on_fargate) / CPU_UNITS_A_VCPU,
        gigabytes=sum(count * (task_memory_mib(size) or 0) for size, count in on_fargate) / 1024,
        container_insights=any(one["value"] != "disabled" for one in work.cluster.get("settings", [])),
    )


def _is_on_fargate(call: dict[str, Any]) -> bool:
    if call.get("launchType") == "FARGATE":
        return True
    strategy: Iterable[dict[str, Any]] = call.get("capacityProviderStrategy", ())
    return any(one["capacityProvider"] in FARGATE_PROVIDERS for one in strategy)
