"""What the pages of lessons need: texts with code and emphasis, the strip of the lesson that is open."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ecsweb.web.lessons import open_lesson
from ecsweb.web.sentences import refusals

register = template.Library()

_LINES = re.compile(r"```\n(.*?)\n?```", re.DOTALL)
_MARKED = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")


register.filter(refusals.play_stopped)


@register.filter
def rich(text: str) -> SafeString:
    """Return a text with `code` and **emphasis** shown as such, and an empty line between paragraphs.

    A paragraph within ``` is lines of a file.
    """
    paragraphs = [part.strip() for part in str(text).split("\n\n") if part.strip()]
    return format_html_join("", "{}", ((_paragraph(part),) for part in paragraphs))


def _paragraph(text: str) -> SafeString:
    lines = _LINES.fullmatch(text)
    if lines:
        return format_html('<pre class="command" tabindex="0"><code>{}</code></pre>', lines[1])
    return format_html("<p>{}</p>", _inline(text))


@register.filter
def rich_line(text: str) -> SafeString:
    """Return a text of one line with `code` and **emphasis** shown as such."""
    return _inline(text)


def _inline(text: str) -> SafeString:
    pieces: list[str] = []
    end = 0
    for found in _MARKED.finditer(text):
        pieces.append(conditional_escape(text[end : found.start()]))
        pieces.append(
            format_html("<code>{}</code>", found[1]) if found[1] else format_html("<strong>{}</strong>", found[2])
        )
        end = found.end()
    pieces.append(conditional_escape(text[end:]))
    return mark_safe("".join(pieces))  # noqa: S308 — each piece was escaped above


@register.inclusion_tag("lessons/_strip.html", takes_context=True)
def lesson_strip(context: template.Context) -> dict[str, Any]:
    """Show which lesson is open, and where in it somebody is; nothing where none is, on the lesson's own page, and on
    those of scenes, which are for a class."""
    account, request = context.get("account"), context.get("request")
    if not account or not account.is_learning or request is None:
        return {}
    found = open_lesson(account, str(context.get("region")))
    silent = ["/learn/scenes/", *([f"/learn/lessons/{found['lesson'].id}/"] if found else [])]
    return {} if request.path.startswith(tuple(silent)) else found
