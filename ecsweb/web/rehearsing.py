"""A form asked for its command instead of being sent: its view runs, and the door tells what it would have done."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from ecsweb.api.model import operation_names
from ecsweb.api.principal import Rehearsed
from ecsweb.web.panels.words import call_words
from ecsweb.web.requests import PageRequest

# The button that asks carries this name.
ASKED = "as_command"


def is_rehearsal(request: HttpRequest) -> bool:
    """Tell whether a form is sent only to see its command."""
    return request.method == "POST" and ASKED in request.POST


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
        return render(request, "shared/_spelled.html", {"words": ()})

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the command, as a fragment or as a page of its own."""
        if not isinstance(error, Rehearsed):
            return None
        page = cast(PageRequest, request)
        is_of_aws = error.operation in operation_names()
        context = {
            "operation": error.operation,
            "words": call_words(page, error.operation, error.params) if is_of_aws else (),
            "is_ours": not is_of_aws,
        }
        response = render(request, "shared/_spelled.html" if page.htmx else "shared/spelled.html", context)
        response.is_rehearsal = True  # type: ignore[attr-defined] # — a mark for the middleware alone
        return response
