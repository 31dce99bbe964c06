"""The one door: a click, a CLI call, a lab's solution and an admin action all are `call(principal, operation, …)`."""

from __future__ import annotations

from ecsweb.api.call import call
from ecsweb.api.principal import Principal

__all__ = ["Principal", "call"]
