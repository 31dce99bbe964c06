"""The one door: a click, a CLI call, a lab's solution and an admin action are all `call(principal, operation, params)`."""

from __future__ import annotations

from ecsweb.api.call import call
from ecsweb.api.principal import Principal

__all__ = ["Principal", "call"]
