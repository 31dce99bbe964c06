"""What the log leaves out. Read by the settings, before there are models."""

from __future__ import annotations

import logging


class ButHealth(logging.Filter):
    """Keeps answers about health out of the log of requests that went wrong."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not getattr(getattr(record, "request", None), "path", "").startswith("/healthz/")
