"""Boxes of the picture as HTML, kept while nothing in them changes: when one of 300 tasks does, it alone is drawn anew.

A box is a frozen value and its HTML a function of it and of how it is looked at, so that no kept one is ever wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ecsweb.models import Cluster
from ecsweb.web.diagrams.cluster_picture import InstanceBox, TaskBox

# About 2 KB each: some thousand tasks of all accounts, and the instances that they are on.
TASKS_KEPT = 4000
INSTANCES_KEPT = 400


@dataclass(frozen=True, slots=True)
class Look:
    """How a box is looked at. `at` is the moment of the past, None for now; `is_part`: it comes without its picture."""

    cluster: str
    language: str
    stage: str = "3"
    view: str = "hierarchy"
    at: int | None = None
    is_past: bool = False
    has_panels: bool = False
    is_part: bool = False


def look_of(context: Mapping[Any, Any]) -> Look:
    """Return how the page with this context looks at boxes."""
    past = context.get("past")
    return Look(
        cluster=context["cluster"].name,
        language=get_language() or "",
        stage=context.get("stage") or "3",
        view=context.get("view") or "hierarchy",
        at=past.sequence if past else None,
        is_past=bool(past),
        has_panels=bool(context.get("panels_open")),
        is_part=bool(context.get("is_part")),
    )


@lru_cache(INSTANCES_KEPT)
def instance_html(box: InstanceBox, look: Look) -> SafeString:
    """Return a container instance with all that stands in it."""
    return render_to_string("instances/_box.html", {"box": box, **_words(look)})


@lru_cache(TASKS_KEPT)
def task_html(task: TaskBox, look: Look) -> SafeString:
    """Return a task with its containers."""
    return render_to_string("tasks/_box.html", {"task": task, **_words(look)})


def _words(look: Look) -> dict[str, object]:
    return {"look": look, "cluster": Cluster(name=look.cluster), "stage": look.stage, "view": look.view}
