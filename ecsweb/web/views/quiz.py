"""The mid-term check: the notes' seven words, questions by chapter, things to bring into order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from ecsweb.api import call
from ecsweb.controlplane.quiz_answers import latest_answers
from ecsweb.domain.errors import EcsError
from ecsweb.learn.asking import Asked, Graded, ask, given_words, grade, is_number, right_words
from ecsweb.learn.glossary import CHAPTERS, SEVEN, terms, terms_by_key
from ecsweb.learn.live import Live
from ecsweb.learn.misconceptions import Misconception, misconceptions
from ecsweb.learn.ordering import orderings
from ecsweb.learn.quiz import Question, questions
from ecsweb.models import QuizAnswer
from ecsweb.web.examples import address_of, example_for
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.refusals import refusal
from ecsweb.web.views.glossary import chapter_names

LONGEST = 300
# Where a question of the list names an object, the reader sees which when it is opened.
PLACE = re.compile(r"`?\$\w+`?")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a question stands with the reader: right, not yet, or not answered."""

    key: str
    text: str
    is_live: bool
    answer: QuizAnswer | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the page says after an answer."""

    graded: Graded
    said: tuple[str, ...]
    believed: Misconception | None
    right: tuple[str, ...]
    because: str
    address: str


@require_GET
def check(request: PageRequest) -> HttpResponse:
    """All of the mid-term check, with what was answered."""
    live, answers, names = Live(request.principal), latest_answers(request.account), chapter_names()
    chapters = [(key, names[key], _standings(key, answers)) for key in CHAPTERS]
    orders = [Standing(one.key, one.title.here(), True, answers.get(one.question)) for one in orderings().values()]
    every = [standing for _key, _name, found in chapters for standing in found] + orders
    context = {
        "seven": [(term, example_for(term, live)) for term in (terms_by_key()[key] for key in SEVEN)],
        "slips": [term for term in terms() if term.put_right],
        "chapters": chapters,
        "orders": orders,
        "right": sum(1 for one in every if one.answer and one.answer.is_right),
        "count": len(every),
        "next": next_question("", answers, live),
        "believed": _believed(answers),
    }
    return render(request, "learn/check.html", context)


def _standings(chapter: str, answers: Mapping[str, QuizAnswer]) -> list[Standing]:
    return [
        Standing(one.key, PLACE.sub("…", one.ask.here()), one.is_live, answers.get(one.key))
        for one in questions().values()
        if one.chapter == chapter
    ]


def _believed(answers: Mapping[str, QuizAnswer]) -> list[Misconception]:
    """Return the misconceptions of the answers that are not right yet, each once."""
    named = dict.fromkeys(row.misconception for row in answers.values() if not row.is_right)
    return [misconceptions()[key] for key in named if key in misconceptions()]


@require_http_methods(["GET", "POST"])
def question(request: PageRequest, key: str) -> HttpResponse:
    """One question, about something of the reader's own where it can be; a POST answers it."""
    found = questions().get(key)
    if found is None:
        raise Http404
    live = Live(request.principal)
    about = (request.POST if request.method == "POST" else request.GET).get("about", "")
    try:
        asked = ask(found, live, about)
    except EcsError as error:
        return _page(request, found, None, live, refused=refusal(error))
    if request.method == "GET" or asked is None:
        return _page(request, found, asked, live)
    given = [one[:LONGEST] for one in request.POST.getlist("given")]
    graded = grade(asked, given, live)
    if not graded.given and found.kind != "several":
        return _page(request, found, asked, live, is_empty=True)
    if found.kind == "number" and not is_number(graded.given[0]):
        return _page(request, found, asked, live, no_number=graded.given[0])
    try:
        call(request.principal, "AnswerQuestion", _record(found, graded))
    except EcsError as error:
        return _page(request, found, asked, live, refused=refusal(error))
    return _page(request, found, asked, live, outcome=_outcome(asked, graded, live))


def _record(found: Question, graded: Graded) -> dict[str, object]:
    given = " ".join(graded.given)
    return {
        "question": found.key,
        "given": given,
        "isRight": graded.is_right,
        "misconception": graded.misconception,
    }


def _outcome(asked: Asked, graded: Graded, live: Live) -> Outcome:
    return Outcome(
        graded=graded,
        said=given_words(asked, graded.given),
        believed=misconceptions().get(graded.misconception),
        right=right_words(asked, live),
        because=asked.question.because.here(asked.words),
        address=address_of(asked.question.page, asked.args, live) if asked.question.page else "",
    )


def _page(
    request: PageRequest,
    found: Question,
    asked: Asked | None,
    live: Live,
    *,
    outcome: Outcome | None = None,
    refused: str = "",
    is_empty: bool = False,
    no_number: str = "",
) -> HttpResponse:
    answers = latest_answers(request.account)
    context = {
        "question": found,
        "asked": asked,
        "text": found.ask.here(asked.words) if asked else "",
        "chapter": chapter_names()[found.chapter],
        "term": terms_by_key()[found.term],
        "needs": found.needs.here(),
        "make": address_of(found.make, (), live) if found.make else "",
        "before": _before(asked, answers.get(found.key)),
        "outcome": outcome,
        "refused": refused,
        "is_empty": is_empty,
        "no_number": no_number,
        "next": next_question(found.key, answers, live),
        "place": list(questions()).index(found.key) + 1,
        "count": len(questions()),
    }
    return render(request, "learn/question.html", context, status=422 if is_empty or no_number or refused else 200)


def _before(asked: Asked | None, row: QuizAnswer | None) -> str:
    """Return what was answered the last time, as a page says it."""
    if asked is None or row is None:
        return ""
    given = row.given.split() if asked.options else [row.given]
    return ", ".join(given_words(asked, given))


def next_question(after: str, answers: Mapping[str, QuizAnswer], live: Live) -> str:
    """Return the next question that is not answered rightly and that the reader has the objects for, or nothing."""
    keys = list(questions())
    start = keys.index(after) + 1 if after else 0
    for key in keys[start:] + keys[:start]:
        row = answers.get(key)
        if key != after and not (row and row.is_right) and _can_ask(questions()[key], live):
            return key
    return ""


def _can_ask(found: Question, live: Live) -> bool:
    try:
        return ask(found, live) is not None
    except EcsError:
        return not found.is_live
