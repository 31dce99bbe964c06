"""A form asked for its command instead of being sent: its view runs, and the door tells what it would have done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from ecsweb.api.model import is_of_aws, service_and_name
from ecsweb.api.principal import Rehearsed
from ecsweb.api.registry import loggable
from ecsweb.web.panels.instead import group_words
from ecsweb.web.panels.words import all_words
from ecsweb.web.requests import PageRequest

# The button that asks carries this name.
ASKED = "as_command"


def is_rehearsal(request: HttpRequest) -> bool:
    """Tell whether a form is sent only to see its command."""
    return request.method == "POST" and ASKED in request.POST


def told(request: PageRequest, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `_spelled.html` says of a call; what the log must not keep is not shown either."""
    shown = loggable(operation, params)
    elsewhere = group_words(operation, shown)
    words = all_words(request, operation, shown) if is_of_aws(operation) else [elsewhere] if elsewhere else []
    return {
        "operation": service_and_name(operation)[1],
        "words": words,
        "is_ours": not words,
        "is_elsewhere": elsewhere is not None,
        "hides": shown != dict(params),
    }


class Rehearsals:
    """Answer with the command of the call that a form would have made."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        page = cast(PageRequest, request)
        is_told = getattr(response, "is_rehearsal", False)
        if is_told or not is_rehearsal(request) or not page.htmx:
            return response
        # The form came back, with what is to be corrected: nothing would be called yet.
        return render(request, "shared/_spelled.html", {})

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the command, as a fragment or as a page of its own."""
        if not isinstance(error, Rehearsed):
            return None
        page = cast(PageRequest, request)
        context = told(page, error.operation, error.params)
        response = render(request, "shared/_spelled.html" if page.htmx else "shared/spelled.html", context)
        response.is_rehearsal = True  # type: ignore[attr-defined] # — a mark for the middleware alone
        return response
