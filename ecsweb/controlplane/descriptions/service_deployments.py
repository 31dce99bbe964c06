"""Service deployments and revisions in AWS's shape (`ecs-facts.md` 6.10)."""

from __future__ import annotations

from ecsweb.controlplane.descriptions.shapes import Shape, present
from ecsweb.domain.breakers import circuit_breaker_of
from ecsweb.domain.service_deployments import NOT_OVER, ServiceDeploymentStatus, breaker_status
from ecsweb.domain.statuses import BEFORE_RUNNING, STATUSES_BEFORE_STOPPED, RolloutState, TaskStatus
from ecsweb.models import Container, Deployment, Service, ServiceDeployment


def describe_service_deployment(row: ServiceDeployment) -> Shape:
    """Return a service deployment with the counts of its revisions now."""
    sources = {d.revision_arn: d for d in row.service.deployments.select_related("service__cluster__account")}
    return present(
        {
            "serviceDeploymentArn": row.arn,
            "serviceArn": row.service.arn,
            "clusterArn": row.service.cluster.arn,
            "createdAt": row.created_at,
            "startedAt": row.started_at,
            "finishedAt": row.finished_at,
            "stoppedAt": row.stopped_at,
            "updatedAt": row.updated_at,
            "sourceServiceRevisions": [
                _revision_summary(sources[arn], requested=0) for arn in row.source_revisions if arn in sources
            ],
            "targetServiceRevision": _revision_summary(row.target, requested=row.service.desired_count),
            "status": row.status,
            "statusReason": row.status_reason,
            "deploymentConfiguration": row.deployment_configuration,
            "rollback": _rollback(row),
            "deploymentCircuitBreaker": _breaker(row),
            "alarms": {"status": "DISABLED", "alarmNames": [], "triggeredAlarmNames": []},
        }
    )


def brief_service_deployment(row: ServiceDeployment) -> Shape:
    """Return what ListServiceDeployments answers of it."""
    return present(
        {
            "serviceDeploymentArn": row.arn,
            "serviceArn": row.service.arn,
            "clusterArn": row.service.cluster.arn,
            "startedAt": row.started_at,
            "createdAt": row.created_at,
            "finishedAt": row.finished_at,
            "targetServiceRevisionArn": row.target.revision_arn,
            "status": row.status,
            "statusReason": row.status_reason,
        }
    )


def describe_service_revision(row: Deployment) -> Shape:
    """Return the immutable workload settings of a deployment."""
    return present(
        {
            "serviceRevisionArn": row.revision_arn,
            "serviceArn": row.service.arn,
            "clusterArn": row.service.cluster.arn,
            "taskDefinition": row.task_definition.arn,
            **row.workload,
            "loadBalancers": [],
            "serviceRegistries": [],
            "containerImages": _images(row),
            "guardDutyEnabled": False,
            "createdAt": row.created_at,
        }
    )


def _images(row: Deployment) -> list[Shape]:
    rows = Container.objects.filter(task__deployment=row).exclude(image_digest="")
    digests = dict(rows.values_list("name", "image_digest"))
    return [
        present({"containerName": one["name"], "image": one["image"], "imageDigest": digests.get(one["name"])})
        for one in row.task_definition.document["containerDefinitions"]
    ]


def _revision_summary(row: Deployment, *, requested: int) -> Shape:
    statuses = list(row.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).values_list("last_status", flat=True))
    return {
        "arn": row.revision_arn,
        "requestedTaskCount": 0 if row.rollout_state == RolloutState.FAILED else requested,
        "runningTaskCount": sum(status == TaskStatus.RUNNING for status in statuses),
        "pendingTaskCount": sum(status in BEFORE_RUNNING for status in statuses),
    }


def _rollback(row: ServiceDeployment) -> Shape | None:
    if row.rollback_target is None:
        return None
    return present(
        {
            "reason": row.rollback_reason,
            "startedAt": row.rollback_started_at,
            "serviceRevisionArn": row.rollback_target.revision_arn,
        }
    )


def _breaker(row: ServiceDeployment) -> Shape:
    if row.breaker_status:
        return {
            "status": row.breaker_status,
            "failureCount": row.failure_count,
            "threshold": row.failure_threshold,
        }
    breaker = circuit_breaker_of(row.deployment_configuration.get("deploymentCircuitBreaker"))
    failures = row.target.failed_tasks if breaker.resets_on_healthy_task else row.target.failed_tasks_ever
    desired = row.service.desired_count
    status = breaker_status(breaker, ServiceDeploymentStatus(row.status), failures=failures, desired_count=desired)
    return {"status": status, "failureCount": failures, "threshold": breaker.failures_allowed(desired)}


def current_of(service: Service) -> Shape:
    """Return `currentServiceDeployment` and `currentServiceRevisions` of DescribeServices."""
    newest = service.service_deployments.filter(status__in=NOT_OVER).first()
    live = service.deployments.exclude(status="INACTIVE").select_related("service__cluster__account")
    summaries = [
        _revision_summary(row, requested=service.desired_count if row.status == "PRIMARY" else 0) for row in live
    ]
    return {
        "currentServiceDeployment": newest.arn if newest else None,
        "currentServiceRevisions": summaries,
    }
