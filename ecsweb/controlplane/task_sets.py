"""Create, scale, make primary and delete task sets; write what a plan says of one (`ecs-facts.md` 6.10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.fargate import ensure_hosts
from ecsweb.controlplane.task_rows import lock_placement
from ecsweb.domain.capacity.fargate import check_fargate, not_with_fargate
from ecsweb.domain.capacity.strategies import StrategyItem
from ecsweb.domain.errors import InvalidParameterException, ServiceNotActiveException
from ecsweb.domain.identifiers import new_deployment_id
from ecsweb.domain.service_scheduler import messages
from ecsweb.domain.service_scheduler.plan import ServicePlan, TaskSetPart
from ecsweb.domain.statuses import (
    DeploymentController,
    DeploymentStatus,
    LaunchType,
    RolloutState,
    ServiceStatus,
    StabilityStatus,
    TaskSetStatus,
)
from ecsweb.domain.task_sets import (
    NOT_EXTERNAL,
    check_client_token,
    check_deletable,
    check_room,
    computed_desired_count,
)
from ecsweb.models import Deployment, Service, TaskDefinition, TaskSet

STANDING = (TaskSetStatus.PRIMARY, TaskSetStatus.ACTIVE)


@dataclass(frozen=True, slots=True)
class TaskSetOrder:
    """What a CreateTaskSet call asks for; `scale` is percent."""

    task_definition: TaskDefinition
    scale: float
    launch_type: LaunchType = LaunchType.EC2
    provider_strategy: Sequence[StrategyItem] = ()
    network_configuration: Mapping[str, Any] = field(default_factory=dict)
    external_id: str = ""
    client_token: str = ""
    tags: Sequence[dict[str, str]] = ()

    def columns(self) -> dict[str, Any]:
        """Return what is stored of the call as it was made."""
        return {
            "scale": self.scale,
            "launch_type": self.launch_type,
            "capacity_provider_strategy": [
                {"capacityProvider": item.provider, "weight": item.weight, "base": item.base}
                for item in self.provider_strategy
            ],
            "network_configuration": dict(self.network_configuration),
            "external_id": self.external_id,
            "client_token": self.client_token,
            "tags": list(self.tags),
        }


def check_external(service: Service) -> None:
    """Raise ServiceNotActiveException, or InvalidParameterException for a service of another controller."""
    if service.status != ServiceStatus.ACTIVE:
        raise ServiceNotActiveException("Service was not ACTIVE.", field="service")
    if service.deployment_controller != DeploymentController.EXTERNAL:
        raise InvalidParameterException(NOT_EXTERNAL, field="service")


def create_task_set(service: Service, order: TaskSetOrder, *, now: datetime) -> TaskSet:
    """Give an EXTERNAL service a task set; the same call with the same client token returns the one that is there.

    Raises ServiceNotActiveException, InvalidParameterException; what FARGATE refuses as in `check_fargate`.
    """
    check_client_token(order.client_token)
    if order.launch_type is LaunchType.FARGATE:
        check_fargate(order.task_definition.document, order.task_definition.requires_attributes)
        if service.placement_constraints or service.placement_strategy:
            raise not_with_fargate(has_constraints=bool(service.placement_constraints))
    with transaction.atomic():
        # Also the lock under which the task sets are counted.
        lock_placement(service.cluster)
        service.refresh_from_db(fields=["status"])
        check_external(service)
        if earlier := _earlier(service, order):
            return earlier
        check_room(service.task_sets.exclude(status=TaskSetStatus.INACTIVE).count())
        if order.launch_type is LaunchType.FARGATE:
            ensure_hosts(service.cluster, now=now)
        deployment = Deployment.objects.create(
            service=service,
            deployment_id=new_deployment_id(),
            status=DeploymentStatus.ACTIVE,
            task_definition=order.task_definition,
            rollout_state=RolloutState.COMPLETED,
            created_at=now,
            updated_at=now,
        )
        task_set = TaskSet.objects.create(
            service=service,
            deployment=deployment,
            stability_status_at=now,
            created_at=now,
            updated_at=now,
            **order.columns(),
        )
        _changed(task_set, now=now)
    return task_set


def _earlier(service: Service, order: TaskSetOrder) -> TaskSet | None:
    """Return the task set that this client token made. Raises InvalidParameterException where the call was another."""
    if not order.client_token:
        return None
    rows = service.task_sets.select_related("service__cluster__account", "deployment__task_definition__account")
    found = rows.exclude(status=TaskSetStatus.INACTIVE).filter(client_token=order.client_token).first()
    if found is None:
        return None
    # What may have been changed since by other calls says nothing about whether this call is the same.
    given = {name: value for name, value in order.columns().items() if name not in {"scale", "tags"}}
    is_same = all(getattr(found, name) == value for name, value in given.items())
    if not is_same or found.deployment.task_definition_id != order.task_definition.pk:
        raise InvalidParameterException("Creation of task set was not idempotent.", field="clientToken")
    return found


def scale_task_set(task_set: TaskSet, *, scale: float, now: datetime) -> TaskSet:
    """Change the percentage of a task set; what it wants follows at the next pass."""
    with transaction.atomic():
        _update(task_set, now=now, scale=scale, **({} if task_set.scale == scale else _unsettled(now)))
        _changed(task_set, now=now)
    return task_set


def make_primary(task_set: TaskSet, *, now: datetime) -> TaskSet:
    """Make a task set the PRIMARY one; the former becomes ACTIVE, and the service shows this one's revision."""
    with transaction.atomic():
        # First, so that the cluster's write lock is ours before anything is read or written.
        lock_placement(task_set.service.cluster)
        others = task_set.service.task_sets.filter(status=TaskSetStatus.PRIMARY).exclude(pk=task_set.pk)
        others.update(status=TaskSetStatus.ACTIVE, updated_at=now)
        _update(task_set, now=now, status=TaskSetStatus.PRIMARY)
        Service.objects.filter(pk=task_set.service_id).update(
            task_definition=task_set.task_definition,
            launch_type=task_set.launch_type,
            capacity_provider_strategy=task_set.capacity_provider_strategy,
            network_configuration=task_set.network_configuration,
        )
        _changed(task_set, now=now)
    return task_set


def delete_task_set(task_set: TaskSet, *, is_forced: bool, now: datetime) -> TaskSet:
    """Let a task set drain; it is gone with its last task. One on its way out already comes back as it is."""
    if task_set.status == TaskSetStatus.DRAINING:
        return task_set
    check_deletable(
        is_primary=task_set.status == TaskSetStatus.PRIMARY,
        computed=computed_desired_count(task_set.service.desired_count, task_set.scale),
        is_forced=is_forced,
    )
    with transaction.atomic():
        _update(task_set, now=now, status=TaskSetStatus.DRAINING, **_unsettled(now))
        _changed(task_set, now=now)
    return task_set


def _unsettled(now: datetime) -> dict[str, Any]:
    """Return the columns of a task set that is STABILIZING, since when it is that."""
    was_steady = Q(stability_status=StabilityStatus.STEADY_STATE)
    return {
        "stability_status_at": Case(When(was_steady, then=Value(now)), default=F("stability_status_at")),
        "stability_status": StabilityStatus.STABILIZING,
        "placement_failure": "",
    }


def _update(task_set: TaskSet, *, now: datetime, **values: Any) -> None:
    rows = TaskSet.objects.filter(pk=task_set.pk, status__in=STANDING)
    if rows.update(updated_at=now, **values) != 1:
        raise InvalidParameterException("The task set is DRAINING.", field="taskSet")
    Service.objects.filter(pk=task_set.service_id).update(is_steady=False)
    task_set.refresh_from_db()


def has_fargate(service: Service) -> bool:
    """Tell whether a task set of the service runs on FARGATE, where there is nothing to place by."""
    return service.task_sets.filter(status__in=STANDING, launch_type=LaunchType.FARGATE).exists()


def check_none(service: Service) -> None:
    """Raise InvalidParameterException where DeleteService needs `force`, as there are task sets (6.4)."""
    if service.status == ServiceStatus.ACTIVE and service.task_sets.filter(status__in=STANDING).exists():
        raise InvalidParameterException(
            "The service cannot be deleted while it has task sets. Delete them first, or use force.", field="service"
        )


def drain_all(service: Service, *, now: datetime) -> None:
    """Let every task set of a service that is being deleted drain."""
    service.task_sets.filter(status__in=STANDING).update(
        status=TaskSetStatus.DRAINING, updated_at=now, **_unsettled(now)
    )


def end_all(service: Service, *, now: datetime) -> None:
    """Let go of the task sets of a service that is over."""
    service.task_sets.exclude(status=TaskSetStatus.INACTIVE).update(status=TaskSetStatus.INACTIVE, updated_at=now)


def write(service: Service, plan: ServicePlan, part: TaskSetPart, *, now: datetime) -> None:
    """Write what a plan says of a task set itself: that it is gone, its stability, what keeps it from growing."""
    rows = TaskSet.objects.filter(pk=part.pk)
    if part.is_over:
        gone = rows.filter(status=TaskSetStatus.DRAINING).update(status=TaskSetStatus.INACTIVE, updated_at=now)
        service.deployments.filter(task_set__pk=part.pk, task_set__status=TaskSetStatus.INACTIVE).update(
            status=DeploymentStatus.INACTIVE, updated_at=now
        )
        if gone:
            _changed(rows.select_related("service__cluster__account", "deployment").get(), now=now)
    if plan.placement_failure is not None:
        rows.update(placement_failure=plan.placement_failure)
    if plan.is_steady is not None:
        status = StabilityStatus.STEADY_STATE if plan.is_steady else StabilityStatus.STABILIZING
        rows.filter(status__in=STANDING).update(stability_status=status, stability_status_at=now)
    if plan.placement_failure or plan.is_steady or plan.repeats:
        rows.update(condition_said_at=now)
    is_still_steady = plan.repeats and rows.filter(stability_status=StabilityStatus.STEADY_STATE).exists()
    if plan.is_steady or is_still_steady:
        message = messages.steady(messages.subject(service.name, part.task_set_id))
        events.service_event(service, message, event_name="TASKSET_STEADY_STATE", at=now)


def failure_to_say(service: Service, plan: ServicePlan) -> str:
    """Return the code of what keeps tasks from starting where it is to be said now, and by this plan; "" where not."""
    if plan.task_set is None and service.deployment_controller == DeploymentController.EXTERNAL:
        return ""
    if not plan.repeats:
        return plan.placement_failure or ""
    if plan.task_set is None:
        return service.placement_failure
    return TaskSet.objects.values_list("placement_failure", flat=True).get(pk=plan.task_set.pk)


def speak_for(service: Service, plan: ServicePlan) -> bool:
    """Tell whether task sets say by themselves what a plan says: then the service does not say it again."""
    return plan.task_set is not None or service.deployment_controller == DeploymentController.EXTERNAL


def _of(deployment: Deployment) -> TaskSet | None:
    """Return the task set that the deployment stands under, or None for a roll-out of ECS's own."""
    found: TaskSet | None = getattr(deployment, "task_set", None)
    return found


def takes_tasks(deployment: Deployment) -> bool:
    """Tell whether tasks may start for it now: the PRIMARY deployment, or a task set that is not draining."""
    task_set = _of(deployment)
    return task_set.status in STANDING if task_set else deployment.status == DeploymentStatus.PRIMARY


def network_of(service: Service, deployment: Deployment) -> Mapping[str, Any]:
    """Return the network configuration of a new task: its task set's, else the service's."""
    task_set = _of(deployment)
    return dict(task_set.network_configuration if task_set else service.network_configuration)


def launch_type_of(service: Service, deployment: Deployment) -> LaunchType:
    """Return where its tasks run: a task set has its own launch type."""
    task_set = _of(deployment)
    return LaunchType(task_set.launch_type if task_set else service.launch_type)


def subject_of(deployment: Deployment) -> str:
    """Return what events about it name as the service (`ecs-facts.md` 6.8)."""
    return messages.subject(deployment.service.name, deployment.deployment_id if _of(deployment) else "")


def _changed(task_set: TaskSet, *, now: datetime) -> None:
    service = task_set.service
    events.ours(
        service.cluster,
        detail_type="Task Set State Change",
        detail={
            "taskSetArn": task_set.arn,
            "serviceArn": service.arn,
            "status": task_set.status,
            "scale": task_set.scale,
            "taskDefinition": task_set.task_definition.arn,
        },
        topics=events.service_topics(service),
        at=now,
    )
    announcements.wake_cluster(service.cluster_id)
