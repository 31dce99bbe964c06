"""The log and the parts of the machine itself."""

from __future__ import annotations

from django.contrib import admin

from ecsweb.models import Event, Heartbeat, Lease
from ecsweb.web.admin.door import RuntimeAdmin


@admin.register(Event)
class EventAdmin(RuntimeAdmin[Event]):
    list_display = ("sequence", "account", "time", "detail_type", "source", "cluster")
    list_filter = ("detail_type", "source")
    list_select_related = ("account", "cluster")
    search_fields = ("detail_type", "detail", "resources", "account__account_id")
    ordering = ("-sequence",)


@admin.register(Heartbeat)
class HeartbeatAdmin(RuntimeAdmin[Heartbeat]):
    list_display = ("part", "ok", "seen_at", "detail")
    search_fields = ("part",)


@admin.register(Lease)
class LeaseAdmin(RuntimeAdmin[Lease]):
    list_display = ("key", "holder", "token", "expires_at")
    search_fields = ("key", "holder")
