"""Try from here: an own world that begins where a timeline was."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ecsweb.controlplane.timeline import history_begins, past_at
from ecsweb.domain.timeline.fold import fold
from ecsweb.domain.timeline.past import Past
from ecsweb.domain.timeline.recording import BadRecording, recording_in
from ecsweb.domain.timeline.seeding import MOST_CALLS, SeedCall, seed_calls
from ecsweb.models import Recording
from ecsweb.web.requests import PageRequest
from ecsweb.web.timeline.stretch import number_in
from ecsweb.web.timeline.trying import Refused, commands, seed, what_is_there


@require_http_methods(["GET", "POST"])
def from_timeline(request: PageRequest) -> HttpResponse:
    """Begin where the own timeline was at `?at=`."""
    begins = history_begins(request.account)
    number = number_in(request.GET.get("at", ""))
    if number is None or not begins:
        raise Http404
    past = past_at(request.account, min(max(number, begins), request.account.last_sequence))
    return _answer(request, past, request.principal.region)


@require_http_methods(["GET", "POST"])
def from_recording(request: PageRequest, number: int) -> HttpResponse:
    """Begin where a recording was at `?at=`."""
    row = Recording.objects.filter(account=request.account, pk=number).first() if number < 2**53 else None
    if row is None:
        raise Http404
    at = number_in(request.GET.get("at", "")) or 0
    try:
        recording = recording_in(row.document, is_checked=True)
        past = fold((one.event for one in recording.events if one.event.sequence <= at), recording.since)
        return _answer(request, past, recording.region)
    except (ArithmeticError, AttributeError, BadRecording, LookupError, TypeError, ValueError):
        # As on the page of the recording, which says what is wrong with it.
        return redirect("recording", number)


def _answer(request: PageRequest, past: Past, region: str) -> HttpResponse:
    calls = seed_calls(past, of_region=region, into_region=request.principal.region)
    there = what_is_there(request.account)
    is_possible = bool(calls) and len(calls) <= MOST_CALLS and not any(there.values())
    context: dict[str, object] = {
        "past": past,
        "there": there,
        "is_empty": not any(there.values()),
        "is_possible": is_possible,
        "too_many": len(calls) > MOST_CALLS,
        "commands": commands(calls[:MOST_CALLS]),
    }
    if request.method == "GET":
        return render(request, "timeline/try.html", context)
    if not is_possible:
        return render(request, "timeline/try.html", context, status=422)
    return _seeded(request, calls, context)


def _seeded(request: PageRequest, calls: tuple[SeedCall, ...], context: dict[str, object]) -> HttpResponse:
    try:
        seed(request.principal, calls)
    except Refused as refused:
        return render(request, "timeline/try.html", {**context, "refused": refused}, status=422)
    made = [str(one.params["clusterName"]) for one in calls if one.operation == "CreateCluster"]
    # Who came from the picture of a cluster wants to see that one.
    looked_at = request.GET.get("cluster", "")
    first = looked_at if looked_at in made else next(iter(made), "")
    return redirect("cluster", first) if first else redirect("home")
