"""`/healthz/live`: this process answers. `/healthz/ready`: every part of the product works, or which not, and why."""

from __future__ import annotations

from datetime import datetime

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ecsweb.controlplane import heartbeats

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
        complaints = heartbeats.complaints(now=now)
    except DatabaseError as error:
        parts["database"] = bad(f"The database does not answer: {first_line(error)}")
        complaints = dict.fromkeys(heartbeats.PARTS, "Unknown while the database does not answer.")
    return {**parts, **{part: bad(reason) if reason else good() for part, reason in complaints.items()}}


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


def good() -> Finding:
    return {"ok": True}


def bad(reason: str) -> Finding:
    return {"ok": False, "reason": reason}


def first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
