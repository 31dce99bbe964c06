"""Read the output of a task's containers, and of all tasks of a service, as it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ecsweb.controlplane import announcements
from ecsweb.domain.log_lines import LogLine, Piece, interleaved, lines_of, matching, pieces
from ecsweb.domain.logs import LogTarget, log_target
from ecsweb.models import ContainerLog, Service, Task

LINES_SHOWN = 400
# The tail that the agent keeps of a container; what was before is said to be gone.
KEPT_BYTES = 64 * 1024
# Of so many tasks of a service the output is shown together, the newest.
TASKS_SHOWN = 20
TINTS = 6
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with what somebody looks for marked in it, and the look of its source."""

    line: LogLine
    pieces: Sequence[Piece]
    tint: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """The newest lines of one source, where ECS would have put them, and what is not shown of them."""

    name: str
    target: LogTarget
    lines: Sequence[ShownLine]
    total: int
    is_cut: bool

    @property
    def hidden(self) -> int:
        """Return how many lines are not shown: older ones, or those that do not match."""
        return self.total - len(self.lines)


def task_outputs(task: Task, *, looked_for: str = "") -> list[Output]:
    """Return the newest lines of each container of the task; to be called when somebody looks at them."""
    announcements.want_logs(task.task_id)
    texts = dict(ContainerLog.objects.filter(container__task=task).values_list("container__name", "text"))
    definitions = {one["name"]: one for one in task.task_definition.document["containerDefinitions"]}
    found = []
    for row in task.containers.order_by("index"):
        target = log_target(definitions[row.name], task_id=task.task_id, runtime_id=row.runtime_id)
        text = texts.get(row.name, "")
        if text or target.driver == "awslogs":
            found.append(_output(row.name, target, lines_of(text), looked_for, is_cut=_is_cut(text)))
    return found


def service_output(service: Service, *, looked_for: str = "") -> Output:
    """Return the output of the service's newest tasks in one order, each line with its task; stopped ones too."""
    tasks = list(service.tasks.filter(is_purged=False).order_by("-pk")[:TASKS_SHOWN])
    for task in tasks:
        announcements.want_logs(task.task_id)
    rows = ContainerLog.objects.filter(container__task__in=tasks).select_related("container__task")
    order = {task.pk: f"tint-{place % TINTS}" for place, task in enumerate(reversed(tasks))}
    sources, tints, is_cut = [], {}, False
    for row in rows:
        source = f"{row.container.task.task_id[:6]} {row.container.name}"
        tints[source] = order[row.container.task_id]
        sources.append(lines_of(row.text, source=source))
        is_cut = is_cut or _is_cut(row.text)
    lines = interleaved(sources, most=10 * LINES_SHOWN)
    return _output(service.name, LogTarget(), lines, looked_for, is_cut=is_cut, tints=tints)


def _is_cut(text: str) -> bool:
    return len(text.encode()) >= KEPT_BYTES - LINES_SHOWN


def _output(
    name: str,
    target: LogTarget,
    lines: Sequence[LogLine],
    looked_for: str,
    *,
    is_cut: bool,
    tints: dict[str, str] | None = None,
) -> Output:
    found = matching(lines, looked_for)[-LINES_SHOWN:]
    shown = [ShownLine(line, pieces(line.text, looked_for), (tints or {}).get(line.source, "")) for line in found]
    return Output(name, target, shown, len(lines), is_cut)


def as_plain_text(outputs: Sequence[Output]) -> str:
    """Return lines for a file: time, source, text."""
    return "".join(
        f"{shown.line.stamp} {shown.line.source or output.name} {shown.line.text}\n"
        for output in outputs
        for shown in output.lines
    )
