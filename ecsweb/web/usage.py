"""What a task and a container instance use, as charts beside what they have reserved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ecsweb.controlplane import usage_samples
from ecsweb.controlplane.usage_samples import Measured
from ecsweb.domain.resources import demand_of
from ecsweb.domain.statuses import ContainerInstanceStatus, TaskStatus
from ecsweb.domain.usage import Sample
from ecsweb.models import ContainerInstance, Task
from ecsweb.web.charts import Line, SmallChart, number, small_chart
from ecsweb.web.diagrams.small_chart import Point, stairs
from ecsweb.web.sentences import usage as sentences

# A sample comes every two seconds; a longer pause is one in which nobody looked.
LONGEST_GAP = 10.0
SHORTEST_WINDOW = 60.0
# How often a page that shows figures asks for newer ones, and one that shows none.
QUICK, SLOW = "2s", "10s"


@dataclass(frozen=True, slots=True)
class Usage:
    """Charts of what is known, or in words why there are none; `every` is empty where nothing more will come."""

    charts: Sequence[SmallChart] = ()
    note: str = ""
    lesson: str = ""
    is_simulated: bool = False
    every: str = QUICK


def task_usage(task: Task) -> Usage:
    """Return what the task uses; to be called when somebody looks at it, as looking keeps the agent measuring."""
    is_over = task.last_status == TaskStatus.STOPPED
    measured = usage_samples.look_at(usage_samples.of_task(task.task_id), is_wanted=not is_over)
    if note := _why_not(measured, is_over=is_over, is_heard=_is_heard(task.container_instance)):
        return Usage(note=note, every="" if is_over else SLOW)
    if not measured.samples:
        return Usage(note=_not_yet(task), every=QUICK)
    task_limit = int(task.task_definition.document.get("cpu") or 0)
    memory_limit = demand_of(task.task_definition.document).hard_memory
    samples, now = measured.samples, measured.samples[-1]
    cpu, memory = number(now.cpu), number(now.memory)
    if is_over:
        cpu_told = sentences.task_cpu_at_end(used=cpu, reserved=task.cpu)
        memory_told = sentences.task_memory_at_end(used=memory, reserved=task.memory, limit=memory_limit)
    else:
        cpu_told = sentences.task_cpu(used=cpu, reserved=task.cpu, limit=task_limit or None)
        memory_told = sentences.task_memory(used=memory, reserved=task.memory, limit=memory_limit)
    charts = _charts(
        samples,
        cpu_told,
        _task_lines(_cpu(samples), task.cpu, task_limit),
        memory_told,
        _task_lines(_memory(samples), task.memory, memory_limit),
        is_over=is_over,
    )
    note = _("It has ended: these are its last figures.") if is_over else ""
    return Usage(charts, note, is_simulated=measured.engine == "simulated", every="" if is_over else QUICK)


def instance_usage(instance: ContainerInstance) -> Usage:
    """Return what the tasks of the instance use together; looking keeps the agent measuring."""
    is_over = instance.status == ContainerInstanceStatus.INACTIVE
    measured = usage_samples.look_at(usage_samples.of_instance(instance.instance_id), is_wanted=not is_over)
    if note := _why_not(measured, is_over=is_over, is_heard=_is_heard(instance)):
        return Usage(note=note, every="" if is_over else SLOW)
    if not measured.samples:
        return Usage(note=_("Being measured: the first figures come in a few seconds."))
    samples, now = measured.samples, measured.samples[-1]
    cpu, memory = instance.registered_cpu, instance.registered_memory
    charts = _charts(
        samples,
        sentences.instance_cpu(used=number(now.cpu), reserved=now.reserved_cpu, registered=cpu),
        _instance_lines(_cpu(samples), [(one.at, one.reserved_cpu) for one in samples], cpu),
        sentences.instance_memory(used=number(now.memory), reserved=now.reserved_memory, registered=memory),
        _instance_lines(_memory(samples), [(one.at, one.reserved_memory) for one in samples], memory),
    )
    lesson = sentences.placement_goes_by_reservation(left=max(0, memory - now.reserved_memory))
    return Usage(charts, lesson=lesson, is_simulated=measured.engine == "simulated")


def _charts(
    samples: Sequence[Sample],
    cpu: str,
    cpu_lines: Sequence[Line],
    memory: str,
    memory_lines: Sequence[Line],
    *,
    is_over: bool = False,
) -> list[SmallChart]:
    """Return the two charts, of what was measured, at least a minute wide."""
    end = samples[-1].at
    begin = min(samples[0].at, end - SHORTEST_WINDOW)
    return [
        small_chart(title, sentence, lines, begin=begin, end=end, longest_gap=LONGEST_GAP, is_over=is_over)
        for title, sentence, lines in (
            (_("CPU, in units (1024 are a vCPU)"), cpu, cpu_lines),
            (_("Memory, in MiB"), memory, memory_lines),
        )
    ]


def _cpu(samples: Sequence[Sample]) -> list[Point]:
    return [(one.at, one.cpu) for one in samples]


def _memory(samples: Sequence[Sample]) -> list[Point]:
    return [(one.at, one.memory) for one in samples]


def _is_heard(instance: ContainerInstance | None) -> bool:
    return instance is None or instance.agent_connected


def _why_not(measured: Measured, *, is_over: bool, is_heard: bool) -> str:
    """Return why there are no figures; empty where there are some, or will be soon."""
    if not measured.is_known:
        return sentences.unknown_usage()
    if is_over:
        return "" if measured.samples else _("It has ended: nothing is measured any more.")
    if not is_heard:
        return _("Not measured: it is the agent that measures, and nothing is heard from it.")
    return sentences.usage_gap(measured.gap)


def _not_yet(task: Task) -> str:
    if task.last_status != TaskStatus.RUNNING:
        return _("It does not run: there is nothing to measure.")
    return _("Being measured: the first figures come in a few seconds.")


def _level(look: str, label: str, value: float, used: Sequence[Point]) -> Line:
    begin = min(used[0][0], used[-1][0] - SHORTEST_WINDOW)
    return Line(look, label, [(begin, value), (used[-1][0], value)])


def _task_lines(used: Sequence[Point], reserved: int, limit: int) -> list[Line]:
    lines = [Line("used", _("used"), used, is_filled=True), _level("reserved", _("reserved"), reserved, used)]
    return [*lines, _level("limit", _("limit"), limit, used)] if limit else lines


def _instance_lines(used: Sequence[Point], reserved: Sequence[Point], registered: int) -> list[Line]:
    return [
        Line("used", _("used"), used, is_filled=True),
        Line("reserved", _("reserved"), stairs(reserved, end=reserved[-1][0])),
        _level("limit", _("registered"), registered, used),
    ]
