from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

import pytest

from ecsweb.asgi import application


def talk(scope: dict[str, Any], *received: dict[str, Any]) -> list[Mapping[str, Any]]:
    """Return what the application sends for what it receives."""
    waiting = list(received)
    sent: list[Mapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return waiting.pop(0) if waiting else await asyncio.Future[MutableMapping[str, Any]]()

    async def send(message: Mapping[str, Any]) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    return sent


def test_django_answers_what_is_not_the_live_stream() -> None:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/healthz/live",
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1")],
    }

    start, *body = talk(scope, {"type": "http.request"})

    assert start["status"] == 200
    assert b"".join(part["body"] for part in body) == b'{"status": "ok"}'


@pytest.fixture
def own_signals() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_signals")
def test_start_and_end_of_the_server_are_answered() -> None:
    sent = talk({"type": "lifespan"}, {"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})

    assert [message["type"] for message in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
