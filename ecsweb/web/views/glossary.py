from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from ecsweb.learn.glossary import terms
from ecsweb.web.requests import PageRequest


@require_GET
def glossary(request: PageRequest) -> HttpResponse:
    """The notes' words, in both languages, with their two slips put right."""
    return render(request, "learn/glossary.html", {"terms": terms(), "language": get_language() or "en"})
