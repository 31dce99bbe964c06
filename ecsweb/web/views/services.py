from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ecsweb.controlplane.descriptions import deployment_counts, describe_service
from ecsweb.domain.statuses import STATUSES_BEFORE_STOPPED, DeploymentStatus
from ecsweb.models import Cluster, Service
from ecsweb.web import sentences
from ecsweb.web.acting import act
from ecsweb.web.diagrams.cluster_picture import mood
from ecsweb.web.forms.launching import capacity_of
from ecsweb.web.forms.networks import typed_network
from ecsweb.web.forms.tasks import CreateServiceForm, UpdateServiceForm, breaker_choice
from ecsweb.web.pictures import instance_names, place_name, revision_name
from ecsweb.web.progress import progress_of
from ecsweb.web.remedies import service_remedies
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import active_revisions, awsvpc_revisions, cluster_of, service_of
from ecsweb.web.steps import steps_chart
from ecsweb.web.task_ends import last_failure
from ecsweb.web.task_sets import task_set_forms, task_set_rows
from ecsweb.web.undoing import say_form_done


def _context(cluster: Cluster, service: Service) -> dict[str, object]:
    counts = deployment_counts(service)
    running = sum(count for _desired, _pending, count in counts.values())
    pending = sum(count for _desired, count, _running in counts.values())
    names = instance_names(cluster)
    shown = service.deployments.exclude(status=DeploymentStatus.INACTIVE).filter(task_set=None)
    shown = shown.select_related("task_definition")
    deployments = [(row, *counts.get(row.pk, (0, 0, 0))) for row in shown]
    tasks = service.tasks.filter(last_status__in=STATUSES_BEFORE_STOPPED).select_related(
        "task_definition", "container_instance"
    )
    return {
        "cluster": cluster,
        "service": service,
        "running": running,
        "pending": pending,
        "mood": mood(
            status=service.status,
            is_steady=sentences.is_steady(service, running=running),
            failure=service.placement_failure,
            is_rolling_out=len(deployments) > 1 or service.task_sets.exclude(status="INACTIVE").count() > 1,
            is_short=service.deployment_controller == "EXTERNAL" and running < service.desired_count,
        ),
        "now": sentences.service_now(service, running=running, pending=pending),
        "capacity": sentences.service_capacity(service),
        "deployments": deployments,
        "progress": progress_of(deployments, desired=service.desired_count),
        "rollouts": list(service.service_deployments.select_related("target__task_definition")[:5]),
        "can_stop": {"PENDING", "IN_PROGRESS"},
        "is_external": service.deployment_controller == "EXTERNAL",
        "task_sets": task_set_rows(service, counts),
        "tasks": [(task, place_name(task, names)) for task in tasks],
        "events": list(service.events.all()[:30]),
        "last_failed": last_failure(service),
        "why": sentences.decision(service.last_decision, names),
        "nearest": sentences.nearest(service.last_decision, names),
        "remedies": service_remedies(service, names),
        "candidates": sentences.candidates(service.last_decision, names),
        "document": describe_service(service),
    }


@require_GET
def detail(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """The page of a service."""
    cluster = cluster_of(request, name)
    service = service_of(request, cluster, service_name)
    return render(request, "services/detail.html", page_context(request, cluster, service))


def page_context(request: PageRequest, cluster: Cluster, service: Service) -> dict[str, object]:
    """Return all that the page shows, its forms empty."""
    form = _update_form(request, cluster, service, bound=False)
    forms = {**task_set_forms(request, cluster, service), "form": form}
    return {**_context(cluster, service), **forms, "chart": steps_chart(service)}


@require_GET
def state(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """The live fragment of that page."""
    cluster = cluster_of(request, name)
    return render(request, "services/_state.html", _context(cluster, service_of(request, cluster, service_name)))


@require_GET
def steps(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """The fragment of running beside desired over time."""
    cluster = cluster_of(request, name)
    service = service_of(request, cluster, service_name)
    return render(
        request, "services/_steps.html", {"cluster": cluster, "service": service, "chart": steps_chart(service)}
    )


def _update_form(request: PageRequest, cluster: Cluster, service: Service, *, bound: bool) -> UpdateServiceForm:
    current = revision_name(service)
    revisions = active_revisions(request)
    form = UpdateServiceForm(
        request.POST if bound else None,
        cluster=cluster.name,
        service=service.name,
        revisions=revisions if current in revisions else [current, *revisions],
        kind="EXTERNAL" if service.deployment_controller == "EXTERNAL" else service.scheduling_strategy,
        initial={
            "task_definition": current,
            "desired_count": service.desired_count,
            "circuit_breaker": breaker_choice(service.deployment_circuit_breaker),
            **typed_network(service.network_configuration),
        },
    )
    form.awsvpc = awsvpc_revisions(request)
    return form


@require_http_methods(["GET", "POST"])
def update(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Scale the service, or give it another revision."""
    cluster = cluster_of(request, name)
    service = service_of(request, cluster, service_name)
    if request.method == "GET":  # after a refusal the language or theme switch comes back here
        return redirect("service", cluster.name, service.name)
    form = _update_form(request, cluster, service, bound=True)
    if form.submit(request.principal) is not None:
        say_form_done(request, form)
        return redirect("service", cluster.name, service.name)
    context = {**page_context(request, cluster, service), "form": form}
    return render(request, "services/detail.html", context, status=422)


@require_http_methods(["GET", "POST"])
def create(request: PageRequest, name: str) -> HttpResponse:
    """Create a REPLICA or DAEMON service."""
    cluster = cluster_of(request, name)
    revisions = active_revisions(request)
    chosen = {"task_definition": request.GET.get("definition") or (revisions[0] if revisions else "")}
    if request.GET.get("type") == "DAEMON":
        chosen |= {"scheduling_strategy": "DAEMON", "name": "logs"}
    if request.GET.get("name"):  # a lesson leads here, and wants its own name
        chosen["name"] = request.GET["name"][:255]
    form = CreateServiceForm(
        request.POST or None,
        cluster=cluster.name,
        revisions=revisions,
        initial=chosen,
        capacity=capacity_of(cluster),
    )
    form.awsvpc = awsvpc_revisions(request)
    if request.method == "POST" and form.submit(request.principal) is not None:
        say_form_done(request, form)
        return redirect("cluster", cluster.name)
    context = {"cluster": cluster, "form": form, "has_revisions": bool(revisions)}
    return render(request, "services/create.html", context, status=422 if form.errors else 200)


@require_POST
def delete(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Delete the service and stop its tasks."""
    params = {"cluster": name, "service": service_name, "force": True}
    done = _("The service %(name)s is being deleted; its tasks stop.") % {"name": service_name}
    return act(request, "DeleteService", params, done=done, back=reverse("cluster", args=[name]))


@require_POST
def stop_deployment(request: PageRequest, name: str, service_name: str) -> HttpResponse:
    """Stop a roll-out, or go back to the one before it."""
    params = {
        "serviceDeploymentArn": request.POST.get("deployment", ""),
        "stopType": request.POST.get("stop_type", "ROLLBACK"),
    }
    done = _("The service deployment is being stopped.")
    return act(request, "StopServiceDeployment", params, done=done, back=reverse("service", args=[name, service_name]))
