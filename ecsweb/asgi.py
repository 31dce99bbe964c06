"""The web: a raw application for the live stream in front of Django.

A stream of Django's own costs an operating system thread for as long as a page is open; this one costs a coroutine.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
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
        await stream(scope, receive, send)
    elif scope["type"] == "lifespan":
        await live_and_die(receive, send)
    else:
        await django_application(scope, receive, send)


async def live_and_die(receive: Receive, send: Send) -> None:
    """Answer the server's start and end, which Django does not know."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await send({"type": "lifespan.shutdown.complete"})
            return
