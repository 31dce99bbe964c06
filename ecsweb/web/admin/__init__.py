"""The administrator's pages: every model, searchable; what the loop writes is read-only, actions use the door."""

from __future__ import annotations

from django.contrib import admin

from ecsweb.web.admin import accounts, capacity, clusters, lessons, quiz, recordings, runtime, scenes, services, tasks

admin.site.site_header = admin.site.site_title = "ecsweb"

__all__ = [
    "accounts",
    "capacity",
    "clusters",
    "lessons",
    "quiz",
    "recordings",
    "runtime",
    "scenes",
    "services",
    "tasks",
]
