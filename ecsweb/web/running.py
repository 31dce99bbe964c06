"""What RunTask and StartTask answered: tasks and failures are two lists, and a failure has a panel that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ecsweb.api.undo import Inverse
from ecsweb.models import Cluster, Event
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.refusals import no_task
from ecsweb.web.undoing import say_done, there_already


def tell_answer(
    request: PageRequest,
    cluster: Cluster,
    operation: str,
    answer: Mapping[str, Any],
    undo: Sequence[Inverse],
    *,
    were_there: bool = False,
) -> str:
    """Say what the call answered; return the address that shows it: of a failure, the picture with its panel.

    `were_there`: the client token was used before, and the answer is the one of that time.
    """
    here = reverse("cluster", args=[cluster.name])
    if were_there:
        say_done(request, there_already(operation), undo)
    elif answer["tasks"]:
        told = _("%(operation)s answered. Tasks made: %(count)s.")
        say_done(request, told % {"operation": operation, "count": len(answer["tasks"])}, undo)
    for failure in answer["failures"]:
        messages.error(request, no_task(operation, failure.get("reason", ""), failure.get("detail", "")))
    refused = newest_refusal(cluster) if answer["failures"] else None
    return f"{here}?panel=refusal:{refused.sequence}" if refused else here


def newest_refusal(cluster: Cluster) -> Event | None:
    """Return the event that keeps why the last call found no place for a task."""
    return refusals(cluster).order_by("-sequence").first()


def refusals(cluster: Cluster) -> QuerySet[Event]:
    """Return the events that keep why a call found no place, with the decision."""
    return Event.objects.filter(cluster=cluster, detail_type="Decision", detail__has_key="decision")
