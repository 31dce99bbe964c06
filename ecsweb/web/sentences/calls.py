"""What a call did, in a sentence that names no operation: the caption of a scene of somebody's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

Params = Mapping[str, Any]


def call_sentence(operation: str, params: Params) -> str:
    """Return what a call that was done did; empty for one of which nothing better is known than its name."""
    told = COUNTED.get(operation)
    return told(params) if told else str(PLAIN.get(operation, ""))


def _number(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _run(params: Params) -> str:
    count = _number(params.get("count"), 1)
    words = ngettext("%(count)s task is run directly.", "%(count)s tasks are run directly.", count)
    return words % {"count": count}


def _start(params: Params) -> str:
    named = params.get("containerInstances")
    count = len(named) if isinstance(named, list) else 1
    words = ngettext(
        "A task is started on a machine that was named.",
        "A task each is started on %(count)s machines that were named.",
        count,
    )
    return words % {"count": count}


def _create_service(params: Params) -> str:
    words = {"name": params.get("serviceName", "–"), "count": _number(params.get("desiredCount"), 0)}
    if params.get("schedulingStrategy") == "DAEMON":
        return _("The DAEMON service %(name)s is created: one task on each machine.") % words
    return _("The service %(name)s of %(count)s is created.") % words


def _service(params: Params) -> str:
    """Return the name of a service that is named so, or by its ARN."""
    return str(params.get("service", "–")).rsplit("/", 1)[-1]


def _update_service(params: Params) -> str:
    words = {"name": _service(params), "count": params.get("desiredCount")}
    if params.get("taskDefinition"):
        return _("The service %(name)s gets another revision.") % words
    if params.get("forceNewDeployment"):
        return _("All tasks of the service %(name)s are replaced.") % words
    if words["count"] is not None:
        return _("The service %(name)s wants %(count)s now.") % words
    return _("The service %(name)s is changed.") % words


def _delete_service(params: Params) -> str:
    return _("The service %(name)s is deleted.") % {"name": _service(params)}


def _state(params: Params) -> str:
    if params.get("status") == "DRAINING":
        return _("A machine is drained: nothing new is placed on it.")
    return _("A machine is ACTIVE again: tasks may be placed on it.")


COUNTED: Mapping[str, Callable[[Params], str]] = {
    "RunTask": _run,
    "StartTask": _start,
    "CreateService": _create_service,
    "UpdateService": _update_service,
    "DeleteService": _delete_service,
    "UpdateContainerInstancesState": _state,
}
PLAIN = {
    "CreateCluster": gettext_lazy("A cluster is created."),
    "DeleteCluster": gettext_lazy("The cluster is deleted."),
    "RegisterContainerInstance": gettext_lazy("A machine joins the cluster."),
    "DeregisterContainerInstance": gettext_lazy("A machine leaves the cluster."),
    "RegisterTaskDefinition": gettext_lazy("A task definition is registered."),
    "DeregisterTaskDefinition": gettext_lazy("A revision is deregistered."),
    "StopTask": gettext_lazy("A task is stopped."),
    "KillContainer": gettext_lazy("A container is killed."),
    "FillMemory": gettext_lazy("A container takes more and more memory."),
    "FloodCpu": gettext_lazy("A container takes all the CPU that it gets."),
    "LoseInstance": gettext_lazy("A machine is lost."),
    "StopInstance": gettext_lazy("A machine is switched off."),
    "StartInstance": gettext_lazy("A machine is switched on again."),
    "DisconnectAgent": gettext_lazy("The agent of a machine is cut off."),
    "ReconnectAgent": gettext_lazy("The agent of a machine is connected again."),
    "KillAgent": gettext_lazy("The agent of a machine is killed."),
    "RestartAgent": gettext_lazy("The agent of a machine is started again."),
}
