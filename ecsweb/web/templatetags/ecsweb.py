"""What templates need and Django has not: status looks, short ids, log lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from ecsweb.api.model import input_shape
from ecsweb.api.renderers import cli_command
from ecsweb.domain.timeline.past import LoggedEvent
from ecsweb.learn.differs import departures
from ecsweb.learn.glossary import Term, terms_by_key
from ecsweb.models import Cluster, Event
from ecsweb.web.boxes import Look, instance_html, look_of, task_html
from ecsweb.web.diagrams.cluster_picture import Fold, InstanceBox, TaskBox
from ecsweb.web.diagrams.frames import Frame, frames
from ecsweb.web.diagrams.timeline_bar import SHAPES
from ecsweb.web.forms.seen import as_seen
from ecsweb.web.forms.tags import state_of_tags
from ecsweb.web.panels.values import Action, Words
from ecsweb.web.panels.words import Spelled, all_words, spelled
from ecsweb.web.pictures import instance_names
from ecsweb.web.refused import first_refused as _first_refused
from ecsweb.web.requests import PageRequest
from ecsweb.web.sentences import event_quote, event_sentence
from ecsweb.web.undoing import calls_of

register = template.Library()

# Status is never colour alone: a glyph and the word stand beside it.
LOOKS = {
    "RUNNING": ("running", "●"),
    "ACTIVE": ("running", "●"),
    "COMPLETED": ("running", "✔"),
    "SUCCESSFUL": ("running", "✔"),
    "ROLLBACK_SUCCESSFUL": ("running", "↩"),
    "PRIMARY": ("running", "★"),
    "HEALTHY": ("running", "♥"),
    "UNHEALTHY": ("failed", "▲"),
    "STEADY_STATE": ("running", "✔"),
    "STABILIZING": ("pending", "◐"),
    "PROVISIONING": ("pending", "◔"),
    "PENDING": ("pending", "◐"),
    "ACTIVATING": ("pending", "◕"),
    "IN_PROGRESS": ("pending", "◐"),
    "STOP_REQUESTED": ("pending", "◑"),
    "ROLLBACK_REQUESTED": ("pending", "◑"),
    "ROLLBACK_IN_PROGRESS": ("pending", "◑"),
    "DRAINING": ("pending", "◑"),
    "DEACTIVATING": ("pending", "◑"),
    "STOPPING": ("pending", "◑"),
    "DEPROVISIONING": ("pending", "◑"),
    "STOPPED": ("stopped", "■"),
    "INACTIVE": ("stopped", "■"),
    "UNKNOWN": ("stopped", "○"),
    "FAILED": ("failed", "▲"),
    "ROLLBACK_FAILED": ("failed", "▲"),
}


@register.inclusion_tag("shared/_status_badge.html")
def status_badge(status: str) -> dict[str, str]:
    """Show a status of ECS as glyph, word and colour."""
    look, glyph = LOOKS.get(str(status), ("stopped", "○"))
    return {"status": str(status), "look": look, "glyph": glyph}


@register.inclusion_tag("shared/_status_badge.html")
def mood_badge(mood: str) -> dict[str, str]:
    """Show how a service is: steady, recovering, deploying, without room, below desired, leaving."""
    words = {
        "steady": (_("steady"), "running", "●"),
        "recovering": (_("recovering"), "pending", "◐"),
        "deploying": (_("deploying"), "pending", "◐"),
        "no-room": (_("no room"), "failed", "▲"),
        "short": (_("below desired"), "pending", "◐"),
        "leaving": (_("being deleted"), "stopped", "◑"),
    }
    word, look, glyph = words[mood]
    return {"status": word, "look": look, "glyph": glyph}


@register.simple_tag
def event_words(row: Event) -> dict[str, str]:
    """Return what a row of the log says, as a sentence and in ECS's own words."""
    event = LoggedEvent(row.sequence, row.time, row.detail_type, row.detail, tuple(row.resources))
    names = instance_names(row.cluster) if row.cluster else {}
    return {"sentence": event_sentence(event, names), "quote": event_quote(event)}


@register.simple_tag
def mark_shape(kind: str) -> str:
    """Return the path of a timeline mark's shape."""
    return SHAPES[kind]


@register.simple_tag
def mark_legend() -> list[tuple[str, str]]:
    """Return the kinds of marks on a timeline and what they are called."""
    return [
        ("task", _("task")),
        ("stopped", _("task stopped")),
        ("failed", _("failure")),
        ("service", _("service")),
        ("deployment", _("deployment")),
        ("instance", _("instance")),
        ("definition", _("definition")),
        ("decision", _("decision")),
        ("chaos", _("chaos")),
    ]


@register.inclusion_tag("shared/_explain.html")
def explain(key: str, word: str = "") -> dict[str, object]:
    """Explain a term on hover, focus and tap: by a small mark, or by the word itself where one is given."""
    return {"term": terms_by_key()[key], "word": word}


@register.inclusion_tag("shared/_differs.html")
def differs(*keys: str) -> dict[str, object]:
    """Lead to where something on the page differs from AWS."""
    return {"entries": [departures()[key] for key in keys]}


@register.filter
def related_to(term: Term, by_key: Mapping[str, Term]) -> list[Term]:
    """Return the words that a word is related to."""
    return [by_key[key] for key in term.related]


@register.filter
def coded(text: str) -> SafeString:
    """Return a text with what stands between backticks as code."""
    parts = str(text).split("`")
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", p) if n % 2 else p,) for n, p in enumerate(parts))
    )


@register.simple_tag(takes_context=True)
def aws_command(context: template.Context, operation: str, **params: Any) -> str:
    """Return the command that makes the call against this very server; what ECS wants a list of may be one text."""
    request = context["request"]
    shape = input_shape(operation)
    wants_list = {name for name, member in shape.members.items() if member.type_name == "list"} if shape else set()
    given = {
        name: [value] if name in wants_list and isinstance(value, str) else value for name, value in params.items()
    }
    return cli_command(operation, given, endpoint=f"{request.scheme}://{request.get_host()}")


@register.simple_tag
def as_commands(request: PageRequest, action: Action) -> list[Spelled]:
    """Return a button's call as what one would type instead."""
    return spelled(request, action)


@register.simple_tag
def registration_words(request: PageRequest, definition: Mapping[str, Any]) -> list[Words]:
    """Return the registration of a task definition as what one would type instead."""
    return all_words(request, "RegisterTaskDefinition", definition)


@register.inclusion_tag("shared/_undo.html", takes_context=True)
def undo_button(context: template.Context, message: Any) -> dict[str, Any]:
    """Show the button that takes back what a message tells of, where that can be done."""
    token = str(message.extra_tags or "")
    request = context["request"]
    return {
        "calls": calls_of(token) if token else [],
        "token": token,
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token", ""),
    }


@register.simple_tag
def frames_of(tasks: Sequence[TaskBox], folded: Sequence[Fold] = ()) -> tuple[Frame, ...]:
    """Return the tasks and counts of one place in the frames of their services."""
    return frames(tasks, folded)


@register.simple_tag(takes_context=True)
def first_refused(context: template.Context) -> str:
    """Return the id of the first thing that the page's forms refused."""
    request = context.get("request")
    is_answer = request is not None and request.method == "POST"
    return _first_refused(list(context.flatten().values())) if is_answer else ""


@register.simple_tag(takes_context=True)
def instance_box(context: template.Context, box: InstanceBox) -> SafeString:
    """Show a container instance of the picture."""
    return instance_html(box, look_of(context.flatten()))


@register.simple_tag(takes_context=True)
def task_box(context: template.Context, task: TaskBox, look: Look | None = None) -> SafeString:
    """Show a task of the picture."""
    return task_html(task, look or look_of(context.flatten()))


@register.simple_tag
def panel_link(cluster: Cluster, kind: str, key: str) -> SafeString:
    """Return the attributes that let a link open the thing's panel beside the picture; without script it is a link."""
    fragment = reverse("panel", args=[cluster.name, kind, key])
    address = f"{reverse('cluster', args=[cluster.name])}?{urlencode({'panel': f'{kind}:{key}'})}"
    return format_html(
        'hx-get="{}" hx-target="#panel" hx-swap="innerHTML" hx-push-url="{}" data-opens-panel', fragment, address
    )


@register.simple_tag
def container_link(cluster: Cluster, task_id: str, name: str) -> SafeString:
    """Return the attributes that let a link open the panel of a task's container."""
    return panel_link(cluster, "container", f"{task_id}~{name}")


@register.filter
def short(identifier: str) -> str:
    """Return the first eight characters of an id."""
    return str(identifier)[:8]


@register.filter
def pretty(value: Any) -> str:
    """Return JSON for reading."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


@register.filter
def ago(moment: datetime | None) -> str:
    """Return how long ago, in one unit."""
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)} if moment else "–"


@register.filter
def as_began(tags: Sequence[Mapping[str, str]]) -> str:
    """Return a resource's tags as a form keeps what it began with."""
    return as_seen(state_of_tags(tags))
