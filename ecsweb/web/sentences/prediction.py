"""What will happen, in sentences: what ends, who replaces it and where, what stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.domain.burdens import FLOOD_SECONDS
from ecsweb.domain.prediction import Lessened, Prediction, Replacement
from ecsweb.domain.snapshots import TaskSnapshot
from ecsweb.domain.statuses import LaunchType
from ecsweb.models import Task

# So many tasks are named one by one.
NAMED = 5


def prediction_lines(found: Prediction, names: Mapping[int, str]) -> list[str]:
    """Return the answer line by line; `names` gives each container instance its name by key."""
    said = []
    if found.unheard:
        said.append(
            ngettext(
                "%(count)s task runs on, but ECS no longer hears what becomes of it.",
                "%(count)s tasks run on, but ECS no longer hears what becomes of them.",
                len(found.unheard),
            )
            % {"count": len(found.unheard)}
        )
    if found.ending:
        said.append(
            ngettext(
                "%(count)s task ends at once: %(tasks)s.", "%(count)s tasks end at once: %(tasks)s.", len(found.ending)
            )
            % {"count": len(found.ending), "tasks": _named(found.ending)}
        )
    if found.moved:
        said.append(
            ngettext(
                "%(count)s task is stopped later, when another one runs in its place: %(tasks)s.",
                "%(count)s tasks are stopped later, when others run in their place: %(tasks)s.",
                len(found.moved),
            )
            % {"count": len(found.moved), "tasks": _named(found.moved)}
        )
    said += [_replaced(one, names) for one in found.replacements]
    said += [_lessened(one) for one in found.lessened]
    if found.alone:
        said.append(_("Nobody starts these again: %(tasks)s.") % {"tasks": _named(found.alone)})
    if found.staying:
        said.append(_("These stay where they are until they end: %(tasks)s.") % {"tasks": _named(found.staying)})
    said += [
        _("The service %(service)s finds no place for a task (%(reason)s).") % {"service": service, "reason": reason}
        for service, reason in found.unplaced
    ]
    return said or [_("Nothing changes: no task runs there, and no service wants anything.")]


def image_lines(*, tasks: int, services: Sequence[str]) -> list[str]:
    """Return what becomes of a cluster whose agents can no longer pull an image."""
    said = [
        ngettext("%(count)s task of it runs on.", "%(count)s tasks of it run on.", tasks) % {"count": tasks},
        _("A new task stops before it runs: CannotPullContainerError."),
    ]
    said += [
        _(
            "The service %(service)s can no longer replace a task: it tries again and again, with longer and longer "
            "pauses, until the image is mended."
        )
        % {"service": name}
        for name in services
    ]
    return said


def flood_lines(task: Task) -> list[str]:
    """Return what becomes of a task whose container keeps a CPU busy."""
    said = [_("No task ends: CPU, unlike memory, has no limit that ends anything.")]
    if task.launch_type == LaunchType.FARGATE:
        said.append(_("On FARGATE it gets the CPU of its task and no more; its own other containers feel it."))
    else:
        said.append(
            _(
                "On the machine it takes what nobody else wants. Where they want it too, CPU units share it out: a "
                "container with more of them gets more."
            )
        )
    return [*said, _("It ends by itself after %(seconds)s s.") % {"seconds": FLOOD_SECONDS}]


def _named(tasks: Sequence[TaskSnapshot]) -> str:
    shown = [f"{task.task_id[:6]} ({task.group.removeprefix('service:')})" for task in tasks[:NAMED]]
    return ", ".join([*shown, *(["…"] if len(tasks) > NAMED else [])])


def _lessened(one: Lessened) -> str:
    said = ngettext(
        "The DAEMON service %(service)s loses its task there: %(tasks)s. It is started nowhere else, for a DAEMON has "
        "one task on each ACTIVE instance; it wants %(desired)s then.",
        "The DAEMON service %(service)s loses its tasks there: %(tasks)s. They are started nowhere else, for a DAEMON "
        "has one task on each ACTIVE instance; it wants %(desired)s then.",
        len(one.tasks),
    )
    return said % {"service": one.service, "tasks": _named(one.tasks), "desired": one.desired}


def _replaced(one: Replacement, names: Mapping[int, str]) -> str:
    places = [
        f"{count} × {names.get(pk, 'FARGATE')}" if pk is not None else f"{count} × {_('waiting for capacity')}"
        for pk, count in one.places
    ]
    total = sum(count for _pk, count in one.places)
    return ngettext(
        "The service %(service)s starts %(count)s task in its place: %(places)s.",
        "The service %(service)s starts %(count)s tasks in their place: %(places)s.",
        total,
    ) % {"service": one.service, "count": total, "places": ", ".join(places)}
