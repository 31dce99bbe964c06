"""`/healthz/live`: this process answers. `/healthz/ready`: every part of the product works, or which not, and why."""

from __future__ import annotations

from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ecsweb.models import Heartbeat

# The parts that only the worker can see write a heartbeat every 5 s; three missed in a row is silence.
FRESH = timedelta(seconds=15)
BEATING_PARTS = ("worker", "beat", "watcher", "engine")
REDIS_SECONDS = 1.0

Finding = dict[str, str | bool]


@require_safe
@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    parts = findings(now=timezone.now())
    is_ready = all(finding["ok"] for finding in parts.values())
    return JsonResponse({"status": "ok" if is_ready else "unready", "parts": parts}, status=200 if is_ready else 503)


def findings(*, now: datetime) -> dict[str, Finding]:
    """Return for each part that it is well, or the reason why it is not; takes at most about 2 s."""
    parts: dict[str, Finding] = {"database": good(), "redis": ask_redis()}
    try:
        connection.ensure_connection()
        beats = {beat.part: beat for beat in Heartbeat.objects.all()}
    except DatabaseError as error:
        parts["database"] = bad(f"The database does not answer: {first_line(error)}")
        return {**parts, **dict.fromkeys(BEATING_PARTS, bad("Unknown while the database does not answer."))}
    return {**parts, **{part: judge(part, beats.get(part), now=now) for part in BEATING_PARTS}}


def ask_redis() -> Finding:
    client = redis.Redis.from_url(
        settings.ECSWEB_REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return bad(f"Redis does not answer: {first_line(error)}")
    finally:
        client.close()
    return good()


def judge(part: str, beat: Heartbeat | None, *, now: datetime) -> Finding:
    """Return what a heartbeat says: silence is a reason of its own, whatever was said last."""
    if beat is None:
        return bad(f"Nothing has been heard of the {part} yet.")
    if now - beat.seen_at > FRESH:
        return bad(f"Nothing has been heard of the {part} for {(now - beat.seen_at).total_seconds():.0f} s.")
    if not beat.ok:
        return bad(str(beat.detail.get("reason") or f"The {part} says that it is not well."))
    return good()


def good() -> Finding:
    return {"ok": True}


def bad(reason: str) -> Finding:
    return {"ok": False, "reason": reason}


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
