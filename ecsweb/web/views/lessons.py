"""Labs and incidents: begin one, go through its steps, predict, ask for a hint, have a step done."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ecsweb.api import call
from ecsweb.domain.errors import EcsError
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.runs import begin, play_solution
from ecsweb.learn.lessons.schema import Lesson
from ecsweb.learn.progress_file import exported
from ecsweb.learn.units import next_of, path_of
from ecsweb.models import LessonRun
from ecsweb.web.forms.progress import ProgressForm
from ecsweb.web.lessons import ALL_RUNGS, lesson_page, open_lesson, runs_of
from ecsweb.web.pictures import cluster_picture
from ecsweb.web.reference_sheet import entries_of
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences.refusals import refusal
from ecsweb.web.setting_aside import asked_before, empties_others

# Seconds between two calls of a solution, so that one can follow it on the picture.
TEMPO = 1.5


def _lesson(lesson_id: str) -> Lesson:
    found = lesson_of(lesson_id)
    if found is None:
        raise Http404
    return found


def _run(request: PageRequest, lesson: Lesson) -> LessonRun | None:
    rows = LessonRun.objects.select_related("account").filter(account=request.account)
    return rows.filter(region=request.principal.region, lesson=lesson.id).first()


@require_GET
def path(request: PageRequest) -> HttpResponse:
    """The path: what is done, what is next; nothing is locked."""
    return _path(request, ProgressForm())


def _path(request: PageRequest, form: ProgressForm) -> HttpResponse:
    runs = runs_of(request)
    units = path_of(runs)
    marks = [mark for unit in units for mark in (*unit.labs, *unit.incidents)]
    context = {
        "units": units,
        "next": next_of(runs),
        "done": sum(mark.is_done for mark in marks),
        "all": len(marks),
        "form": form,
    }
    return render(request, "lessons/path.html", context, status=422 if form.errors else 200)


@require_POST
def take_in(request: PageRequest) -> HttpResponse:
    """Take progress back from a file; what is here already stays."""
    form = ProgressForm(request.POST, request.FILES)
    new = form.submit(request.principal)
    if new is None:
        return _path(request, form)
    words = _(
        "Taken in. New of lessons: %(lessons)s, of answers: %(answers)s, of predictions: %(guesses)s; "
        "what was here already stayed."
    )
    messages.success(request, words % new)
    return redirect("learn")


def _context(request: PageRequest, lesson: Lesson) -> dict[str, object]:
    page = lesson_page(lesson, _run(request, lesson), request.principal)
    following = next_of(runs_of(request), after=lesson)
    context: dict[str, object] = {"page": page, "last_rung": ALL_RUNGS, "following": following}
    if page.cluster is not None and not page.hides_picture:
        context |= {
            "cluster": page.cluster,
            "picture": cluster_picture(page.cluster, open_instances=request.GET.getlist("open")),
            "picture_query": request.GET.urlencode(),
            "stage": "3",
            "view": "hierarchy",
            "panels_open": False,
        }
    return context


@require_GET
def detail(request: PageRequest, lesson_id: str) -> HttpResponse:
    """The page of a lesson, its picture beside its steps."""
    return render(request, "lessons/detail.html", _context(request, _lesson(lesson_id)))


@require_GET
def state(request: PageRequest, lesson_id: str) -> HttpResponse:
    """The fragment of a lesson's steps and picture."""
    return render(request, "lessons/_state.html", _context(request, _lesson(lesson_id)))


@require_GET
def strip(request: PageRequest) -> HttpResponse:
    """The fragment that every page shows of the lesson that is open."""
    return render(request, "lessons/_strip.html", open_lesson(request.account, request.principal.region))


@require_POST
def start(request: PageRequest, lesson_id: str) -> HttpResponse:
    """Begin a lesson, or begin it again; what another lesson would lose by it is said before."""
    lesson, return_to = _lesson(lesson_id), request.POST.get("return_to", "")
    if return_to and return_to not in [step.id for step in lesson.steps]:
        raise Http404
    question = asked_before(request, lesson)
    if question is not None:
        return question
    empties = empties_others(request)
    return _done(request, lesson, lambda: begin(request.principal, lesson, empties_others=empties, return_to=return_to))


@require_POST
def leave(request: PageRequest, lesson_id: str) -> HttpResponse:
    """Leave a lesson; what it made is removed when that is asked for."""
    lesson, empties = _lesson(lesson_id), "empties" in request.POST
    params = {"lesson": lesson.id, "empties": empties}
    return _done(request, lesson, lambda: call(request.principal, "LeaveLesson", params))


@require_POST
def hint(request: PageRequest, lesson_id: str, step_id: str) -> HttpResponse:
    """Go up one rung of the ladder of hints."""
    lesson, rung = _lesson(lesson_id), request.POST.get("rung", "1")
    params = {"lesson": lesson.id, "step": step_id, "rung": int(rung) if rung.isdigit() else 0}
    return _done(request, lesson, lambda: call(request.principal, "TakeHint", params))


@require_POST
def predict(request: PageRequest, lesson_id: str, step_id: str) -> HttpResponse:
    """Keep a prediction."""
    lesson = _lesson(lesson_id)
    if not request.POST.get("choice"):
        messages.error(request, _("Choose one of the answers first."))
        return redirect("lesson", lesson.id)
    params = {"lesson": lesson.id, "step": step_id, "choice": request.POST["choice"]}
    return _done(request, lesson, lambda: call(request.principal, "PredictStep", params))


@require_POST
def explain(request: PageRequest, lesson_id: str, step_id: str) -> HttpResponse:
    """Keep what was seen and the own explanation."""
    lesson = _lesson(lesson_id)
    if not request.POST.get("saw"):
        messages.error(request, _("Say first what you saw."))
        return redirect("lesson", lesson.id)
    params = {
        "lesson": lesson.id,
        "step": step_id,
        "saw": request.POST["saw"],
        "ownWords": request.POST.get("own_words", ""),
    }
    return _done(request, lesson, lambda: call(request.principal, "ExplainStep", params))


@require_POST
def do_step(request: PageRequest, lesson_id: str, step_id: str) -> HttpResponse:
    """Do a step: by its own button at once, or for somebody who went all the way up the ladder."""
    lesson = _lesson(lesson_id)
    run = _run(request, lesson)
    step = next((one for one in lesson.steps if one.id == step_id), None)
    if run is None or step is None:
        raise Http404
    is_help = "help" in request.POST
    if is_help:
        params = {"lesson": lesson.id, "step": step_id, "rung": ALL_RUNGS}
        call(request.principal, "TakeHint", params)
    kind, tempo = ("solution", TEMPO) if is_help else ("button", 0)
    return _done(request, lesson, lambda: play_solution(request.principal, run, step_id, tempo=tempo, kind=kind))


def _done(request: PageRequest, lesson: Lesson, make: Any) -> HttpResponse:
    """Make the call and go back to the lesson; a refusal is shown."""
    try:
        make()
    except EcsError as error:
        messages.error(request, refusal(error))
    return redirect("lesson", lesson.id)


@require_GET
def sheet(request: PageRequest) -> HttpResponse:
    """What was passed, as a sheet to look things up in."""
    looked_for = request.GET.get("q", "")[:100]
    context = {"entries": entries_of(runs_of(request).values(), looked_for), "looked_for": looked_for}
    return render(request, "lessons/sheet.html", context)


@require_GET
def export(request: PageRequest) -> HttpResponse:
    """Somebody's progress as a file of their own."""
    answer = JsonResponse(
        exported(request.account, runs_of(request).values(), now=timezone.now()),
        json_dumps_params={"ensure_ascii": False},
    )
    answer["Content-Disposition"] = 'attachment; filename="ecsweb-progress.json"'
    return answer
