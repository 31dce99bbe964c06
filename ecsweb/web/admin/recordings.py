from __future__ import annotations

from django.contrib import admin

from ecsweb.models import Recording
from ecsweb.web.admin.door import RuntimeAdmin


@admin.register(Recording)
class RecordingAdmin(RuntimeAdmin[Recording]):
    """Without the document, which is megabytes."""

    list_display = ("name", "event_count", "account", "created_at")
    list_select_related = ("account",)
    search_fields = ("name", "account__account_id")
    exclude = ("document",)
