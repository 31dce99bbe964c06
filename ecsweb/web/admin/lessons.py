from __future__ import annotations

from django.contrib import admin

from ecsweb.models import ChangeGuess, LessonRun, Play
from ecsweb.web.admin.door import RuntimeAdmin


@admin.register(LessonRun)
class LessonRunAdmin(RuntimeAdmin[LessonRun]):
    """Who is where in which lab."""

    list_display = ("lesson", "kind", "status", "step", "attempt", "account", "started_at", "first_passed_at")
    list_filter = ("kind", "status", "lesson")
    list_select_related = ("account",)
    search_fields = ("lesson", "account__account_id")


@admin.register(Play)
class PlayAdmin(RuntimeAdmin[Play]):
    """What runs by itself, and where it is."""

    list_display = ("title", "kind", "status", "position", "account", "created_at")
    list_filter = ("kind", "status")
    list_select_related = ("account",)
    search_fields = ("title", "account__account_id")


@admin.register(ChangeGuess)
class ChangeGuessAdmin(RuntimeAdmin[ChangeGuess]):
    """Who predicted what before which call."""

    list_display = ("operation", "change", "cluster", "account", "began_at")
    list_filter = ("change",)
    list_select_related = ("account",)
    search_fields = ("cluster", "account__account_id")
