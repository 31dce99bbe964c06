"""What the address of a twin view says: the two, the last action on both, and the contrast they were set up as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from ecsweb.domain.twins import SharedAction

LONGEST = 300
LARGEST_SEQUENCE = 2**62


@dataclass(frozen=True, slots=True)
class Press:
    """An action with what was chosen for it, written `scale:3` or `kill:name:log`."""

    action: SharedAction
    choice: str = ""

    def __str__(self) -> str:
        return f"{self.action}:{self.choice}" if self.choice else str(self.action)


def press_of(text: str, choice: str = "") -> Press | None:
    """Return the action that the text writes; None for another text."""
    name, _colon, chosen = text[:LONGEST].partition(":")
    return Press(SharedAction(name), chosen or choice[:LONGEST]) if name in list(SharedAction) else None


@dataclass(frozen=True, slots=True)
class Address:
    """The parts; empty where the address lacks one. The last action was called between two sequences of the log."""

    left: str = ""
    right: str = ""
    contrast: str = ""
    did: Press | None = None
    since: int = 0
    until: int = 0

    @property
    def query(self) -> str:
        """Return it as the query of an address."""
        parts = {"left": self.left, "right": self.right, "contrast": self.contrast}
        if self.did:
            parts |= {"did": str(self.did), "since": str(self.since), "until": str(self.until)}
        return urlencode({name: value for name, value in parts.items() if value}, safe=":/")

    @property
    def page(self) -> str:
        """Return the address of the page."""
        return f"{reverse('twins')}?{self.query}"


def address_of(given: Mapping[str, str]) -> Address:
    """Read an address or the hidden fields of a form."""
    return Address(
        left=given.get("left", "")[:LONGEST],
        right=given.get("right", "")[:LONGEST],
        contrast=given.get("contrast", "")[:LONGEST],
        did=press_of(given.get("did", "")),
        since=_sequence(given.get("since", "")),
        until=_sequence(given.get("until", "")),
    )


def _sequence(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return min(number, LARGEST_SEQUENCE)
