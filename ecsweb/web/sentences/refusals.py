"""What the API did not take: first a sentence in the reader's language, then AWS's own words."""

from __future__ import annotations

import re
from itertools import chain

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ecsweb.domain.errors import EcsError
from ecsweb.models import Play
from ecsweb.web.sentences.meanings import MEANINGS, MEANINGS_OF_PARTS
from ecsweb.web.sentences.quotas import is_quota, quota_full, quota_full_for

# A word that is longer than ARNs usually are is somebody's value, and a page shows its beginning.
LONGEST_WORD, SHOWN_OF_IT = 140, 80


def literal(message: str) -> str:
    """Return AWS's words as a page shows them: a pattern without its doubled escape, a long value cut.

    On the wire they stay as AWS writes them.
    """
    single = message.replace("\\\\", "\\")
    return re.sub(rf"\S{{{LONGEST_WORD},}}", lambda word: f"{word[0][:SHOWN_OF_IT]}…", single)


def meaning(message: str) -> str:
    """Return what a message of AWS comes to, in the reader's language; empty where nobody has put it into words."""
    known = (said for begins, said in MEANINGS.items() if message.startswith(begins))
    parts = (said for part, said in MEANINGS_OF_PARTS.items() if part in message)
    found = next(chain(known, parts), "")
    return _(found) if found else ""


def call_meaning(message: str) -> str:
    """Return what a message of AWS comes to; where nobody has put it into words, that its own words follow."""
    return meaning(message) or _("This call was not accepted. In the API's own words:")


def refusal(error: EcsError, lead: str = "") -> SafeString:
    """Return what a page says of a call that was refused, after the lead or what it means."""
    return _after(lead or call_meaning(error.message), f"{error.code}: {literal(error.message)}")


def field_refusal(message: str, label: str = "") -> SafeString:
    """Return what stands beside the field with this label, or over the form: a value of it was refused."""
    general = _("“%(label)s” was not accepted as it is. In the API's own words:") % {"label": label} if label else ""
    return _after(meaning(message) or general or call_meaning(message), literal(message))


def plain_refusal(message: str) -> str:
    """Return what a message of AWS comes to and the message itself, as a text without markup."""
    return f"{call_meaning(message)} {literal(message)}"


def no_task(operation: str, reason: str, detail: str) -> SafeString:
    """Return what a page says of one of the failures that a call answered with, the API's own detail last."""
    if is_quota(detail):
        lead = _("%(operation)s made no task.") % {"operation": operation}
        return _after(f"{lead} {quota_full()}", reason)
    lead = _("%(operation)s answered with a failure: %(reason)s. No task was made for it.")
    return _after(lead % {"operation": operation, "reason": reason}, literal(detail))


def play_stopped(play: Play) -> SafeString:
    """Return why a play came to its end too early: in the reader's language where it can be said, then literally."""
    if is_quota(play.error):
        return _after(quota_full_for(play.account), play.error)
    lead, words = meaning(play.error), format_html('<code class="literal" lang="en">{}</code>', literal(play.error))
    return format_html("{} {}", lead, words) if lead else words


def _after(lead: str, words: str) -> SafeString:
    if not lead or not words:
        return format_html("{}", lead or words)
    return format_html('{} <code class="literal" lang="en">{}</code>', lead, words)


def in_the_way(cluster: str, *, services: int, tasks: int, instances: int) -> str:
    """Return what keeps a cluster from being deleted, and what to do about it in which order; empty for nothing."""
    parts = [
        ngettext("%(count)s service", "%(count)s services", services) % {"count": services} if services else "",
        ngettext("%(count)s task", "%(count)s tasks", tasks) % {"count": tasks} if tasks else "",
        ngettext("%(count)s container instance", "%(count)s container instances", instances) % {"count": instances}
        if instances
        else "",
    ]
    found = ", ".join(part for part in parts if part)
    if not found:
        return ""
    return _(
        "%(cluster)s stays, because there is still something in it: %(found)s. Delete its services first, stop what "
        "was run directly, then take its container instances out."
    ) % {"cluster": cluster, "found": found}
