"""Take a call back by its inverse, which goes through the door like any other."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ecsweb.api import call
from ecsweb.domain.errors import EcsError
from ecsweb.web.acting import back_to, say_refused
from ecsweb.web.requests import PageRequest
from ecsweb.web.undoing import calls_of


@require_POST
def undo(request: PageRequest) -> HttpResponse:
    """Make the calls of the note; a refusal is told in AWS's words."""
    calls = calls_of(request.POST.get("undo", ""))
    if not calls:
        messages.error(request, _("This can no longer be undone."))
    for one in calls:
        try:
            call(request.principal, one.operation, dict(one.params))
        except EcsError as error:
            say_refused(request, error)
        else:
            words = {"operation": one.operation, "about": one.about}
            messages.success(request, _("Undone: %(operation)s %(about)s") % words)
    return back_to(request, "home")
