"""From events to what stood where: each event carries its object whole, so folding is replacing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from ecsweb.domain.timeline.past import KINDS, Facts, LoggedEvent, Past, name_in, region_in

CHECKPOINT = "Checkpoint"
RESET = "Account Reset"
CHAOS = "Chaos"
CLUSTER = "Cluster State Change"
DEFINITION = "Task Definition State Change"
INSTANCE = "ECS Container Instance State Change"
RESTART = "Container Restart"
TASK = "ECS Task State Change"
# Each of these carries how its service stands under `ecsweb`; those of an old log do not.
SERVICES = ("ECS Service Action", "ECS Deployment State Change", "Service State Change", "Task Set State Change")
FOLDED = (CHECKPOINT, RESET, CLUSTER, DEFINITION, INSTANCE, RESTART, TASK, *SERVICES)

# A stopped task is remembered for so long by a checkpoint; the picture shows it for less.
STOPPED_KEPT = timedelta(minutes=10)
TASK_FACTS = frozenset(
    {
        "availabilityZone",
        "capacityProviderName",
        "clusterArn",
        "containerInstanceArn",
        "cpu",
        "createdAt",
        "desiredStatus",
        "group",
        "healthStatus",
        "lastStatus",
        "launchType",
        "memory",
        "overrides",
        "pullStartedAt",
        "pullStoppedAt",
        "startedAt",
        "startedBy",
        "stopCode",
        "stoppedAt",
        "stoppedReason",
        "stoppingAt",
        "tags",
        "taskArn",
        "taskDefinitionArn",
        "version",
    }
)
CONTAINER_FACTS = frozenset({"exitCode", "healthStatus", "lastStatus", "name", "networkBindings", "reason"})


def fold(events: Iterable[LoggedEvent], since: Past | None = None) -> Past:
    """Return what is known after these events, in the order of their sequence, on top of `since`."""
    past = since.copy() if since else Past()
    for event in events:
        change = CHANGES.get(event.detail_type)
        if change is not None:
            change(past, event)
        past.sequence, past.time = event.sequence, event.time
    return past


def without_history(past: Past) -> Past:
    """Return what a checkpoint keeps: tasks that stopped a while ago are nowhere in a picture any more."""
    kept = past.copy()
    if past.time is not None:
        oldest = (past.time - STOPPED_KEPT).timestamp()
        kept.tasks = {arn: facts for arn, facts in past.tasks.items() if facts.get("stoppedAt", oldest) >= oldest}
    return kept


def _checkpoint(past: Past, event: LoggedEvent) -> None:
    for kind in KINDS:
        setattr(past, kind, dict(event.detail.get(kind) or {}))


def _reset(past: Past, _event: LoggedEvent) -> None:
    past.clear()


def _cluster(past: Past, event: LoggedEvent) -> None:
    arn = str(event.detail.get("clusterArn", ""))
    known = past.clusters.pop(arn, None)
    if event.detail.get("status") == "ACTIVE":
        past.clusters[arn] = {**(known or {}), **event.detail}
    if known is not None and arn in past.clusters:
        return
    # A cluster that begins or ends holds nothing; what a reset left of an earlier one of that name goes here, too.
    name = name_in(arn)
    for facts in (past.instances, past.tasks, past.services):
        for gone in [found for found in facts if name_in(found) == name and region_in(found) == region_in(arn)]:
            del facts[gone]


def _instance(past: Past, event: LoggedEvent) -> None:
    arn = str(event.detail.get("containerInstanceArn", ""))
    if event.detail.get("status") == "INACTIVE":
        # Its place keeps its number, so that the names of the others stay.
        past.instances[arn] = {"status": "INACTIVE"}
        return
    left = {"remainingResources", "attachments", "runningTasksCount", "pendingTasksCount"}
    facts = {key: value for key, value in event.detail.items() if key not in left | {"ecsweb"}}
    past.instances[arn] = {**facts, **_ours(event)}


def _task(past: Past, event: LoggedEvent) -> None:
    detail = event.detail
    ours = {str(more.get("name")): more for more in _ours(event).get("containers", ())}
    facts: Facts = {key: value for key, value in detail.items() if key in TASK_FACTS}
    facts["containers"] = [
        {**_container(container), **ours.get(str(container.get("name")), {})}
        for container in detail.get("containers", ())
    ]
    past.tasks[str(detail.get("taskArn", ""))] = facts


def _container(container: Mapping[str, Any]) -> Facts:
    return {key: value for key, value in container.items() if key in CONTAINER_FACTS}


def _restart(past: Past, event: LoggedEvent) -> None:
    arn, name = str(event.detail.get("taskArn", "")), event.detail.get("container")
    task = past.tasks.get(arn)
    if task is None:
        return
    bindings = event.detail.get("networkBindings")
    more = {} if bindings is None else {"networkBindings": bindings}
    containers = [{**c, **more} if c.get("name") == name else c for c in task.get("containers", ())]
    past.tasks[arn] = {**task, "containers": containers}


def _service(past: Past, event: LoggedEvent) -> None:
    facts = _ours(event).get("service") or _of_an_old_log(past, event)
    arn = str(facts.get("serviceArn", ""))
    if not arn:
        return
    if facts.get("status") == "INACTIVE":
        _stamp_tasks(past, arn, {**past.services.pop(arn, {}), **facts})
    else:
        past.services[arn] = dict(facts)


def _stamp_tasks(past: Past, arn: str, gone: Facts) -> None:
    """Let the tasks of a service that is gone keep which one that was: the next one may have its name."""
    stamp = {name: gone[name] for name in ("schedulingStrategy", "createdAt", "deletedAt") if name in gone}
    place, group = (name_in(arn), region_in(arn)), f"service:{arn.rsplit('/', 1)[-1]}"
    for task, facts in past.tasks.items():
        if facts.get("group") == group and (name_in(task), region_in(task)) == place and "goneService" not in facts:
            past.tasks[task] = {**facts, "goneService": stamp}


def _of_an_old_log(past: Past, event: LoggedEvent) -> Facts:
    """Return what a `Service State Change` told before events carried their service whole."""
    if event.detail_type != "Service State Change":
        return {}
    known = past.services.get(str(event.detail.get("serviceArn", "")), {})
    told = {key: event.detail[key] for key in ("serviceArn", "status", "desiredCount") if key in event.detail}
    definition = event.detail.get("taskDefinition") or known.get("taskDefinition", "")
    return {**known, **told, "taskDefinition": definition}


def _definition(past: Past, event: LoggedEvent) -> None:
    arn = str(event.detail.get("taskDefinitionArn", ""))
    past.definitions[arn] = dict(event.detail)


def _ours(event: LoggedEvent) -> Facts:
    found = event.detail.get("ecsweb")
    return dict(found) if isinstance(found, Mapping) else {}


CHANGES: Mapping[str, Callable[[Past, LoggedEvent], None]] = {
    CHECKPOINT: _checkpoint,
    RESET: _reset,
    CLUSTER: _cluster,
    INSTANCE: _instance,
    TASK: _task,
    RESTART: _restart,
    DEFINITION: _definition,
    **dict.fromkeys(SERVICES, _service),
}
