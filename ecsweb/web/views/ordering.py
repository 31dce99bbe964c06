"""Things to bring into order; the right order is made for real."""

from __future__ import annotations

import random
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from ecsweb.api import call
from ecsweb.api.registry import AWS_OPERATIONS
from ecsweb.api.renderers import cli_command
from ecsweb.domain.errors import EcsError
from ecsweb.learn.doing import Done, make_it_real
from ecsweb.learn.glossary import terms_by_key
from ecsweb.learn.live import Live, with_cluster
from ecsweb.learn.misconceptions import misconceptions
from ecsweb.learn.ordering import Judged, Line, Ordering, judge, orderings
from ecsweb.models import QuizAnswer
from ecsweb.web.examples import address_of
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.refusals import refusal


@require_http_methods(["GET", "POST"])
def ordering(request: PageRequest, key: str) -> HttpResponse:
    """The lines, in an order by chance; a POST brings positions."""
    found = orderings().get(key)
    if found is None:
        raise Http404
    live = Live(request.principal)
    try:
        names = _names(found, live)
    except EcsError as error:
        return _page(request, found, live, None, refused=refusal(error))
    if request.method == "GET" or names is None:
        return _page(request, found, live, names)
    return _answer(request, found, live, names)


def _names(found: Ordering, live: Live) -> dict[str, Any] | None:
    """Return what the calls are about: nothing, or the first of the reader's own objects; None where there is none."""
    if not found.about:
        return {}
    subjects = live.search(found.about)
    return with_cluster(subjects[0]) if subjects else None


def _answer(request: PageRequest, found: Ordering, live: Live, names: dict[str, Any]) -> HttpResponse:
    given = given_in(request, found)
    judged = judge(found, given)
    run = QuizAnswer.objects.filter(account=request.account, question=found.question).count() + 1
    record = {
        "question": found.question,
        "given": " ".join(given),
        "isRight": judged.is_right,
        "misconception": judged.misconception,
    }
    try:
        call(request.principal, "AnswerQuestion", record)
    except EcsError as error:
        return _page(request, found, live, names, given=given, refused=refusal(error))
    done = make_it_real(found, given, {**names, "run": run}, request.principal) if judged.is_right else []
    return _page(request, found, live, names, given=given, judged=judged, done=done)


def given_in(request: PageRequest, found: Ordering) -> list[str]:
    """Return the keys in the order of their positions; lines without a number are left out."""
    placed: list[tuple[int, int, str]] = []
    for place, line in enumerate((*found.lines, *found.others)):
        position = request.POST.get(f"position-{line.key}", "")
        if position.isascii() and position.isdigit() and len(position) < 4:
            placed.append((int(position), place, line.key))
    return [key for _position, _place, key in sorted(placed)]


def shuffled(found: Ordering, given: list[str]) -> list[tuple[Line, int]]:
    """Return the lines as they are shown, each with its position (0: left out): what was given first, else by chance.

    By chance means the same for everybody and every time, so that a class can talk about it.
    """
    lines = {line.key: line for line in (*found.lines, *found.others)}
    if given:
        return [(lines[key], place) for place, key in enumerate(given, start=1)] + [
            (line, 0) for key, line in lines.items() if key not in given
        ]
    keys = sorted(lines)
    random.Random(found.key).shuffle(keys)
    return [(lines[key], place) for place, key in enumerate(keys, start=1)]


def _page(
    request: PageRequest,
    found: Ordering,
    live: Live,
    names: dict[str, Any] | None,
    *,
    given: list[str] | None = None,
    judged: Judged | None = None,
    done: list[Done] | None = None,
    refused: str = "",
) -> HttpResponse:
    lines = shuffled(found, given or [])
    context = {
        "ordering": found,
        "can": names is not None,
        "lines": lines,
        "positions": range(1, len(lines) + 1),
        "is_asked": given is None,
        "title": found.title.here(),
        "text": found.ask.here(),
        "because": found.because.here(live.words(names or {})) if judged and judged.is_right else "",
        "strays": [(line.words, line.why.here()) for line in judged.strays] if judged else [],
        "believed": misconceptions().get(judged.misconception) if judged else None,
        "judged": judged,
        "done": [(one, _command(one), address_of(one.page, one.args, live) if one.page else "") for one in done or []],
        "refused": refused,
        "term": terms_by_key()[found.term],
        "needs": found.needs.here(),
        "make": address_of(found.make, (), live) if found.make else "",
        "next": _next(found),
    }
    return render(request, "learn/ordering.html", context, status=422 if refused else 200)


def _command(one: Done) -> str:
    return cli_command(one.operation, one.params) if one.operation in AWS_OPERATIONS else one.operation


def _next(found: Ordering) -> str:
    keys = list(orderings())
    return keys[(keys.index(found.key) + 1) % len(keys)]
