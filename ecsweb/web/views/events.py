"""The page of everything that happened in the account."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ecsweb.controlplane.timeline import history_begins
from ecsweb.models import Event
from ecsweb.web.forms.timeline import EventFilterForm
from ecsweb.web.requests import PageRequest
from ecsweb.web.timeline.listing import Page, page_of


def _context(request: PageRequest) -> dict[str, object]:
    form = EventFilterForm(request.GET)
    page = page_of(request, form.asked(request.GET.get("before", ""))) if form.is_valid() else Page((), None)
    asked = request.GET.copy()
    asked.pop("before", None)
    is_newest = "before" not in request.GET and form.is_valid()
    return {"form": form, "page": page, "asked": asked.urlencode(), "is_newest": is_newest}


@require_GET
def index(request: PageRequest) -> HttpResponse:
    """The list of events with its filters."""
    context = _context(request)
    begins = history_begins(request.account)
    first = Event.objects.filter(account=request.account, sequence=begins).first() if begins > 1 else None
    form = context["form"]
    status = 422 if isinstance(form, EventFilterForm) and form.errors else 200
    return render(request, "timeline/list.html", {**context, "begins": first}, status=status)


@require_GET
def lines(request: PageRequest) -> HttpResponse:
    """The fragment of the list."""
    return render(request, "timeline/_events.html", _context(request))
