"""What an event of the log says, as a sentence in the reader's language; ECS's own message is quoted beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.web.sentences.quotas import is_quota, quota_full

Names = Mapping[str, str]


def event_sentence(event: LoggedEvent, names: Names) -> str:
    """Return what happened; `names` gives container instances the names that the picture gives them."""
    say = SENTENCES.get(event.detail_type)
    return say(event.detail, names) if say else event.detail_type


def event_quote(event: LoggedEvent) -> str:
    """Return ECS's own words about it, where it has some."""
    detail = event.detail
    return str(detail.get("message") or detail.get("stoppedReason") or "")


def _last(detail: Mapping[str, Any], key: str) -> str:
    return str(detail.get(key) or "").rsplit("/", 1)[-1]


def _task(detail: Mapping[str, Any], names: Names) -> str:
    instance = _last(detail, "containerInstanceArn")
    words = {
        "task": _last(detail, "taskArn")[:6],
        "revision": _last(detail, "taskDefinitionArn"),
        "place": names.get(instance, instance[:8]) or "FARGATE",
    }
    status, desired = detail.get("lastStatus"), detail.get("desiredStatus")
    if status == "STOPPED":
        return _stopped(detail) % words
    if desired == "STOPPED":
        return _("The task %(task)s (%(revision)s) on %(place)s is to stop; its containers are asked to end.") % words
    if status == "RUNNING" and detail.get("healthStatus") == "UNHEALTHY":
        return _("The task %(task)s (%(revision)s) on %(place)s runs, but a container is unhealthy.") % words
    if status == "RUNNING":
        return _("The task %(task)s (%(revision)s) runs on %(place)s.") % words
    words["status"] = str(status)
    if not instance and detail.get("launchType") != "FARGATE":
        return _("The task %(task)s (%(revision)s) waits for capacity: it has no container instance yet.") % words
    return _("The task %(task)s (%(revision)s) has its place on %(place)s; the agent prepares it (%(status)s).") % words


def _stopped(detail: Mapping[str, Any]) -> str:
    match detail.get("stopCode"):
        case "EssentialContainerExited":
            return _("The task %(task)s (%(revision)s) on %(place)s stopped: an essential container ended.")
        case "TaskFailedToStart":
            return _("The task %(task)s (%(revision)s) on %(place)s stopped before it ever ran.")
        case "ServiceSchedulerInitiated":
            return _("The task %(task)s (%(revision)s) on %(place)s stopped: its service wanted that.")
        case "UserInitiated":
            return _("The task %(task)s (%(revision)s) on %(place)s stopped: somebody asked for it.")
        case _:
            return _("The task %(task)s (%(revision)s) on %(place)s stopped.")


def _instance(detail: Mapping[str, Any], names: Names) -> str:
    found = _last(detail, "containerInstanceArn")
    words = {"instance": names.get(found, found[:8]), "status": detail.get("status", "")}
    if detail.get("status") == "INACTIVE":
        return _("The container instance %(instance)s left the cluster.") % words
    if not detail.get("agentConnected", True):
        return _("The agent of the container instance %(instance)s is disconnected.") % words
    if detail.get("status") == "DRAINING":
        return _("The container instance %(instance)s is DRAINING: it takes no new tasks.") % words
    if detail.get("version") == 1:
        return _("The container instance %(instance)s joined the cluster.") % words
    return _("The container instance %(instance)s is %(status)s and its agent is connected.") % words


ACTIONS = {
    "SERVICE_STEADY_STATE": gettext_lazy("The service %(service)s has what it wants: a steady state."),
    "TASKSET_STEADY_STATE": gettext_lazy("A task set of the service %(service)s has what it wants: a steady state."),
    "SERVICE_TASK_PLACEMENT_FAILURE": gettext_lazy("The service %(service)s finds no place for a task."),
    "SERVICE_TASK_CONFIGURATION_FAILURE": gettext_lazy("The service %(service)s finds no place for a task."),
    "SERVICE_DESIRED_COUNT_UPDATED": gettext_lazy("The service %(service)s wants another number of tasks now."),
    "SERVICE_TASK_START_IMPAIRED": gettext_lazy("The tasks of the service %(service)s fail to start again and again."),
    "SERVICE_TASK_UNHEALTHY": gettext_lazy("The service %(service)s found a task unhealthy."),
    "SERVICE_AZ_REBALANCING": gettext_lazy("The service %(service)s moves tasks to an emptier zone."),
    "SERVICE_AZ_BALANCED": gettext_lazy("The service %(service)s is spread evenly over the zones."),
    "SERVICE_DEPLOYMENT_IN_PROGRESS": gettext_lazy("A deployment of the service %(service)s has begun."),
    "SERVICE_DEPLOYMENT_COMPLETED": gettext_lazy("A deployment of the service %(service)s is complete."),
    "SERVICE_DEPLOYMENT_FAILED": gettext_lazy("A deployment of the service %(service)s failed."),
    "TASKS_STARTED": gettext_lazy("The service %(service)s starts tasks, as it has fewer than it wants."),
    "TASKS_STOPPED": gettext_lazy("The service %(service)s stops tasks that it no longer wants."),
    "TASKS_PROTECTED": gettext_lazy("The service %(service)s would stop tasks, but they are protected."),
}


def _service_name(detail: Mapping[str, Any]) -> str:
    ours = detail.get("ecsweb")
    facts = ours.get("service", {}) if isinstance(ours, Mapping) else {}
    return str(facts.get("serviceName") or _last(detail, "serviceArn") or "–")


def _action(detail: Mapping[str, Any], _names: Names) -> str:
    name = str(detail.get("eventName", ""))
    words = {"service": _service_name(detail), "name": name}
    known = ACTIONS.get(name)
    return str(known) % words if known else _("The service %(service)s says %(name)s.") % words


def _service(detail: Mapping[str, Any], _names: Names) -> str:
    ours = detail.get("ecsweb")
    facts = ours.get("service", {}) if isinstance(ours, Mapping) else {}
    status = facts.get("status") or detail.get("status")
    words = {
        "service": _service_name(detail),
        "desired": facts.get("desiredCount", detail.get("desiredCount", "–")),
        "revision": str(facts.get("taskDefinition") or detail.get("taskDefinition") or "–").rsplit("/", 1)[-1],
    }
    if status == "DRAINING":
        return _("The service %(service)s is being deleted: it lets its tasks end first.") % words
    if status == "INACTIVE":
        return _("The service %(service)s was deleted.") % words
    if facts.get("isSteady") is False:
        return _("The service %(service)s wants %(desired)s of %(revision)s and is at work on it.") % words
    return _("The service %(service)s wants %(desired)s of %(revision)s.") % words


def _task_set(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"service": _service_name(detail), "status": detail.get("status", ""), "scale": detail.get("scale", "–")}
    return _("A task set of the service %(service)s is %(status)s, with a scale of %(scale)s %%.") % words


def _cluster(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"cluster": _last(detail, "clusterArn")}
    if detail.get("status") == "ACTIVE":
        return _("The cluster %(cluster)s is ACTIVE.") % words
    return _("The cluster %(cluster)s was deleted.") % words


def _definition(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"revision": f"{detail.get('family', '–')}:{detail.get('revision', '–')}", "status": detail.get("status")}
    if detail.get("status") == "ACTIVE":
        return _("The revision %(revision)s was registered. Nothing runs yet: a definition is only a plan.") % words
    return _("The revision %(revision)s is %(status)s: no new task may come of it.") % words


def _whose(group: str) -> str:
    """Return whose task it is: ECS groups tasks as `service:NAME` or `family:NAME`, and else by what was asked for."""
    kind, _colon, name = group.partition(":")
    if kind == "service":
        return _("the service %(name)s") % {"name": name}
    return _("the family %(name)s") % {"name": name} if kind == "family" else group


def _decision(detail: Mapping[str, Any], names: Names) -> str:
    failures = detail.get("failures")
    words = {
        "group": _whose(str(detail.get("group", "–"))),
        "instance": names.get(str(detail.get("chosen")), detail.get("chosen")),
    }
    if isinstance(failures, list) and failures and isinstance(failures[0], Mapping):
        if is_quota(str(failures[0].get("detail", ""))):
            return _("A task of %(group)s was not started. %(why)s") % {**words, "why": quota_full()}
        return _("A task of %(group)s found no place: %(reason)s.") % {**words, "reason": failures[0].get("reason")}
    if detail.get("chosen"):
        return _("For a task of %(group)s the scheduler chose %(instance)s.") % words
    return _("The scheduler looked for a place for a task of %(group)s.") % words


def _call(detail: Mapping[str, Any], _names: Names) -> str:
    words = {key: detail.get(key, "–") for key in ("operation", "result")}
    if detail.get("result") == "Success":
        return _("Somebody called %(operation)s, and it was done.") % words
    return _("Somebody called %(operation)s, and it was refused: %(result)s.") % words


def _engine(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"operation": detail.get("operation", "–"), "task": _last(detail, "taskArn")[:6]}
    return _("For the task %(task)s the engine was told: %(operation)s.") % words


def _chaos(detail: Mapping[str, Any], names: Names) -> str:
    found = _last(detail, "containerInstanceArn")
    words = {"operation": detail.get("operation", "–"), "instance": names.get(found, found[:8])}
    if "image" in detail:
        return _("Chaos: %(operation)s %(image)s.") % {"operation": words["operation"], "image": detail["image"]}
    if not found:
        task = {"operation": detail.get("operation", "–"), "task": _last(detail, "taskArn")[:6]}
        return _("Chaos: %(operation)s on the task %(task)s.") % task
    return _("Chaos: %(operation)s on %(instance)s.") % words


def _restart(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"container": detail.get("container", "–"), "task": _last(detail, "taskArn")[:6]}
    return _("The container %(container)s of the task %(task)s was started again by its restart policy.") % words


def _protection(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"task": _last(detail, "taskArn")[:6]}
    if detail.get("protectedUntil"):
        return _("The task %(task)s is protected: its service may not stop it for a while.") % words
    return _("The task %(task)s is no longer protected.") % words


def _scaling(detail: Mapping[str, Any], _names: Names) -> str:
    words = {
        "provider": detail.get("capacityProvider", "–"),
        "wanted": detail.get("desiredCapacity", "–"),
        "before": detail.get("desiredCapacityBefore", "–"),
    }
    return _("The capacity provider %(provider)s now wants %(wanted)s machines (before: %(before)s).") % words


def _group(detail: Mapping[str, Any], _names: Names) -> str:
    words = {"group": detail.get("AutoScalingGroupName", "–")}
    return _("The Auto Scaling group %(group)s was changed.") % words


def _provider(detail: Mapping[str, Any], _names: Names) -> str:
    return _("The capacity provider %(provider)s was changed.") % {"provider": detail.get("name", "–")}


SENTENCES: Mapping[str, Callable[[Mapping[str, Any], Names], str]] = {
    "ECS Task State Change": _task,
    "ECS Container Instance State Change": _instance,
    "ECS Service Action": _action,
    "ECS Deployment State Change": _action,
    "Service State Change": _service,
    "Task Set State Change": _task_set,
    "Cluster State Change": _cluster,
    "Task Definition State Change": _definition,
    "Decision": _decision,
    "API Call": _call,
    "Engine Call": _engine,
    "Chaos": _chaos,
    "Container Restart": _restart,
    "Task Protection": _protection,
    "Managed Scaling": _scaling,
    "Auto Scaling Group Change": _group,
    "Capacity Provider Change": _provider,
    "Tag Change on Resource": lambda _detail, _names: _("Tags were changed."),
    "Account Reset": lambda _detail, _names: _("The account was emptied."),
    "Checkpoint": lambda _detail, _names: _("The log wrote down what stands where, to find back to it quickly."),
}
