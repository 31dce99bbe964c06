"""Task sets as the page of their service shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ecsweb.domain.statuses import TaskSetStatus
from ecsweb.domain.task_sets import computed_desired_count
from ecsweb.models import Cluster, Service, TaskSet
from ecsweb.web import sentences
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.launching import capacity_of
from ecsweb.web.forms.task_sets import CreateTaskSetForm, ScaleTaskSetForm
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import active_revisions


@dataclass(frozen=True, slots=True)
class TaskSetRow:
    """A line of the page: the task set, how many tasks it wants and has, and a sentence."""

    task_set: TaskSet
    wanted: int
    running: int
    sentence: str

    @property
    def is_draining(self) -> bool:
        """Tell whether nothing can be done with it any more."""
        return self.task_set.status == TaskSetStatus.DRAINING


def task_set_rows(service: Service, counts: Mapping[int, tuple[int, int, int]]) -> list[TaskSetRow]:
    """Return the service's task sets, newest first; `counts` maps a deployment's key to (desired, pending, running)."""
    rows = service.task_sets.exclude(status=TaskSetStatus.INACTIVE).select_related(
        "service", "deployment__task_definition"
    )
    return [_row(row, *counts.get(row.deployment_id, (0, 0, 0))[1:]) for row in rows]


def _row(row: TaskSet, pending: int, running: int) -> TaskSetRow:
    wanted = computed_desired_count(row.service.desired_count, row.scale)
    return TaskSetRow(row, wanted, running, sentences.task_set_now(row, running=running, pending=pending))


def task_set_choices(service: Service) -> list[tuple[str, str]]:
    """Return the task sets that can be scaled, as choices."""
    rows = service.task_sets.filter(status__in=(TaskSetStatus.PRIMARY, TaskSetStatus.ACTIVE))
    found = rows.select_related("deployment__task_definition")
    return [
        (row.task_set_id, f"{row.external_id or row.task_set_id} · {row.task_definition.family_revision}")
        for row in found
    ]


def task_set_forms(request: PageRequest, cluster: Cluster, service: Service) -> dict[str, ApiForm]:
    """Return the empty forms of an EXTERNAL service's page."""
    if service.deployment_controller != "EXTERNAL":
        return {}
    here = {"cluster": cluster.name, "service": service.name}
    return {
        "create_form": CreateTaskSetForm(revisions=active_revisions(request), capacity=capacity_of(cluster), **here),
        "scale_form": ScaleTaskSetForm(task_sets=task_set_choices(service), **here),
    }
