"""A whole game: somebody lazy keeps three tasks by hand, then the scheduler gets the same script."""

from __future__ import annotations

import pytest
import time_machine

from ecsweb.domain.scheduler_game import SCRIPT, Blow
from ecsweb.learn.scheduler_game import LAB, Played, Side, played, start_half, start_task
from ecsweb.models import ContainerInstance, LessonStatus
from tests.learn.learners import Learner

# In a class, so that its quotas are known to let the game be won.
pytestmark = [pytest.mark.timeout(180), pytest.mark.usefixtures("within_class_quotas")]

# Seconds from one look of somebody lazy to the next.
LAZY = 3


def half(learner: Learner, side: Side) -> Played:
    """Return a half as it stands now."""
    found = played(learner.run(LAB), side, now=learner.world.clock.now)
    assert found is not None
    return found


def begin(learner: Learner, side: Side) -> None:
    with time_machine.travel(learner.world.clock.now, tick=False):
        start_half(learner.principal, learner.run(LAB), side)


def place(learner: Learner) -> None:
    """Start a task on the first machine, whatever stands there."""
    cluster = learner.run(LAB).values["hand"]
    instance = ContainerInstance.objects.filter(cluster__name=cluster, status="ACTIVE").order_by("pk")[0]
    with time_machine.travel(learner.world.clock.now, tick=False):
        assert start_task(learner.principal, learner.run(LAB), instance.instance_id)["failures"] == []


def go_through(learner: Learner, side: Side, *, by_hand: bool) -> Played:
    """Let a minute pass: look now and then, start one task when one is missing; when all is well, time flies."""
    for _look in range(30):
        learner.tick()
        learner.tick()
        learner.world.clock.forward(LAZY - 1)
        now = half(learner, side)
        if now.half.now.is_short:
            if by_hand:
                place(learner)
        elif now.is_over:
            return now
        elif now.play.next_at is not None:
            learner.world.clock.now = max(learner.world.clock.now, now.play.next_at)
    raise AssertionError(f"the minute does not end: {half(learner, side)}")


def test_the_scheduler_misses_less_than_somebody_lazy_and_places_better(learner: Learner) -> None:
    learner.begin(LAB)
    begin(learner, Side.HAND)
    hand = go_through(learner, Side.HAND, by_hand=True)
    begin(learner, Side.LOOP)
    loop = go_through(learner, Side.LOOP, by_hand=False)

    moments = [beat.at for beat in SCRIPT for _blow in range(beat.number if beat.blow is Blow.KILL else 1)]
    for one in (hand, loop):
        assert one.play.error == ""
        assert [blow for _at, blow in one.half.blows] == [Blow.KILL, Blow.LOSE, Blow.WISH, Blow.KILL, Blow.KILL]
        assert all(0 <= at - beat <= 3 for (at, _blow), beat in zip(one.half.blows, moments, strict=True))
    assert loop.half.missed < hand.half.missed / 2
    assert (loop.half.wrong, loop.half.unanswered) == ((), 0)
    assert hand.half.wrong
    assert max(loop.half.reactions) < max(hand.half.reactions)
    # The game is the lab: who keeps the number to the end has done it.
    learner.until(lambda: learner.run(LAB).status == LessonStatus.PASSED, seconds=20, what="the lab is passed")
