"""Cut a stretch out of a timeline: its successful calls become the actions of a scene that can be played anywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ecsweb.api.model import ECS, is_of_aws, service_and_name
from ecsweb.controlplane.plays import SCENE_PREFIX
from ecsweb.domain.agents import TRANSITIONS
from ecsweb.domain.timeline.recording import MASK, masked
from ecsweb.learn.scene_faults import MOST_ACTIONS
from ecsweb.models import Account, Event

Told = Callable[[Event], dict[str, str]]
LONGEST_PAUSE = 5.0
SHORTEST_PAUSE = 0.2
# So far back a stretch usually begins; where no call is in it, it begins with the newest calls there are.
USUAL_EVENTS, USUAL_CALLS = 200, 10
CHAOS = frozenset({"KillContainer", "FillMemory", "FloodCpu", "LoseInstance", *TRANSITIONS})
# What was made by ids that the next time are others: `task` and `containerInstance` can be asked for, these cannot.
GENERATED = re.compile(r"[0-9a-f]{32}|arn:aws:ecs:[^ ]*:(service-deployment|service-revision|task-set)/|ecs-svc/\d+")
ARN = re.compile(r"arn:aws:ecs:[a-z0-9-]+:\d{12}:(cluster|service|task-definition)/(?:[^/]+/)*([^/]+)")
# Those that look for an instance that is not in order, and what they look for.
CONDITIONS = {
    "ReconnectAgent": "!agentConnected",
    "RestartAgent": "!agentConnected",
    "StartInstance": "!agentConnected",
}


@dataclass
class Cut:
    """What was cut, and what had to be left out, with the reason's name."""

    actions: list[dict[str, Any]] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    left_out: list[dict[str, str]] = field(default_factory=list)


def cut(account: Account, region: str, since: int, until: int, told: Told) -> Cut:
    """Return the stretch from one event to another as a script; `told` gives the caption of a call."""
    found = Cut()
    rows = Event.objects.filter(account=account, region=region, detail_type="API Call", detail__result="Success")
    last: datetime | None = None
    names: dict[str, str] = {}
    for event in rows.filter(sequence__gte=since, sequence__lte=until).order_by("sequence"):
        operation = event.detail["operation"]
        if event.detail.get("origin") == "learn" or not _is_cut(operation):
            continue
        if len(found.actions) > MOST_ACTIONS - 4:
            found.left_out.append({"operation": operation, "why": "too-many"})
            continue
        params, why = _params(account, operation, event.detail["parameters"])
        if why:
            found.left_out.append({"operation": operation, "why": why})
            continue
        pause = min((event.time - last).total_seconds(), LONGEST_PAUSE) if last else 0.0
        last = event.time
        if pause >= SHORTEST_PAUSE:
            found.actions.append({"pause": round(pause, 1)})
        _note_made(found, names, operation, params)
        params = _renamed(params, names)
        found.actions += _waits(operation, params, found)
        found.actions.append({"call": operation, "params": params, "say": told(event), **_answered(event)})
    return found


def usual_since(account: Account, region: str) -> int:
    """Return where a stretch begins that nobody chose: it holds calls that can be played again, if there are any."""
    since = max(account.last_sequence - USUAL_EVENTS, 0)
    if cut(account, region, since, account.last_sequence, lambda _event: {}).actions:
        return since
    rows = Event.objects.filter(account=account, region=region, detail_type="API Call", detail__result="Success")
    calls = rows.exclude(detail__origin="learn").filter(sequence__lt=since).order_by("-sequence")
    found = [event.sequence for event in calls[:USUAL_EVENTS] if _is_cut(event.detail["operation"])]
    return found[:USUAL_CALLS][-1] if found else since


def _answered(event: Event) -> dict[str, str]:
    """Return the failure that the call was answered with, as a script expects it; nothing where it found its place."""
    rows = Event.objects.filter(account=event.account_id, region=event.region, detail_type="Decision", time=event.time)
    refused = rows.filter(detail__has_key="failures").first()
    is_of_it = refused is not None and event.detail["operation"] in ("RunTask", "StartTask")
    return {"refusal": str(refused.detail["failures"][0]["reason"])} if refused is not None and is_of_it else {}


def _is_cut(operation: str) -> bool:
    service, _name = service_and_name(operation)
    return operation in CHAOS or (is_of_aws(operation) and service == ECS)


def _params(account: Account, operation: str, given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return parameters that hold anywhere, or why there are none."""
    params: dict[str, Any] = {key: value for key, value in given.items() if key != "clientToken"}
    cluster = _short(params.get("cluster", "default"))
    if "task" in params:
        group = _group_of(account, str(params["task"]))
        if not group:
            return {}, "unknown-task"
        params["task"] = _ask_task(cluster, group)
    if "containerInstance" in params:
        params["containerInstance"] = _ask_instance(cluster, CONDITIONS.get(operation, "status=='ACTIVE'"))
    if operation == "UpdateContainerInstancesState":
        status = "DRAINING" if params.get("status") == "ACTIVE" else "ACTIVE"
        params["containerInstances"] = [_ask_instance(cluster, f"status=='{status}'")]
    params = _short(params)
    if masked(params) != params or MASK in str(params):
        return {}, "secret"
    return params, "generated-id" if GENERATED.search(str(params)) else ""


def _short(value: Any) -> Any:
    """Return names in the place of ARNs."""
    if isinstance(value, Mapping):
        return {key: _short(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_short(inner) for inner in value]
    whole = ARN.fullmatch(value) if isinstance(value, str) else None
    return whole[2] if whole else value


def _group_of(account: Account, task: str) -> str:
    """Return the group of a task, also of one that is gone; empty for one of which nothing is known."""
    rows = Event.objects.filter(account=account, detail_type="ECS Task State Change")
    event = rows.filter(resources__icontains=task.rsplit("/", 1)[-1]).order_by("-sequence").first()
    return str(event.detail.get("group", "")) if event else ""


def _ask_task(cluster: str, group: str) -> dict[str, Any]:
    query = f"sort_by(tasks[?group=='{group}' && lastStatus=='RUNNING'], &createdAt)[0].taskArn"
    return {"ask": {"of": "DescribeTasks", "params": {"cluster": cluster}, "query": query}}


def _ask_instance(cluster: str, condition: str) -> dict[str, Any]:
    query = f"sort_by(containerInstances[?{condition}], &registeredAt)[0].containerInstanceArn"
    return {"ask": {"of": "DescribeContainerInstances", "params": {"cluster": cluster}, "query": query}}


def _note_made(found: Cut, names: dict[str, str], operation: str, params: Mapping[str, Any]) -> None:
    """What the stretch makes itself gets names of a scene's, so that the way back may remove it."""
    kind = {"CreateCluster": "clusterName", "RegisterTaskDefinition": "family"}.get(operation)
    if kind is None:
        return
    name = str(params.get(kind, "default"))
    names[f"{kind} {name}"] = mine = name if name.startswith(SCENE_PREFIX) else f"{SCENE_PREFIX}{name}"
    listed = found.clusters if kind == "clusterName" else found.families
    if mine not in listed:
        listed.append(mine)


def _renamed(value: Any, names: Mapping[str, str], key: str = "") -> Any:
    if isinstance(value, Mapping):
        return {name: _renamed(inner, names, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names, key) for inner in value]
    return _name(value, names, key) if isinstance(value, str) else value


def _name(value: str, names: Mapping[str, str], key: str) -> str:
    if key in ("cluster", "clusterName"):
        return names.get(f"clusterName {value}", value)
    if key == "query":
        return re.sub(r"'family:([^']+)'", lambda it: f"'family:{names.get(f'family {it[1]}', it[1])}'", value)
    if key in ("family", "taskDefinition"):
        # Revisions are counted anew: what was the newest then is the newest again.
        return names.get(f"family {value.partition(':')[0]}", value)
    return value


def _waits(operation: str, params: Mapping[str, Any], found: Cut) -> list[dict[str, Any]]:
    """A play is faster than a person: wait for what the call needs."""
    asks = [value for key, value in params.items() if key in ("task", "containerInstance") and isinstance(value, dict)]
    if operation == "UpdateContainerInstancesState":
        asks = params["containerInstances"]
    cluster = params.get("cluster", "default")
    is_equipped = any(
        one.get("call") == "RegisterContainerInstance" and one["params"].get("cluster", "default") == cluster
        for one in found.actions
    )
    if operation in ("RunTask", "CreateService") and is_equipped:
        asks = [_ask_instance(cluster, "agentConnected")]
    return [{"until": one} for one in asks]
