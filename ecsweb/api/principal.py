"""Who calls: every page, wire request, lab and admin action carries one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# The origin of what labs, incidents and scenes do and ask by themselves.
LESSON = "learn"
# The origin of what staff do on the administrator's pages.
ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Principal:
    """An identity in an account and region; `origin` is the way in ("page", "console", "wire", "admin", "learn").

    One that `rehearses` reads as ever; what would change something is not done but raised, as `Rehearsed`.
    """

    account_id: str
    region: str
    arn: str
    origin: str
    rehearses: bool = False


class Rehearsed(Exception):
    """The call that would have been made."""

    def __init__(self, operation: str, params: Mapping[str, Any]) -> None:
        super().__init__(operation)
        self.operation, self.params = operation, params


def root_of(account_id: str, region: str, *, origin: str) -> Principal:
    """Return the account's owner, who may do everything in it (what `solo` mode has)."""
    return Principal(account_id=account_id, region=region, arn=f"arn:aws:iam::{account_id}:root", origin=origin)
