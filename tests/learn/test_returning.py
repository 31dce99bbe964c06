"""Who went a wrong way that no help takes back begins again, and is brought back to the step where they were."""

from __future__ import annotations

import pytest
import time_machine

from ecsweb.api import call
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.runs import begin
from ecsweb.learn.lessons.schema import WrongPath
from ecsweb.models import LessonStatus, Play, PlayStatus
from tests.learn.learners import Learner

# Where the solution of the step alone leads nowhere.
BLOCKED = [
    ("machines-join", "leave", "the-busy-one"),
    ("silent-agent", "unseen", "stop-the-task"),
    ("write-once", "delete", "stop-the-wrong-one"),
    ("run-on", "kill", "stop-task"),
    ("essential", "side-car", "kill-app"),
    ("where-does-it-go", "distinct", "only-spread"),
    ("side-by-side", "both", "run-twice"),
]


def path_of(lesson_id: str, step_id: str, path_id: str) -> WrongPath:
    lesson = lesson_of(lesson_id)
    assert lesson is not None
    return next(path for path in lesson.step(step_id).wrong_paths if path.id == path_id)


@pytest.mark.parametrize(("lesson_id", "step_id", "path_id"), BLOCKED)
def test_who_went_a_wrong_way_comes_back_to_the_step_and_can_do_it(
    learner: Learner, lesson_id: str, step_id: str, path_id: str
) -> None:
    learner.begin(lesson_id, return_to=step_id)
    steps = [step.id for step in learner.lesson(lesson_id).steps]
    learner.until(lambda: learner.run(lesson_id).return_to == "", seconds=150, what="the step for the first time")
    learner.act(lesson_id, path_of(lesson_id, step_id, path_id).actions)

    learner.begin(lesson_id, return_to=step_id)
    learner.until(lambda: learner.run(lesson_id).return_to == "", seconds=150, what="the step again")

    run = learner.run(lesson_id)
    assert (run.status, steps[run.step]) == (LessonStatus.OPEN, step_id)
    learner.solve(lesson_id, learner.lesson(lesson_id).step(step_id))


def test_what_was_said_is_kept_on_the_way_back_and_not_when_all_begins_anew(learner: Learner) -> None:
    lesson = learner.lesson("keep-three")
    asked = next(step for step in lesson.steps if step.predict)
    assert asked.predict is not None
    learner.begin(lesson.id)
    choice = {"lesson": lesson.id, "step": asked.id, "choice": asked.predict.right}
    with time_machine.travel(learner.world.clock.now, tick=False):
        call(learner.principal, "PredictStep", choice)
        call(learner.principal, "TakeHint", {"lesson": lesson.id, "step": asked.id, "rung": 2})

    back = learner.begin(lesson.id, return_to=lesson.steps[-1].id)
    assert (back.predictions[asked.id]["choice"], back.hints) == (asked.predict.right, {asked.id: 2})

    anew = learner.begin(lesson.id)
    assert (anew.predictions, anew.hints, anew.return_to) == ({}, {}, "")


def test_a_way_back_that_is_barred_ends_and_says_so(learner: Learner) -> None:
    lesson = learner.lesson("keep-three")
    with time_machine.travel(learner.world.clock.now, tick=False):
        begin(learner.principal, lesson, return_to=lesson.steps[-1].id)
    learner.until(lambda: learner.run(lesson.id).status == LessonStatus.OPEN, seconds=90, what="the lesson")
    values = learner.run(lesson.id).values
    in_the_way = {"serviceName": values["service"], "taskDefinition": values["family"], "desiredCount": 1}
    learner.world.call("CreateService", cluster=values["cluster"], **in_the_way)

    learner.until(lambda: learner.run(lesson.id).return_to == "", seconds=30, what="an end")

    play = Play.objects.get(kind="solution")
    assert (play.status, play.title) == (PlayStatus.FAILED, lesson.steps[0].id)
    assert "idempotent" in play.error
