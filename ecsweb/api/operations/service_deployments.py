from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ecsweb.api.batches import described, limited
from ecsweb.api.paging import page
from ecsweb.api.registry import Request, operation
from ecsweb.controlplane.descriptions.service_deployments import (
    brief_service_deployment,
    describe_service_deployment,
    describe_service_revision,
)
from ecsweb.controlplane.references import get_cluster, get_service
from ecsweb.controlplane.service_deployments import (
    find_service_deployment,
    find_service_revision,
    stop_service_deployment,
)
from ecsweb.domain.errors import InvalidParameterException, ServiceDeploymentNotFoundException

MOST = 20


@operation("ListServiceDeployments")
def list_service_deployments(request: Request) -> dict[str, Any]:
    params = request.params
    cluster = get_cluster(request.account, request.region, params.get("cluster"))
    service = get_service(cluster, params["service"])
    rows = service.service_deployments.select_related("service__cluster__account", "target__service__cluster__account")
    if params.get("status"):
        rows = rows.filter(status__in=params["status"])
    window = params.get("createdAt", {})
    for name, lookup in (("after", "created_at__gte"), ("before", "created_at__lte")):
        if name in window:
            rows = rows.filter(**{lookup: _moment(window[name], field=f"createdAt.{name}")})
    answer = page([row.arn for row in rows], params, key="serviceDeployments")
    by_arn = {row.arn: row for row in rows}
    briefs = [brief_service_deployment(by_arn[arn]) for arn in answer["serviceDeployments"]]
    return {**answer, "serviceDeployments": briefs}


@operation("DescribeServiceDeployments")
def describe_service_deployments(request: Request) -> dict[str, Any]:
    found, failures = described(
        _arns(request, "serviceDeploymentArns"),
        find=lambda text: find_service_deployment(request.account, request.region, text),
        describe=describe_service_deployment,
        arn=lambda text: text,
    )
    return {"serviceDeployments": found, "failures": failures}


@operation("DescribeServiceRevisions")
def describe_service_revisions(request: Request) -> dict[str, Any]:
    found, failures = described(
        _arns(request, "serviceRevisionArns"),
        find=lambda text: find_service_revision(request.account, request.region, text),
        describe=describe_service_revision,
        arn=lambda text: text,
    )
    return {"serviceRevisions": found, "failures": failures}


@operation("StopServiceDeployment")
def stop(request: Request) -> dict[str, Any]:
    row = find_service_deployment(request.account, request.region, request.params["serviceDeploymentArn"])
    if row is None:
        raise ServiceDeploymentNotFoundException("Service deployment not found.", field="serviceDeploymentArn")
    stop_type = request.params.get("stopType", "ROLLBACK")
    return {"serviceDeploymentArn": stop_service_deployment(row, stop_type=stop_type, now=request.now).arn}


def _moment(value: object, *, field: str) -> datetime:
    """Return a time of the wire, which is epoch seconds (`ecs-facts.md` 13). Raises InvalidParameterException."""
    try:
        return datetime.fromtimestamp(float(str(value)), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise InvalidParameterException("A time is a number of seconds since 1970.", field=field) from error


def _arns(request: Request, name: str) -> list[str]:
    arns = limited(request.params[name], most=MOST, field=name)
    if not arns:
        raise InvalidParameterException(f"{name} should not be null or empty.", field=name)
    return list(arns)
