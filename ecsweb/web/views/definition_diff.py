"""What differs between two revisions of a family."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from ecsweb.domain.task_definitions.differences import changed_lines, differences
from ecsweb.web.differences import parts_of, text_lines
from ecsweb.web.forms.task_definitions import tidy
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import Vanished, definition_of, revisions_of


@require_GET
def diff(request: PageRequest, reference: str, other: str) -> HttpResponse:
    """Compare two revisions of one family; what the choice at the top sends comes back to their own address."""
    chosen = [request.GET.get(name) or named for name, named in (("before", reference), ("after", other))]
    before, after = (definition_of(request, name) for name in chosen)
    names = (before.family_revision, after.family_revision)
    if before.family != after.family:
        raise Vanished("comparison", f"{names[0]} – {names[1]}", [])
    if names != (reference, other):
        return redirect("task-definition-diff", *names)
    found = differences(before.document, after.document)
    context = {
        "before": before,
        "after": after,
        "revisions": [row.family_revision for row in revisions_of(request, before.family)],
        "count": len(found),
        "parts": parts_of(found),
        "lines": text_lines(changed_lines(tidy(before.document), tidy(after.document))),
    }
    return render(request, "task_definitions/diff.html", context)
