"""`make labs`: every lab, incident and scene on all real processes and real containers, as a table.

For each lesson: the start state fails, the solution passes every step, each wrong path gets its hint, the reset leaves
an empty account. A scene plays to its end, without its pauses, and goes back to its start.
`make labs ONLY=keep-three,no-room,replica` looks at some; `WRONG=no` leaves the wrong paths out.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from tests.stack import REGION, Stack

if TYPE_CHECKING:
    from ecsweb.learn.lessons.schema import Action, Lesson, Step
    from ecsweb.learn.scenes import Scene
    from ecsweb.models import LessonRun, Play

ACCOUNT = "123456789012"
LONGEST = 150.0
# A reset is over when the account is empty: the goal of the design.
RESET_SECONDS = 5.0


class Failed(Exception):
    """Something did not come true."""


def until(what: str, is_so: Callable[[], bool], *, seconds: float = LONGEST) -> float:
    """Wait until something is so and return how long it took. Raises Failed."""
    began = time.monotonic()
    while not is_so():
        if time.monotonic() - began > seconds:
            raise Failed(f"not within {seconds:.0f} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - began


def owner() -> Any:
    """Return the account's owner, who calls from a page."""
    from ecsweb.api.principal import root_of

    return root_of(ACCOUNT, REGION, origin="page")


def left_behind() -> list[str]:
    """Return what stands in the account."""
    from ecsweb.models import Cluster, ContainerInstance, Service, Task, TaskDefinition

    models = (Cluster, ContainerInstance, Service, Task, TaskDefinition)
    return [str(row) for model in models for row in model.objects.all()]


@dataclass
class Proof:
    """One lesson, gone through as its learner would, by calls of the one door."""

    lesson: Lesson

    @property
    def principal(self) -> Any:
        return owner()

    def run(self) -> LessonRun:
        from ecsweb.models import LessonRun

        return LessonRun.objects.select_related("account").get(lesson=self.lesson.id)

    def begin(self) -> None:
        """Begin the lesson; its start state must not pass the first step."""
        from ecsweb.learn.lessons.runs import begin

        begin(self.principal, self.lesson)
        until("the lesson opens", lambda: self.run().status == "OPEN")
        first = self.lesson.steps[0]
        keys = [f"{first.id}/{check.id}" for check in first.checks]
        until("the first look", lambda: all(key in self.run().checks for key in keys), seconds=15)
        if self.run().step != 0 or all(self.run().checks[key]["ok"] for key in keys):
            raise Failed(f"{first.id} holds at the start")

    def solve(self, step: Step) -> None:
        """Play the solution of a step."""
        from ecsweb.learn.lessons.runs import play_solution

        play_solution(self.principal, self.run(), step.id)
        until(f"{step.id} passes: {self.state(step)}", lambda: step.id in self.run().passed_steps)

    def state(self, step: Step) -> dict[str, Any]:
        """Return how the checks of a step stand."""
        return {key: one for key, one in self.run().checks.items() if key.startswith(f"{step.id}/")}

    def passes(self) -> None:
        """Go the right way from the start to the end."""
        self.begin()
        for step in self.lesson.steps:
            self.solve(step)
        until("the lesson is passed", lambda: self.run().status == "PASSED", seconds=30)

    def reset(self) -> float:
        """Empty what it made; return how long it took. Raises Failed where something is left."""
        from ecsweb.api import call

        call(self.principal, "LeaveLesson", {"lesson": self.lesson.id, "empties": True})
        seconds = until("the account is empty", lambda: self.run().status == "LEFT", seconds=30)
        if left := left_behind():
            raise Failed(f"left behind: {left}")
        return seconds

    def empty_the_account(self) -> None:
        """Remove what a wrong way made that is none of the lesson's, too."""
        from ecsweb.api import call
        from ecsweb.controlplane.accounts import resetting_accounts

        call(self.principal, "ResetAccount", {})
        until("the account is emptied", lambda: not resetting_accounts(), seconds=60)

    def wrong_paths(self) -> int:
        """Go every wrong way; each must get its hint. Return how many there are."""
        count = 0
        for step in self.lesson.steps:
            for path in step.wrong_paths:
                self.begin()
                for earlier in self.lesson.steps[: self.lesson.steps.index(step)]:
                    self.solve(earlier)
                self.act(path.actions)
                until(f"{path.id} gets {path.hint}", lambda: path.hint in self.hints(step), seconds=30)  # noqa: B023 — called at once
                count += 1
        return count

    def act(self, actions: list[Action]) -> None:
        """Do what somebody does who goes wrong."""
        from ecsweb.api import call
        from ecsweb.learn.lessons.runs import played
        from ecsweb.models import Play

        answer = call(
            self.principal, "StartPlay", {"kind": "wrong-path", "actions": played(actions, self.run().values)}
        )
        number = answer["play"]
        until("the wrong way is gone", lambda: Play.objects.get(pk=number).status != "PLAYING")
        play = Play.objects.get(pk=number)
        if play.status != "DONE":
            raise Failed(f"wrong path: {play.error}")

    def hints(self, step: Step) -> list[str]:
        """Return the hints that the page would give now."""
        from ecsweb.learn.lessons.asking import Account
        from ecsweb.learn.lessons.hints import RUNGS, hint_on
        from ecsweb.learn.lessons.runs import principal_of

        run = self.run()
        return [hint_on(step, rung, Account(principal_of(run), run.began_sequence), run.values).id for rung in RUNGS]


def prove(lesson: Lesson, *, goes_wrong: bool) -> tuple[str, bool]:
    """Return the row of a lesson and whether all of it is so."""
    proof, began = Proof(lesson), time.monotonic()
    languages = "en ko" if all(step.text.en and step.text.ko for step in lesson.steps) else "MISSING"
    try:
        proof.passes()
        seconds = time.monotonic() - began
        reset = proof.reset()
        wrong = proof.wrong_paths() if goes_wrong else 0
        proof.empty_the_account()
    except Failed as failure:
        return f"{lesson.kind:<9} {lesson.id:<28} {languages:<9} FAILED: {failure}", False
    late = "" if reset <= RESET_SECONDS else f" (over {RESET_SECONDS:.0f} s)"
    row = f"{lesson.kind:<9} {lesson.id:<28} {languages:<9} {'yes':<15} {'yes':<16}"
    return f"{row} {wrong:>6} {seconds:>8.1f} {reset:>7.1f}{late}", not late


@dataclass
class Showing:
    """One scene, played as a teacher in a hurry would."""

    scene: Scene

    def play(self) -> Play | None:
        from ecsweb.learn.staging import play_of
        from ecsweb.models import Account

        return play_of(Account.objects.get(account_id=ACCOUNT), REGION, self.scene)

    def push(self, button: str) -> None:
        from ecsweb.learn.staging import press

        press(owner(), self.scene, self.play(), button)

    def is_at(self, status: str, position: int) -> bool:
        play = self.play()
        if play is not None and play.status == "FAILED":
            raise Failed(f"action {play.position}: {play.error}")
        return play is not None and (play.status, play.position) == (status, position)

    def plays(self) -> None:
        """Play it to its end."""
        self.push("play")
        until("the scene ends", lambda: self.is_at("DONE", len(self.scene.actions)))

    def goes_back(self) -> float:
        """Go back to its start; return how long that took. Raises Failed where something is left."""
        self.push("start")
        seconds = until("the stage is empty", lambda: self.is_at("PAUSED", 0), seconds=30)
        if left := left_behind():
            raise Failed(f"left behind: {left}")
        return seconds


def shown(scene: Scene) -> tuple[str, bool]:
    """Return the row of a scene and whether it plays to its end and goes back in time."""
    from msgspec.structs import replace

    from ecsweb.api import call

    call(owner(), "ListClusters", {})
    showing, began = Showing(replace(scene, tempo=0)), time.monotonic()
    said = [action.say for action in scene.actions if action.say]
    languages = "en ko" if all(say.en and say.ko for say in said) else "MISSING"
    row = f"{'scene':<9} {scene.id:<28} {languages:<9}"
    try:
        showing.plays()
        seconds, reset = time.monotonic() - began, showing.goes_back()
    except Failed as failure:
        return f"{row} FAILED: {failure}", False
    late = "" if reset <= RESET_SECONDS else f" (over {RESET_SECONDS:.0f} s)"
    return f"{row} {'':<15} {'plays':<16} {'':>6} {seconds:>8.1f} {reset:>7.1f}{late}", not late


def main() -> int:
    """Start ecsweb on Docker, prove the lessons, print the table; return the exit status."""
    asked = [name for name in os.environ.get("ONLY", "").split(",") if name]
    with tempfile.TemporaryDirectory(prefix="ecsw") as folder:
        stack = Stack(Path(folder), environment={"ECSWEB_ENGINE": os.environ.get("ENGINE", "docker")})
        try:
            stack.start()
            os.environ.update(stack.variables({}))
            django.setup()
            return _table(asked)
        finally:
            stack.stop()
            stack.sweep()


def _table(asked: list[str]) -> int:
    from ecsweb.learn.lessons.loading import lessons
    from ecsweb.learn.scenes import ready_scenes

    goes_wrong = os.environ.get("WRONG") != "no"
    rows = [(lesson.id, partial(prove, lesson, goes_wrong=goes_wrong)) for lesson in lessons()]
    rows += [(scene.id, partial(shown, scene)) for scene in ready_scenes()]
    chosen = [row for name, row in rows if not asked or name in asked]
    titles = ("lesson", "", "language", "starts failing", "solution passes", "wrong", "seconds", "reset")
    sys.stdout.write("{:<9} {:<28} {:<9} {:<15} {:<16} {:>6} {:>8} {:>7}\n".format(*titles))
    good = 0
    for prove_one in chosen:
        row, is_good = prove_one()
        good += is_good
        sys.stdout.write(f"{row}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{good} of {len(chosen)} as they should be\n")
    return 0 if chosen and good == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
