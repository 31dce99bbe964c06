"""The glossary, and each of its words as the fragment that a page shows where the word stands."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ecsweb.learn.glossary import CHAPTERS, terms, terms_by_key
from ecsweb.learn.live import Live
from ecsweb.web.examples import example_for
from ecsweb.web.requests import PageRequest


def chapter_names() -> dict[str, str]:
    """Return what the chapters of the notes are called."""
    return {
        "cluster": _("Cluster and container instances"),
        "definition": _("Task definition"),
        "task": _("Task"),
        "service": _("Service and placement"),
        "deployment": _("Deployments and failures"),
        "registry": _("Images, registry and IAM"),
    }


@require_GET
def glossary(request: PageRequest) -> HttpResponse:
    """The words by chapter, in both languages, with the notes' two slips put right and the reader's own examples."""
    live, names = Live(request.principal), chapter_names()
    chapters = [
        (key, names[key], [(term, example_for(term, live)) for term in terms() if term.chapter == key])
        for key in CHAPTERS
    ]
    return render(request, "learn/glossary.html", {"chapters": chapters, "by_key": terms_by_key()})


@require_GET
def tip(request: PageRequest, key: str) -> HttpResponse:
    """One word, as it is shown on hover, focus and tap."""
    term = terms_by_key().get(key)
    if term is None:
        raise Http404
    related = [terms_by_key()[other] for other in term.related]
    context = {"term": term, "example": example_for(term, Live(request.principal)), "related": related}
    return render(request, "learn/_tip.html", context)
