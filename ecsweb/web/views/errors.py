from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ecsweb.web.rows import Vanished


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that says what is not there and, if the log knows, what became of it."""
    vanished = exception if isinstance(exception, Vanished) else None
    if not isinstance(exception, Http404):
        raise exception
    return render(request, "404.html", {"vanished": vanished}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """A page without a traceback."""
    return render(request, "500.html", status=500)
