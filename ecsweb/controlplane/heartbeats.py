"""Heartbeats of the product's parts: written by the parts, read as well, silent, or not well and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ecsweb.controlplane import announcements
from ecsweb.models import Account, Heartbeat

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


def beat(part: str, *, ok: bool, detail: Mapping[str, Any], at: datetime) -> None:
    """Note that a part of the product was seen, and how it is; tell the pages when that changed."""
    before = Heartbeat.objects.filter(part=part).values_list("ok", "detail").first()
    Heartbeat.objects.update_or_create(part=part, defaults={"seen_at": at, "ok": ok, "detail": dict(detail)})
    if before != (ok, dict(detail)):
        for account_pk in Account.objects.values_list("pk", flat=True):
            announcements.publish(account_pk, topics=["engine"])
