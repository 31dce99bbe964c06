from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.controlplane.descriptions import describe_container_instance
from ecsweb.models import Cluster, ContainerInstance
from ecsweb.web.acting import act
from ecsweb.web.pictures import cluster_picture, instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of, instance_of


def _context(cluster: Cluster, instance: ContainerInstance) -> dict[str, object]:
    boxes = cluster_picture(cluster, open_instances=[instance.instance_id]).instances
    return {
        "cluster": cluster,
        "instance": instance,
        "name": instance_names(cluster)[instance.instance_id],
        "box": next((box for box in boxes if box.instance_id == instance.instance_id), None),
        "document": describe_container_instance(instance),
    }


@require_GET
def detail(request: PageRequest, name: str, instance_id: str) -> HttpResponse:
    """The page of a container instance."""
    cluster = cluster_of(request, name)
    return render(request, "instances/detail.html", _context(cluster, instance_of(request, cluster, instance_id)))


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
