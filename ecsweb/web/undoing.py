"""Offer the inverse call beside the word that something is done: a signed note, a button on the next page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core import signing
from django.utils.translation import gettext as _

from ecsweb.api.undo import Inverse
from ecsweb.web.forms.base import ApiForm
from ecsweb.web.requests import PageRequest

_SALT = "ecsweb.undo"
LASTS = timedelta(hours=1)


def say_done(request: PageRequest, text: str, undo: Sequence[Inverse]) -> None:
    """Say that it is done, and how it is undone where it can be."""
    messages.success(request, text, extra_tags=token_of(undo) if undo else "")


def say_form_done(request: PageRequest, form: ApiForm) -> None:
    """Say that the form's call is made, and how it is undone where it can be."""
    done = _("Done: %(operation)s.") % {"operation": form.operation}
    say_done(request, there_already(form.operation) if form.was_there else done, form.undo)


def there_already(operation: str) -> str:
    """Return what is said of an idempotent call that found what it was to create."""
    said = _("It was there already; nothing changed. %(operation)s is idempotent: it answers with what is there.")
    return said % {"operation": operation}


def token_of(undo: Sequence[Inverse]) -> str:
    """Return the calls as a text that nobody can change on the way."""
    return signing.dumps([asdict(one) for one in undo], salt=_SALT, compress=True)


def calls_of(token: str) -> list[Inverse]:
    """Return the calls of a note; none where it is none of ours, or is too old."""
    try:
        found: list[dict[str, Any]] = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.BadSignature:
        return []
    return [Inverse(**one) for one in found]
