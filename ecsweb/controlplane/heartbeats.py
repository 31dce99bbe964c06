"""What the heartbeats of the product's parts say: well, silent, or not well and why."""

from __future__ import annotations

from datetime import datetime, timedelta

from ecsweb.models import Heartbeat

# The parts beat every 5 s; three beats missed in a row are silence.
FRESH = timedelta(seconds=15)
PARTS = ("worker", "beat", "watcher", "engine")


def complaints(*, now: datetime) -> dict[str, str]:
    """Return for each part why it is not well, or an empty text when it is. Raises DatabaseError."""
    beats = {beat.part: beat for beat in Heartbeat.objects.all()}
    return {part: complaint(part, beats.get(part), now=now) for part in PARTS}


def complaint(part: str, beat: Heartbeat | None, *, now: datetime) -> str:
    """Return what speaks against a part, empty when nothing does. Silence is one, whatever was said last."""
    if beat is None:
        return f"Nothing has been heard of the {part} yet."
    if now - beat.seen_at > FRESH:
        return f"Nothing has been heard of the {part} for {(now - beat.seen_at).total_seconds():.0f} s."
    if not beat.ok:
        return str(beat.detail.get("reason") or f"The {part} says that it is not well.")
    return ""
