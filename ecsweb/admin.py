"""Where Django looks for the admin; it lives in `ecsweb.web.admin`."""

from __future__ import annotations

from ecsweb.web import admin

__all__ = ["admin"]
