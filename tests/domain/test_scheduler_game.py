"""Be the scheduler: missed seconds, wrong places and reactions are read from the log alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ecsweb.domain.scheduler_game import Blow, Fault, Half, half_of
from ecsweb.domain.timeline.fold import fold
from ecsweb.domain.timeline.past import LoggedEvent

BEGAN = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
ARN = "arn:aws:ecs:ap-northeast-2:123456789012"


class Log:
    """A log as it is written: machines a and b, and three tasks that run, before the half begins."""

    def __init__(self, running: str = "abb") -> None:
        self.events: list[LoggedEvent] = []
        for machine in ("a", "b"):
            self.machine(-10, machine)
        for number, machine in enumerate(running):
            self.task(-5, f"t{number}", machine)
        self.before = len(self.events)

    def add(self, at: float, detail_type: str, **detail: Any) -> Log:
        time = BEGAN + timedelta(seconds=at)
        self.events.append(LoggedEvent(len(self.events) + 1, time, detail_type, detail))
        return self

    def machine(self, at: float, name: str, status: str = "ACTIVE") -> Log:
        arn = f"{ARN}:container-instance/mine/{name}"
        return self.add(
            at, "ECS Container Instance State Change", containerInstanceArn=arn, status=status, agentConnected=True
        )

    def task(self, at: float, name: str, machine: str, last: str = "RUNNING", cluster: str = "mine") -> Log:
        return self.add(
            at,
            "ECS Task State Change",
            taskArn=f"{ARN}:task/{cluster}/{name}",
            containerInstanceArn=f"{ARN}:container-instance/{cluster}/{machine}",
            lastStatus=last,
            desiredStatus="STOPPED" if last == "STOPPED" else "RUNNING",
        )

    def blow(self, at: float, blow: Blow, origin: str = "learn", **parameters: Any) -> Log:
        return self.add(
            at,
            "API Call",
            operation=blow.value,
            origin=origin,
            result="Success",
            parameters={"cluster": "mine", **parameters},
        )

    def half(self, seconds: float = 100) -> Half:
        return half_of(
            fold(self.events[: self.before]),
            self.events[self.before :],
            cluster="mine",
            began=BEGAN,
            now=BEGAN + timedelta(seconds=seconds),
            script_origin="learn",
        )


def test_as_long_as_all_run_nothing_is_missed() -> None:
    half = Log().half()

    assert (half.missed, half.placed, half.reactions, half.unanswered) == (0, (), (), 0)
    assert [(level.at, level.desired, level.running) for level in half.levels] == [(0, 3, 3)]


def test_seconds_are_missed_from_the_loss_until_the_new_task_runs() -> None:
    log = Log().blow(5, Blow.KILL).task(5.5, "t0", "a", "STOPPED")
    log.task(8, "new", "a", "PENDING").task(9, "new", "a", "RUNNING")

    half = log.half()

    assert half.missed == pytest.approx(3.5)
    assert list(half.gaps) == [(5.5, 9)]
    assert list(half.reactions) == [2.5]
    assert list(half.blows) == [(5, Blow.KILL)]


def test_what_is_never_made_up_for_is_missed_until_the_end() -> None:
    half = Log().task(20, "t0", "a", "STOPPED").half()

    assert half.missed == pytest.approx(40)
    assert (half.reactions, half.unanswered) == ((), 1)


def test_of_a_half_that_is_under_way_only_what_has_passed_counts() -> None:
    assert Log().task(20, "t0", "a", "STOPPED").half(seconds=25).missed == pytest.approx(5)


def test_the_oldest_loss_is_made_up_for_first() -> None:
    log = Log().task(5, "t0", "a", "STOPPED").task(6, "t1", "b", "STOPPED")

    half = log.task(8, "x", "a", "PENDING").task(10, "y", "b", "PENDING").half()

    assert list(half.reactions) == [3, 4]
    assert half.reaction == 3.5


def test_the_script_alone_says_what_is_wanted() -> None:
    log = Log().blow(10, Blow.WISH, origin="page", desiredCount=0)
    log.blow(30, Blow.WISH, desiredCount=4).task(33, "new", "a", "PENDING").task(34, "new", "a")

    half = log.half()

    assert [(level.at, level.desired) for level in half.levels] == [(0, 3), (30, 4), (34, 4)]
    assert half.missed == pytest.approx(4)
    assert list(half.reactions) == [3]


def test_a_task_beside_another_is_wrong_while_a_machine_stands_empty() -> None:
    log = Log().task(5, "t0", "a", "STOPPED")

    assert [one.fault for one in log.task(6, "new", "b", "PENDING").half().wrong] == [Fault.CROWDED]


def test_a_task_beside_another_is_right_when_the_empty_machine_is_gone() -> None:
    log = Log().machine(4, "a", "INACTIVE").task(5, "t0", "a", "STOPPED")

    assert log.task(6, "new", "b", "PENDING").half().wrong == ()


def test_a_task_more_than_wanted_is_wrong() -> None:
    half = Log().task(6, "new", "a", "PENDING").task(7, "new", "a").half()

    assert [one.fault for one in half.wrong] == [Fault.SURPLUS]
    assert half.missed == 0
    assert half.now.surplus == 1
    assert half.exceeded == pytest.approx(53)


def test_what_runs_too_much_counts_until_it_is_stopped() -> None:
    half = Log().task(6, "new", "a", "PENDING").task(7, "new", "a").task(10, "new", "a", "STOPPED").half()

    assert half.exceeded == pytest.approx(3)
    assert (half.now.surplus, half.missed, half.unanswered) == (0, 0, 0)


def test_a_surplus_started_in_advance_makes_up_for_a_loss_but_stays_wrong() -> None:
    half = Log().task(4, "new", "a").task(5, "t0", "a", "STOPPED").half()

    assert (half.missed, half.unanswered, len(half.wrong)) == (0, 0, 1)


def test_other_clusters_and_what_comes_after_the_minute_do_not_count() -> None:
    log = Log().task(5, "far", "z", cluster="other").task(61, "t0", "a", "STOPPED")

    half = log.half()

    assert (half.missed, half.placed, half.now.running) == (0, (), 3)
