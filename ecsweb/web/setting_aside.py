"""Before a lesson is begun while another is on: what that one loses by it, asked rather than done."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from ecsweb.controlplane.lessons import others_under_way
from ecsweb.controlplane.plays import GAME_PREFIX
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.schema import Lesson
from ecsweb.models import Cluster, LessonRun, LessonStatus
from ecsweb.web.requests import PageRequest


def asked_before(request: PageRequest, lesson: Lesson) -> HttpResponse | None:
    """Return the question; None where nothing is lost, or it was answered."""
    if request.POST.get("others") in ("leave", "empty"):
        return None
    run = others_under_way(request.account, request.principal.region, lesson.id).first()
    other = lesson_of(run.lesson) if run else None
    if run is None or other is None or not _loses(run):
        return None
    names = run.belongings.get("clusters", [])
    standing = Cluster.objects.filter(
        account=request.account, region=request.principal.region, status="ACTIVE", name__in=names
    )
    context = {
        "lesson": lesson,
        "title": lesson.title.here({name: choices[0] for name, choices in lesson.values.items()}),
        "other": other,
        "other_title": other.title.here(run.values),
        "passed": len(run.passed_steps),
        "steps": len(other.steps),
        "clusters": list(standing.order_by("name").values_list("name", flat=True)),
        "has_game": run.plays.filter(kind__startswith=GAME_PREFIX).exists(),
    }
    return render(request, "lessons/set_aside.html", context)


def empties_others(request: PageRequest) -> bool:
    """Tell whether what the other lesson made is to be removed."""
    return request.POST.get("others") == "empty"


def _loses(run: LessonRun) -> bool:
    """Tell whether somebody has done something in a lesson that its next beginning would ask of them again."""
    return run.status == LessonStatus.OPEN and (bool(run.passed_steps) or run.plays.exclude(kind="start").exists())
