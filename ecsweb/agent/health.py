"""Note what the engine answers, for `/healthz/ready` and the banners; web processes never ask it themselves."""

from __future__ import annotations

from django.utils import timezone

from ecsweb.agent.engine import Engine, EngineError
from ecsweb.controlplane import heartbeats


def note_engine(engine: Engine) -> bool:
    """Write the engine's heartbeat: what answers, or why none does. Tell whether one does."""
    try:
        info = engine.ping()
    except EngineError as error:
        heartbeats.beat("engine", ok=False, detail={"reason": str(error)[:500]}, at=timezone.now())
        return False
    detail = {"kind": info.kind, "version": info.version, "live_restore": info.live_restore}
    heartbeats.beat("engine", ok=True, detail=detail, at=timezone.now())
    return True
