from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ecsweb.web.requests import PageRequest


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """The sheet of keys as a page, for a browser without scripts."""
    return render(request, "shortcuts.html")
