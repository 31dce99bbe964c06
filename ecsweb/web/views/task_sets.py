"""Task sets on the page of their service."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecsweb.models import Cluster, Service
from ecsweb.web.acting import act
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.launching import capacity_of
from ecsweb.web.forms.task_sets import CreateExternalServiceForm, CreateTaskSetForm, ScaleTaskSetForm
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import active_revisions, cluster_of, service_of
from ecsweb.web.task_sets import task_set_choices
from ecsweb.web.views.services import page_context


def _back(name: str, service_name: str) -> str:
    return reverse("service", args=[name, service_name])


def _refused(request: PageRequest, cluster: Cluster, service: Service, form: ApiForm) -> HttpResponse:
    """Show the service's page again with what is to be corrected."""
    key = "create_form" if isinstance(form, CreateTaskSetForm) else "scale_form"
    return render(request, "services/detail.html", {**page_context(request, cluster, service), key: form}, status=422)


@require_http_methods(["GET", "POST"])
def create(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Create a task set."""
    cluster = cluster_of(request, name)
    service = service_of(request, cluster, service_name)
    if request.method == "GET":  # after a refusal the language or theme switch comes back here
        return redirect("service", name, service_name)
    form = CreateTaskSetForm(
        request.POST,
        cluster=name,
        service=service_name,
        revisions=active_revisions(request),
        capacity=capacity_of(cluster),
    )
    if form.submit(request.principal) is None:
        return _refused(request, cluster, service, form)
    return redirect("service", name, service_name)


@require_http_methods(["GET", "POST"])
def scale(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Give a task set another percentage."""
    cluster = cluster_of(request, name)
    service = service_of(request, cluster, service_name)
    if request.method == "GET":
        return redirect("service", name, service_name)
    form = ScaleTaskSetForm(request.POST, cluster=name, service=service_name, task_sets=task_set_choices(service))
    if form.submit(request.principal) is None:
        return _refused(request, cluster, service, form)
    return redirect("service", name, service_name)


@require_POST
def make_primary(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Make a task set the PRIMARY one."""
    params = {"cluster": name, "service": service_name, "primaryTaskSet": request.POST.get("task_set", "")}
    done = _("The task set is PRIMARY now; the former one is ACTIVE.")
    return act(request, "UpdateServicePrimaryTaskSet", params, done=done, back=_back(name, service_name))


@require_POST
def delete(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Delete a task set; with `force` also one that still has tasks."""
    params = {
        "cluster": name,
        "service": service_name,
        "taskSet": request.POST.get("task_set", ""),
        "force": request.POST.get("force") == "on",
    }
    done = _("The task set is being deleted; its tasks stop.")
    return act(request, "DeleteTaskSet", params, done=done, back=_back(name, service_name))


@require_http_methods(["GET", "POST"])
def create_service(request: PageRequest, name: str) -> HttpResponse:
    """Create a service whose task sets somebody outside manages."""
    cluster = cluster_of(request, name)
    form = CreateExternalServiceForm(request.POST or None, cluster=name)
    if request.method == "POST":
        answer = form.submit(request.principal)
        if answer is not None:
            return redirect("service", name, answer["service"]["serviceName"])
    context = {"cluster": cluster, "form": form}
    return render(request, "services/create_external.html", context, status=422 if form.errors else 200)
