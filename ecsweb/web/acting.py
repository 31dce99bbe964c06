"""Buttons: one POST, one call of the door, back to where one was with a word about what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from ecsweb.api import call
from ecsweb.api.undo import before, inverses, was_there
from ecsweb.domain.errors import EcsError
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.refusals import refusal
from ecsweb.web.undoing import say_done, there_already


def act(
    request: PageRequest,
    operation: str,
    params: dict[str, Any],
    *,
    done: str,
    back: str,
    refused: Callable[[EcsError], HttpResponse] | None = None,
) -> HttpResponse:
    """Call the door and go back; a refusal is told, by `refused` where it is given, and nothing was changed."""
    was = before(request.principal, operation, params)
    try:
        answer = call(request.principal, operation, params)
    except EcsError as error:
        if refused is not None:
            return refused(error)
        say_refused(request, error)
    else:
        said = there_already(operation) if was_there(operation, answer, was) else done
        say_done(request, said, inverses(operation, params, answer, was))
    return back_to(request, back)


def say_refused(request: PageRequest, error: EcsError, lead: str = "") -> None:
    """Say on the next page that a call was refused: in the reader's language, and in AWS's words."""
    messages.error(request, refusal(error, lead))


def back_to(request: PageRequest, fallback: str) -> HttpResponseRedirect:
    """Redirect to the page that the form named, if it is one of ours, else to `fallback`."""
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(wanted)
    return redirect(fallback)
