from __future__ import annotations

from django.contrib import admin

from ecsweb.models import QuizAnswer
from ecsweb.web.admin.door import RuntimeAdmin


@admin.register(QuizAnswer)
class QuizAnswerAdmin(RuntimeAdmin[QuizAnswer]):
    """Who answered what, and which misconception speaks from it."""

    list_display = ("question", "is_right", "misconception", "given", "account", "answered_at")
    list_filter = ("is_right", "misconception")
    list_select_related = ("account",)
    search_fields = ("question", "misconception", "given", "account__account_id")
