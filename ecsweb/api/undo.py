"""The call that takes another one back, where there is one (a stopped task, for one, never runs again)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ecsweb.api.call import call
from ecsweb.api.principal import Principal
from ecsweb.domain.errors import EcsError

Params = Mapping[str, Any]
# What a service had before, by the names of UpdateService.
RESTORED = ("desiredCount", "taskDefinition", "deploymentConfiguration", "healthCheckGracePeriodSeconds")
# Both directions of what is done to an agent, its machine or an image.
OPPOSITES: Mapping[str, str] = {
    "DisconnectAgent": "ReconnectAgent",
    "ReconnectAgent": "DisconnectAgent",
    "KillAgent": "RestartAgent",
    "StopInstance": "StartInstance",
    "StartInstance": "StopInstance",
    "BreakImage": "MendImage",
    "MendImage": "BreakImage",
}
# More tasks than one call makes.
MOST_CALLS = 10


@dataclass(frozen=True, slots=True)
class Inverse:
    """One operation that takes another one back, and what it is about, in a word or two."""

    operation: str
    params: Params
    about: str = ""


def before(principal: Principal, operation: str, params: Params) -> Params:
    """Return what an inverse will need to know of the time before the call; to be read before it is made."""
    look = LOOKS.get(operation)
    if look is None:
        return {"at": timezone.now().timestamp()}
    reading, asked = look(params)
    try:
        return call(principal, reading, {**_in_cluster(params), **asked})
    except EcsError:
        return {}


def was_there(operation: str, answer: Params, was: Params) -> bool:
    """Tell whether a call that creates answered with what had been there before it: idempotent, it changed nothing."""
    if operation == "CreateCluster":
        name = answer["cluster"]["clusterName"]
        return any((one["clusterName"], one["status"]) == (name, "ACTIVE") for one in was.get("clusters", []))
    made = [answer["service"]] if operation == "CreateService" else answer.get("tasks", [])
    return operation in AGAIN and bool(made) and not any(_is_new(one, was) for one in made)


def inverses(operation: str, params: Params, answer: Params, was: Params) -> list[Inverse]:
    """Return the calls that take back what this one made or changed, in their order; none where nothing can."""
    if was_there(operation, answer, was) or answer.get("isChanged") is False:
        return []
    if operation in OPPOSITES:
        return [Inverse(OPPOSITES[operation], params)]
    find = FOUND.get(operation)
    return find(params, answer, was)[:MOST_CALLS] if find else []


def _in_cluster(params: Params) -> dict[str, Any]:
    return {"cluster": params["cluster"]} if params.get("cluster") else {}


def _is_new(made: Params, was: Params) -> bool:
    return "at" not in was or bool(made["createdAt"] >= was["at"])


def _cluster(_params: Params, answer: Params, _was: Params) -> list[Inverse]:
    name = answer["cluster"]["clusterName"]
    return [Inverse("DeleteCluster", {"cluster": name}, name)]


def _instance(params: Params, answer: Params, _was: Params) -> list[Inverse]:
    if "containerInstanceArn" in params:  # it was there already
        return []
    arn = answer["containerInstance"]["containerInstanceArn"]
    return [Inverse("DeregisterContainerInstance", {**_in_cluster(params), "containerInstance": arn, "force": True})]


def _definition(_params: Params, answer: Params, _was: Params) -> list[Inverse]:
    made = answer["taskDefinition"]
    name = f"{made['family']}:{made['revision']}"
    return [Inverse("DeregisterTaskDefinition", {"taskDefinition": name}, name)]


def _service(params: Params, answer: Params, _was: Params) -> list[Inverse]:
    name = answer["service"]["serviceName"]
    return [Inverse("DeleteService", {**_in_cluster(params), "service": name, "force": True}, name)]


def _update(params: Params, _answer: Params, was: Params) -> list[Inverse]:
    """Give back what the call changed and nothing else; a forced deployment cannot be taken back."""
    was = next(iter(was.get("services", [])), {})
    given = {name: was[name] for name in RESTORED if name in params and was.get(name) not in (None, params[name])}
    if not given:
        return []
    about = ", ".join(_in_short(name, value) for name, value in given.items())
    return [Inverse("UpdateService", {**_in_cluster(params), "service": params["service"], **given}, about)]


def _in_short(name: str, value: Any) -> str:
    return f"{name} {str(value).rsplit('/', 1)[-1]}" if isinstance(value, int | str) else name


def _tasks(params: Params, answer: Params, _was: Params) -> list[Inverse]:
    arns = [task["taskArn"] for task in answer["tasks"]]
    return [Inverse("StopTask", {**_in_cluster(params), "task": arn}, arn.rsplit("/", 1)[-1][:6]) for arn in arns]


def _status(params: Params, answer: Params, was: Params) -> list[Inverse]:
    """Give back to each instance the status that it had; one that had the asked one already stays."""
    before_it = _by_arn(was)
    changed: dict[str, list[str]] = {}
    for one in answer["containerInstances"]:
        arn = one["containerInstanceArn"]
        status = before_it[arn]["status"] if arn in before_it else one["status"]
        if status != one["status"]:
            changed.setdefault(status, []).append(arn)
    return [
        Inverse("UpdateContainerInstancesState", {**params, "containerInstances": arns, "status": status}, status)
        for status, arns in changed.items()
    ]


def _attributes(params: Params, answer: Params, was: Params) -> list[Inverse]:
    """Take away what was not there before, and give back the values that were others."""
    before_it, new, other = _by_arn(was), [], []
    for put in answer["attributes"]:
        held = before_it.get(put["targetId"], {}).get("attributes", [])
        found = next((one for one in held if one["name"] == put["name"]), None)
        if found is None:
            new.append(put)
        elif found.get("value") != put.get("value"):
            other.append({**found, "targetType": put["targetType"], "targetId": put["targetId"]})
    changed = (("DeleteAttributes", new), ("PutAttributes", other))
    return [
        Inverse(operation, {**_in_cluster(params), "attributes": found}, ", ".join(_spelled(one) for one in found))
        for operation, found in changed
        if found
    ]


def _spelled(attribute: Params) -> str:
    return f"{attribute['name']}={attribute['value']}" if attribute.get("value") else str(attribute["name"])


def _by_arn(was: Params) -> dict[str, Params]:
    return {one["containerInstanceArn"]: one for one in was.get("containerInstances", [])}


def _group(_params: Params, answer: Params, _was: Params) -> list[Inverse]:
    name = answer["AutoScalingGroup"]["AutoScalingGroupName"]
    return [Inverse("DeleteAutoScalingGroup", {"AutoScalingGroupName": name}, name)]


def _provider(_params: Params, answer: Params, _was: Params) -> list[Inverse]:
    name = answer["capacityProvider"]["name"]
    return [Inverse("DeleteCapacityProvider", {"capacityProvider": name}, name)]


FOUND: Mapping[str, Callable[[Params, Params, Params], list[Inverse]]] = {
    "CreateCluster": _cluster,
    "RegisterContainerInstance": _instance,
    "RegisterTaskDefinition": _definition,
    "CreateService": _service,
    "UpdateService": _update,
    "RunTask": _tasks,
    "StartTask": _tasks,
    "UpdateContainerInstancesState": _status,
    "PutAttributes": _attributes,
    "CreateAutoScalingGroup": _group,
    "CreateCapacityProvider": _provider,
}
# What the same call answers with once more, made before: a service, and tasks by their client token.
AGAIN = frozenset({"CreateService", "RunTask", "StartTask"})
# Which call reads what an inverse needs of the time before; of what has a moment of creation, the moment is enough.
LOOKS: Mapping[str, Callable[[Params], tuple[str, Params]]] = {
    "CreateCluster": lambda params: ("DescribeClusters", {"clusters": [params.get("clusterName") or "default"]}),
    "UpdateService": lambda params: ("DescribeServices", {"services": [params.get("service")]}),
    "UpdateContainerInstancesState": lambda params: (
        "DescribeContainerInstances",
        {"containerInstances": params.get("containerInstances")},
    ),
    "PutAttributes": lambda params: (
        "DescribeContainerInstances",
        {"containerInstances": [one.get("targetId") for one in params.get("attributes", [])]},
    ),
}
