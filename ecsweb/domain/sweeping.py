"""The brake on mass deletion (`reliability.md` section 3): thin evidence must not delete a class's work."""

from __future__ import annotations

ALWAYS_ALLOWED = 5
SHARE = 0.2


def may_remove(orphans: int, *, of: int) -> bool:
    """Tell whether one sweep may remove so many of our containers: at most max(5, 20 %).

    Example: 8 of 40 → yes, 9 of 40 → no.
    """
    return orphans <= max(ALWAYS_ALLOWED, int(of * SHARE))
