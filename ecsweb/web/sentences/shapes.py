"""What does not fit the shape of a document: msgspec's messages in the reader's language, its own words after them."""

from __future__ import annotations

import re

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ecsweb.learn.lessons.schema import ONE_THING
from ecsweb.web.sentences.refusals import literal, meaning

_EXPECTED = re.compile(r"Expected `([^`]+)`, got `([^`]+)`")
_NAMED = {
    re.compile(r"Object missing required field `([^`]+)`"): gettext_lazy("“%(name)s” is missing."),
    re.compile(r"Object contains unknown field `([^`]+)`"): gettext_lazy("“%(name)s” is not known here."),
}
_TYPES = {
    "array": gettext_lazy("a list in brackets"),
    "object": gettext_lazy("an object in braces"),
    "str": gettext_lazy("a text in quotes"),
    "int": gettext_lazy("a whole number"),
    "float": gettext_lazy("a number"),
    "bool": gettext_lazy("true or false"),
    "null": gettext_lazy("null"),
}


def shape_words(message: str) -> str:
    """Return what a message about a shape comes to; empty where nobody has put it into words."""
    if message.startswith(ONE_THING):
        return _(ONE_THING)
    if found := _EXPECTED.search(message):
        return _("Wanted is %(wanted)s; what is there is %(found)s.") % {
            "wanted": _type(found[1]),
            "found": _type(found[2]),
        }
    named = ((pattern.search(message), words) for pattern, words in _NAMED.items())
    return next((str(words) % {"name": hit[1]} for hit, words in named if hit), "")


def with_literal(lead: str, message: str) -> SafeString:
    """Return words of ours and what a message comes to, the message itself last."""
    said = f"{lead} {shape_words(message) or meaning(message)}".strip()
    return format_html('{} <code class="literal" lang="en">{}</code>', said, literal(message))


def _type(name: str) -> str:
    return " | ".join(str(_TYPES.get(one, one)) for one in name.split(" | "))
