"""Hints look at what is there: too many of something, or a wish that was lowered until nothing seemed amiss."""

from __future__ import annotations

import time_machine
from django.utils.translation import override

from ecsweb.learn.lessons.hints import hint_on
from tests.learn.learners import Learner


def first_hint(learner: Learner, lesson: str, step: str) -> str:
    run, asked = learner.run(lesson), learner.asked(lesson)
    with time_machine.travel(learner.world.clock.now, tick=False):
        return hint_on(learner.lesson(lesson).step(step), "nudge", asked, run.values).text.here(run.values)


def test_more_than_is_wanted_is_said_to_be_too_many(learner: Learner) -> None:
    learner.begin("keep-three")
    values = learner.run("keep-three").values
    before = first_hint(learner, "keep-three", "create")
    assert "too many" not in before

    learner.world.call(
        "CreateService",
        cluster=values["cluster"],
        serviceName=values["service"],
        taskDefinition=values["family"],
        desiredCount=5,
    )

    assert "3 is wanted, and it is 5. That is too many; go back to 3." in first_hint(learner, "keep-three", "create")
    with override("ko"):
        assert "원하는 값은 3, 지금은 5입니다" in first_hint(learner, "keep-three", "create")


def test_a_lowered_wish_is_no_mending(learner: Learner) -> None:
    learner.begin("half-strength")
    values = learner.run("half-strength").values

    learner.world.call("UpdateService", cluster=values["cluster"], service=values["service"], desiredCount=1)

    assert "Set the desired count back to 2" in first_hint(learner, "half-strength", "mend")


def test_the_solution_first_takes_the_lowered_wish_back(learner: Learner) -> None:
    learner.begin("half-strength")
    values = learner.run("half-strength").values
    learner.world.call("UpdateService", cluster=values["cluster"], service=values["service"], desiredCount=1)

    learner.solve("half-strength", learner.lesson("half-strength").steps[0])
