"""The capacity of a cluster: Auto Scaling groups, capacity providers, and which of them the cluster uses."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ecsweb.models import Cluster
from ecsweb.web.acting import act
from ecsweb.web.capacity import group_cards, groups_without_provider, known_providers
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.forms.capacity import (
    ClusterProvidersForm,
    CreateGroupForm,
    CreateProviderForm,
    UpdateGroupForm,
    UpdateProviderForm,
)
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of


def _context(cluster: Cluster, refused: dict[str, ApiForm] | None = None) -> dict[str, Any]:
    """Return everything of the page; `refused` are forms that came back with something to correct."""
    wrong = refused or {}
    cards = group_cards(cluster)
    free = groups_without_provider(cluster)
    forms = [
        (
            card,
            wrong.get(f"group-{card.group.pk}") or UpdateGroupForm(group=card.group),
            (wrong.get(f"provider-{card.provider.pk}") or UpdateProviderForm(provider=card.provider))
            if card.provider
            else None,
        )
        for card in cards
    ]
    return {
        "cluster": cluster,
        "cards": cards,
        "forms": forms,
        "create_group": wrong.get("create_group") or CreateGroupForm(cluster=cluster),
        "create_provider": (wrong.get("create_provider") or CreateProviderForm(groups=free)) if free else None,
        "providers_form": wrong.get("providers_form")
        or ClusterProvidersForm(cluster=cluster, known=known_providers(cluster)),
    }


def _submitted(request: PageRequest, cluster: Cluster, key: str, form: ApiForm) -> HttpResponse:
    """Make the form's call and go back to the page, or show the page with what is to be corrected."""
    if form.submit(request.principal) is None:
        return render(request, "clusters/capacity.html", _context(cluster, {key: form}), status=422)
    return redirect("capacity", cluster.name)


@require_GET
def page(request: PageRequest, name: str) -> HttpResponse:
    """Show the cluster's capacity."""
    return render(request, "clusters/capacity.html", _context(cluster_of(request, name)))


@require_GET
def state(request: PageRequest, name: str) -> HttpResponse:
    """Show the part that lives."""
    cluster = cluster_of(request, name)
    return render(request, "clusters/_capacity_state.html", {"cluster": cluster, "cards": group_cards(cluster)})


@require_http_methods(["GET", "POST"])
def change(request: PageRequest, name: str, what: str) -> HttpResponse:
    """Create or change one thing: a group, a provider, or the cluster's choice of providers."""
    cluster = cluster_of(request, name)
    found = _form(request, cluster, what)
    if request.method == "GET" or found is None:  # a language or theme switch after a refusal comes back here
        return redirect("capacity", name)
    return _submitted(request, cluster, what, found)


def _form(request: PageRequest, cluster: Cluster, what: str) -> ApiForm | None:
    if what == "create_group":
        return CreateGroupForm(request.POST, cluster=cluster)
    if what == "create_provider":
        return CreateProviderForm(request.POST, groups=groups_without_provider(cluster))
    if what == "providers_form":
        return ClusterProvidersForm(request.POST, cluster=cluster, known=known_providers(cluster))
    kind, _dash, pk = what.partition("-")
    cards = [card for card in group_cards(cluster) if pk.isdigit()]
    if kind == "group":
        return next((UpdateGroupForm(request.POST, group=c.group) for c in cards if c.group.pk == int(pk)), None)
    found = [card.provider for card in cards if card.provider and card.provider.pk == int(pk)]
    return UpdateProviderForm(request.POST, provider=found[0]) if kind == "provider" and found else None


@require_POST
def delete_provider(request: PageRequest, name: str) -> HttpResponse:
    """Delete a capacity provider; its group stays."""
    params = {"capacityProvider": request.POST.get("provider", "")}
    return act(request, "DeleteCapacityProvider", params, done=_("Deleted."), back=reverse("capacity", args=[name]))


@require_POST
def delete_group(request: PageRequest, name: str) -> HttpResponse:
    """Delete an empty group."""
    params = {"AutoScalingGroupName": request.POST.get("group", "")}
    return act(request, "DeleteAutoScalingGroup", params, done=_("Deleted."), back=reverse("capacity", args=[name]))
