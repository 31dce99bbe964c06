"""StopServiceDeployment, and finding service deployments and revisions (`ecs-facts.md` 6.10)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from ecsweb.controlplane import announcements, events, rollouts
from ecsweb.controlplane.references import find_cluster
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.errors import ClientException, ConflictException
from ecsweb.domain.identifiers import parse_arn
from ecsweb.domain.service_deployments import ServiceDeploymentStatus
from ecsweb.domain.service_scheduler.plan import Rollout
from ecsweb.domain.statuses import DeploymentStatus, RolloutState
from ecsweb.models import Account, Cluster, Deployment, Service, ServiceDeployment

STOPPED_BY_USER = "Service deployment stopped by user."
ROLLED_BACK_BY_USER = "Service deployment rollback requested by user."


def _place(account: Account, region: str, text: str, resource_type: str) -> tuple[Cluster, str, str] | None:
    """Return cluster, service name and id of an ARN, or None. Raises InvalidParameterException for a malformed one."""
    arn = parse_arn(text)
    if arn is None or arn.resource_type != resource_type or arn.path.count("/") != 2:
        return None
    if (arn.region, arn.account_id) != (region, account.account_id):
        return None
    cluster_name, service_name, identifier = arn.path.split("/")
    cluster = find_cluster(account, region, cluster_name)
    return (cluster, service_name, identifier) if cluster else None


def find_service_deployment(account: Account, region: str, text: str) -> ServiceDeployment | None:
    """Return the service deployment of that ARN, or None."""
    place = _place(account, region, text, "service-deployment")
    if place is None:
        return None
    cluster, service_name, identifier = place
    rows = ServiceDeployment.objects.select_related("service__cluster__account", "target", "rollback_target")
    return rows.filter(service__cluster=cluster, service__name=service_name, service_deployment_id=identifier).first()


def find_service_revision(account: Account, region: str, text: str) -> Deployment | None:
    """Return the deployment whose workload settings the ARN of a service revision names, or None."""
    place = _place(account, region, text, "service-revision")
    if place is None:
        return None
    cluster, service_name, identifier = place
    rows = Deployment.objects.select_related("service__cluster__account", "task_definition__account")
    return rows.filter(service__cluster=cluster, service__name=service_name, revision_id=identifier).first()


def stop_service_deployment(row: ServiceDeployment, *, stop_type: str, now: datetime) -> ServiceDeployment:
    """Stop a roll-out: ABORT launches nothing more and leaves what runs, ROLLBACK goes back to the newest completed.

    Raises ConflictException for one that is over or being stopped, ClientException where nothing was ever completed.
    """
    with transaction.atomic():
        lock_placement(row.service.cluster)
        row.refresh_from_db()
        if row.status not in {ServiceDeploymentStatus.PENDING, ServiceDeploymentStatus.IN_PROGRESS}:
            raise ConflictException(
                f"Service deployment cannot be stopped while it is {row.status}.", field="serviceDeploymentArn"
            )
        rollouts.write(row.service, _stopping(row, stop_type), now=now)
        announcements.publish_on_commit(row.service.cluster.account_id, topics=events.service_topics(row.service))
        announcements.wake_cluster(row.service.cluster_id)
    row.refresh_from_db()
    return row


def _stopping(row: ServiceDeployment, stop_type: str) -> tuple[Rollout, ...]:
    target, failed = row.target, RolloutState.FAILED
    if stop_type == "ABORT":
        status, reason = DeploymentStatus.PRIMARY, STOPPED_BY_USER
        return (Rollout(target.pk, target.deployment_id, status, failed, reason, is_requested=True),)
    back_to = completed_before(row.service, target)
    if back_to is None:
        raise ClientException(
            "There is no completed deployment of the service to roll back to. Use the stop type ABORT.",
            field="stopType",
        )
    status, reason = DeploymentStatus.ACTIVE, ROLLED_BACK_BY_USER
    return (
        Rollout(target.pk, target.deployment_id, status, failed, reason, is_requested=True),
        Rollout(
            back_to.pk,
            back_to.deployment_id,
            DeploymentStatus.PRIMARY,
            RolloutState.IN_PROGRESS,
            f"Rolling back to deploymentId {back_to.deployment_id}, as asked for.",
        ),
    )


def completed_before(service: Service, deployment: Deployment) -> Deployment | None:
    """Return the newest deployment of the service that was COMPLETED, apart from this one."""
    rows: QuerySet[Deployment] = service.deployments.filter(rollout_state=RolloutState.COMPLETED)
    return rows.exclude(pk=deployment.pk).order_by("-created_at", "-pk").first()
