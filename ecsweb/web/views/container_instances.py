from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.controlplane.descriptions import describe_container_instance
from ecsweb.domain.agents import AgentCondition, possible_operations
from ecsweb.domain.container_instances import AGENTS_OWN, CAPABILITY_STEMS
from ecsweb.domain.statuses import ContainerInstanceStatus
from ecsweb.models import Cluster, ContainerInstance
from ecsweb.web import sentences
from ecsweb.web.acting import act
from ecsweb.web.pictures import cluster_picture, instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, instance_of
from ecsweb.web.sentences.instances import CHAOS
from ecsweb.web.usage import instance_usage

# What ends containers is asked for twice.
FINAL = ("StopInstance", "LoseInstance")


def _context(cluster: Cluster, instance: ContainerInstance) -> dict[str, object]:
    boxes = cluster_picture(cluster, open_instances=[instance.instance_id]).instances
    return {
        "cluster": cluster,
        "instance": instance,
        "name": instance_names(cluster)[instance.instance_id],
        "box": next((box for box in boxes if box.instance_id == instance.instance_id), None),
        "document": describe_container_instance(instance),
        "now": sentences.instance_now(instance),
        "attributes": _attributes(instance),
        "final": FINAL,
        "chaos": sentences.chaos_choices(_breakable(instance)),
    }


def _attributes(instance: ContainerInstance) -> list[tuple[dict[str, str], bool]]:
    """Return what an instance says of itself, its many capabilities left out, and whether each is a custom one."""
    shown = [one for one in instance.attributes if not one["name"].startswith(CAPABILITY_STEMS)]
    return [(one, not one["name"].startswith(AGENTS_OWN)) for one in shown]


def _breakable(instance: ContainerInstance) -> tuple[str, ...]:
    """Return the chaos operations that mean something for the instance now."""
    if instance.status == ContainerInstanceStatus.INACTIVE:
        return ()
    return (*possible_operations(AgentCondition(instance.agent_condition)), "LoseInstance")


@require_GET
def detail(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """The page of a container instance."""
    cluster = cluster_of(request, name)
    instance = instance_of(request, cluster, instance_id)
    return render(request, "instances/detail.html", {**_context(cluster, instance), "usage": instance_usage(instance)})


@require_GET
def state(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """The live fragment of that page."""
    cluster = cluster_of(request, name)
    return render(request, "instances/_state.html", _context(cluster, instance_of(request, cluster, instance_id)))


@require_POST
def set_status(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """Drain the instance, or make it ACTIVE again."""
    status = request.POST.get("status", "")
    params = {"cluster": name, "containerInstances": [instance_id], "status": status}
    back = reverse("instance", args=[name, instance_id])
    done = _("The container instance is %(status)s.") % {"status": status}
    return act(request, "UpdateContainerInstancesState", params, done=done, back=back)


@require_POST
def deregister(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """Take the instance out of the cluster."""
    params = {"cluster": name, "containerInstance": instance_id, "force": "force" in request.POST}
    done = _("The container instance is deregistered.")
    return act(request, "DeregisterContainerInstance", params, done=done, back=reverse("cluster", args=[name]))


@require_POST
def chaos(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """Break the agent or its machine, or mend it."""
    operation = request.POST.get("operation", "")
    back = reverse("instance", args=[name, instance_id])
    if operation not in CHAOS:
        raise Http404(operation)
    params = {"cluster": name, "containerInstance": instance_id}
    done = _("Done: %(operation)s.") % {"operation": operation}
    return act(request, operation, params, done=done, back=back)


@require_POST
def attribute(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """Put a custom attribute on the instance, or take one away."""
    given = {"name": request.POST.get("name", ""), "targetId": instance_id}
    operation = "DeleteAttributes" if "remove" in request.POST else "PutAttributes"
    if operation == "PutAttributes" and request.POST.get("value"):
        given["value"] = request.POST["value"]
    done = _("The attributes are changed.")
    back = reverse("instance", args=[name, instance_id])
    return act(request, operation, {"cluster": name, "attributes": [given]}, done=done, back=back)
