"""The command line in the page: one line in, one outcome out."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.refusals import call_meaning

LONGEST_COMPLETED = 2000


@require_http_methods(["GET", "POST"])
def page(request: PageRequest) -> HttpResponse:
    """Show the command line, and what the line that was sent came to; for htmx only the latter."""
    line = request.POST.get("line", "").strip()
    if request.method == "GET" or not line:
        return render(request, "console/page.html", {"line": request.GET.get("line", "")})
    # The CLI's parser is read when somebody types, not when the server starts.
    from ecsweb.api.command_line import run_line

    outcome = run_line(request.principal, line)
    lead = outcome.lead or (outcome.refused and call_meaning(outcome.refused))
    context = {"outcome": outcome, "lead": lead, "line": line}
    return render(request, "console/_outcome.html" if request.htmx else "console/page.html", context)


@require_GET
def complete(request: PageRequest) -> JsonResponse:
    """Return the words that could stand at the end of the line."""
    from ecsweb.api.command_line import complete as candidates

    line = request.GET.get("line", "")[:LONGEST_COMPLETED]
    return JsonResponse({"words": candidates(request.principal, line)})
