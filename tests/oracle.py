"""The oracle of every fault test in one process: what must hold of rows and engine, whatever happened before.

The invariants are those of the reliability notes (I1–I8); each violation is a sentence that names the thing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ecsweb.agent import labels
from ecsweb.agent.engine import EngineContainer, EngineStatus
from ecsweb.domain.capacity.strategies import FARGATE_PROVIDERS
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, TaskStatus
from ecsweb.models import AutoScalingGroup, Container, ContainerInstance, Event, Service, Task
from tests.world import World

ALIVE = {EngineStatus.RUNNING, EngineStatus.PAUSED}


def always(world: World) -> list[str]:
    """Return what is wrong at any moment, also in the middle of things."""
    return [*_capacity(), *_groups(), *_ends(), *_forward()]


def at_rest(world: World) -> list[str]:
    """Return what is wrong once nothing is to be done any more: the world as wanted, no orphan, no double."""
    return [*always(world), *_engine_and_rows(world), *_unfinished(), *_services()]


def _capacity() -> Iterator[str]:
    """I8: what is reserved never exceeds what is registered, and no host port is given twice."""
    for instance in ContainerInstance.objects.exclude(status="INACTIVE"):
        tasks = list(Task.objects.filter(container_instance=instance, last_status__in=STATUSES_BEFORE_STOPPED))
        if sum(task.cpu for task in tasks) > instance.registered_cpu:
            yield f"{instance}: CPU overbooked"
        if sum(task.memory for task in tasks) > instance.registered_memory:
            yield f"{instance}: memory overbooked"
        ports = [port for task in tasks for port in task.tcp_ports]
        if len(ports) != len(set(ports)):
            yield f"{instance}: a host port is given twice"


def _groups() -> Iterator[str]:
    """A group has never more machines than its maximum, those that it ends left out, and only tasks of its cluster."""
    for group in AutoScalingGroup.objects.all():
        staying = group.container_instances.exclude(status="INACTIVE").filter(is_ending=False).count()
        # Somebody may have lowered the maximum since; then the group follows with its next step.
        if staying > max(group.max_size, 4):
            yield f"{group}: {staying} machines of at most {group.max_size}"
    for task in Task.objects.exclude(container_instance=None).exclude(capacity_provider__in=("", *FARGATE_PROVIDERS)):
        if task.host.capacity_provider != task.capacity_provider:
            yield f"{task}: of {task.capacity_provider}, on {task.host.capacity_provider or 'no provider'}"


def _ends() -> Iterator[str]:
    """I7: what is STOPPED is final and says when and why."""
    for task in Task.objects.filter(last_status=TaskStatus.STOPPED):
        if not (task.stopped_at and task.stop_code and task.stopped_reason):
            yield f"{task}: STOPPED without time, code or reason"


def _forward() -> Iterator[str]:
    """I7: the log never shows a task going back."""
    seen: dict[str, TaskStatus] = {}
    for event in Event.objects.filter(detail_type="ECS Task State Change").order_by("sequence"):
        arn, status = event.detail["taskArn"], TaskStatus(event.detail["lastStatus"])
        if arn in seen and status.rank < seen[arn].rank:
            yield f"{arn}: {seen[arn]} became {status}"
        seen[arn] = status


def _engine_and_rows(world: World) -> Iterator[str]:
    """I1, I2, I6: every container that runs is wanted by a row, every RUNNING row has its container, and only one."""
    shown: dict[tuple[str, str], list[EngineContainer]] = defaultdict(list)
    for container in world.engine.list_containers():
        if container.status in ALIVE:
            shown[container.labels[labels.TASK], container.labels[labels.CONTAINER]].append(container)
    rows = Container.objects.filter(task__last_status__in=STATUSES_BEFORE_STOPPED, last_status="RUNNING")
    wanted = {(row.task.task_id, row.name) for row in rows.select_related("task")}
    for key, containers in shown.items():
        if len(containers) > 1:
            yield f"{key}: runs {len(containers)} times"
    hidden = {key for key in shown if key[1].startswith("~internal~")}
    for key in sorted(set(shown) - wanted - hidden):
        yield f"{key}: runs and no row wants it"
    for key in sorted(wanted - set(shown)):
        yield f"{key}: RUNNING by its row, not on the engine"


def _unfinished() -> Iterator[str]:
    rows = Task.objects.exclude(last_status__in=(TaskStatus.RUNNING, TaskStatus.STOPPED))
    # What waits for capacity says so, and is given up in its time.
    for task in rows.exclude(container_instance=None, decision__chosen=None):
        yield f"{task}: still {task.last_status}, desired {task.desired_status}"


def _services() -> Iterator[str]:
    """I4: each service has what it wants, or says why not."""
    for service in Service.objects.filter(status="ACTIVE"):
        running = service.tasks.filter(last_status=TaskStatus.RUNNING, desired_status="RUNNING").count()
        is_held = service.deployments.filter(status="PRIMARY", rollout_state="FAILED").exists()
        if running > service.desired_count and not is_held:
            yield f"{service}: {running} run, {service.desired_count} are wanted"
        if running < service.desired_count and not (service.placement_failure or is_excused(service)):
            yield f"{service}: {running} of {service.desired_count} run, and nothing says why"
    for service in Service.objects.exclude(status="ACTIVE"):
        if service.status == "DRAINING":
            yield f"{service}: still DRAINING"
        if service.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).exists():
            yield f"{service}: deleted and has tasks"


def is_excused(service: Service) -> bool:
    """Tell whether a service says why it has too few: failing starts, a roll-out that failed or was stopped, or tasks
    that wait for capacity."""
    if service.tasks.filter(container_instance=None, last_status=TaskStatus.PROVISIONING).exists():
        return True
    failed = service.deployments.filter(status="PRIMARY", rollout_state="FAILED").exists()
    return failed or backs_off(service)


def backs_off(service: Service) -> bool:
    """Tell whether the service says that its tasks fail to start, which no fault of ours is to blame for."""
    return service.deployments.filter(status="PRIMARY", failed_tasks__gt=0).exists()
