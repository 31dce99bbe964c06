"""Why a scene stopped, in the reader's language first; the literal words of it are the detail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ecsweb.learn.texts import is_korean
from ecsweb.models import Cluster, Play
from ecsweb.web import sentences
from ecsweb.web.pictures import instance_names
from ecsweb.web.running import refusals
from ecsweb.web.sentences.quotas import is_quota, quota_full_for
from ecsweb.web.sentences.refusals import meaning, no_task


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a scene stopped: `words` for a class, `wanted` is what a wait was to see, `detail` is literal."""

    words: str
    wanted: str
    detail: str


def stop_of(play: Play | None) -> Stop | None:
    """Return why a play stopped; None where it did not."""
    if play is None or not play.error:
        return None
    called = play.last_call
    if is_quota(play.error):
        return Stop(quota_full_for(play.account), "", play.error)
    if waited := called.get("waited"):
        words = _("What it waited for did not come about within %(seconds)s seconds.")
        return Stop(words % {"seconds": waited.get("seconds", "")}, _caption_there(play), play.error)
    if refused := str(called.get("refused", "")):
        return Stop(meaning(refused.partition(": ")[2]), "", play.error)
    if failures := called.get("failures"):
        return Stop(_no_place(play, called, failures), "", play.error)
    return Stop("", "", play.error)


def _caption_there(play: Play) -> str:
    """Return what would have been said at the action where the play stands."""
    said = play.actions[play.position].get("say") if play.position < len(play.actions) else None
    return str(said["ko" if is_korean() else "en"]) if said else ""


def _no_place(play: Play, called: Mapping[str, Any], failures: Sequence[Mapping[str, Any]]) -> str:
    """Return why a call found no place, with the amounts where the decision is in the log."""
    operation, first = str(called.get("operation", "")), failures[0]
    name = str(called.get("parameters", {}).get("cluster", "default"))
    cluster = Cluster.objects.filter(account=play.account_id, region=play.region, name=name).first()
    since = refusals(cluster).filter(sequence__gt=play.began_sequence) if cluster else None
    event = since.order_by("-sequence").first() if since is not None else None
    if cluster is None or event is None or event.detail["failures"][0].get("reason") != first.get("reason"):
        return no_task(operation, str(first.get("reason", "")), str(first.get("detail", "")))
    decision, names = event.detail["decision"], instance_names(cluster)
    why = f"{sentences.unplaced(decision, names)} {sentences.nearest(decision, names)}".strip()
    return _("%(operation)s found no place for a task. %(why)s") % {"operation": operation, "why": why}
