"""The call that takes another one back, where there is one (a stopped task, for one, never runs again)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

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
    if operation != "UpdateService":
        return {}
    try:
        found = call(principal, "DescribeServices", {**_in_cluster(params), "services": [params.get("service")]})
    except EcsError:
        return {}
    return dict(found["services"][0]) if found["services"] else {}


def inverses(operation: str, params: Params, answer: Params, was: Params) -> list[Inverse]:
    """Return the calls that take this one back, in their order; none where nothing can."""
    if operation in OPPOSITES:
        return [Inverse(OPPOSITES[operation], params)]
    find = FOUND.get(operation)
    return find(params, answer, was)[:MOST_CALLS] if find else []


def _in_cluster(params: Params) -> dict[str, Any]:
    return {"cluster": params["cluster"]} if params.get("cluster") else {}


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


def _status(params: Params, _answer: Params, _was: Params) -> list[Inverse]:
    status = {"DRAINING": "ACTIVE", "ACTIVE": "DRAINING"}.get(params.get("status", ""))
    return [Inverse("UpdateContainerInstancesState", {**params, "status": status}, status)] if status else []


def _attributes(params: Params, _answer: Params, _was: Params) -> list[Inverse]:
    return [Inverse("DeleteAttributes", params)]


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
