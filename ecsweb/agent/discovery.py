"""Which engine this process talks to, and as which installation."""

from __future__ import annotations

import functools
from pathlib import Path

from django.conf import settings

from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.engine import Engine, EngineUnavailable
from ecsweb.agent.simulated_engine import SimulatedEngine
from ecsweb.controlplane.installation import install_id


def choose_engine(kind: str, *, install: str, data: Path, network_pool: str, base_url: str | None = None) -> Engine:
    """Return the engine of that kind (`ECSWEB_ENGINE`'s values); `auto` is Docker when it answers, else simulated.

    `base_url` None follows Docker's own rules (DOCKER_HOST, the current context, the default socket).
    """
    if kind != "simulated":
        docker = DockerEngine(install, base_url=base_url, network_pool=network_pool)
        if kind == "docker" or _answers(docker):
            return docker
    return SimulatedEngine(install, path=data / "simulated-engine.sqlite3")


def _answers(engine: Engine) -> bool:
    try:
        engine.ping()
    except EngineUnavailable:
        return False
    return True


@functools.cache
def current_engine() -> Engine:
    """Return this process's engine, by the settings; one object, which all threads share."""
    return choose_engine(
        settings.ECSWEB_ENGINE,
        install=install_id(),
        data=settings.ECSWEB_DATA,
        network_pool=settings.ECSWEB_NETWORK_POOL,
    )
