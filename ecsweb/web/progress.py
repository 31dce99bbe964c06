"""A roll-out as one bar: how much of the service is new, how much still old, and what starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.domain.statuses import DeploymentStatus
from ecsweb.models import Deployment
from ecsweb.web.diagrams.small_chart import Part, parts

# A deployment with what it wants, what starts and what runs.
Counts = tuple[Deployment, int, int, int]


@dataclass(frozen=True, slots=True)
class Share:
    """A deployment's part of the bar: tasks that run, and tasks that start."""

    revision: str
    is_new: bool
    running: int
    pending: int
    failed: int
    running_part: Part
    pending_part: Part


@dataclass(frozen=True, slots=True)
class Progress:
    """The bar: its parts, where the wanted number ends, and a sentence."""

    shares: Sequence[Share]
    desired_at: float
    sentence: str


def progress_of(rows: Sequence[Counts], *, desired: int) -> Progress | None:
    """Return the bar of a roll-out, the new revision first; None where nothing moves."""
    if len(rows) < 2 and not any(pending for _row, _wanted, pending, _running in rows):
        return None
    whole = max(desired, sum(pending + running for _row, _wanted, pending, running in rows), 1)
    sizes = [size for _row, _wanted, pending, running in rows for size in (running, pending)]
    places = parts(sizes, whole=whole)
    shares = [
        Share(
            row.task_definition.family_revision,
            row.status == DeploymentStatus.PRIMARY,
            running,
            pending,
            row.failed_tasks,
            places[2 * place],
            places[2 * place + 1],
        )
        for place, (row, _wanted, pending, running) in enumerate(rows)
    ]
    sentence = " ".join([*(_said(share) for share in shares), _("%(count)s are wanted.") % {"count": desired}])
    return Progress(shares, round(100 * desired / whole, 2), sentence)


def _said(share: Share) -> str:
    words = {"revision": share.revision, "running": share.running, "pending": share.pending}
    said = (
        _("New, %(revision)s: %(running)s run and %(pending)s start.")
        if share.is_new
        else _("Old, %(revision)s: %(running)s run and %(pending)s start.")
    ) % words
    if not share.failed:
        return said
    failed = ngettext("%(count)s failed to start.", "%(count)s failed to start.", share.failed)
    return f"{said} {failed % {'count': share.failed}}"
