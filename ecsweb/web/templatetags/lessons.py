"""What the pages of lessons need: texts with code and emphasis, the strip of the lesson that is open."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ecsweb.learn.lessons.loading import lesson_of
from ecsweb.models import LessonRun, LessonStatus

register = template.Library()

_MARKED = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
UNDER_WAY = (LessonStatus.STARTING, LessonStatus.OPEN, LessonStatus.EMPTYING)


@register.filter
def rich(text: str) -> SafeString:
    """Return a text with `code` and **emphasis** shown as such, and an empty line between paragraphs."""
    paragraphs = [part for part in str(text).split("\n\n") if part.strip()]
    return format_html_join("", "<p>{}</p>", ((_inline(part),) for part in paragraphs))


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
    """Show which lesson is open, and where in it somebody is; nothing where none is."""
    account, request = context.get("account"), context.get("request")
    if not account or not account.is_learning or request is None:
        return {}
    rows = LessonRun.objects.filter(account=account, region=context.get("region"), status__in=UNDER_WAY)
    run = rows.first()
    lesson = lesson_of(run.lesson) if run else None
    if run is None or lesson is None or request.path.startswith(f"/learn/lessons/{lesson.id}"):
        return {}
    step = lesson.steps[run.step] if run.step < len(lesson.steps) else None
    checks = [run.checks.get(f"{step.id}/{check.id}", {}) for check in step.checks] if step else []
    return {
        "lesson": lesson,
        "title": lesson.title.here(run.values),
        "step_title": step.title.here(run.values) if step else "",
        "number": run.step + 1,
        "steps": len(lesson.steps),
        "held": sum(bool(one.get("ok")) for one in checks),
        "checks": len(checks),
        "is_open": run.status == LessonStatus.OPEN,
    }
