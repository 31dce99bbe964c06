"""What one press does: the same thing on both sides, each by the calls that its own tasks and instances need."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ecsweb.api import call
from ecsweb.api.principal import Principal
from ecsweb.api.undo import Inverse, before, inverses
from ecsweb.domain.agents import AgentCondition, mending_operation, possible_operations
from ecsweb.domain.errors import EcsError
from ecsweb.domain.twins import SharedAction
from ecsweb.models import Container, ContainerInstance, Task
from ecsweb.web.twins.sides import Chosen, live_tasks

Params = dict[str, Any]
Call = tuple[str, Params]
ESSENTIAL, SIDE_CAR = "essential", "side-car"
# An image that no registry has: what a typing error makes of one.
MISSING_IMAGE = "ecsweb/no-such-image:1"


@dataclass(frozen=True, slots=True)
class Done:
    """What became of the calls on a side: what takes them back, and the refusal that ended them, if one did."""

    inverses: tuple[Inverse, ...]
    refusal: EcsError | None = None


def apply(principal: Principal, side: Chosen, calls: Iterable[Call]) -> Done:
    """Make the calls, one after the other, until one is refused; the log tells the side by their origin."""
    actor, undo = replace(principal, origin=origin_of(side.place)), list[Inverse]()
    for operation, params in calls:
        was = before(actor, operation, params)
        try:
            answer = call(actor, operation, params)
        except EcsError as error:
            return Done(tuple(undo), error)
        undo += inverses(operation, params, answer, was)
    return Done(tuple(undo))


def origin_of(place: str) -> str:
    """Return what the log calls the way in of a side's calls."""
    return f"twin-{place}"


def calls_of(action: SharedAction, side: Chosen, choice: str) -> list[Call]:
    """Return the calls that the action is on the side; none where there is nothing that it could be done to."""
    return CALLS[action](side, choice)


def container_names(side: Chosen) -> list[str]:
    """Return the names of the containers that its tasks run, in the order of their definitions."""
    found = [c.name for task in _running(side) for c in task.visible_containers if c.last_status == "RUNNING"]
    return list(dict.fromkeys(found))


def _running(side: Chosen) -> list[Task]:
    return [task for task in live_tasks(side) if task.last_status == "RUNNING" and task.desired_status == "RUNNING"]


def _on_container(operation: str) -> Callable[[Chosen, str], list[Call]]:
    """Do it to one container of the oldest task that has such a one: an essential one, a side-car, or one by name."""

    def calls(side: Chosen, choice: str) -> list[Call]:
        for task in _running(side):
            found = [one for one in task.visible_containers if one.last_status == "RUNNING" and _is_meant(one, choice)]
            if found:
                return [(operation, {**_in(side), "task": task.task_id, "container": found[0].name})]
        return []

    return calls


def _is_meant(container: Container, choice: str) -> bool:
    if choice == SIDE_CAR:
        return not container.essential
    return container.essential if choice in (ESSENTIAL, "") else choice == f"name:{container.name}"


def _stop_task(side: Chosen, _choice: str) -> list[Call]:
    return [("StopTask", {**_in(side), "task": task.task_id}) for task in _running(side)[:1]]


def _in(side: Chosen) -> Params:
    return {"cluster": side.cluster.name}


def _fullest(side: Chosen, is_meant: Callable[[ContainerInstance], bool]) -> list[ContainerInstance]:
    """Return the instance that holds most of the side's tasks, the older of two alike, of those that are meant.

    Where none is meant any will do: that it is refused there is what the learner is to see.
    """
    held = Counter(task.container_instance_id for task in live_tasks(side))
    rows = side.instances()
    found = sorted([row for row in rows if is_meant(row)] or rows, key=lambda row: (-held[row.pk], row.pk))
    return found[:1]


def _on_instance(operation: str) -> Callable[[Chosen, str], list[Call]]:
    def calls(side: Chosen, _choice: str) -> list[Call]:
        def is_possible(row: ContainerInstance) -> bool:
            return operation in (*possible_operations(AgentCondition(row.agent_condition)), "LoseInstance")

        found = _fullest(side, is_possible)
        return [(operation, {**_in(side), "containerInstance": row.instance_id}) for row in found]

    return calls


def _mend(side: Chosen, _choice: str) -> list[Call]:
    """Bring back every agent and machine that is silent."""
    found = [(row, mending_operation(AgentCondition(row.agent_condition))) for row in side.instances()]
    return [(name, {**_in(side), "containerInstance": row.instance_id}) for row, name in found if name]


def _to_status(status: str) -> Callable[[Chosen, str], list[Call]]:
    def calls(side: Chosen, _choice: str) -> list[Call]:
        found = _fullest(side, lambda row: row.status != status)
        params = [{**_in(side), "containerInstances": [row.instance_id], "status": status} for row in found]
        return [("UpdateContainerInstancesState", one) for one in params]

    return calls


def _launch(side: Chosen, _choice: str) -> list[Call]:
    document = {"instanceType": "t3.small", "availabilityZone": f"{side.cluster.region}a"}
    return [("RegisterContainerInstance", {**_in(side), "instanceIdentityDocument": json.dumps(document)})]


def _update(side: Chosen, **change: Any) -> list[Call]:
    """Change the service; of a cluster the oldest one."""
    return [("UpdateService", {**_in(side), "service": row.name, **change}) for row in side.services()[:1]]


def _scale(side: Chosen, choice: str) -> list[Call]:
    return _update(side, desiredCount=int(choice) if choice.isascii() and choice.isdecimal() else choice)


def _break_image(side: Chosen, _choice: str) -> list[Call]:
    """Register the next revision with an image that nobody has, and deploy it."""
    row = next((one for one in side.services() if one.task_definition), None)
    if row is None or row.task_definition is None:
        return []
    document = row.task_definition.document
    first, *others = document["containerDefinitions"]
    broken = {**document, "containerDefinitions": [{**first, "image": MISSING_IMAGE}, *others]}
    deployed = {**_in(side), "service": row.name, "taskDefinition": row.task_definition.family}
    return [("RegisterTaskDefinition", broken), ("UpdateService", deployed)]


CALLS: Mapping[SharedAction, Callable[[Chosen, str], list[Call]]] = {
    SharedAction.KILL: _on_container("KillContainer"),
    SharedAction.FILL_MEMORY: _on_container("FillMemory"),
    SharedAction.STOP_TASK: _stop_task,
    SharedAction.LOSE_INSTANCE: _on_instance("LoseInstance"),
    SharedAction.STOP_INSTANCE: _on_instance("StopInstance"),
    SharedAction.DISCONNECT_AGENT: _on_instance("DisconnectAgent"),
    SharedAction.MEND: _mend,
    SharedAction.DRAIN: _to_status("DRAINING"),
    SharedAction.ACTIVATE: _to_status("ACTIVE"),
    SharedAction.LAUNCH: _launch,
    SharedAction.SCALE: _scale,
    SharedAction.REDEPLOY: lambda side, _choice: _update(side, forceNewDeployment=True),
    SharedAction.DEPLOY: lambda side, choice: _update(side, taskDefinition=choice),
    SharedAction.BREAK_IMAGE: _break_image,
}
