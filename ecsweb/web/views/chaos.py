"""What somebody breaks on purpose in a task or of its images; hosts are in `container_instances`."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ecsweb.web import calls
from ecsweb.web.acting import act
from ecsweb.web.requests import PageRequest

BURDENS = ("FillMemory", "FloodCpu")
OF_IMAGES = ("BreakImage", "MendImage")


@require_POST
def burden(request: PageRequest, name: str, task_id: str) -> HttpResponse:
    """Put real work upon a container, from inside."""
    operation = request.POST.get("operation", "")
    if operation not in BURDENS:
        raise Http404(operation)
    made = calls.on_container(operation, name, task_id, request.POST.get("container", ""))
    done = _("Done: %(operation)s.") % {"operation": operation}
    return act(request, *made, done=done, back=reverse("task", args=[name, task_id]))


@require_POST
def image(request: PageRequest) -> HttpResponse:
    """Break an image for the whole account, or mend it."""
    operation, name = request.POST.get("operation", ""), request.POST.get("image", "")
    if operation not in OF_IMAGES:
        raise Http404(operation)
    if operation == "BreakImage":
        done = _("The image %(image)s can no longer be pulled.") % {"image": name}
    else:
        done = _("The image %(image)s can be pulled again.") % {"image": name}
    return act(request, *calls.on_image(operation, name), done=done, back=reverse("task-definitions"))
