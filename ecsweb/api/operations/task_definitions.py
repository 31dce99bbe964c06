from __future__ import annotations

from typing import Any

from ecsweb.api.batches import limited
from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.descriptions import describe_task_definition
from ecsweb.controlplane.references import find_task_definition
from ecsweb.controlplane.task_definitions import (
    delete_task_definition,
    deregister_task_definition,
    register_task_definition,
)
from ecsweb.domain.errors import ClientException, InvalidParameterException
from ecsweb.domain.identifiers import family_and_revision, invalid_revision
from ecsweb.domain.statuses import TaskDefinitionStatus
from ecsweb.models import TaskDefinition


@operation("RegisterTaskDefinition")
def register(request: Request) -> dict[str, Any]:
    row = register_task_definition(
        request.account,
        request.region,
        request.params,
        registered_by=request.principal.arn,
        tags=request.params.get("tags", []),
        now=request.now,
    )
    return {"taskDefinition": describe_task_definition(row), "tags": row.tags}


@operation("DeregisterTaskDefinition")
def deregister(request: Request) -> dict[str, Any]:
    reference = request.params["taskDefinition"]
    parts = family_and_revision(reference, region=request.region, account_id=request.account.account_id)
    if parts is not None and parts[1] is None:
        raise ClientException("Revision is missing.", field="taskDefinition")
    if number := invalid_revision(reference, region=request.region, account_id=request.account.account_id):
        raise ClientException(f"Invalid revision number. Number: {number}", field="taskDefinition")
    row = find_task_definition(request.account, request.region, reference)
    if row is None:
        raise ClientException("The specified task definition does not exist.", field="taskDefinition")
    return {"taskDefinition": describe_task_definition(deregister_task_definition(row, now=request.now))}


@operation("DeleteTaskDefinitions")
def delete(request: Request) -> dict[str, Any]:
    """Each revision that cannot be deleted is a failure of the answer, in AWS's words (`ecs-facts.md` 2.1)."""
    references = limited(request.params["taskDefinitions"], most=10, field="taskDefinitions")
    if not references:
        raise InvalidParameterException("Task definitions should not be null or empty.", field="taskDefinitions")
    deleted, failures = [], []
    for reference in references:
        row, why = _deletable(request, reference)
        if row is None:
            failures.append({"arn": reference, "reason": why})
        else:
            deleted.append(describe_task_definition(delete_task_definition(row, now=request.now)))
    return {"taskDefinitions": deleted, "failures": failures}


def _deletable(request: Request, reference: str) -> tuple[TaskDefinition | None, str]:
    parts = family_and_revision(reference, region=request.region, account_id=request.account.account_id)
    if parts is None or parts[1] is None:
        return None, "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."
    row = find_task_definition(request.account, request.region, reference)
    if row is None:
        return None, (
            "The specified task definition does not exist. Specify a valid account, family, revision and try again."
        )
    if row.status == TaskDefinitionStatus.ACTIVE:
        return None, (
            "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
        )
    return row, ""


@operation("DescribeTaskDefinition")
def describe(request: Request) -> dict[str, Any]:
    row = find_task_definition(request.account, request.region, request.params["taskDefinition"])
    if row is None:
        raise ClientException("Unable to describe task definition.", field="taskDefinition")
    answer: dict[str, Any] = {"taskDefinition": describe_task_definition(row)}
    if "TAGS" in request.params.get("include", ()):
        answer["tags"] = row.tags
    return answer


@operation("ListTaskDefinitions")
def list_revisions(request: Request) -> dict[str, Any]:
    """`familyPrefix` means the whole family name here (`ecs-facts.md` 2.1)."""
    rows = TaskDefinition.objects.select_related("account").filter(account=request.account, region=request.region)
    rows = rows.filter(status=request.params.get("status", TaskDefinitionStatus.ACTIVE))
    if family := request.params.get("familyPrefix"):
        rows = rows.filter(family=family)
    if request.params.get("sort") == "DESC":
        rows = rows.order_by("-family", "-revision")
    return page([row.arn for row in rows], request.params, key="taskDefinitionArns")


@operation("ListTaskDefinitionFamilies")
def list_families(request: Request) -> dict[str, Any]:
    """A family is INACTIVE when it has no ACTIVE revision; `familyPrefix` is a prefix here (`ecs-facts.md` 2.1)."""
    rows = TaskDefinition.objects.filter(account=request.account, region=request.region)
    rows = rows.exclude(status=TaskDefinitionStatus.DELETED)
    if prefix := request.params.get("familyPrefix"):
        rows = rows.filter(family__startswith=prefix)
    every = set(rows.values_list("family", flat=True))
    active = set(rows.filter(status=TaskDefinitionStatus.ACTIVE).values_list("family", flat=True))
    status = request.params.get("status", "ALL")
    families = {"ACTIVE": active, "INACTIVE": every - active}.get(status, every)
    return page(sorted(families), request.params, key="families")
