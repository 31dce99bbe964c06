"""The picture of a cluster in words: the same hierarchy as nested lines, for whoever listens instead of looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ecsweb.web.diagrams.cluster_picture import ClusterPicture, Fold, InstanceBox, ServiceCard, TaskBox, Waiting
from ecsweb.web.diagrams.frames import Frame, frames


@dataclass(frozen=True, slots=True)
class Line:
    """A line and what stands in it; `ref` is the id that the same thing has in the picture, empty where it has none."""

    ref: str
    text: str
    lines: tuple[Line, ...] = ()


def picture_lines(picture: ClusterPicture) -> Line:
    """Return the cluster with its services, instances, tasks and containers."""
    lines = [
        *(_service(card) for card in picture.services),
        *(_instance(box) for box in picture.instances),
        *_fargate(picture),
        *_queued(picture),
        *(_waiting(one) for one in picture.waiting),
    ]
    return Line("", f"{_('Cluster')} {picture.name}. {picture.sentence}", tuple(lines))


def _waiting(one: Waiting) -> Line:
    words = {"service": one.service, "why": one.sentence}
    return Line(f"waiting-{one.service}", _("A task of %(service)s waits for a place. %(why)s") % words)


def _service(card: ServiceCard) -> Line:
    text = _(
        "Service %(name)s, %(strategy)s, of %(revision)s: desired %(desired)s, running %(running)s, pending %(pending)s"
    ) % {
        "name": card.name,
        "strategy": card.strategy,
        "revision": card.family_revision,
        "desired": card.desired,
        "running": card.running,
        "pending": card.pending,
    }
    return Line(f"service-{card.name}", text)


def _instance(box: InstanceBox) -> Line:
    agent = _("agent connected") if box.agent_connected else _("agent disconnected")
    used = ", ".join(f"{bar.label} {bar.used} / {bar.total} {bar.unit}".strip() for bar in box.bars)
    text = _("Instance %(name)s, %(type)s in %(zone)s, %(status)s, %(agent)s; reserved: %(used)s") % {
        "name": box.name,
        "type": box.instance_type,
        "zone": box.zone,
        "status": box.status,
        "agent": agent,
        "used": used,
    }
    return Line(f"instance-{box.instance_id}", text, _frames(box.tasks, box.folded))


def _fargate(picture: ClusterPicture) -> list[Line]:
    if not picture.fargate:
        return []
    tasks = [task for _zone, tasks in picture.fargate.zones for task in tasks]
    text = _("FARGATE: no container instance")
    return [Line("fargate", text, _frames(tasks, picture.fargate.folded))]


def _queued(picture: ClusterPicture) -> list[Line]:
    if not picture.queued and not picture.queued_folds:
        return []
    return [Line("queued", _("Waiting for capacity"), _frames(picture.queued, picture.queued_folds))]


def _frames(tasks: Sequence[TaskBox], folded: Sequence[Fold]) -> tuple[Line, ...]:
    """Return what stands in one place, service by service."""
    return tuple(_frame(frame) for frame in frames(tasks, folded))


def _frame(frame: Frame) -> Line:
    lines = (*_tasks(frame.tasks), *_folds(frame.folded))
    if not frame.service:
        return Line("", _("Run directly, no owner"), lines)
    return Line("", _("Service %(name)s, %(strategy)s") % {"name": frame.service, "strategy": frame.strategy}, lines)


def _folds(folds: Sequence[Fold]) -> list[Line]:
    return [Line("", f"{one.count} × {one.family_revision}, {one.last_status}") for one in folds]


def _tasks(tasks: Sequence[TaskBox]) -> list[Line]:
    return [_task(task) for task in tasks]


def _task(task: TaskBox) -> Line:
    words = {"id": task.short_id, "revision": task.family_revision, "status": task.last_status, "service": task.owner}
    if task.owner:
        text = _("Task %(id)s of %(revision)s, %(status)s, of the service %(service)s") % words
    else:
        text = _("Task %(id)s of %(revision)s, %(status)s, run directly") % words
    chips = []
    for chip in task.chips:
        about = [_("Container %(name)s") % {"name": chip.name}, _("essential") if chip.essential else "", chip.status]
        words_of_chip = ", ".join(part for part in (*about, chip.note) if part)
        chips.append(Line(f"container-{task.task_id}~{chip.name}", words_of_chip))
    sentence = f". {task.sentence}" if task.sentence else ""
    return Line(f"task-{task.task_id}", f"{text}{sentence}", tuple(chips))
