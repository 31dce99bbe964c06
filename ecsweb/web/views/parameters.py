"""The parameter store's page: names and versions; values go in and are never shown again."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ecsweb.controlplane.parameters import parameters_of
from ecsweb.web.acting import act
from ecsweb.web.forms.parameters import ParameterForm
from ecsweb.web.requests import PageRequest


@require_http_methods(["GET", "POST"])
def index(request: PageRequest) -> HttpResponse:
    """List the parameters; write one."""
    known = parameters_of(request.account, request.principal.region)
    form = ParameterForm(request.POST or None, known=known)
    if request.method == "POST" and (answer := form.submit(request.principal)) is not None:
        words = {"name": form.cleaned_data["name"], "version": answer["Version"]}
        messages.success(request, _("Stored: %(name)s, version %(version)s.") % words)
        return redirect("parameters")
    context = {"form": form, "parameters": known}
    return render(request, "parameters.html", context, status=422 if form.errors else 200)


@require_POST
def delete(request: PageRequest) -> HttpResponse:
    """Delete a parameter."""
    params = {"Name": request.POST.get("name", "")}
    return act(request, "ssm:DeleteParameter", params, done=_("The parameter is deleted."), back=reverse("parameters"))
