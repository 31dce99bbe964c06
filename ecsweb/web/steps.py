"""A service over time: how many of its tasks ran beside how many it wanted, folded from the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from ecsweb.domain.timeline.service_steps import Counted, DesiredWord, TaskWord, desired_steps, running_steps
from ecsweb.models import Account, Event, Service
from ecsweb.web.charts import Line, SmallChart, small_chart
from ecsweb.web.diagrams.small_chart import Point, stairs
from ecsweb.web.sentences.usage import service_steps

WINDOW = timedelta(minutes=10)
SHORTEST = timedelta(minutes=1)
# So far back in the account's log the chart looks, whatever happened in it.
LOOKS_BACK = 4_000
TASK = "ECS Task State Change"


@dataclass(frozen=True, slots=True)
class _Words:
    """What the log's newest part says of the service, and from when on it is known whole."""

    tasks: Sequence[TaskWord]
    desired: Sequence[DesiredWord]
    known_since: datetime | None


def steps_chart(service: Service, *, now: datetime | None = None) -> SmallChart:
    """Return running beside desired over the last ten minutes, or since the service was created."""
    end = now or timezone.now()
    words = _words(service)
    since = max(end - WINDOW, service.created_at, *([words.known_since] if words.known_since else []))
    ongoing = service.tasks.filter(last_status="RUNNING").values_list("task_id", "started_at")
    running = running_steps(words.tasks, running_now=dict(ongoing), since=since)
    desired = desired_steps(words.desired, desired_now=service.desired_count, since=since)
    counts = [step.count for step in running]
    sentence = service_steps(
        running=counts[-1],
        desired=desired[-1].count,
        least=min(counts),
        most=max(counts),
        minutes=max(1, round((end - since).total_seconds() / 60)),
    )
    lines = [
        Line("running", _("running"), _corners(running, end), is_filled=True),
        Line("desired", _("desired"), _corners(desired, end)),
    ]
    begin = min(since, end - SHORTEST)
    return small_chart(
        _("Running beside desired"), sentence, lines, begin=begin.timestamp(), end=end.timestamp(), is_count=True
    )


def _corners(steps: Sequence[Counted], end: datetime) -> list[Point]:
    return stairs([(step.at.timestamp(), step.count) for step in steps], end=end.timestamp())


def _words(service: Service) -> _Words:
    last = Account.objects.values_list("last_sequence", flat=True).get(pk=service.cluster.account_id)
    first = last - LOOKS_BACK
    recent = Event.objects.filter(account=service.cluster.account_id, sequence__gt=first)
    known_since = recent.order_by("sequence").values_list("time", flat=True).first() if first > 0 else None
    under = recent.filter(topics__icontains=f'"service-{service.pk}"').order_by("sequence")
    # Not the whole details: they describe every container.
    tasks = under.filter(detail_type=TASK).values_list(
        "time", F("detail__taskArn"), F("detail__lastStatus"), F("detail__startedAt")
    )
    others = under.exclude(detail_type=TASK).values_list("time", F("detail__ecsweb__service__desiredCount"))
    return _Words(
        [TaskWord(at, str(arn).rsplit("/", 1)[-1], status, _moment(started)) for at, arn, status, started in tasks],
        [DesiredWord(at, int(count)) for at, count in others if count is not None],
        known_since,
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
