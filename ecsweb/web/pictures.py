"""Turn a cluster's rows into its picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ecsweb.controlplane.plays import is_of_a_scene
from ecsweb.domain.agents import AgentCondition
from ecsweb.domain.statuses import BEFORE_RUNNING, DeploymentStatus, HealthStatus, LaunchType, TaskStatus
from ecsweb.models import Cluster, Container, ContainerInstance, Deployment, Service, Task, TaskDefinition
from ecsweb.web import sentences
from ecsweb.web.diagrams.cluster_picture import (
    Chip,
    ClusterPicture,
    DefinitionCard,
    FargateGroup,
    Ghost,
    InstanceBox,
    ServiceCard,
    TaskBox,
    Waiting,
    bar,
    dots,
    ghost,
    matches,
    mood,
    shares,
)
from ecsweb.web.diagrams.frames import fargate_group, fold
from ecsweb.web.picture_rows import Rows, Tally, counted, read_rows

STOPPED_SHOWN = 3
DEFINITIONS_SHOWN = 8


def instance_names(cluster: Cluster) -> dict[str, str]:
    """Name the cluster's instances in the order in which they joined: i-01, i-02, …"""
    ids = ContainerInstance.objects.filter(cluster=cluster).order_by("pk").values_list("instance_id", flat=True)
    return {instance_id: f"i-{place:02d}" for place, instance_id in enumerate(ids, start=1)}


def place_name(task: Task, names: Mapping[str, str]) -> str:
    """Return the name of the task's container instance, or FARGATE, where there is none."""
    if task.launch_type == LaunchType.FARGATE:
        return "FARGATE"
    return names.get(task.container_instance.instance_id, "") if task.container_instance else ""


def cluster_picture(
    cluster: Cluster,
    *,
    open_instances: Sequence[str] = (),
    looked_for: str = "",
    only: frozenset[str] | None = None,
) -> ClusterPicture:
    """Return the picture of the cluster as the database has it now; of `looked_for` only the tasks that match.

    With `only`, of the instances only those with these ids, and no task that stands on none of them: a part of it.
    """
    rows = read_rows(cluster, instance_names(cluster), only)
    return picture_of(rows, open_instances=open_instances, looked_for=looked_for)


def service_picture(cluster: Cluster, service: Service) -> ClusterPicture:
    """Return the picture of the cluster with the tasks of one service only."""
    rows = read_rows(cluster, instance_names(cluster))

    def mine(tasks: Sequence[Task]) -> list[Task]:
        return [task for task in tasks if task.service_id == service.pk]

    services = [row for row in rows.services if row.pk == service.pk]
    return picture_of(replace(rows, tasks=mine(rows.tasks), stopped=mine(rows.stopped), services=services))


def picture_of(rows: Rows, *, open_instances: Sequence[str] = (), looked_for: str = "") -> ClusterPicture:
    """Return the picture of these rows."""
    rows = replace(rows, looked_for=looked_for.strip(), tally=_tally(rows))
    queued = _boxes(rows, [task for task in rows.tasks if task.is_waiting_for_capacity])
    queued_boxes, queued_folds = fold(queued, is_open="queued" in open_instances)
    return ClusterPicture(
        name=rows.cluster.name,
        sentence=_sentence(rows),
        instances=tuple(_instance(rows, row, is_open=row.instance_id in open_instances) for row in rows.instances),
        fargate=_fargate(rows, is_open="fargate" in open_instances),
        services=tuple(_service(rows, row) for row in rows.services),
        waiting=tuple(_waiting(rows, row) for row in rows.services if row.placement_failure),
        definitions=tuple(_definitions(rows)),
        queued=queued_boxes,
        queued_folds=queued_folds,
    )


def _boxes(rows: Rows, tasks: Sequence[Task]) -> list[TaskBox]:
    """Return the tasks as they are drawn; where somebody looks for some, only those."""
    boxes = [_task(rows, task) for task in tasks]
    return [box for box in boxes if matches(box, rows.looked_for)] if rows.looked_for else boxes


def _sentence(rows: Rows) -> str:
    """Say first what needs saying most: a service that recovers, one that waits, else the whole."""
    for row in sorted(rows.services, key=lambda row: bool(row.placement_failure)):
        if not _is_steady(rows, row):
            running, pending = _counts(rows, row)
            return sentences.service_now(row, running=running, pending=pending)
    tally = _tally(rows)
    return sentences.cluster_now(instances=tally.instances, tasks=tally.tasks, services=len(rows.services))


def _tally(rows: Rows) -> Tally:
    return rows.tally or counted(rows.tasks, rows.instances)


def _counts(rows: Rows, service: Service) -> tuple[int, int]:
    tally = _tally(rows)
    running, pending = (tally.revisions_of(service.pk, which) for which in ((TaskStatus.RUNNING,), BEFORE_RUNNING))
    return len(running), len(pending)


def _instance(rows: Rows, row: ContainerInstance, *, is_open: bool) -> InstanceBox:
    mine = [task for task in rows.tasks if task.container_instance_id == row.pk]
    stopped = [task for task in rows.stopped if task.container_instance_id == row.pk][:STOPPED_SHOWN]
    boxes, folded = fold(_boxes(rows, [*mine, *reversed(stopped)]), is_open=is_open)
    cpu = [(task.task_definition.family_revision, task.cpu) for task in mine]
    memory = [(task.task_definition.family_revision, task.memory) for task in mine]
    return InstanceBox(
        instance_id=row.instance_id,
        name=rows.names[row.instance_id],
        instance_type=row.instance_type,
        zone=row.availability_zone,
        status=row.status,
        agent_connected=row.agent_connected,
        bars=(
            bar("CPU", row.registered_cpu, "", cpu, rows.tint_of),
            bar("MEM", row.registered_memory, "MiB", memory, rows.tint_of),
        ),
        tasks=boxes,
        folded=folded,
        is_host_stopped=row.agent_condition == AgentCondition.HOST_STOPPED,
        capacity_provider=row.capacity_provider,
        shares=shares([(task.task_definition.family_revision, task.cpu, task.memory) for task in mine], rows.tint_of),
        ports=tuple(sorted(port for task in mine for port in (*task.tcp_ports, *task.udp_ports))),
        ghosts=_ghosts(rows, row),
    )


def _ghosts(rows: Rows, row: ContainerInstance) -> tuple[Ghost, ...]:
    """Return what services wanted to place on the instance and could not, for want of CPU or memory."""
    totals = {"CPU": row.registered_cpu, "MEM": row.registered_memory}
    found: list[Ghost | None] = []
    for service in (one for one in rows.services if one.placement_failure):
        look = (rows.letters[service.pk], rows.tint_of.get(revision_name(service), "tint-none"))
        lines = service.last_decision.get("candidates", ())
        found += [ghost(service.name, look, one, totals) for one in lines if one["instance"] == row.instance_id]
    return tuple(one for one in found if one is not None)


def _fargate(rows: Rows, *, is_open: bool) -> FargateGroup | None:
    mine = [task for task in rows.tasks if task.launch_type == LaunchType.FARGATE]
    stopped = [task for task in rows.stopped if task.launch_type == LaunchType.FARGATE][:STOPPED_SHOWN]
    zones = {task.task_id: task.host.availability_zone for task in (*mine, *stopped)}
    tasks = [(zones[box.task_id], box) for box in _boxes(rows, [*mine, *reversed(stopped)])]
    return fargate_group(tasks, is_open=is_open)


def _task(rows: Rows, task: Task) -> TaskBox:
    containers = task.visible_containers
    name = task.task_definition.family_revision
    return TaskBox(
        task_id=task.task_id,
        family_revision=name,
        tint=rows.tint_of.get(name, "tint-none"),
        letter=(task.service.name[:1].upper() if task.service else ""),
        owner=task.service.name if task.service else "",
        strategy=task.service.scheduling_strategy if task.service else "",
        owner_id=f"{task.service.created_at:%Y%m%d%H%M%S%f}" if task.service else "",
        is_unhealthy=task.health_status == HealthStatus.UNHEALTHY and task.last_status != TaskStatus.STOPPED,
        last_status=task.last_status,
        is_leaving=task.desired_status == "STOPPED" and task.last_status != TaskStatus.STOPPED,
        chips=tuple(chip(container) for container in containers),
        sentence=sentences.task_story(task, containers),
    )


def chip(container: Container) -> Chip:
    """Return a container as it is drawn inside its task: with its host port, or its exit code."""
    ports = [str(binding.get("hostPort") or binding.get("hostPortRange")) for binding in container.network_bindings]
    note = f":{ports[0]}" if ports and container.last_status == "RUNNING" else ""
    if container.last_status == "STOPPED":
        note = "–" if container.exit_code is None else str(container.exit_code)
    return Chip(container.name, container.essential, container.last_status, note)


def revision_name(row: Service) -> str:
    """Return the service's revision, or who decides about it where it has none (yet)."""
    return row.task_definition.family_revision if row.task_definition else row.deployment_controller


def _service(rows: Rows, row: Service) -> ServiceCard:
    running, pending = _counts(rows, row)
    name = revision_name(row)
    live: list[Deployment] = [d for d in row.deployments.all() if d.status != DeploymentStatus.INACTIVE]
    return ServiceCard(
        name=row.name,
        letter=rows.letters[row.pk],
        tint=rows.tint_of.get(name, "tint-none"),
        strategy=row.scheduling_strategy,
        family_revision=name,
        desired=row.desired_count,
        running=running,
        pending=pending,
        mood=mood(
            status=row.status,
            is_steady=_is_steady(rows, row),
            failure=row.placement_failure,
            is_rolling_out=len(live) > 1,
            is_short=row.deployment_controller == "EXTERNAL" and running < row.desired_count,
        ),
        dots=dots(
            desired=row.desired_count,
            running=_tints_of(rows, row, (TaskStatus.RUNNING,)),
            pending=_tints_of(rows, row, BEFORE_RUNNING),
        ),
    )


def _is_steady(rows: Rows, service: Service) -> bool:
    """Tell whether the scheduler called the service steady, and nothing was lost since."""
    return sentences.is_steady(service, running=_counts(rows, service)[0])


def _tints_of(rows: Rows, service: Service, statuses: Collection[str]) -> list[str]:
    """Return the tints of the service's tasks in these statuses: two of them while a deployment is under way."""
    names = {row.pk: row.family_revision for row in rows.definitions}
    mine = _tally(rows).revisions_of(service.pk, statuses)
    return sorted(rows.tint_of.get(names.get(pk, ""), "tint-none") for pk in mine)


def _waiting(rows: Rows, row: Service) -> Waiting:
    name = revision_name(row)
    return Waiting(
        service=row.name,
        letter=rows.letters[row.pk],
        family_revision=name,
        tint=rows.tint_of.get(name, "tint-none"),
        sentence=sentences.unplaced(row.last_decision, rows.names) if row.last_decision else row.placement_failure,
    )


def _definitions(rows: Rows) -> list[DefinitionCard]:
    running = _tally(rows).of_definitions
    by_family: dict[str, list[TaskDefinition]] = defaultdict(list)
    for row in rows.definitions:
        by_family[row.family].append(row)
    shown = [row for family in by_family.values() for row in family if running[row.pk] or row is family[-1]]
    if is_of_a_scene(rows.cluster.name):
        # A class is shown a scene's own revisions, not what else the teacher has.
        shown = [row for row in shown if running[row.pk] or is_of_a_scene(row.family)]
    shown.sort(key=lambda row: (-running[row.pk], -row.pk))
    return [definition_card(row, rows.tint_of, running[row.pk]) for row in shown[:DEFINITIONS_SHOWN]]


def definition_card(row: TaskDefinition, tint_of: Mapping[str, str], tasks: int) -> DefinitionCard:
    """Return a revision as the card that lies outside every cluster."""
    containers = row.document["containerDefinitions"]
    return DefinitionCard(
        family=row.family,
        revision=row.revision,
        tint=tint_of.get(row.family_revision, "tint-none"),
        is_active=row.status == "ACTIVE",
        containers=tuple((c["name"], bool(c.get("essential", True))) for c in containers),
        cpu=int(row.document.get("cpu") or sum(int(c.get("cpu") or 0) for c in containers)),
        memory=int(
            row.document.get("memory")
            or sum(int(c.get("memoryReservation") or c.get("memory") or 0) for c in containers)
        ),
        tasks=tasks,
    )
