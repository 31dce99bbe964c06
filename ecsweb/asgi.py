"""The web: a raw application for the live stream in front of Django.

A stream of Django's own costs an operating system thread for as long as a page is open; this one costs a coroutine.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from types import FrameType
from typing import Any

from django.core.asgi import get_asgi_application

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecsweb.settings")
django_application = get_asgi_application()

# Imported late: it uses models, which Django must have set up.
from ecsweb.web.live import stream  # noqa: E402

LIVE = "/live/"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve one connection."""
    if scope["type"] == "http" and scope["path"] == LIVE:
        ending = scope.get("state", {}).get("ending")
        await stream(scope, receive if ending is None else until(ending, receive), send)
    elif scope["type"] == "lifespan":
        await live_and_die(scope, receive, send)
    else:
        await django_application(scope, receive, send)


async def live_and_die(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the server's start and end, which Django does not know."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            scope.get("state", {})["ending"] = announced_end()
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return


def announced_end() -> asyncio.Event:
    """Return what is set when the process is asked to end.

    The server waits for open streams before it says `lifespan.shutdown`, so that would be too late; its own handlers
    of the signals are called as before.
    """
    ending, loop = asyncio.Event(), asyncio.get_running_loop()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            before = signal.getsignal(number)

            def announce(received: int, frame: FrameType | None, before: Any = before) -> None:
                loop.call_soon_threadsafe(ending.set)
                if callable(before):
                    before(received, frame)

            signal.signal(number, announce)
    return ending


def until(ending: asyncio.Event, receive: Receive) -> Receive:
    """Return a `receive` to which the end of the process looks like the end of the connection."""

    async def receive_or_end() -> MutableMapping[str, Any]:
        receiving, waiting = asyncio.ensure_future(receive()), asyncio.ensure_future(ending.wait())
        done, pending = await asyncio.wait({receiving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        return receiving.result() if receiving in done else {"type": "http.disconnect"}

    return receive_or_end
