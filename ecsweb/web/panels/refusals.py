"""The panel of a RunTask or StartTask that found no place: no task was made, so there is nothing else to click on."""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.models import Cluster, Event, TaskDefinition
from ecsweb.web import sentences
from ecsweb.web.panels.stories import call_at
from ecsweb.web.panels.values import Action, Level, Moment, Panel, Ref, StoryLine, Why
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names
from ecsweb.web.remedies import remedies_of
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import Vanished
from ecsweb.web.running import refusals


def refusal_panel(request: PageRequest, cluster: Cluster, sequence: str) -> Panel:
    """Return the panel of the refusal that the event of this sequence number tells. Raises Vanished."""
    number = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 18 else 0
    event: Event | None = refusals(cluster).filter(sequence=number).first()
    if event is None:
        raise Vanished("refusal", sequence, [])
    detail, names = event.detail, instance_names(cluster)
    decision, reasons = detail["decision"], [one["reason"] for one in detail["failures"]]
    made_by = call_at(cluster.account, event.time, ("RunTask", "StartTask"))
    operation = made_by.detail["operation"] if made_by else "RunTask"
    definition = _definition(cluster, detail["taskDefinition"])
    why = Why(
        _("Why does no task find a place?"),
        f"{sentences.unplaced(decision, names)} {sentences.nearest(decision, names)}".strip(),
        sentences.candidates(decision, names),
        f"{reasons[0]}: {detail['failures'][0]['detail']}".removesuffix(": "),
        remedies_of(cluster, decision, definition, names) if definition else (),
    )
    again = f"{reverse('run-task', args=[cluster.name])}?{urlencode({'definition': detail['taskDefinition']})}"
    return Panel(
        ref=Ref("refusal", sequence),
        what=_("answer of %(operation)s") % {"operation": operation},
        name=detail["taskDefinition"],
        page=again,
        topics=(f"cluster-{cluster.pk}",),
        detail=_("no task was made"),
        sentence=_(
            "%(operation)s does not wait: what finds no place at once is a failure of its answer, and nobody tries "
            "again. A service would have gone on trying."
        )
        % {"operation": operation},
        whys=(why,),
        life=(Moment(_("asked"), event.time),),
        facts=((_("failures"), str(len(reasons))), (_("group"), detail["group"])),
        story=_story(event, made_by),
        words=words_of(request, made_by, ("DescribeTaskDefinition", {"taskDefinition": detail["taskDefinition"]})),
        actions=(Action(_("Run it again…"), again, is_link=True),),
        document={"failures": detail["failures"]},
    )


def _definition(cluster: Cluster, name: str) -> TaskDefinition | None:
    family, _colon, revision = name.rpartition(":")
    rows = TaskDefinition.objects.filter(account=cluster.account, region=cluster.region, family=family)
    return rows.filter(revision=int(revision)).first()


def _story(event: Event, made_by: Event | None) -> tuple[StoryLine, ...]:
    rows = [(made_by, Level.AWS), (event, Level.ORCHESTRATOR)]
    return tuple(_line(row, level) for row, level in rows if row is not None)


def _line(row: Event, level: Level) -> StoryLine:
    logged = LoggedEvent(row.sequence, row.time, row.detail_type, row.detail, tuple(row.resources))
    return StoryLine(row.sequence, row.time, level, sentences.event_sentence(logged, {}), sentences.event_quote(logged))
