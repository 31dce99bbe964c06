"""Two clusters or services side by side, and one press that does the same to both."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.domain.errors import EcsError
from ecsweb.domain.twins import SharedAction
from ecsweb.learn.contrasts import find_contrast, set_up, standing, take_down
from ecsweb.web.acting import say_refused
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.twins import action_words
from ecsweb.web.twins.actions import Call, apply, calls_of
from ecsweb.web.twins.address import Address, Press, address_of, press_of
from ecsweb.web.twins.answers import sequence_now
from ecsweb.web.twins.pages import Pair, live_context, page_context, pair_of
from ecsweb.web.twins.sides import Chosen
from ecsweb.web.undoing import say_done
from ecsweb.web.views.predictions import foretold

# What the scheduler can be asked about before it is done.
FORETOLD = {"KillContainer", "FillMemory", "StopTask", "LoseInstance", "StopInstance", "DisconnectAgent"}


@require_GET
def page(request: PageRequest) -> HttpResponse:
    """The page: choose two, look at both, do something to both."""
    return render(request, "twins/page.html", page_context(request, address_of(request.GET)))


@require_GET
def state(request: PageRequest) -> HttpResponse:
    """The live fragment of it."""
    address = address_of(request.GET)
    return render(request, "twins/_state.html", live_context(request, address, _pair(request, address)))


def _pair(request: PageRequest, address: Address) -> Pair:
    pair = pair_of(request, address)
    if pair is None:
        raise Http404(address.query)
    return pair


def _press(text: str, choice: str) -> Press:
    found = press_of(text, choice)
    if found is None:
        raise Http404(text)
    return found


@require_POST
def do(request: PageRequest) -> HttpResponse:
    """Do the same to both sides; what is refused on one is done on the other all the same, and both is told."""
    address = address_of(request.POST)
    press = _press(request.POST.get("do", ""), request.POST.get("choice", ""))
    wanted = [(side, calls_of(press.action, side, press.choice)) for side in _pair(request, address)]
    since = sequence_now(request.account)
    done = [(side, apply(request.principal, side, calls)) for side, calls in wanted if calls]
    for side, one in done:
        if one.refusal:
            messages.error(request, f"{side.name} – {one.refusal.code}: {one.refusal.message}")
    words = action_words(press.action, press.choice)
    if not done:
        messages.error(request, _("%(action)s: neither side has anything to do that to.") % {"action": words})
        return HttpResponseRedirect(address.page)
    if any(one.refusal is None for _side, one in done):
        say_done(
            request, _("Done: %(operation)s.") % {"operation": words}, [i for _side, one in done for i in one.inverses]
        )
    now = replace(address, did=press, since=since, until=sequence_now(request.account))
    return HttpResponseRedirect(now.page)


@require_GET
def what_if(request: PageRequest) -> HttpResponse:
    """Say for both sides what will happen: a fragment, and without script a page."""
    address = address_of(request.GET)
    press = _press(request.GET.get("do", ""), request.GET.get("choice", ""))
    told = [(side, _foretold(request, side, press)) for side in _pair(request, address)]
    context = {"address": address, "words": action_words(press.action, press.choice), "told": told}
    return render(request, "twins/_what_if.html" if request.htmx else "twins/what_if.html", context)


def _foretold(request: PageRequest, side: Chosen, press: Press) -> list[str]:
    calls = calls_of(press.action, side, press.choice)
    if not calls:
        return [_("Nothing: there is nothing here that this could be done to.")]
    change = _change(press.action, calls[0])
    if change is None:
        raise Http404(str(press))
    return foretold(request, side.cluster, *change)


def _change(action: SharedAction, call: Call) -> tuple[str, str] | None:
    """Return the change that the scheduler is asked about, and the key of what it is done to."""
    operation, params = call
    if action is SharedAction.DRAIN:
        return "Drain", params["containerInstances"][0]
    if operation not in FORETOLD:
        return None
    container = f"~{params['container']}" if "container" in params else ""
    return operation, f"{params.get('task') or params['containerInstance']}{container}"


@require_POST
def set_up_contrast(request: PageRequest, key: str) -> HttpResponse:
    """Make both worlds of a ready-made contrast, and show them."""
    contrast = find_contrast(key)
    if contrast is None:
        raise Http404(key)
    try:
        made = set_up(request.principal, contrast)
    except EcsError as error:
        say_refused(request, error)
        return redirect("twins")
    address = Address(f"cluster:{made.left.name}", f"cluster:{made.right.name}", made.key)
    return HttpResponseRedirect(address.page)


@require_POST
def take_down_contrast(request: PageRequest, key: str) -> HttpResponse:
    """Delete both worlds of a contrast that was set up."""
    address = address_of(request.POST)
    left, right = (ref.removeprefix("cluster:") for ref in (address.left, address.right))
    contrast = standing(key, left, right)
    if contrast is None:
        raise Http404(key)
    try:
        take_down(request.principal, contrast)
    except EcsError as error:
        say_refused(request, error)
        return HttpResponseRedirect(address.page)
    messages.success(request, _("Both worlds are deleted."))
    return redirect("twins")
