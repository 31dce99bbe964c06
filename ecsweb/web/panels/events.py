"""The panel of an event of the log: what it says, what it is about, what led to it, and the call that it was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from ecsweb.models import Cluster, ContainerInstance, Event, Service, Task
from ecsweb.web import sentences
from ecsweb.web.panels.stories import LEVELS, logged, story_of
from ecsweb.web.panels.values import Action, Level, Member, Moment, Panel, Ref
from ecsweb.web.panels.words import words_of
from ecsweb.web.pictures import instance_names
from ecsweb.web.requests import PageRequest
from ecsweb.web.rows import Vanished

# Longer is no sequence number.
LONGEST = 18


def event_panel(request: PageRequest, cluster: Cluster, key: str) -> Panel:
    """Return the panel of the event of that sequence number, of the cluster or of the account. Raises Vanished."""
    number = int(key) if key.isascii() and key.isdigit() and len(key) <= LONGEST else 0
    mine = Event.objects.filter(account=cluster.account, sequence=number)
    row = mine.filter(Q(cluster=cluster) | Q(cluster=None)).first()
    if row is None:
        raise Vanished("event", key, [])
    names = instance_names(cluster)
    is_call = row.detail_type == "API Call"
    then = f"{reverse('cluster', args=[cluster.name])}?at={row.sequence}"
    return Panel(
        ref=Ref("event", key),
        what=_("event"),
        name=f"{row.sequence} · {row.detail_type}",
        page=then,
        topics=(),
        detail=_level(LEVELS.get(row.detail_type, Level.ORCHESTRATOR)),
        sentence=sentences.event_sentence(logged(row), names),
        life=(Moment(_("happened"), row.time),),
        facts=_facts(row),
        members=_members(cluster, row, names),
        story=story_of(cluster, topic=_topic(row), named=(), names=names, until=row.sequence),
        words=words_of(request, row if is_call else None, _described(cluster, row)),
        actions=(Action(_("See the cluster as it was then"), then, is_link=True),),
        document=row.detail,
    )


def _level(level: Level) -> str:
    """Return which of the three stories the event belongs to."""
    return {Level.AWS: "AWS", Level.DOCKER: "Docker"}.get(level, _("orchestrator"))


def _facts(row: Event) -> list[tuple[str, str]]:
    detail = row.detail
    said = [
        (_("operation"), detail.get("operation")),
        (_("who"), detail.get("principal")),
        (_("result"), detail.get("result")),
        (_("quoted"), sentences.event_quote(logged(row))),
    ]
    return [(label, str(value)) for label, value in said if value]


def _topic(row: Event) -> str:
    """Return the narrowest word under which it was published: of a task rather than of its cluster."""
    return max(row.topics, key=lambda topic: ("task-", "instance-", "service-").count(_kind(topic)), default="")


def _kind(topic: str) -> str:
    return topic[: topic.find("-") + 1]


def _members(cluster: Cluster, row: Event, names: Mapping[str, str]) -> tuple[Member, ...]:
    """Return what the event is about, as far as it is still there."""
    keys = {kind: [t.removeprefix(kind) for t in row.topics if _kind(t) == kind] for kind in ("task-", "service-")}
    hosts = [topic.removeprefix("instance-") for topic in row.topics if topic.startswith("instance-")]
    tasks = Task.objects.filter(cluster=cluster, task_id__in=keys["task-"]).select_related("task_definition")
    services = Service.objects.filter(cluster=cluster, pk__in=[key for key in keys["service-"] if key.isdigit()])
    instances = ContainerInstance.objects.filter(cluster=cluster, instance_id__in=hosts)
    found = [
        ("task", one.task_id, one.task_id[:6], one.last_status, one.task_definition.family_revision) for one in tasks
    ]
    found += [("service", one.name, one.name, one.status, _("service")) for one in services]
    found += [("instance", one.instance_id, names[one.instance_id], one.status, one.instance_type) for one in instances]
    return tuple(
        Member(Ref(kind, key), reverse(kind, args=[cluster.name, key]), name, status, detail)
        for kind, key, name, status, detail in found
    )


def _described(cluster: Cluster, row: Event) -> tuple[str, dict[str, Any]]:
    """Return the call that shows what the event is about as it is now."""
    if arn := row.detail.get("taskArn"):
        return "DescribeTasks", {"cluster": cluster.name, "tasks": [str(arn).rsplit("/", 1)[-1]]}
    return "DescribeClusters", {"clusters": [cluster.name]}
