"""A revision put onto something: a cluster runs it, a container instance has it started, a service deploys it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ecsweb.api import call
from ecsweb.api.undo import before, inverses
from ecsweb.domain.errors import EcsError
from ecsweb.web import calls
from ecsweb.web.acting import act, back_to, say_refused
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import cluster_of
from ecsweb.web.running import tell_answer


@require_POST
def put(request: PageRequest, name: str) -> HttpResponse:
    """Make the call that the pair means: `definition` is family:revision; `onto` cluster, instance:ID, service:NAME."""
    cluster = cluster_of(request, name)
    definition = request.POST.get("definition", "")
    made = calls.put_revision(cluster.name, definition, request.POST.get("onto", ""))
    here = reverse("cluster", args=[cluster.name])
    if made is None:
        messages.error(request, _("A revision can be put onto a cluster, a container instance or a service."))
        return back_to(request, here)
    operation, params = made
    if operation == "UpdateService":
        words = {"name": params["service"], "definition": definition}
        return act(request, *made, done=_("The service %(name)s goes over to %(definition)s.") % words, back=here)
    was = before(request.principal, operation, params)
    try:
        answer = call(request.principal, operation, params)
    except EcsError as error:
        say_refused(request, error)
        return back_to(request, here)
    shown = tell_answer(request, cluster, operation, answer, inverses(operation, params, answer, was))
    return HttpResponseRedirect(shown) if answer["failures"] else back_to(request, here)
