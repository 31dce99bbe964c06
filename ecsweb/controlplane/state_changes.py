"""What the agent reports: the only way in which an observation becomes a status. Compare-and-swap, forward only.

The names follow the real agent's calls (SubmitContainerStateChange, SubmitTaskStateChange).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, QuerySet

from ecsweb.controlplane import announcements, events
from ecsweb.controlplane.task_sets import subject_of
from ecsweb.domain.burdens import Burden
from ecsweb.domain.container_health import has_health_check, task_health
from ecsweb.domain.container_ordering import Condition, Dependency, dependencies_of
from ecsweb.domain.lifecycle import DEPENDENCY_ERROR, ContainerView, Observed, TaskOutcome, TaskView, task_after
from ecsweb.domain.networks import PAUSE, attached, detached
from ecsweb.domain.restarts import restart_policy_of
from ecsweb.domain.service_scheduler import messages
from ecsweb.domain.service_scheduler.deployments import is_impaired, retry_delay
from ecsweb.domain.statuses import ContainerStatus, DesiredStatus, HealthStatus, TaskStatus
from ecsweb.domain.task_definitions.images import keeps_image
from ecsweb.domain.timeouts import repeat_every, start_timeout, stop_timeout
from ecsweb.models import Container, ContainerInstance, ContainerLog, Deployment, Task


@dataclass(frozen=True, slots=True)
class ContainerStateChange:
    """What became of a container: RUNNING with its bindings, or STOPPED with exit code (None: never ran) and reason."""

    status: ContainerStatus
    at: datetime
    runtime_id: str = ""
    exit_code: int | None = None
    reason: str = ""
    started_at: datetime | None = None
    network_bindings: Sequence[Mapping[str, Any]] = field(default=())


def submit_container_state_change(container_pk: int, change: ContainerStateChange) -> bool:
    """Accept the change if it leads forward and fold it into the task; False when it was known already."""
    with transaction.atomic():
        if not _write_container(container_pk, change):
            return False
        _fold_into_task(Container.everything.values_list("task_id", flat=True).get(pk=container_pk), at=change.at)
    return True


def _write_container(container_pk: int, change: ContainerStateChange) -> bool:
    rows = Container.everything.filter(pk=container_pk)
    if change.status is ContainerStatus.RUNNING:
        rows = rows.filter(last_status=ContainerStatus.PENDING)
    else:
        rows = rows.exclude(last_status=ContainerStatus.STOPPED)
    values: dict[str, Any] = {"last_status": change.status}
    if change.runtime_id:
        values["runtime_id"] = change.runtime_id
    if change.started_at is not None:
        values["started_at"] = change.started_at
    if change.status is ContainerStatus.RUNNING:
        values["network_bindings"] = [dict(binding) for binding in change.network_bindings]
    else:
        values |= {
            "exit_code": change.exit_code,
            "reason": change.reason[:1024],
            "finished_at": change.at,
            "kill_requested_at": None,
            "burden": "",
        }
    return rows.update(**values) == 1


def submit_network_up(task: Task, *, address: str, mac: str) -> None:
    """Remember the address of an awsvpc task's network interface."""
    interface = attached(task.network_interface, address=address, mac=mac)
    Task.objects.filter(pk=task.pk).update(network_interface=interface)


def submit_container_restarted(
    container_pk: int, *, started_at: datetime, network_bindings: Sequence[Mapping[str, Any]], at: datetime
) -> bool:
    """Note that the agent started a running container again; False when this start was known already.

    DescribeTasks does not show restarts (`ecs-facts.md` 2.6); our pages and the log do.
    """
    with transaction.atomic():
        rows = Container.everything.filter(pk=container_pk, last_status=ContainerStatus.RUNNING)
        changed = rows.filter(started_at__lt=started_at).update(
            started_at=started_at,
            restarted_at=started_at,
            restart_count=F("restart_count") + 1,
            network_bindings=[dict(binding) for binding in network_bindings],
        )
        if changed != 1:
            return False
        container = rows.select_related("task__cluster__account", "task__container_instance").get()
        events.ours(
            container.task.cluster,
            detail_type="Container Restart",
            detail={
                "taskArn": container.task.arn,
                "container": container.name,
                "restartCount": container.restart_count,
                "networkBindings": container.network_bindings,
            },
            topics=events.task_topics(container.task),
            at=at,
        )
    return True


def submit_container_health(container_pk: int, health: HealthStatus, *, at: datetime) -> bool:
    """Note a running container's health and fold it into the task's; False when it was known already."""
    with transaction.atomic():
        rows = Container.everything.filter(pk=container_pk, last_status=ContainerStatus.RUNNING)
        if rows.exclude(health_status=health).update(health_status=health) != 1:
            return False
        task = _task_with_containers(Container.everything.values_list("task_id", flat=True).get(pk=container_pk))
        found = task_health((c.essential, HealthStatus(c.health_status)) for c in task.all_containers)
        Task.objects.filter(pk=task.pk).update(health_status=found, version=F("version") + 1)
        task.refresh_from_db(fields=["health_status", "version"])
        events.task_state_change(task, at=at)
        announcements.wake_cluster(task.cluster_id)
        announcements.wake_instance(task.host.pk)
        if found is HealthStatus.HEALTHY and task.deployment_id is not None:
            _forgive(task.deployment_id)
    return True


def _forgive(deployment_pk: int) -> None:
    """Count failed tasks from zero again: one has become healthy (`ecs-facts.md` 6.5)."""
    Deployment.objects.filter(pk=deployment_pk).exclude(failed_tasks=0).update(failed_tasks=0, retry_at=None)


def resolve_image(task: Task, container_name: str, image_id: str) -> str:
    """Return the image that the deployment's tasks use: the one that its first task found, whatever the tag is now.

    Only for tasks of services, and not where the container says `versionConsistency` disabled (`ecs-facts.md` 2.7).
    """
    definitions = {one["name"]: one for one in task.task_definition.document["containerDefinitions"]}
    is_consistent = container_name in definitions and keeps_image(definitions[container_name])
    if task.deployment_id is None or not is_consistent:
        return image_id
    rows = Deployment.objects.filter(pk=task.deployment_id)
    known = rows.values_list("resolved_images", flat=True).get()
    if container_name in known:
        return str(known[container_name])
    with transaction.atomic():
        # Takes the write lock: of two tasks that start at once one is first.
        rows.update(updated_at=F("updated_at"))
        resolved = rows.values_list("resolved_images", flat=True).get()
        if container_name not in resolved:
            rows.update(resolved_images={**resolved, container_name: image_id})
        return str(resolved.get(container_name, image_id))


def submit_reason(container_pk: int, reason: str) -> None:
    """Note what went wrong with a container that has not stopped yet."""
    Container.everything.filter(pk=container_pk).exclude(last_status=ContainerStatus.STOPPED).update(
        reason=reason[:1024]
    )


def submit_container_created(container_pk: int, *, runtime_id: str, image_digest: str) -> bool:
    """Remember the engine's id of a container that was created (or adopted) under the name chosen for it."""
    rows = Container.everything.filter(pk=container_pk, last_status=ContainerStatus.PENDING)
    return rows.update(runtime_id=runtime_id, image_digest=image_digest[:128]) == 1


def choose_another_engine_name(container_pk: int, *, taken: str) -> None:
    """Take the next name for a container, as the one chosen belongs to somebody else's (`reliability.md` F29)."""
    base, _, attempt = taken.partition("-again-")
    name = f"{base}-again-{int(attempt or 0) + 1}"
    Container.everything.filter(pk=container_pk, engine_name=taken, runtime_id="").update(engine_name=name)


def submit_stop_signalled(container_pk: int, *, at: datetime) -> None:
    """Remember when the stop signal was sent: SIGKILL follows after the stop timeout."""
    Container.everything.filter(pk=container_pk, stop_signalled_at__isnull=True).update(stop_signalled_at=at)
    task_pk = Container.everything.values_list("task_id", flat=True).get(pk=container_pk)
    before = (TaskStatus.RUNNING, TaskStatus.DEACTIVATING)
    Task.objects.filter(pk=task_pk, last_status__in=before).update(last_status=TaskStatus.STOPPING)


def submit_killed(container_pk: int) -> None:
    """Remember that the asked-for kill was carried out; the engine's report of the end follows."""
    Container.everything.filter(pk=container_pk).update(kill_requested_at=None)


def submit_burdened(container_pk: int) -> None:
    """Remember that the asked-for work has been put upon it."""
    Container.everything.filter(pk=container_pk).update(burden="")


def submit_pull(task_pk: int, *, started_at: datetime, stopped_at: datetime) -> None:
    """Remember when images of the task were made ready: the first beginning and the last end (`ecs-facts.md` 4.2)."""
    Task.objects.filter(pk=task_pk, pull_started_at__isnull=True).update(pull_started_at=started_at)
    Task.objects.filter(pk=task_pk).update(pull_stopped_at=stopped_at)


def with_all_containers(rows: QuerySet[Task]) -> QuerySet[Task]:
    """Return the query for tasks with their containers, those of the agent too, in one more query."""
    every = Container.everything.order_by("index")
    return rows.prefetch_related(Prefetch("containers", every, to_attr="fetched_containers"))


def view_of(task: Task, observed: Mapping[str, Observed] | None = None) -> TaskView:
    """Return the task as decisions see it; `observed` maps engine names to what the engine shows."""
    definitions = {c["name"]: c for c in task.task_definition.document["containerDefinitions"]}
    found = observed or {}
    return TaskView(
        pk=task.pk,
        desired_status=DesiredStatus(task.desired_status),
        last_status=TaskStatus(task.last_status),
        containers=tuple(
            _container_view(
                container,
                definitions.get(container.name, {}),
                found.get(container.engine_name),
                has_pause=bool(task.network_interface),
            )
            for container in task.all_containers
        ),
    )


def _dependencies(container: Container, definition: Mapping[str, Any], *, has_pause: bool) -> tuple[Dependency, ...]:
    """Return what a container waits for: in an awsvpc task first of all the one that holds the network."""
    network = (Dependency(PAUSE, Condition.START),) if has_pause and container.name != PAUSE else ()
    return (*network, *dependencies_of(definition))


def _container_view(
    container: Container, definition: Mapping[str, Any], observed: Observed | None, *, has_pause: bool
) -> ContainerView:
    return ContainerView(
        pk=container.pk,
        name=container.name,
        essential=container.essential,
        last_status=ContainerStatus(container.last_status),
        runtime_id=container.runtime_id,
        exit_code=container.exit_code,
        started_at=container.started_at,
        stop_signalled_at=container.stop_signalled_at,
        is_kill_requested=container.kill_requested_at is not None,
        burden=Burden(container.burden) if container.burden else None,
        stop_timeout=stop_timeout(definition, speed=settings.ECSWEB_SPEED),
        health_status=HealthStatus(container.health_status),
        start_timeout=start_timeout(definition),
        restart_policy=restart_policy_of(definition, speed=settings.ECSWEB_SPEED),
        is_dependency_failed=container.reason.startswith(DEPENDENCY_ERROR),
        depends_on=_dependencies(container, definition, has_pause=has_pause),
        observed=observed,
    )


def _fold_into_task(task_pk: int, *, at: datetime) -> None:
    """Bring the task to where its containers are; when somebody changes it meanwhile, look again."""
    while True:
        task = _task_with_containers(task_pk)
        before = task.last_status
        outcome = task_after(view_of(task))
        values = _task_values(task, outcome, at=at)
        rows = Task.objects.filter(pk=task.pk, last_status=before, desired_status=task.desired_status)
        if rows.update(version=F("version") + 1, **values) != 1:
            continue
        task.refresh_from_db(fields=[*values, "version"])
        events.task_state_change(task, at=at)
        if task.last_status != TaskStatus.ACTIVATING:
            break
    if TaskStatus(task.last_status) in {TaskStatus.RUNNING, TaskStatus.STOPPED} or outcome.stop_code:
        announcements.wake_cluster(task.cluster_id)
    announcements.wake_instance(task.host.pk)
    count_start(task, values, at=at)


def _task_with_containers(task_pk: int) -> Task:
    rows = Task.objects.select_related(
        "cluster__account", "container_instance__cluster__account", "task_definition__account", "deployment"
    )
    return with_all_containers(rows).get(pk=task_pk)


def _task_values(task: Task, outcome: TaskOutcome, *, at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"last_status": outcome.last_status, "desired_status": outcome.desired_status}
    if outcome.stop_code is not None:
        values |= {
            "stop_code": outcome.stop_code,
            "stopped_reason": outcome.stopped_reason,
            "stopping_at": at,
            "execution_stopped_at": at,
        }
    elif task.execution_stopped_at is None and any(
        c.essential and c.last_status == ContainerStatus.STOPPED and c.started_at for c in task.all_containers
    ):
        values["execution_stopped_at"] = at
    if outcome.last_status is TaskStatus.RUNNING and task.started_at is None:
        values["started_at"] = at
    if outcome.last_status is TaskStatus.STOPPED:
        values["stopped_at"] = at
        if task.network_interface:
            values["network_interface"] = detached(task.network_interface)
    return values


def count_start(task: Task, values: Mapping[str, Any], *, at: datetime) -> None:
    """Keep the deployment's count of consecutive tasks that never ran, and its back-off (`ecs-facts.md` 6.7).

    `values` are the columns that just changed.
    """
    if task.deployment_id is None:
        return
    rows = Deployment.objects.filter(pk=task.deployment_id)
    if "started_at" in values:
        if not has_health_check(task.task_definition.document):
            _forgive(task.deployment_id)
    elif values["last_status"] is TaskStatus.STOPPED and task.stop_code == "TaskFailedToStart":
        rows.update(failed_tasks=F("failed_tasks") + 1, failed_tasks_ever=F("failed_tasks_ever") + 1)
        _back_off(rows.select_related("service__cluster__account", "task_set").get(), at=at)


def _back_off(deployment: Deployment, *, at: datetime) -> None:
    retry_at = at + retry_delay(deployment.failed_tasks, settings.ECSWEB_SPEED)
    Deployment.objects.filter(pk=deployment.pk).update(retry_at=retry_at)
    message = messages.impaired(subject_of(deployment))
    said = deployment.service.events.filter(
        message=message, created_at__gt=at - repeat_every(speed=settings.ECSWEB_SPEED)
    )
    is_first = not is_impaired(deployment.failed_tasks - 1)
    if is_impaired(deployment.failed_tasks) and (is_first or not said.exists()):
        events.service_event(
            deployment.service,
            message,
            event_name="SERVICE_TASK_START_IMPAIRED",
            kind="WARN",
            at=at,
        )


def submit_log(container_pk: int, *, text: str, is_complete: bool, at: datetime) -> None:
    """Keep the tail of a container's output so that it outlives the engine container."""
    ContainerLog.objects.update_or_create(
        container_id=container_pk, defaults={"text": text, "is_complete": is_complete, "updated_at": at}
    )
    container = Container.everything.select_related("task__cluster").get(pk=container_pk)
    announcements.publish_on_commit(container.task.cluster.account_id, topics=[f"log-{container.task.task_id}"])


def submit_agent_connection(instance: ContainerInstance, *, is_connected: bool, reason: str, at: datetime) -> bool:
    """Note that the agent's engine answers, or no longer does; placement then says AGENT and nothing else changes."""
    with transaction.atomic():
        changed = ContainerInstance.objects.filter(pk=instance.pk, agent_connected=not is_connected).update(
            agent_connected=is_connected,
            agent_connection_changed_at=at,
            agent_connection_reason=reason[:1024],
            version=F("version") + 1,
        )
        if changed != 1:
            return False
        instance.refresh_from_db()
        events.container_instance_state_change(instance, at=at)
        announcements.wake_cluster(instance.cluster_id)
    return True


def submit_engine_call(task: Task, *, operation: str, detail: Mapping[str, Any], at: datetime) -> None:
    """Append `Engine Call`: what the engine was really told (the third level of the story)."""
    events.ours(
        task.cluster,
        detail_type="Engine Call",
        detail={"operation": operation, "taskArn": task.arn, **detail},
        topics=[f"task-{task.task_id}"],
        at=at,
    )


def forget_task(task_pk: int) -> None:
    """Delete the row of a task whose engine containers are gone: the end of its retention, or of a reset."""
    Task.objects.filter(pk=task_pk).delete()


def forget_container_instance(instance_pk: int) -> None:
    """Delete the row of a purged container instance whose network is gone."""
    ContainerInstance.everything.filter(pk=instance_pk, is_purged=True, tasks__isnull=True).delete()
