"""Operations of ours: recordings of others, kept to be replayed."""

from __future__ import annotations

from typing import Any

from ecsweb.api.registry import Request, our_operation
from ecsweb.controlplane.recordings import delete_recording, import_recording
from ecsweb.domain.errors import InvalidParameterException


@our_operation("ImportRecording", secret=frozenset({"document"}))
def import_a_recording(request: Request) -> dict[str, Any]:
    """Keep a recording of somebody's log, to be replayed read-only; `document` is the file's text."""
    name, text = request.params.get("name"), request.params.get("document")
    if not isinstance(name, str) or not isinstance(text, str):
        raise InvalidParameterException("name and document must be given.", field="document")
    row = import_recording(request.account, name=name, text=text, now=request.now)
    return {"recording": {"id": row.pk, "name": row.name, "events": row.event_count}}


@our_operation("DeleteRecording")
def delete_a_recording(request: Request) -> dict[str, Any]:
    """Forget a recording that was imported."""
    number = request.params.get("recording")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 2**53:
        raise InvalidParameterException("recording must be the id of a recording.", field="recording")
    delete_recording(request.account, number)
    return {}
