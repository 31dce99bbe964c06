"""Be the scheduler: a lab as a game of two halves. A play brings the script's failures; the log tells the score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q

from ecsweb.api import call
from ecsweb.api.principal import LESSON, Principal
from ecsweb.controlplane.plays import GAME_PREFIX
from ecsweb.controlplane.timeline import logged_events, past_at
from ecsweb.domain.scheduler_game import LENGTH, SCRIPT, Beat, Blow, Half, half_of
from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.learn.lessons.schema import Lesson
from ecsweb.models import Event, LessonRun, Play, PlayStatus

LAB = "be-the-scheduler"
STARTED_BY = "by-hand"
# Where the blows fall: on machines by the order in which they joined, which is the same in both clusters. Of two kills
# at one moment the first falls on the first machine, the second on the second; the machine that is lost is the last.
_KILLED_ON = (0, 1)
_LOST = -1
_EMPTY_OF = ("Decision", "Engine Call", "Checkpoint")


class Side(StrEnum):
    """Whose half it is: the learner's, or the service scheduler's. The lab's values name a cluster for each."""

    HAND = "hand"
    LOOP = "loop"

    @property
    def kind(self) -> str:
        """Return the kind of its play."""
        return f"{GAME_PREFIX}{self}"


@dataclass(frozen=True, slots=True)
class Played:
    """A half that was begun, and what was made of it so far."""

    side: Side
    play: Play
    half: Half

    @property
    def is_over(self) -> bool:
        """Tell whether the script is at its end."""
        return self.play.status == PlayStatus.DONE or self.half.until >= LENGTH


def lab() -> Lesson:
    """Return the lab that the game is. Raises LookupError."""
    found = lesson_of(LAB)
    if found is None:
        raise LookupError(LAB)
    return found


def start_half(principal: Principal, run: LessonRun, side: Side) -> dict[str, Any]:
    """Let the script befall a side's cluster, from now on."""
    actions = list(script_actions(str(run.values[side]), str(run.values["service"])))
    return call(principal, "StartPlay", {"kind": side.kind, "lesson": LAB, "title": side.value, "actions": actions})


def start_task(principal: Principal, run: LessonRun, instance: str) -> dict[str, Any]:
    """Start one task on a container instance: what a scheduler does, by hand."""
    params = {
        "cluster": run.values[Side.HAND],
        "taskDefinition": run.values["family"],
        "containerInstances": [instance],
        "startedBy": STARTED_BY,
    }
    return call(principal, "StartTask", params)


def stop_task(principal: Principal, run: LessonRun, task: str) -> dict[str, Any]:
    """Stop one task of the learner's cluster: where too many run, a scheduler does that, too."""
    return call(principal, "StopTask", {"cluster": run.values[Side.HAND], "task": task})


def played(run: LessonRun, side: Side, *, now: datetime) -> Played | None:
    """Return a half of this attempt, if it was begun."""
    play = Play.objects.filter(lesson_run=run, kind=side.kind).order_by("-pk").first()
    if play is None:
        return None
    cluster = str(run.values[side])
    rows = Event.objects.filter(account=run.account, region=run.region, sequence__gt=play.began_sequence)
    rows = rows.filter(Q(cluster__name=cluster) | Q(detail_type="API Call", detail__origin=LESSON))
    half = half_of(
        past_at(run.account, play.began_sequence),
        logged_events(rows.exclude(detail_type__in=_EMPTY_OF).order_by("sequence")),
        cluster=cluster,
        began=play.created_at,
        now=now,
        script_origin=LESSON,
    )
    return Played(side, play, half)


def script_actions(cluster: str, service: str) -> Iterator[dict[str, Any]]:
    """Yield the script as a play takes it: pauses between the beats, and the calls of each."""
    before = 0.0
    for beat in SCRIPT:
        yield {"pause": beat.at - before}
        yield from _calls(beat, cluster, service)
        before = beat.at
    yield {"pause": LENGTH - before}


def _calls(beat: Beat, cluster: str, service: str) -> Iterator[dict[str, Any]]:
    here = {"cluster": cluster}
    match beat.blow:
        case Blow.KILL:
            for place in _KILLED_ON[: beat.number]:
                there = {**here, "containerInstance": _machine(cluster, place)}
                tasks = {"ask": {"of": "ListTasks", "params": there, "query": "taskArns"}}
                query = "sort_by(tasks[?lastStatus=='RUNNING'], &createdAt)[0].taskArn"
                task = {"ask": {"of": "DescribeTasks", "params": {**here, "tasks": tasks}, "query": query}}
                # Where nothing runs any more, nothing can be killed; the script goes on.
                yield _call(beat, {**here, "task": task, "container": "app"}, refusal="InvalidParameterException")
        case Blow.LOSE:
            yield _call(beat, {**here, "containerInstance": _machine(cluster, _LOST)})
        case Blow.WISH:
            yield _call(beat, {**here, "service": service, "desiredCount": beat.number})


def _machine(cluster: str, place: int) -> dict[str, Any]:
    """Return the question which machine of a cluster has that place in the order in which they joined."""
    query = f"sort_by(containerInstances[?status=='ACTIVE'], &registeredAt)[{place}].containerInstanceArn"
    return {"ask": {"of": "DescribeContainerInstances", "params": {"cluster": cluster}, "query": query}}


def _call(beat: Beat, params: dict[str, Any], refusal: str = "") -> dict[str, Any]:
    return {"call": beat.blow.value, "params": params, "refusal": refusal}
