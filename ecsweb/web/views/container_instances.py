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
from ecsweb.web import calls, sentences
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
    back = reverse("instance", args=[name, instance_id])
    done = _("The container instance is %(status)s.") % {"status": status}
    return act(request, *calls.set_instance_status(name, instance_id, status), done=done, back=back)


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
    done = _("Done: %(operation)s.") % {"operation": operation}
    return act(request, *calls.on_host(operation, name, instance_id), done=done, back=back)


@require_POST
def attribute(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """Put a custom attribute on the instance, or take one away."""
    key, value = request.POST.get("name", ""), request.POST.get("value", "")
    if "remove" in request.POST:
        params = {"cluster": name, "attributes": [{"name": key, "targetId": instance_id}]}
        made = calls.Call("DeleteAttributes", params)
    else:
        made = calls.put_attribute(name, instance_id, key, value)
    done = _("The attributes are changed.")
    back = reverse("instance", args=[name, instance_id])
    return act(request, *made, done=done, back=back)
