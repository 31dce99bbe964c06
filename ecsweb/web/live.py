"""The stream of the pages: raw ASGI, one Redis subscription an account and process, bounded queues, replay by sequence.

Messages name what changed ("cluster-12"); the page fetches that fragment itself. Topics of 100 ms are sent once. With
Redis gone the log is polled each second, so that pages stay live on the database alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import redis.asyncio as redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils.module_loading import import_string
from redis.exceptions import RedisError

from ecsweb.controlplane.accounts import account_of, open_account
from ecsweb.controlplane.announcements import channel
from ecsweb.models import Account, Event

logger = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]

COALESCE_SECONDS = 0.1
HEARTBEAT_SECONDS = 15.0
POLL_SECONDS = 1.0
LONGEST_QUEUE = 256
MOST_REPLAYED = 500
HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Hub:
    """Fans one subscription of an account out to the open pages of this process."""

    def __init__(self) -> None:
        self._queues: dict[int, set[asyncio.Queue[list[str]]]] = {}
        self._readers: dict[int, asyncio.Task[None]] = {}

    def join(self, account_pk: int) -> asyncio.Queue[list[str]]:
        """Return a queue that gets the account's topics from now on."""
        queue: asyncio.Queue[list[str]] = asyncio.Queue(LONGEST_QUEUE)
        self._queues.setdefault(account_pk, set()).add(queue)
        if account_pk not in self._readers or self._readers[account_pk].done():
            self._readers[account_pk] = asyncio.create_task(self._read(account_pk))
        return queue

    def leave(self, account_pk: int, queue: asyncio.Queue[list[str]]) -> None:
        """Forget a page that was closed; the last one ends the subscription."""
        queues = self._queues.get(account_pk, set())
        queues.discard(queue)
        if not queues and (reader := self._readers.pop(account_pk, None)):
            reader.cancel()

    async def _read(self, account_pk: int) -> None:
        last = await sync_to_async(_last_sequence)(account_pk)
        is_told = False
        while True:
            try:
                await self._subscribed(account_pk, last)
            except (RedisError, OSError) as error:
                if not is_told:
                    logger.warning("pages live by polling until Redis returns: %s", error)
                is_told = True
            last = await self._catch_up(account_pk, last)
            await asyncio.sleep(POLL_SECONDS)

    async def _catch_up(self, account_pk: int, last: int) -> int:
        topics, newest = await sync_to_async(_missed)(account_pk, last)
        if topics:
            self._pass_on(account_pk, topics)
        return newest

    async def _subscribed(self, account_pk: int, last: int) -> None:
        client = redis.Redis.from_url(
            settings.ECSWEB_REDIS_URL, decode_responses=True, socket_connect_timeout=1, health_check_interval=10
        )
        async with client, client.pubsub() as pubsub:
            await pubsub.subscribe(channel(account_pk))
            # What happened between the last look at the log and the subscription was told to nobody.
            await self._catch_up(account_pk, last)
            async for message in pubsub.listen():
                if message["type"] == "message":
                    self._pass_on(account_pk, list(json.loads(message["data"])["topics"]))

    def _pass_on(self, account_pk: int, topics: list[str]) -> None:
        for queue in self._queues.get(account_pk, set()):
            # A page too slow to read drops words, not correctness: it is told to look at everything.
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                topics = ["refresh"]
            queue.put_nowait(topics)


hub = Hub()


def _last_sequence(account_pk: int) -> int:
    return Account.objects.values_list("last_sequence", flat=True).get(pk=account_pk)


def _missed(account_pk: int, last: int) -> tuple[list[str], int]:
    """Return the topics of the events after `last`, and the newest sequence; too many are one `refresh`."""
    newest = _last_sequence(account_pk)
    rows = Event.objects.filter(account_id=account_pk, sequence__gt=last).order_by("sequence")
    found = list(rows.values_list("topics", flat=True)[: MOST_REPLAYED + 1])
    if len(found) > MOST_REPLAYED or last > newest or len(found) < newest - last:
        return ["refresh"], newest
    return sorted({topic for topics in found for topic in topics}), newest


async def stream(scope: Message, receive: Receive, send: Send) -> None:
    """Answer `GET /live/`: replay what was missed, then pass on what happens until the page goes."""
    account = await sync_to_async(_account)(scope)
    if account is None or scope["method"] != "GET":
        await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": b"no account\n"})
        return
    queue = hub.join(account.pk)
    gone = asyncio.create_task(_disconnected(receive))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        async for chunk in _chunks(account, _last_seen(scope), queue, gone):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        with suppress(OSError):
            await send({"type": "http.response.body", "body": b""})
    finally:
        gone.cancel()
        hub.leave(account.pk, queue)


async def _chunks(
    account: Account, last_seen: int | None, queue: asyncio.Queue[list[str]], gone: asyncio.Task[None]
) -> AsyncIterator[bytes]:
    """Yield what the page is told, until it has gone."""
    yield f"retry: {random.randint(1000, 4000)}\n\n".encode()
    if last_seen is not None:
        topics, newest = await sync_to_async(_missed)(account.pk, last_seen)
        yield _message(topics, newest)
    while not gone.done():
        topics = await _next_topics(queue, gone)
        if not topics:
            yield b": still here\n\n"
            continue
        newest = await sync_to_async(_last_sequence)(account.pk)
        yield _message(topics, newest)


async def _next_topics(queue: asyncio.Queue[list[str]], gone: asyncio.Task[None]) -> list[str]:
    """Wait for topics, at most one heart-beat, and gather those of the next 100 ms."""
    getting = asyncio.create_task(queue.get())
    await asyncio.wait({getting, gone}, timeout=HEARTBEAT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    if not getting.done():
        getting.cancel()
        return []
    topics = set(getting.result())
    await asyncio.sleep(COALESCE_SECONDS)
    while not queue.empty():
        topics.update(queue.get_nowait())
    return sorted(topics)


def _message(topics: list[str], sequence: int) -> bytes:
    """Return one SSE event for each topic, each with the sequence up to which the page will then be right."""
    return "".join(f"event: {topic}\nid: {sequence}\ndata: {sequence}\n\n" for topic in topics).encode()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


def _headers(scope: Message) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


def _last_seen(scope: Message) -> int | None:
    """Return the sequence the page was rendered at or saw last: the header of a reconnect wins over the address."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("last", [""])[0]
    text = _headers(scope).get("last-event-id") or asked
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def _account(scope: Message) -> Account | None:
    """Return the account whose stream this is: from the session, never from the address."""
    if settings.ECSWEB_MODE == "solo":
        return open_account(settings.ECSWEB_ACCOUNT)
    request = HttpRequest()
    request.COOKIES = parse_cookie(_headers(scope).get("cookie", ""))
    sessions = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    request.session = sessions(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
    user = get_user(request)
    return account_of(user) if user.is_authenticated else None
