from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ecsweb.api.batches import limited
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.references import arn_for_failure, find_task, get_cluster, tasks_of
from ecsweb.controlplane.task_protection import describe_protection, protect, why_not_protectable
from ecsweb.domain.errors import InvalidParameterException
from ecsweb.domain.statuses import DesiredStatus
from ecsweb.models import Cluster, Task

MOST_TASKS = 10
DEFAULT_MINUTES, MOST_MINUTES = 120, 2880


@operation("UpdateTaskProtection")
def update(request: Request) -> dict[str, Any]:
    params = request.params
    cluster = get_cluster(request.account, request.region, params["cluster"])
    references = limited(params["tasks"], most=MOST_TASKS, field="tasks")
    if not references:
        raise InvalidParameterException("Tasks cannot be empty.", field="tasks")
    minutes = params.get("expiresInMinutes", DEFAULT_MINUTES) if params["protectionEnabled"] else None
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise InvalidParameterException(f"expiresInMinutes must be from 1 to {MOST_MINUTES}.", field="expiresInMinutes")
    found, failures = _sorted_out(cluster, references)
    for task in found:
        protect(task, minutes=minutes, now=request.now)
    return {"protectedTasks": [describe_protection(task, now=request.now) for task in found], "failures": failures}


@operation("GetTaskProtection")
def get(request: Request) -> dict[str, Any]:
    """The protection of the tasks named, or of all tasks of services in the cluster.

    SIMPLIFIED: DEPLOYMENT_BLOCKED is never a reason; the service's event says that protected tasks hold it up.
    """
    cluster = get_cluster(request.account, request.region, request.params["cluster"])
    references = limited(request.params.get("tasks", []), most=100, field="tasks")
    found, failures = _sorted_out(cluster, references or list(_all(cluster)))
    return {"protectedTasks": [describe_protection(task, now=request.now) for task in found], "failures": failures}


def _all(cluster: Cluster) -> Iterator[str]:
    rows = tasks_of(cluster).filter(service__isnull=False, desired_status=DesiredStatus.RUNNING)
    yield from rows.values_list("task_id", flat=True)


def _sorted_out(cluster: Cluster, references: Sequence[str]) -> tuple[list[Task], list[dict[str, str]]]:
    """Return the tasks that can be protected, and a failure for each other reference."""
    found: list[Task] = []
    failures: list[dict[str, str]] = []
    for reference in references:
        task = find_task(cluster, reference)
        if task is None:
            arn = arn_for_failure(reference, resource_type="task", cluster=cluster)
            failures.append({"arn": arn, "reason": "MISSING"})
        elif reason := why_not_protectable(task):
            failures.append({"arn": task.arn, "reason": reason})
        else:
            found.append(task)
    return found, failures
