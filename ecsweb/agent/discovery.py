"""Which engine this process talks to, and as which installation."""

from __future__ import annotations

import functools
import os
import re
import secrets
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from ecsweb.agent.docker_engine import DockerEngine
from ecsweb.agent.engine import Engine, EngineError, EngineUnavailable
from ecsweb.agent.simulated_engine import SimulatedEngine

_INSTALL_ID = re.compile(r"[0-9a-f]{8}")


def install_id(data: Path) -> str:
    """Return the 8 hex digits by which this data folder knows its containers; made once, by whichever process is first.

    Raises EngineError when the file holds something else: a new id would orphan every container that runs.
    """
    path = data / "install-id"
    if not path.exists():
        draft = data / f"install-id.{os.getpid()}.{secrets.token_hex(4)}"
        draft.write_text(f"{secrets.token_hex(4)}\n", encoding="ascii")
        # A link comes into being whole or not at all, and never over one that another process has made: that counts.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    text = path.read_text(encoding="ascii").strip()
    if not _INSTALL_ID.fullmatch(text):
        raise EngineError(f"{path} does not hold an installation id (8 hex digits).")
    return text


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
        install=install_id(settings.ECSWEB_DATA),
        data=settings.ECSWEB_DATA,
        network_pool=settings.ECSWEB_NETWORK_POOL,
    )
