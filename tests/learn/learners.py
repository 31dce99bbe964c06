"""Somebody who goes through a lesson in a world: lessons and plays move as the jobs would move them."""

from __future__ import annotations

from dataclasses import dataclass

import time_machine

from ecsweb.agent.inspection import containers_of
from ecsweb.api.principal import Principal, root_of
from ecsweb.controlplane.lessons import open_runs
from ecsweb.controlplane.plays import running_plays
from ecsweb.domain.quotas import QUOTA_FULL
from ecsweb.learn.lessons.asking import Account as Asked
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.runs import begin, go_on, play_solution, played, principal_of
from ecsweb.learn.lessons.schema import Action, Lesson, Step
from ecsweb.learn.player import advance
from ecsweb.models import Account, Cluster, Event, LessonRun, LessonStatus, Play, PlayStatus
from tests.world import ACCOUNT, REGION, World

TICK = 0.5


def barred_by_quota() -> list[str]:
    """Return what the quotas of the class account kept from being: calls, tasks of calls, tasks of services."""
    calls = Event.objects.filter(
        detail_type="API Call", detail__result__in=("LimitExceededException", "ThrottlingException")
    )
    tasks = Event.objects.filter(detail_type="Decision", detail__icontains=QUOTA_FULL)
    services = Event.objects.filter(detail__message__icontains="reached the limit on the number of tasks")
    return [f"{row.detail_type}: {row.detail}" for found in (calls, tasks, services) for row in found]


@dataclass
class Learner:
    """Begins lessons, plays actions, and lets the world go on half a second at a time."""

    world: World

    @property
    def principal(self) -> Principal:
        return root_of(ACCOUNT, REGION, origin="page")

    def lesson(self, lesson_id: str) -> Lesson:
        found = lesson_of(lesson_id)
        assert found is not None, lesson_id
        return found

    def run(self, lesson_id: str) -> LessonRun:
        return LessonRun.objects.select_related("account").get(lesson=lesson_id)

    def begin(self, lesson_id: str, *, return_to: str = "") -> LessonRun:
        """Begin a lesson and wait until its start state is there."""
        with time_machine.travel(self.world.clock.now, tick=False):
            begin(self.principal, self.lesson(lesson_id), return_to=return_to)
        self.until(lambda: self.run(lesson_id).status == LessonStatus.OPEN, seconds=90, what=f"{lesson_id} opens")
        self.tick()
        return self.run(lesson_id)

    def tick(self) -> None:
        """Let everything that moves by itself move once, and half a second pass."""
        with time_machine.travel(self.world.clock.now, tick=False):
            now = self.world.clock.now
            for play in Play.objects.select_related("account", "lesson_run__account").filter(pk__in=running_plays()):
                advance(play, now=now, docker=self.docker)
            self.world.step_all()
            for name in Cluster.objects.exclude(status="INACTIVE").values_list("name", flat=True):
                self.world.reconcile(name)
            account = Account.objects.get(account_id=ACCOUNT)
            for run in open_runs(account):
                go_on(run, now=now, docker=self.docker)
        self.world.clock.forward(TICK)

    def docker(self) -> list[dict[str, object]]:
        return containers_of(self.world.engine, ACCOUNT)

    def until(self, is_so: object, *, seconds: float, what: str) -> None:
        """Let the world go on until something is so; fail naming it."""
        assert callable(is_so)
        for _turn in range(int(seconds / TICK)):
            if is_so():
                return
            self.tick()
        failed = [(play.kind, play.position, play.error) for play in Play.objects.filter(status=PlayStatus.FAILED)]
        states = list(LessonRun.objects.values_list("lesson", "status", "step", "checks"))
        raise AssertionError(f"not within {seconds} s: {what}; failed plays {failed}; {states}")

    def solve(self, lesson_id: str, step: Step) -> None:
        """Play the step's solution and wait for the step to be passed."""
        with time_machine.travel(self.world.clock.now, tick=False):
            play_solution(self.principal, self.run(lesson_id), step.id)
        self.until(
            lambda: step.id in self.run(lesson_id).passed_steps, seconds=150, what=f"{lesson_id}/{step.id} passes"
        )

    def act(self, lesson_id: str, actions: list[Action]) -> None:
        """Do what a wrong path does, and let it settle."""
        run = self.run(lesson_id)
        with time_machine.travel(self.world.clock.now, tick=False):
            play = Play.objects.create(
                account=run.account,
                region=run.region,
                # A wrong path may be answered with a failure and go on, which a scene does not.
                kind="solution",
                actions=played(actions, run.values),
                began_sequence=run.account.last_sequence,
                created_at=self.world.clock.now,
            )
        self.until(
            lambda: Play.objects.get(pk=play.pk).status != "PLAYING", seconds=90, what=f"{lesson_id}: wrong path"
        )
        after = Play.objects.get(pk=play.pk)
        assert after.status == PlayStatus.DONE, after.error
        self.settle()

    def settle(self) -> None:
        """Let the world go on until three turns bring nothing new, for ten turns at most."""
        quiet, last = 0, -1
        for _turn in range(10):
            self.tick()
            now = Account.objects.values_list("last_sequence", flat=True).get(account_id=ACCOUNT)
            quiet, last = (quiet + 1 if now == last else 0), now
            if quiet == 3:
                return

    def asked(self, lesson_id: str) -> Asked:
        """Return what a page can ask: everything but Docker."""
        run = self.run(lesson_id)
        return Asked(principal_of(run), since=run.began_sequence)
