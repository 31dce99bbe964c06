"""An account's containers in the shape of `docker inspect`, for questions about what Docker has."""

from __future__ import annotations

from typing import Any

from ecsweb.agent.engine import Engine, EngineContainer, EngineError
from ecsweb.agent.labels import ACCOUNT

HIDDEN = ("ecsweb/pause",)


def containers_of(engine: Engine, account_id: str) -> list[dict[str, Any]]:
    """Return the account's containers; none where no engine answers, as nothing is known then."""
    try:
        found = engine.list_containers(labels={ACCOUNT: account_id})
    except EngineError:
        return []
    return [_inspected(one) for one in found if not one.image.startswith(HIDDEN)]


def _inspected(one: EngineContainer) -> dict[str, Any]:
    return {
        "Id": one.runtime_id,
        "Name": one.name,
        "Image": one.image,
        "State": {"Status": str(one.status), "ExitCode": one.exit_code, "OOMKilled": one.oom_killed},
        "Labels": dict(one.labels),
        "HostPorts": [port.host_port for port in one.ports],
    }
