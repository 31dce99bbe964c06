"""Rows of the past: the same classes as the database's, made from folded facts and never saved.

The picture of then is drawn by the code that draws the picture of now, so the two look alike and stay alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from ecsweb.domain.agents import AgentCondition
from ecsweb.domain.statuses import TaskStatus
from ecsweb.domain.timeline.past import Facts, Past, name_in, region_in
from ecsweb.models import Cluster, Container, ContainerInstance, Deployment, Service, Task, TaskDefinition
from ecsweb.web.picture_rows import STOPPED_SHOWN_FOR, Rows, tints_of

# Made rows have keys below zero: no row of the database is ever met under one. What is looked up nowhere shares one.
NOT_KEPT = -1
EPOCH = datetime.fromtimestamp(0, UTC)


def rows_of_past(past: Past, cluster: Cluster) -> Rows:
    """Return the cluster's rows as they were; `cluster` itself only lends its name."""
    definitions = _definitions(past, cluster.region)
    found = _of_cluster(past.instances, cluster)
    names = {id_in(arn): f"i-{place:02d}" for place, arn in enumerate(found, start=1)}
    instances = {arn: _instance(arn, row, key) for key, arn, row in _keyed(found) if row.get("status") != "INACTIVE"}
    services = {arn: _service(cluster, row, key, definitions) for key, arn, row in _keyed(past.services, cluster)}
    by_name = {row.name: row for row in services.values()}
    tasks = [_task(row, key, instances, definitions, by_name) for key, _, row in _keyed(past.tasks, cluster)]
    live = [task for task in tasks if task.last_status != TaskStatus.STOPPED]
    used = {task.task_definition.family_revision for task in tasks}
    known = [row for row in definitions.values() if row.status == "ACTIVE" or row.family_revision in used]
    known.sort(key=lambda row: (row.family, row.revision))
    return Rows(
        cluster=cluster,
        instances=list(instances.values()),
        tasks=live,
        stopped=_stopped(tasks, past.time),
        services=sorted(services.values(), key=lambda row: row.name),
        definitions=known,
        names=names,
        tint_of=tints_of(known),
        letters={row.pk: row.name[:1].upper() for row in services.values()},
    )


def _of_cluster(facts: Mapping[str, Facts], cluster: Cluster) -> dict[str, Facts]:
    return {a: row for a, row in facts.items() if name_in(a) == cluster.name and region_in(a) == cluster.region}


def _keyed(facts: Mapping[str, Facts], cluster: Cluster | None = None) -> Iterable[tuple[int, str, Facts]]:
    found = _of_cluster(facts, cluster) if cluster else facts
    return [(-2 - place, arn, row) for place, (arn, row) in enumerate(found.items())]


def id_in(arn: str) -> str:
    """Return the last part of an ARN: the id of a task or instance, the name of a service."""
    return arn.rsplit("/", 1)[-1]


def moment(seconds: object) -> datetime | None:
    """Return seconds since the epoch as a time; None where there are none."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) and seconds else None


def _definitions(past: Past, region: str) -> dict[str, TaskDefinition]:
    found = {arn: row for arn, row in past.definitions.items() if region_in(arn) == region}
    return {arn: _definition(arn, row, key) for key, arn, row in _keyed(found)}


def _definition(arn: str, facts: Facts, key: int) -> TaskDefinition:
    family, _, revision = id_in(arn).partition(":")
    return TaskDefinition(
        pk=key,
        family=str(facts.get("family", family)),
        revision=int(facts.get("revision") or revision or 0),
        status=str(facts.get("status", "")),
        document={"containerDefinitions": [], **facts},
        # Of what is known by name alone nobody knows when.
        registered_at=moment(facts.get("registeredAt")) or EPOCH,
        region=region_in(arn),
    )


def _unknown(arn: str) -> TaskDefinition:
    return _definition(arn, {"status": "INACTIVE"}, NOT_KEPT)


def _resources(facts: Facts, name: str) -> int:
    values = (r.get("integerValue", 0) for r in facts.get("registeredResources", ()) if r.get("name") == name)
    return int(next(values, 0))


def _attribute(facts: Facts, name: str) -> str:
    found = (a.get("value", "") for a in facts.get("attributes", ()) if a.get("name") == name)
    return str(next(found, ""))


def _instance(arn: str, facts: Facts, key: int) -> ContainerInstance:
    return ContainerInstance(
        pk=key,
        instance_id=id_in(arn),
        ec2_instance_id=str(facts.get("ec2InstanceId", "")),
        instance_type=str(facts.get("instanceType") or _attribute(facts, "ecs.instance-type")),
        availability_zone=str(facts.get("availabilityZone") or _attribute(facts, "ecs.availability-zone")),
        status=str(facts.get("status", "")),
        agent_connected=bool(facts.get("agentConnected", True)),
        agent_condition=str(facts.get("agentCondition", AgentCondition.RUNNING)),
        agent_connection_reason=str(facts.get("agentConnectionReason", "")),
        capacity_provider=str(facts.get("capacityProviderName", "")),
        registered_cpu=_resources(facts, "CPU"),
        registered_memory=_resources(facts, "MEMORY"),
        attributes=facts.get("attributes", []),
        tags=facts.get("tags", []),
    )


def _service(cluster: Cluster, facts: Facts, key: int, definitions: Mapping[str, TaskDefinition]) -> Service:
    arn = str(facts.get("taskDefinition", ""))
    definition = definitions.get(arn) or (_unknown(arn) if arn else None)
    controller = str(facts.get("deploymentController", "ECS"))
    row = Service(
        pk=key,
        cluster=cluster,
        name=str(facts.get("serviceName") or id_in(str(facts["serviceArn"]))),
        status=str(facts.get("status", "")),
        scheduling_strategy=str(facts.get("schedulingStrategy", "REPLICA")),
        launch_type=str(facts.get("launchType", "EC2")),
        # What an external controller's task sets wanted together is not in the log; its revision and tasks are.
        deployment_controller="ECS" if definition else controller,
        task_definition=definition,
        desired_count=int(facts.get("desiredCount") or 0),
        created_at=_begun(facts),
        deleted_at=moment(facts.get("deletedAt")),
        is_steady=bool(facts.get("isSteady")),
        placement_failure=str(facts.get("placementFailure", "")),
        last_decision=facts.get("lastDecision") or {},
    )
    _fetched(row, "deployments", [_deployment(one, definitions) for one in facts.get("deployments", ())])
    return row


def _fetched(row: Service | Task, name: str, related: list[Any]) -> None:
    """Let the row answer for what belongs to it, as after `prefetch_related`."""
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related


def _deployment(facts: Facts, definitions: Mapping[str, TaskDefinition]) -> Deployment:
    arn = str(facts.get("taskDefinition", ""))
    return Deployment(
        deployment_id=str(facts.get("id", "")),
        status=str(facts.get("status", "")),
        task_definition=definitions.get(arn) or _unknown(arn),
        rollout_state=str(facts.get("rolloutState", "")),
        failed_tasks=int(facts.get("failedTasks") or 0),
    )


def _task(
    facts: Facts,
    key: int,
    instances: Mapping[str, ContainerInstance],
    definitions: Mapping[str, TaskDefinition],
    services: Mapping[str, Service],
) -> Task:
    definition_arn, instance_arn = str(facts.get("taskDefinitionArn", "")), str(facts.get("containerInstanceArn", ""))
    group = str(facts.get("group", ""))
    host = instances.get(instance_arn)
    if host is None and (instance_arn or facts.get("launchType") == "FARGATE"):
        zone = str(facts.get("availabilityZone", ""))
        host = ContainerInstance(pk=NOT_KEPT, instance_id=id_in(instance_arn), availability_zone=zone)
    row = Task(
        pk=key,
        task_id=id_in(str(facts.get("taskArn", ""))),
        container_instance=host,
        task_definition=definitions.get(definition_arn) or _unknown(definition_arn),
        service=_owner(facts, services),
        group=group,
        started_by=str(facts.get("startedBy", "")),
        launch_type=str(facts.get("launchType", "EC2")),
        cpu=int(facts.get("cpu") or 0),
        memory=int(facts.get("memory") or 0),
        last_status=str(facts.get("lastStatus", "")),
        desired_status=str(facts.get("desiredStatus", "")),
        health_status=str(facts.get("healthStatus", "UNKNOWN")),
        stop_code=str(facts.get("stopCode", "")),
        stopped_reason=str(facts.get("stoppedReason", "")),
        created_at=_begun(facts),
        started_at=moment(facts.get("startedAt")),
        stopping_at=moment(facts.get("stoppingAt")),
        stopped_at=moment(facts.get("stoppedAt")),
    )
    _fetched(row, "containers", [_container(one, place) for place, one in enumerate(facts.get("containers", ()))])
    return row


def _owner(facts: Facts, services: Mapping[str, Service]) -> Service | None:
    """Return the service that the task is or was one of: it may be gone, and another one have its name."""
    group, gone = str(facts.get("group", "")), facts.get("goneService")
    if not group.startswith("service:"):
        return None
    if not gone:
        return services.get(group.removeprefix("service:"))
    return Service(
        pk=NOT_KEPT,
        name=group.removeprefix("service:"),
        status="INACTIVE",
        scheduling_strategy=str(gone.get("schedulingStrategy", "REPLICA")),
        created_at=_begun(gone),
        deleted_at=moment(gone.get("deletedAt")),
    )


def _begun(facts: Facts) -> datetime:
    """Return when a thing was made; an old log does not tell it of a service."""
    return moment(facts.get("createdAt")) or datetime.fromtimestamp(0, UTC)


def _container(facts: Facts, place: int) -> Container:
    return Container(
        pk=-2 - place,
        index=place,
        name=str(facts.get("name", "")),
        essential=bool(facts.get("essential", True)),
        last_status=str(facts.get("lastStatus", "")),
        health_status=str(facts.get("healthStatus", "UNKNOWN")),
        exit_code=facts.get("exitCode"),
        reason=str(facts.get("reason", "")),
        network_bindings=facts.get("networkBindings") or [],
        finished_at=moment(facts.get("finishedAt")),
        restart_count=int(facts.get("restartCount") or 0),
    )


def _stopped(tasks: Iterable[Task], at: datetime | None) -> list[Task]:
    """Return the tasks that had stopped a moment before, the newest first."""
    since = at - STOPPED_SHOWN_FOR if at else None
    found = [
        (task.stopped_at, task)
        for task in tasks
        if task.last_status == TaskStatus.STOPPED and task.stopped_at and since and task.stopped_at >= since
    ]
    return [task for _, task in sorted(found, key=lambda pair: pair[0], reverse=True)[:60]]
