from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from ecsweb.web.rows import Vanished


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page that says what is not there and, if the log knows, what became of it."""
    vanished = exception if isinstance(exception, Vanished) else None
    if not isinstance(exception, Http404):
        raise exception
    if vanished and _asks_for_itself(request):
        # Not an error: what is shown on the page that somebody left open is over, and stops asking.
        return render(request, "shared/_gone.html", {"vanished": vanished, "place": request.headers["HX-Target"]})
    return render(request, "404.html", {"vanished": vanished}, status=404)


def _asks_for_itself(request: HttpRequest) -> bool:
    """Tell whether a part of a page asks for its own next state."""
    part = request.headers.get("HX-Target", "")
    return request.method == "GET" and bool(part) and part == request.headers.get("HX-Trigger", "")


def server_error(request: HttpRequest) -> HttpResponse:
    """A page without a traceback."""
    return render(request, "500.html", status=500)
