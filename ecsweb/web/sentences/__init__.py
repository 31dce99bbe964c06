"""Reasons as sentences, in the reader's language: what happened, why, and who does something about it.

Decisions and rows keep codes and ECS's literal words; here they become something a learner reads once and understands.
"""

from __future__ import annotations

from ecsweb.web.sentences.capacity import service_capacity, task_capacity
from ecsweb.web.sentences.clusters import cluster_now
from ecsweb.web.sentences.events import event_quote, event_sentence
from ecsweb.web.sentences.fields import field_departures
from ecsweb.web.sentences.instances import chaos_choices, instance_now
from ecsweb.web.sentences.overrides import overrides
from ecsweb.web.sentences.placement import candidates, decision, exclusion, nearest, rule, unplaced
from ecsweb.web.sentences.services import is_steady, service_now
from ecsweb.web.sentences.task_sets import task_set_now
from ecsweb.web.sentences.tasks import task_end, task_future, task_now, task_story, task_waits
from ecsweb.web.sentences.volumes import mounts

__all__ = [
    "candidates",
    "chaos_choices",
    "cluster_now",
    "decision",
    "event_quote",
    "event_sentence",
    "exclusion",
    "field_departures",
    "instance_now",
    "is_steady",
    "mounts",
    "nearest",
    "overrides",
    "rule",
    "service_capacity",
    "service_now",
    "task_capacity",
    "task_end",
    "task_future",
    "task_now",
    "task_set_now",
    "task_story",
    "task_waits",
    "unplaced",
]
