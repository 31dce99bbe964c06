"""What a lesson cannot go on without: a cluster of its own that somebody deleted in its middle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from ecsweb.learn.lessons.asking import SOURCES
from ecsweb.learn.lessons.schema import Hint, Lesson, Step
from ecsweb.learn.lessons.texts import Text, Values, filled
from ecsweb.models import Cluster, Event, LessonRun, LessonStatus


@dataclass(frozen=True, slots=True)
class Loss:
    """A cluster of the lesson that is gone; `sequence` is the event of its end."""

    cluster: str
    at: datetime
    sequence: int


def loss_of(run: LessonRun, lesson: Lesson) -> Loss | None:
    """Return which of the lesson's clusters was deleted since its start state stood; None where all is well.

    What the lesson itself has deleted is no loss.
    """
    if run.status != LessonStatus.OPEN:
        return None
    mine = {"account": run.account_id, "region": run.region}
    meant = set(_deleted_by(lesson, run.values))
    names = [name for name in run.belongings.get("clusters", []) if name not in meant]
    there = Cluster.objects.filter(**mine, status="ACTIVE", name__in=names).values_list("name", flat=True)
    ends = Event.objects.filter(
        **mine,
        sequence__gt=run.began_sequence,
        detail_type="Cluster State Change",
        detail__status="INACTIVE",
        cluster__name__in=set(names) - set(there),
    )
    last = ends.select_related("cluster").order_by("-sequence").first()
    return Loss(last.cluster.name, last.time, last.sequence) if last and last.cluster else None


def _deleted_by(lesson: Lesson, values: Values) -> Iterator[str]:
    for step in lesson.steps:
        for action in step.solution:
            if action.call == "DeleteCluster":
                yield str(filled(action.params.get("cluster", ""), values))


def rests_on(step: Step, loss: Loss, values: Values) -> bool:
    """Tell whether what a step brought about is gone with the cluster: the log alone remembers."""
    asked = [check.want.ask for check in step.checks if check.want.ask.of not in SOURCES]
    return any(f'"{loss.cluster}"'.encode() in msgspec.json.encode(filled(ask.params, values)) for ask in asked)


def hint_of(loss: Loss) -> Hint:
    """Return what the first rung of every step says then."""
    name = f"`{loss.cluster}`"
    text = Text(
        en=f"The cluster {name} of this lesson was deleted: nothing can be done in it. Begin again: it takes a moment.",
        ko=f"이 수업의 {name} 클러스터가 삭제되어서 여기서는 아무것도 할 수 없어요. 다시 시작하세요. 금방이면 됩니다.",
    )
    return Hint(id="cluster-gone", rung="nudge", text=text)
