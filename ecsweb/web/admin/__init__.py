"""The administrator's pages: every model, searchable; what the loop writes is read-only, actions use the door."""

from __future__ import annotations

from ecsweb.web.admin import accounts, capacity, clusters, lessons, quiz, recordings, runtime, scenes, services, tasks

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
