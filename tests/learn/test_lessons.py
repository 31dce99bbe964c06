"""Every lab and incident: the start state fails each check, the solution passes all, each wrong path gets its hint, and
a reset leaves nothing."""

from __future__ import annotations

import pytest
import time_machine

from ecsweb.api import call
from ecsweb.learn.lessons.hints import RUNGS, hint_on
from ecsweb.learn.lessons.loading import lessons
from ecsweb.learn.lessons.schema import Lesson, Step, WrongPath
from ecsweb.models import Cluster, ContainerInstance, LessonStatus, Service, Task, TaskDefinition
from tests.learn.learners import Learner

# In a class: each fits into an account's quotas and its policy.
pytestmark = pytest.mark.usefixtures("within_class_quotas")
LESSONS = [pytest.param(lesson, id=lesson.id) for lesson in lessons()]
WRONG_PATHS = [
    pytest.param(lesson, step, path, id=f"{lesson.id}-{step.id}-{path.id}")
    for lesson in lessons()
    for step in lesson.steps
    for path in step.wrong_paths
]


@pytest.mark.parametrize("lesson", LESSONS)
def test_starts_failing_its_solution_passes_and_its_reset_empties_the_account(learner: Learner, lesson: Lesson) -> None:
    learner.begin(lesson.id)

    for step in lesson.steps:
        learner.tick()
        run = learner.run(lesson.id)
        states = {check.id: run.checks[f"{step.id}/{check.id}"] for check in step.checks}
        assert not all(state["ok"] for state in states.values()), f"{step.id} holds before anything was done"
        learner.solve(lesson.id, step)

    learner.until(
        lambda: learner.run(lesson.id).status == LessonStatus.PASSED, seconds=30, what=f"{lesson.id} is passed"
    )
    assert learner.run(lesson.id).record["calls"]

    with time_machine.travel(learner.world.clock.now, tick=False):
        call(learner.principal, "LeaveLesson", {"lesson": lesson.id, "empties": True})
    learner.until(lambda: learner.run(lesson.id).status == LessonStatus.LEFT, seconds=5, what="the account is empty")
    left = [model.objects.count() for model in (Cluster, ContainerInstance, Service, Task, TaskDefinition)]
    assert left == [0, 0, 0, 0, 0]
    assert learner.docker() == []


@pytest.mark.parametrize(("lesson", "step", "path"), WRONG_PATHS)
def test_a_wrong_path_gets_its_hint(learner: Learner, lesson: Lesson, step: Step, path: WrongPath) -> None:
    learner.begin(lesson.id)
    for earlier in lesson.steps[: lesson.steps.index(step)]:
        learner.solve(lesson.id, earlier)

    learner.act(lesson.id, path.actions)

    run, asked = learner.run(lesson.id), learner.asked(lesson.id)
    assert step.id not in run.passed_steps
    with time_machine.travel(learner.world.clock.now, tick=False):
        given = [hint_on(step, rung, asked, run.values).id for rung in RUNGS]
    assert path.hint in given
