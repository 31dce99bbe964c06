"""The list of an account's events: which are asked for, and where each leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from ecsweb.api.learning import about_learning
from ecsweb.controlplane.timeline import logged_events
from ecsweb.domain.timeline.fold import CHECKPOINT
from ecsweb.domain.timeline.order import causes_first
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.models import ContainerInstance, Event
from ecsweb.web import sentences
from ecsweb.web.diagrams.timeline_bar import kind_of
from ecsweb.web.requests import PageRequest

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Link:
    """Something an event is about: its name, its page, and the list of all that is known of it."""

    name: str
    address: str
    search: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the list. `cluster` is where its picture is; empty where it belongs to none."""

    event: LoggedEvent
    kind: str
    sentence: str
    quote: str
    cluster: str
    links: tuple[Link, ...]
    cause: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list, the newest first; `older` is the sequence below which the next begins."""

    lines: tuple[Line, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is narrowed to; empty texts ask for everything."""

    detail_types: tuple[str, ...] = ()
    cluster: str = ""
    about: str = ""
    text: str = ""
    before: int | None = None


def events_asked_for(request: PageRequest, asked: Asked) -> QuerySet[Event]:
    """Return the events of the account and region that match, the newest first."""
    rows = Event.objects.filter(account=request.account, region__in=(request.principal.region, ""))
    rows = rows.exclude(detail_type=CHECKPOINT).exclude(about_learning())
    if asked.detail_types:
        rows = rows.filter(detail_type__in=asked.detail_types)
    if asked.cluster:
        in_calls = Q(detail__parameters__cluster=asked.cluster) | Q(detail__parameters__clusterName=asked.cluster)
        rows = rows.filter(Q(cluster__name=asked.cluster) | in_calls)
    if asked.about:
        rows = rows.filter(Q(detail__icontains=asked.about) | Q(resources__icontains=asked.about))
    if asked.text:
        rows = rows.filter(detail__icontains=asked.text)
    if asked.before is not None:
        rows = rows.filter(sequence__lt=asked.before)
    return rows.order_by("-sequence")


def page_of(request: PageRequest, asked: Asked) -> Page:
    """Return one page of what was asked for."""
    rows = events_asked_for(request, asked)[: A_PAGE + 1]
    found = list(logged_events(rows))
    clusters = dict(rows.values_list("sequence", "cluster__name"))
    names = names_of(request)
    told = reversed(causes_first(found[:A_PAGE]))
    lines = tuple(line_of(event, names, clusters.get(event.sequence) or "") for event in told)
    return Page(lines, found[A_PAGE - 1].sequence if len(found) > A_PAGE else None)


def names_of(request: PageRequest) -> dict[str, str]:
    """Return what the pictures call the account's container instances: i-01, i-02, … in each cluster."""
    rows = ContainerInstance.objects.filter(cluster__account=request.account).order_by("cluster", "pk")
    names: dict[str, str] = {}
    places: dict[int, int] = {}
    for instance_id, cluster_pk in rows.values_list("instance_id", "cluster_id"):
        places[cluster_pk] = places.get(cluster_pk, 0) + 1
        names[instance_id] = f"i-{places[cluster_pk]:02d}"
    return names


def line_of(event: LoggedEvent, names: Mapping[str, str], cluster: str) -> Line:
    """Return an event as a line of the list."""
    return Line(
        event=event,
        kind=kind_of(event.detail_type, event.detail),
        sentence=sentences.event_sentence(event, names),
        quote=sentences.event_quote(event),
        cluster=cluster,
        links=links_of(event, names),
        cause=cause_of(event),
    )


def cause_of(event: LoggedEvent) -> str:
    """Return the id of what the event says it came of: a task's deployment, or its start by somebody."""
    return str(event.detail.get("startedBy") or "") if event.detail_type == "ECS Task State Change" else ""


def links_of(event: LoggedEvent, names: Mapping[str, str]) -> tuple[Link, ...]:
    """Return the objects that the event names by ARN, each once."""
    named = ("taskArn", "serviceArn", "containerInstanceArn", "taskDefinitionArn", "taskDefinition")
    arns = [*event.resources, *(str(event.detail.get(key) or "") for key in named)]
    found = {arn: _link(arn, names) for arn in arns if arn}
    return tuple(link for link in found.values() if link)


PAGES = {"task": "task", "service": "service", "container-instance": "instance"}


def _link(arn: str, names: Mapping[str, str]) -> Link | None:
    kind, _, rest = arn.split(":", 5)[-1].partition("/")
    try:
        if kind == "task-definition":
            return Link(rest, reverse("task-definition", args=(rest,)), rest)
        if kind == "cluster":
            return Link(rest, reverse("cluster", args=(rest,)), rest)
        cluster, _, name = rest.partition("/")
        shown = names.get(name, name[:8] if kind != "service" else name)
        return Link(shown, reverse(PAGES[kind], args=(cluster, name)), name)
    except (KeyError, NoReverseMatch):
        return None
