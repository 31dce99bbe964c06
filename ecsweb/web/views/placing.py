"""A revision put onto something: a cluster runs it, a container instance has it started, a service deploys it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ecsweb.api import call
from ecsweb.api.undo import before, inverses
from ecsweb.domain.errors import EcsError
from ecsweb.web.acting import act, back_to
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of
from ecsweb.web.running import tell_answer


@require_POST
def put(request: PageRequest, name: str) -> HttpResponse:
    """Make the call that the pair means: `definition` is family:revision; `onto` cluster, instance:ID, service:NAME."""
    cluster = cluster_of(request, name)
    definition = request.POST.get("definition", "")
    kind, _colon, key = request.POST.get("onto", "").partition(":")
    here = reverse("cluster", args=[cluster.name])
    match kind:
        case "service":
            params: dict[str, Any] = {"cluster": cluster.name, "service": key, "taskDefinition": definition}
            done = _("The service %(name)s goes over to %(definition)s.") % {"name": key, "definition": definition}
            return act(request, "UpdateService", params, done=done, back=here)
        case "instance":
            params = {"cluster": cluster.name, "taskDefinition": definition, "containerInstances": [key]}
            operation = "StartTask"
        case "cluster":
            params = {"cluster": cluster.name, "taskDefinition": definition}
            operation = "RunTask"
        case _:
            messages.error(request, _("A revision can be put onto a cluster, a container instance or a service."))
            return back_to(request, here)
    was = before(request.principal, operation, params)
    try:
        answer = call(request.principal, operation, params)
    except EcsError as error:
        messages.error(request, f"{error.code}: {error.message}")
        return back_to(request, here)
    shown = tell_answer(request, cluster, operation, answer, inverses(operation, params, answer, was))
    return HttpResponseRedirect(shown) if answer["failures"] else back_to(request, here)
